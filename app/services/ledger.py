"""The ledger of the service: entering, signing what was entered, and proving that an entry is there.

Every step costs in proportion to what changed, and to the logarithm of what is there.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from sqlalchemy import event, insert, or_, select
from sqlalchemy.orm import Session, SessionTransaction

from app.domain import ledger, merkle
from app.domain.attestation import Record
from app.domain.checkpoints import Checkpoint, Proof, read_checkpoint
from app.domain.errors import InvalidError, LedgerError, NotFoundError
from app.domain.notes import Note, VerifierKey, read_note
from app.models import LedgerCheckpoint, LedgerCosignature, LedgerEntry, LedgerHead, LedgerLink, LedgerNode
from app.services.records import Premises
from app.signing.ledgerkeys import NoteKey, load_note_key, make_note_key, origin_of
from app.store import durable

Found = TypeVar("Found")

# the name of the mark that a session carries from an entry to the end of its transaction
_ENTERED = "ledger entered"


def append(session: Session, kind: ledger.Kind, organization_id: UUID, record: Record, sha256: str) -> LedgerEntry:
    """Enter what happened to an attestation, and link the entry to it; flush only.

    ``sha256`` is what ``kind`` says it is the hash of. Do this last in a transaction: until it ends, everybody
    else who enters something waits, and so the order of entries is that of commits.
    """
    head = _locked(session)
    entry = ledger.Entry(kind, ledger.name_of(record.salt, record.id), sha256)
    leaf = merkle.leaf_hash(entry.content)
    size = head.size
    gained = read(session, lambda get: merkle.append(get, size, leaf))
    row = LedgerEntry(index=size, content=entry.content)
    session.add(row)
    head.size = size + 1
    session.flush()
    nodes = [{"level": level, "index": index, "hash": found} for level, index, found in gained]
    session.execute(insert(LedgerNode), nodes)
    session.add(
        LedgerLink(
            organization_id=organization_id, attestation_id=UUID(record.id), index=row.index, salt=record.salt
        )
    )
    session.flush()
    session.info[_ENTERED] = True
    return row


@event.listens_for(Session, "after_transaction_end")
def _ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_ENTERED, None)


def _locked(session: Session) -> LedgerHead:
    """Return the head as it stands now; nobody else moves it before this transaction ends."""
    query = select(LedgerHead).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one()


def read(session: Session, work: Callable[[merkle.Get], Found]) -> Found:
    """Return the result of a work on the tree, with all hashes it looks at read in one query."""
    places = merkle.asked(work)
    if not places:
        return work(_missing)
    # one condition for each place: SQLite would look for a list of pairs in the whole table
    each = [(LedgerNode.level == level) & (LedgerNode.index == index) for level, index in sorted(places)]
    query = select(LedgerNode.level, LedgerNode.index, LedgerNode.hash).where(or_(*each))
    found = {(level, index): value for level, index, value in session.execute(query)}

    def get(level: int, index: int) -> bytes:
        return found[level, index] if (level, index) in found else _missing(level, index)

    return work(get)


def _missing(level: int, index: int) -> bytes:
    raise LedgerError("ledger_damaged", level=level, index=index)


def key_of(premises: Premises) -> NoteKey:
    """Return the ledger's key; in development it is made when it is first asked for.

    Raise LedgerError when it is missing in production, or does not open.
    """
    folder, unlocking = premises.keys / "ledger", premises.unlocking
    if premises.sample:
        return make_note_key(folder, origin_of(premises.address), unlocking)
    return load_note_key(folder, unlocking)


def verifier_of(premises: Premises) -> VerifierKey:
    """Return the public key under which the ledger's checkpoints are verified."""
    return key_of(premises).verifier


def checkpoint(session: Session, premises: Premises, at: datetime, *, covering: int | None = None) -> str:
    """Sign the ledger as it is committed, and return the note; flush only.

    Where entry ``covering`` is all that matters, a note that covers it is enough: nothing more is signed.

    What was signed last is also kept in a file outside of the database, and nothing is signed that does not
    extend both: raise LedgerError ``ledger_rolled_back`` when entries are gone, as after restoring a backup,
    ``ledger_forked`` when they are others, ``ledger_guard_missing`` when the file is away. The same number of
    entries gives the same note. The note carries the ledger's signature, and a second one with the time.
    """
    if session.info.get(_ENTERED):
        raise LedgerError("ledger_uncommitted")
    key = key_of(premises)
    size = _locked(session).size
    signed = _signed(session, premises, key.verifier)
    root = _extending(session, size, [one for one, _ in signed])
    last, note = max(signed, key=lambda each: each[0].size, default=(None, ""))
    if last is None or last.size < (size if covering is None else covering + 1):
        last = Checkpoint(key.name, size, root)
        note = _sign(key, last.text, at)
    place = guard(premises)
    if not place.exists() or place.read_text("utf-8") != note:
        durable.write(place, note.encode())
    if session.get(LedgerCheckpoint, last.size) is None:
        session.add(LedgerCheckpoint(size=last.size, note=note))
        session.flush()
    return note


