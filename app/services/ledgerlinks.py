"""Whether each entry of the ledger stands with the attestation, the record and the file that it is about."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain import ledger
from app.domain.errors import InvalidError
from app.models import Attestation, AttestationFile, LedgerEntry, LedgerLink

_AT_ONCE = 5000
# as many as one condition may name
_FILES_AT_ONCE = 500
# what stands in the canonical bytes of an entry about a file: the others need not be read
_OF_FILES = tuple(f'"t":"{kind}"'.encode() for kind in (ledger.Kind.SEAL, ledger.Kind.ARCHIVE))


def with_links() -> Select[*tuple[Any, ...]]:
    """Return the query of all entries in order, each with what ``wrong`` looks at."""
    return (
        select(
            LedgerEntry.index,
            LedgerEntry.content,
            LedgerLink.attestation_id,
            LedgerLink.salt,
            Attestation.record_sha256,
        )
        .outerjoin(LedgerLink, LedgerLink.index == LedgerEntry.index)
        .outerjoin(
            Attestation,
            (Attestation.organization_id == LedgerLink.organization_id)
            & (Attestation.id == LedgerLink.attestation_id),
        )
        .order_by(LedgerEntry.index)
    )


def wrong(content: bytes, attestation_id: UUID | None, salt: str | None, record: str | None) -> str:
    """Return why an entry does not stand with the attestation it is linked to, or nothing."""
    try:
        entry = ledger.read(content)
    except InvalidError:
        return "entry"
    if attestation_id is None or salt is None:
        return "lost"
    if ledger.name_of(salt, str(attestation_id)) != entry.name:
        return "other"
    if record is None:
        return "no_attestation"
    return "record" if entry.kind is ledger.Kind.ISSUE and entry.sha256 != record else ""


def of_other_files(session: Session) -> Iterator[int]:
    """Yield the numbers of entries about a sealed or archived file that is not kept so for its attestation."""
    query = select(LedgerEntry.index, LedgerEntry.content, LedgerLink.attestation_id)
    linked = query.join(LedgerLink, LedgerLink.index == LedgerEntry.index).order_by(LedgerEntry.index)
    rows = session.execute(linked)
    for part in rows.yield_per(_AT_ONCE).partitions(_FILES_AT_ONCE):
        told = {index: (of, entry.sha256) for index, content, of in part if (entry := _of_file(content))}
        file = AttestationFile
        there = select(file.attestation_id, file.sha256).where(file.sha256.in_({one for _, one in told.values()}))
        kept = {(of, sha256) for of, sha256 in session.execute(there)}
        yield from (index for index, one in told.items() if one not in kept)


def _of_file(content: bytes) -> ledger.Entry | None:
    """Return the entry if it is about a file."""
    try:
        return ledger.read(content) if any(mark in content for mark in _OF_FILES) else None
    except InvalidError:
        return None
