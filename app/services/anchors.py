"""What others say about the ledger's checkpoints: witnesses who cosign, and an authority that stamps the time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.attestation import sha256
from app.domain.errors import InvalidError, NotFoundError
from app.domain.notes import Algorithm, Note, VerifierKey, read_note, read_signature
from app.models import LedgerCheckpoint, LedgerCosignature, LedgerStamp
from app.offline.holding import Trust
from app.services import ledger
from app.services.records import Premises

# raises InvalidError unless a token (DER) stamps these bytes
Stamped = Callable[[bytes, bytes], object]


@dataclass(frozen=True)
class WitnessAt:
    """A witness whom the service asks: its public key, and the address before ``/add-checkpoint``."""

    key: VerifierKey
    url: str


def believed(premises: Premises) -> Trust:
    """Return whom the service says to believe; others compare the fingerprint of it with the published one."""
    roots = premises.believed()
    return Trust(roots.seals, roots.times, (ledger.verifier_of(premises),), roots.persons)


def witnesses(premises: Premises) -> list[WitnessAt]:
    """Return whom to ask: lines ``witness <name> <vkey> <url>`` in ``ledger/witnesses`` among the keys.

    The form is that of C2SP tlog-policy. Raise InvalidError ``witness_line`` for a line of another form.
    """
    file: Path = premises.keys / "ledger" / "witnesses"
    if not file.exists():
        return []
    found = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        parts = line.split()
        if not parts or parts[0].startswith("#"):
            continue
        try:
            if len(parts) != 4 or parts[0] != "witness":
                raise InvalidError("witness_line")
            key = VerifierKey.read(parts[2])
        except InvalidError as wrong:
            raise InvalidError("witness_line", line=number) from wrong
        if key.algorithm is not Algorithm.COSIGNATURE:
            raise InvalidError("witness_line", line=number)
        found.append(WitnessAt(key, parts[3].rstrip("/")))
    return found


def keep_cosignatures(session: Session, size: int, lines: Iterable[str], key: VerifierKey) -> bool:
    """Keep what a witness answered about the checkpoint of ``size`` entries; flush only. Return whether it signed.

    Signatures of other keys are left aside. Raise InvalidError when its own does not verify.
    """
    note = read_note(_checkpoint(session, size).note)
    signature = Note(note.text, tuple(map(read_signature, lines))).signature(key)
    if signature is None:
        return False
    if session.get(LedgerCosignature, (size, signature.line)) is None:
        session.add(LedgerCosignature(size=size, line=signature.line))
        session.flush()
    return True


def seen_by(session: Session, key: VerifierKey) -> int:
    """Return the size of the newest checkpoint that a witness cosigned, 0 for none."""
    rows = select(LedgerCosignature.size, LedgerCosignature.line).order_by(LedgerCosignature.size.desc())
    for size, line in session.execute(rows).yield_per(100):
        signature = read_signature(line)
        if (signature.name, signature.key_id) == (key.name, key.id):
            return size
    return 0


def keep_stamp(session: Session, size: int, token: bytes) -> None:
    """Keep a time-stamp token (RFC 3161, DER) over the note of the checkpoint of ``size`` entries; flush only."""
    _checkpoint(session, size)
    session.add(LedgerStamp(size=size, sha256=sha256(token), token=token))
    session.flush()


def stamps(session: Session, size: int) -> list[bytes]:
    """Return the time-stamp tokens over the note of a checkpoint."""
    return list(session.scalars(select(LedgerStamp.token).filter_by(size=size).order_by(LedgerStamp.sha256)))


def wrong_cosignatures(session: Session, premises: Premises) -> list[tuple[int, str]]:
    """Return the sizes of checkpoints under which a line stands that none of our witnesses signed, and why."""
    keys = {(one.key.name, one.key.id): one.key for one in witnesses(premises)}
    query = select(LedgerCosignature.size, LedgerCosignature.line, LedgerCheckpoint.note)
    joined = query.outerjoin(LedgerCheckpoint, LedgerCheckpoint.size == LedgerCosignature.size)
    found = []
    for size, line, note in session.execute(joined):
        try:
            signature = read_signature(line)
            key = keys.get((signature.name, signature.key_id))
            if note is None or key is None:
                found.append((size, "no_checkpoint" if note is None else "unknown_witness"))
            else:
                Note(read_note(note).text, (signature,)).signature(key)
        except InvalidError:
            found.append((size, "signature"))
    return found


def wrong_stamps(session: Session, stamped: Stamped | None) -> list[tuple[int, str]]:
    """Return the sizes of checkpoints whose time-stamps are not what they were, and why."""
    query = select(LedgerStamp.size, LedgerStamp.sha256, LedgerStamp.token, LedgerCheckpoint.note)
    joined = query.outerjoin(LedgerCheckpoint, LedgerCheckpoint.size == LedgerStamp.size)
    found = []
    for size, named, token, note in session.execute(joined):
        if note is None:
            found.append((size, "no_checkpoint"))
        elif sha256(token) != named:
            found.append((size, "token"))
        elif stamped is not None:
            try:
                stamped(token, note.encode())
            except InvalidError as wrong:
                found.append((size, wrong.reason))
    return found


def _checkpoint(session: Session, size: int) -> LedgerCheckpoint:
    found = session.get(LedgerCheckpoint, size)
    if found is None:
        raise NotFoundError("ledger_not_signed")
    return found
