"""A ledger for outsiders to watch: in memory, signed at any size, and given out as files."""

from pathlib import Path

from app.domain import ledger, merkle, tiles
from app.domain.attestation import sha256
from app.domain.checkpoints import Checkpoint
from app.domain.errors import NotFoundError
from app.domain.notes import Note
from app.domain.tiles import Tile
from app.signing.ledgerkeys import NoteKey, make_note_key
from tests.domain.trees import Tree


def entry(number: int) -> bytes:
    return ledger.Entry(ledger.Kind.ARCHIVE, sha256(b"somebody"), sha256(b"%d" % number)).content


class Ledger:
    """Entries, a key, and how many of them are signed; ``changed`` replaces what is served at a path."""

    def __init__(self, folder: Path, size: int, name: str = "ledger.example.jp/ledger"):
        self.key: NoteKey = make_note_key(folder / name.replace("/", "-"), name)
        self.tree = Tree([entry(number) for number in range(size)])
        self.size = size
        self.changed: dict[str, bytes] = {}
        self.asked: list[str] = []

    def grow(self, more: int) -> "Ledger":
        for _ in range(more):
            self.tree.add(entry(len(self.tree.contents)))
        self.size = len(self.tree.contents)
        return self

    def rebuilt(self, changed: int) -> None:
        """Write history anew: another entry at ``changed``, and a tree in which it always was so."""
        contents = list(self.tree.contents)
        contents[changed] = entry(10**6)
        self.tree = Tree(contents)

    def note(self, size: int | None = None) -> str:
        size = self.size if size is None else size
        text = Checkpoint(self.key.name, size, self.tree.root(size)).text
        return Note(text, (self.key.sign_note(text),)).written

    def proof(self, older: int, newer: int) -> list[bytes]:
        return merkle.consistency(self.tree.get, older, newer)

    def fetch(self, path: str) -> bytes:
        self.asked.append(path)
        if path in self.changed:
            return self.changed[path]
        if path == "checkpoint":
            return self.note().encode()
        _, level, name = path.split("/", 2)
        tile = Tile.read(None if level == "entries" else int(level), name)
        if not tile.within(self.size):
            raise NotFoundError("not_served", url=path)
        if tile.level is None:
            return tiles.bundle(self.tree.contents[tile.start : tile.start + tile.width])
        places = range(tile.start, tile.start + tile.width)
        return b"".join(self.tree.get(8 * tile.level, place) for place in places)
