"""Checkpoints of a ledger and proofs that go with them (C2SP tlog-checkpoint v1.0.0, tlog-proof@v1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from app.domain import merkle
from app.domain.errors import InvalidError
from app.domain.notes import Note, VerifierKey, read_note, tobase64, unbase64

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_PROOF = "c2sp.org/tlog-proof@v1"
LARGEST_SIZE = 2**63 - 1
# a path in a tree of 2**63 leaves
LONGEST_PATH = 63


def read_number(text: str) -> int:
    """Return a decimal without leading zeros; raise InvalidError for another way to write a number."""
    if not _NUMBER.fullmatch(text) or int(text) > LARGEST_SIZE:
        raise InvalidError("note_number")
    return int(text)


@dataclass(frozen=True)
class Checkpoint:
    """The head of a ledger: its name, how many entries it has, and the root over them."""

    origin: str
    size: int
    root: bytes
    # lines that other ledgers may add; ours has none, for nobody could audit them
    more: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the text that is signed, three lines and those of ``more``."""
        return "\n".join([self.origin, str(self.size), tobase64(self.root), *self.more]) + "\n"

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the checkpoint of a note's text; raise InvalidError for anything else."""
        lines = text.removesuffix("\n").split("\n")
        if not text.endswith("\n") or len(lines) < 3 or "" in lines:
            raise InvalidError("checkpoint_form")
        root = unbase64(lines[2], merkle.HASH_LENGTH)
        return cls(lines[0], read_number(lines[1]), root, tuple(lines[3:]))


def read_checkpoint(written: str | bytes, key: VerifierKey) -> tuple[Checkpoint, Note]:
    """Return the checkpoint of a ledger and the note that carries it, once ``key`` is shown to have signed it.

    Raise InvalidError for another form, another ledger or a signature that is missing or wrong.
    """
    note = read_note(written)
    checkpoint = Checkpoint.of(note.text)
    if checkpoint.origin != key.name:
        raise InvalidError("checkpoint_origin", origin=checkpoint.origin)
    if note.signature(key) is None:
        raise InvalidError("note_unsigned", name=key.name)
    return checkpoint, note


@dataclass(frozen=True)
class Proof:
    """That an entry is in a ledger: its number, the way from its leaf to the root, and the signed root."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    # whatever came along; nothing signs it, so nothing may be believed because of it
    extra: bytes | None = None

    @property
    def text(self) -> str:
        """Return the proof as it is given to people, a ``.tlog-proof`` file."""
        extra = [] if self.extra is None else [f"extra {tobase64(self.extra)}"]
        lines = [_PROOF, *extra, f"index {self.index}", *map(tobase64, self.path), ""]
        return "\n".join(lines) + "\n" + self.checkpoint

    @classmethod
    def read(cls, written: str | bytes) -> Self:
        """Return the proof of a text; raise InvalidError for anything but its exact form. It verifies nothing."""
        try:
            whole = written.decode() if isinstance(written, bytes) else written
        except UnicodeError as wrong:
            raise InvalidError("proof_form") from wrong
        head, there, checkpoint = whole.partition("\n\n")
        first, *lines = head.split("\n")
        if not there or first != _PROOF:
            raise InvalidError("proof_form")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = unbase64(lines.pop(0).removeprefix("extra "))
        if not lines or not lines[0].startswith("index "):
            raise InvalidError("proof_form")
        index = read_number(lines[0].removeprefix("index "))
        Checkpoint.of(read_note(checkpoint).text)
        return cls(index, tuple(read_path(lines[1:])), checkpoint, extra)

    def verify(self, content: bytes, key: VerifierKey) -> tuple[Checkpoint, Note]:
        """Return the checkpoint under which the entry of these bytes is proven; raise InvalidError otherwise.

        ``content`` is the leaf's content, ``key`` the ledger's, known from elsewhere. The note is returned
        for who wants cosignatures of witnesses, which ``Note.signature`` verifies.
        """
        checkpoint, note = read_checkpoint(self.checkpoint, key)
        leaf = merkle.leaf_hash(content)
        if not merkle.included(leaf, self.index, checkpoint.size, self.path, checkpoint.root):
            raise InvalidError("proof_path")
        return checkpoint, note


def read_path(lines: Sequence[str]) -> list[bytes]:
    """Return the hashes of a proof, one a line in base64; raise InvalidError for too many or another form."""
    if len(lines) > LONGEST_PATH:
        raise InvalidError("proof_form")
    return [unbase64(line, merkle.HASH_LENGTH) for line in lines]
