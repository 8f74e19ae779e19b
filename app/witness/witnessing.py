"""A witness (C2SP tlog-witness v1.0.0): it cosigns a head only after being shown that it extends the last one.

What it keeps of each ledger is one file, the last checkpoint that it cosigned, written before it answers.
"""

import fcntl
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from threading import Lock

from app.domain import merkle
from app.domain.checkpoints import Checkpoint, read_number, read_path
from app.domain.errors import InvalidError
from app.domain.notes import LONGEST_NOTE, Note, Signature, VerifierKey, read_note
from app.signing.ledgerkeys import NoteKey
from app.store import durable

SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"
LONGEST_REQUEST = LONGEST_NOTE + 8192


@dataclass(frozen=True)
class Answer:
    """What a request gets: an HTTP status, a body and its type."""

    status: HTTPStatus
    body: str = ""
    media: str = TEXT_TYPE


@dataclass(frozen=True)
class Request:
    """What is asked: the size that the proof begins at, the proof, and the checkpoint."""

    old: int
    proof: list[bytes]
    note: Note
    checkpoint: Checkpoint


def read_request(body: bytes) -> Request:
    """Return what a body asks; raise InvalidError for any other form."""
    try:
        head, there, rest = body.decode().partition("\n\n")
    except UnicodeError as wrong:
        raise InvalidError("note_form") from wrong
    first, *lines = head.split("\n")
    if not there or not first.startswith("old "):
        raise InvalidError("note_form")
    note = read_note(rest)
    return Request(read_number(first.removeprefix("old ")), read_path(lines), note, Checkpoint.of(note.text))


def written_request(old: int, proof: list[str], note: str) -> bytes:
    """Return the body that asks a witness to cosign ``note``, from hashes in base64."""
    return "\n".join([f"old {old}", *proof, "", note]).encode()


class Witness:
    """A witness with its key, the ledgers it knows, and a folder for what it saw last of each."""

    def __init__(self, folder: Path, key: NoteKey, ledgers: Mapping[str, VerifierKey], clock: Callable[[], float]):
        self.folder, self.key, self.ledgers, self._clock = folder, key, ledgers, clock
        self._lock = Lock()

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer ``POST /add-checkpoint``: a cosignature, or the status that the protocol has for the refusal."""
        try:
            asked = read_request(body)
        except InvalidError:
            return Answer(HTTPStatus.BAD_REQUEST, "not a request\n")
        key = self.ledgers.get(asked.checkpoint.origin)
        if key is None:
            return Answer(HTTPStatus.NOT_FOUND, "unknown ledger\n")
        try:
            signature = asked.note.signature(key)
        except InvalidError:
            signature = None
        if signature is None:
            return Answer(HTTPStatus.FORBIDDEN, "not signed by the ledger\n")
        if asked.old > asked.checkpoint.size:
            return Answer(HTTPStatus.BAD_REQUEST, "the old size is larger than the new one\n")
        with self._alone():
            return self._decide(asked, signature)

    def _decide(self, asked: Request, signature: Signature) -> Answer:
        last = self.last(asked.checkpoint.origin)
        size = last.size if last else 0
        if asked.old != size:
            return Answer(HTTPStatus.CONFLICT, f"{size}\n", SIZE_TYPE)
        new, root = asked.checkpoint, last.root if last else merkle.EMPTY
        if not merkle.consistent(size, new.size, root, new.root, asked.proof):
            return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, "the checkpoint does not extend the last one\n")
        own = self.key.cosign(asked.note.text, int(self._clock()))
        kept = Note(asked.note.text, (signature, own))
        durable.write(self._place(new.origin), kept.written.encode())
        return Answer(HTTPStatus.OK, own.line)

    def last(self, origin: str) -> Checkpoint | None:
        """Return the last checkpoint cosigned of a ledger.

        Raise InvalidError where the file is not what the witness wrote: it must not begin anew by accident.
        """
        try:
            note = read_note(self._place(origin).read_bytes())
        except FileNotFoundError:
            return None
        if note.signature(self.key.cosigner) is None:
            raise InvalidError("note_unsigned", name=self.key.name)
        return Checkpoint.of(note.text)

    def checkpoint(self, hashed: str) -> Answer:
        """Answer ``GET /<SHA-256 of the ledger's name>/checkpoint``: the last checkpoint with both signatures."""
        for origin in self.ledgers:
            if _hashed(origin) == hashed and self._place(origin).exists():
                return Answer(HTTPStatus.OK, self._place(origin).read_text("utf-8"))
        return Answer(HTTPStatus.NOT_FOUND, "nothing cosigned\n")

    def _place(self, origin: str) -> Path:
        return self.folder / _hashed(origin)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one request decide at a time, also among several processes on one folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock, (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _hashed(origin: str) -> str:
    return hashlib.sha256(origin.encode()).hexdigest()
