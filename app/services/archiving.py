"""The files of an attestation: sealed when it is issued, archived a day later, renewed before their time runs out.

An annex is kept provable in the same way; ``series`` tells whose files are meant.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from cryptography import x509
from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from app.domain.attestation import Record
from app.domain.ledger import Kind
from app.models import AnnexFile, Attestation, AttestationFile
from app.services import ledger
from app.services.records import Premises
from app.signing import authority, fetching, timekeys
from app.signing.archive import Gather, extend, newest_stamp
from app.signing.authority import CRL_PERIOD
from app.signing.revocation import Lists
from app.signing.timestamps import Stamp

RENEW_BEFORE = timedelta(days=365)
# how long an issued file waits for the persons who may sign it: archived, it takes no more of them
FOR_PERSONS = timedelta(days=14)

Series = type[AttestationFile] | type[AnnexFile]
File = AttestationFile | AnnexFile
SERIES: tuple[Series, ...] = (AttestationFile, AnnexFile)


class FileKind(StrEnum):
    """What made a file of an attestation."""

    SEAL = "seal"
    PERSONAL = "personal"
    ARCHIVE = "archive"
    RENEWAL = "renewal"


OPEN = (FileKind.SEAL, FileKind.PERSONAL)


def files_of(attestation: Attestation, series: Series) -> list[File]:
    """Return the files of an attestation, or of its annex, the newest last."""
    found: list[Any] = attestation.files if series is AttestationFile else attestation.annex_files
    return found


def keep(
    attestation: Attestation,
    kind: FileKind,
    content: bytes,
    stamp: Stamp | None,
    premises: Premises,
    at: datetime,
    series: Series = AttestationFile,
    **more: Any,
) -> File:
    """Store a newer file of an attestation durably, and note what its newest time-stamp, ``stamp``, proves.

    ``more`` is what only files of this kind have.
    """
    there = files_of(attestation, series)
    kept = series(
        organization_id=attestation.organization_id,
        attestation_id=attestation.id,
        revision=len(there) + 1,
        kind=kind,
        sha256=premises.store.put(content),
        at=at,
        time_stamped_at=stamp.at if stamp else None,
        good_until=stamp.good_until if stamp else None,
        **more,
    )
    there.append(kept)
    return kept


def due(
    session: Session, kind: FileKind, at: datetime, series: Series = AttestationFile
) -> Sequence[tuple[UUID, UUID]]:
    """Return which attestations (organization, id) are to be archived or renewed at ``at``, the oldest first.

    To archive: sealed or signed a revocation period ago, so that there is a list from after it, and persons who
    may still sign have had their time. To renew: the newest time-stamp's certificate expires within a year.
    Superseded and withdrawn ones stay provable too.
    """
    file = series
    newest = (
        select(file.organization_id, file.attestation_id, func.max(file.revision).label("revision"))
        .group_by(file.organization_id, file.attestation_id)
        .subquery()
    )
    asked = select(file.organization_id, file.attestation_id).join(
        newest,
        and_(
            file.organization_id == newest.c.organization_id,
            file.attestation_id == newest.c.attestation_id,
            file.revision == newest.c.revision,
        ),
    )
    if kind is FileKind.ARCHIVE:
        asked = asked.where(file.kind.in_(OPEN), file.time_stamped_at <= at - CRL_PERIOD)
        if series is AttestationFile:
            return _had_their_time(session, asked, at)
    else:
        asked = asked.where(file.kind.not_in(OPEN), file.good_until <= at + RENEW_BEFORE)
    return [
        (one, other) for one, other in session.execute(asked.order_by(file.time_stamped_at, file.attestation_id))
    ]


def _had_their_time(session: Session, asked: Select[UUID, UUID], at: datetime) -> Sequence[tuple[UUID, UUID]]:
    """Return those of ``asked`` for which no person is waited for any more."""
    file = AttestationFile
    more = asked.add_columns(file.revision, file.at, Attestation.record, Attestation.issued_at).join(
        Attestation,
        and_(Attestation.organization_id == file.organization_id, Attestation.id == file.attestation_id),
    )
    found = []
    for owner, one, revision, made_at, record, issued_at in session.execute(
        more.order_by(file.time_stamped_at, file.attestation_id)
    ):
        all_signed = revision > Record.model_validate_json(record).personal_signatures
        if made_at <= at - CRL_PERIOD and (all_signed or issued_at <= at - FOR_PERSONS):
            found.append((owner, one))
    return found


def archive(
    session: Session, of: tuple[UUID, UUID], premises: Premises, at: datetime, series: Series = AttestationFile
) -> File:
    """Put revocation data and a time-stamp around a sealed file; doing it twice gives the same file.

    What was begun before is committed, so that nobody waits while authorities are asked. Raises SealError
    when it cannot be done now: try again later.
    """
    newest = files_of(session.get_one(Attestation, of), series)[-1]
    if newest.kind not in OPEN:
        return newest
    return _extended(session, newest, FileKind.ARCHIVE, premises, at)


def renew(
    session: Session, of: tuple[UUID, UUID], premises: Premises, at: datetime, series: Series = AttestationFile
) -> File:
    """Put one more time-stamp around an archived file, of whatever authority stamps now.

    A file that is good for more than a year stays as it is. Commits and refuses as ``archive`` does.
    """
    newest = files_of(session.get_one(Attestation, of), series)[-1]
    if newest.kind in OPEN or newest.good_until is None or newest.good_until > at + RENEW_BEFORE:
        return newest
    return _extended(session, newest, FileKind.RENEWAL, premises, at)


def _extended(session: Session, newest: File, kind: FileKind, premises: Premises, at: datetime) -> File:
    before = premises.store.get(newest.sha256)
    session.commit()
    after = extend(before, premises.believed(), at, premises.times.timestamper(at), _gathering(premises, at))
    stamp = newest_stamp(after)
    attestation = session.get_one(Attestation, (newest.organization_id, newest.attestation_id))
    session.refresh(attestation, with_for_update=True)
    series = type(newest)
    last = files_of(attestation, series)[-1]
    if last.revision != newest.revision:
        # somebody else was quicker: theirs counts, as only one file can follow another
        return last
    kept = keep(attestation, kind, after, stamp, premises, at, series)
    session.flush()
    if series is AnnexFile:
        # the ledger tells of what strangers may hold: an annex is bound by the record, and shown inside alone
        return kept
    record = Record.model_validate_json(attestation.record)
    ledger.append(session, Kind.ARCHIVE, attestation.organization_id, record, kept.sha256)
    return kept


def _gathering(premises: Premises, at: datetime) -> Gather:
    """Return what gets revocation data: the development authorities' own, and what certificates name."""
    own = Lists()
    if premises.sample:
        own = Lists((authority.crl(premises.keys, at), timekeys.time_crl(premises.keys, at)))

    def gather(chain: Sequence[x509.Certificate]) -> Lists:
        return own + fetching.fetch(chain)

    return gather