def guard(premises: Premises) -> Path:
    """Return where the note signed last is kept outside of the database."""
    return premises.ledger / "checkpoint"


def _signed(session: Session, premises: Premises, key: VerifierKey) -> list[tuple[Checkpoint, str]]:
    """Return the last checkpoints signed, as the file outside of the database and the database know them."""
    stored = newest(session)
    try:
        kept = guard(premises).read_text("utf-8")
    except FileNotFoundError:
        if stored is not None:
            raise LedgerError("ledger_guard_missing", file=guard(premises)) from None
        return []
    except (OSError, UnicodeError) as broken:
        raise LedgerError("ledger_guard_unreadable", file=guard(premises)) from broken
    notes = [kept] if stored is None else [kept, stored.note]
    try:
        return [(read_checkpoint(note, key)[0], note) for note in notes]
    except InvalidError as broken:
        raise LedgerError("ledger_guard_unreadable", file=guard(premises)) from broken


def _extending(session: Session, size: int, signed: list[Checkpoint]) -> bytes:
    """Return the root over ``size`` entries, which begin with those of every checkpoint given."""
    for one in signed:
        if one.size > size:
            raise LedgerError("ledger_rolled_back", signed=one.size, here=size)
    sizes = [size, *(one.size for one in signed)]
    roots = read(session, lambda get: [merkle.root(get, each) for each in sizes])
    for one, root in zip(signed, roots[1:], strict=True):
        if one.root != root:
            raise LedgerError("ledger_forked", signed=one.size)
    return roots[0]


def _sign(key: NoteKey, text: str, at: datetime) -> str:
    return Note(text, (key.sign_note(text), key.cosign(text, int(at.timestamp())))).written


def newest(session: Session) -> LedgerCheckpoint | None:
    """Return the checkpoint of most entries, or None while nothing was signed."""
    return session.scalar(select(LedgerCheckpoint).order_by(LedgerCheckpoint.size.desc()).limit(1))


def witnessed(session: Session, stored: LedgerCheckpoint) -> Note:
    """Return the note of a checkpoint with the signatures that witnesses gave under it."""
    lines = select(LedgerCosignature.line).filter_by(size=stored.size).order_by(LedgerCosignature.line)
    return read_note(stored.note).with_lines(session.scalars(lines))


def prove(session: Session, premises: Premises, index: int) -> str:
    """Return the proof that entry ``index`` is in the ledger as signed last (C2SP tlog-proof@v1).

    Raise NotFoundError while no checkpoint covers it, LedgerError when what is stored proves nothing.
    """
    stored, entry = newest(session), session.get(LedgerEntry, index)
    if stored is None or entry is None or not index < stored.size:
        raise NotFoundError("ledger_not_signed")
    path = read(session, lambda get: merkle.inclusion(get, index, stored.size))
    proof = Proof(index, tuple(path), witnessed(session, stored).written)
    try:
        proof.verify(entry.content, verifier_of(premises))
    except InvalidError as wrong:
        raise LedgerError("ledger_damaged", index=index) from wrong
    return proof.text


def extends(session: Session, older: int, newer: int) -> list[bytes]:
    """Return the proof that the ledger at ``newer`` entries begins with itself at ``older`` ones."""
    return read(session, lambda get: merkle.consistency(get, older, newer))


def of_attestation(session: Session, organization_id: UUID, attestation_id: UUID) -> list[LedgerEntry]:
    """Return the entries about an attestation, oldest first."""
    query = select(LedgerEntry).join(LedgerLink, LedgerLink.index == LedgerEntry.index)
    mine = query.where(LedgerLink.organization_id == organization_id, LedgerLink.attestation_id == attestation_id)
    return list(session.scalars(mine.order_by(LedgerEntry.index)))
