"""A monitor: it copies a ledger into a folder, file by file, and believes nothing that it did not compute.

The folder is itself a ledger as files, fit to be served, with the public key in ``vkey``. A head that
contradicts what is there is kept beside it, as evidence, and never takes its place.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.domain import merkle, tiles
from app.domain.attestation import sha256
from app.domain.checkpoints import Checkpoint, read_checkpoint
from app.domain.errors import InvalidError
from app.domain.ledger import read
from app.domain.notes import VerifierKey
from app.domain.tiles import Growing, Tile
from app.store import durable

Fetch = Callable[[str], bytes]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Seen:
    """What a round of the monitor came to: how many entries there were before, and are now."""

    before: int
    size: int


def key_for(folder: Path, given: str | None) -> VerifierKey:
    """Return the ledger's public key: the one given at first, and ever after the one kept in the folder.

    Raise InvalidError ``vkey_missing`` where neither is there, ``vkey_other`` where they differ.
    """
    place = folder / "vkey"
    kept = place.read_text("utf-8").strip() if place.exists() else None
    text = kept or given
    if text is None:
        raise InvalidError("vkey_missing")
    if given is not None and given != text:
        raise InvalidError("vkey_other")
    key = VerifierKey.read(text)
    if kept is None:
        durable.write(place, f"{text}\n".encode())
    return key


def follow(fetch: Fetch, folder: Path, key: VerifierKey, progress: Progress = lambda _done, _all: None) -> Seen:
    """Copy what the ledger has more than the folder, and compute everything anew from its entries.

    ``fetch`` gives what is at a path below the ledger. Raise InvalidError with the reason for what is wrong:
    ``ledger_forked`` when the new head does not continue what the folder has, ``ledger_rolled_back`` when it is
    shorter, ``tile_differs`` for a tile or bundle that is not that of the signed tree.
    """
    note = fetch("checkpoint")
    new, _ = read_checkpoint(note, key)
    old = _kept(folder, key)
    size = old.size if old else 0
    if new.size < size:
        raise _contradicted(folder, note, "ledger_rolled_back", size, new.size)
    grown = _grown(folder, size)
    if old and grown.root() != old.root:
        raise InvalidError("mirror_damaged", folder=folder)
    incoming = folder / "incoming"
    shutil.rmtree(incoming, ignore_errors=True)
    try:
        computed = _entered(fetch, grown, new.size, incoming, progress)
    except _OtherBeginningError:
        raise _contradicted(folder, note, "ledger_forked", size, new.size) from None
    if grown.root() != new.root:
        raise _contradicted(folder, note, "ledger_forked", size, new.size)
    for tile, content in [*computed, *grown.partial()]:
        if not tile.within(size):
            if fetch(tile.path) != content:
                raise InvalidError("tile_differs", tile=tile.path)
            durable.write(incoming / tile.path, content)
    _take_in(incoming, folder)
    durable.write(folder / "checkpoint", note)
    return Seen(size, new.size)


class _OtherBeginningError(Exception):
    """The entries served begin otherwise than those that are here."""


def _kept(folder: Path, key: VerifierKey) -> Checkpoint | None:
    place = folder / "checkpoint"
    return read_checkpoint(place.read_bytes(), key)[0] if place.exists() else None


def _grown(folder: Path, size: int) -> Growing:
    """Return the tree as the folder has it, from its partial tiles alone."""
    rows = []
    for level, width in enumerate(tiles.widths(size)):
        tile = Tile(level, size >> (tiles.HEIGHT * (level + 1)), width)
        try:
            rows.append(tiles.hashes((folder / tile.path).read_bytes(), width) if width else [])
        except (OSError, InvalidError) as wrong:
            raise InvalidError("mirror_damaged", folder=folder) from wrong
    return Growing(size, rows)


def _entered(
    fetch: Fetch, grown: Growing, size: int, incoming: Path, progress: Progress
) -> list[tuple[Tile, bytes]]:
    """Take in the entries up to ``size``, and return the full tiles that follow from them."""
    computed = []
    for tile in tiles.of_tree(size, grown.size):
        if tile.level is not None:
            break
        content = fetch(tile.path)
        entries = tiles.unbundle(content, tile.width)
        leaves = [merkle.leaf_hash(one) for one in entries]
        known = grown.leaves() if tile.start < grown.size else []
        if leaves[: len(known)] != known:
            raise _OtherBeginningError
        for entry, leaf in zip(entries[len(known) :], leaves[len(known) :], strict=True):
            read(entry)
            computed += grown.add(leaf)
        durable.write(incoming / tile.path, content)
        progress(grown.size, size)
    return computed


def _take_in(incoming: Path, folder: Path) -> None:
    """Move what was verified to its place."""
    for file in sorted(one for one in incoming.rglob("*") if one.is_file()):
        place = folder / file.relative_to(incoming)
        place.parent.mkdir(parents=True, exist_ok=True)
        file.replace(place)
        durable.settle(place.parent)
    shutil.rmtree(incoming, ignore_errors=True)


def _contradicted(folder: Path, note: bytes, reason: str, signed: int, here: int) -> InvalidError:
    """Keep a head that contradicts the folder, which is proof against whoever signed both."""
    place = folder / f"contradiction-{sha256(note)[:16]}"
    durable.write(place, note)
    return InvalidError(reason, signed=signed, here=here, evidence=place)
