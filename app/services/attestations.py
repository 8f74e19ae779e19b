"""Attesting: certifying a snapshot as a separate act, and making the signed PDF of it, crash-safely."""

from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.attestation import AttestationStatus, Record, record_bytes, sha256
from app.domain.errors import NotFoundError
from app.domain.people import Actor, Author
from app.domain.workflow import Action, RevisionState, check
from app.models import Attestation, AttestationEvent, Revision, SealCertificate
from app.pdf.confirmation import render
from app.services import events, records
from app.services.answers import last_round
from app.services.opened import Opened
from app.services.records import Premises
from app.services.reviews import situation
from app.signing.keys import Seal, fingerprint, load_seal
from app.signing.seal import seal


def attest(session: Session, actor: Actor, opened: Opened, premises: Premises) -> Attestation:
    """Certify the approved snapshot: freeze the record and start issuing; commit, then call ``issue``.

    Raise NotAllowedError for a person who may not, WrongStateError when the content has changed,
    SealError when the institution's seal cannot be used now.
    """
    line = check(Action.ATTEST, actor, situation(session, opened))
    load_seal(premises.keys, opened.institution.code, at=actor.at)
    round_ = last_round(session, opened)
    if round_ is None:
        raise NotFoundError("no_round")
    before = _in_force(session, opened)
    record = records.build(session, actor, opened, round_, premises, before)
    data = record_bytes(record)
    attestation = Attestation(
        organization_id=opened.revision.organization_id,
        id=UUID(record.id),
        revision_id=opened.revision.id,
        snapshot_id=round_.snapshot_id,
        code=record.code,
        status=AttestationStatus.ISSUING,
        record=data,
        record_sha256=sha256(data),
        attested_by=actor.user_id,
        attested_at=actor.at.replace(microsecond=0),
        valid_until=datetime.fromisoformat(record.valid_until).date() if record.valid_until else None,
    )
    if before is not None:
        before.revision.state = RevisionState.SUPERSEDED
        session.flush()
    session.add(attestation)
    opened.revision.state = line.to or opened.revision.state
    session.flush()
    events.record(
        session,
        actor,
        line.event,
        opened.revision.submission_id,
        snapshot=round_.snapshot.sha256,
        record=attestation.record_sha256,
        statement=record.statement.version,
    )
    return attestation


def _in_force(session: Session, opened: Opened) -> Attestation | None:
    return session.scalar(
        select(Attestation)
        .join(Attestation.revision)
        .where(
            Attestation.organization_id == opened.revision.organization_id,
            Revision.submission_id == opened.revision.submission_id,
            Revision.state == RevisionState.SUBMITTED,
        )
    )


def issue(session: Session, attestation: Attestation, premises: Premises, at: datetime) -> Attestation:
    """Draw and seal the PDF of a certified record, keep it durably, and put the attestation in force.

    Doing it twice gives the same attestation; a crash before the commit leaves ``issuing``.
    """
    session.refresh(attestation, with_for_update=True)
    if attestation.status != AttestationStatus.ISSUING:
        return attestation
    record = Record.model_validate_json(attestation.record)
    own = load_seal(premises.keys, record.issuer.code, at=at)
    file = seal(render(record, attestation.record, None), own, at)
    author = Author(attestation.organization_id, attestation.attested_by, at)
    _remember(session, attestation.organization_id, own)
    attestation.pdf_sha256 = premises.store.put(file)
    attestation.issued_at = at
    _become(session, author, attestation, AttestationStatus.IN_FORCE)
    session.flush()
    events.record(session, author, "attestation:issued", attestation.id, file=attestation.pdf_sha256)
    if record.supersedes:
        older = session.get_one(Attestation, (attestation.organization_id, UUID(record.supersedes)))
        _become(session, author, older, AttestationStatus.SUPERSEDED)
        events.record(session, author, "attestation:superseded", older.id, by=str(attestation.id))
    return attestation


def _remember(session: Session, organization_id: UUID, own: Seal) -> None:
    name = fingerprint(own.certificate)
    if session.get(SealCertificate, (organization_id, name)) is None:
        session.add(
            SealCertificate(
                organization_id=organization_id,
                fingerprint=name,
                pem=own.certificate.public_bytes(Encoding.PEM).decode(),
                not_before=own.certificate.not_valid_before_utc,
                not_after=own.certificate.not_valid_after_utc,
            )
        )


def _become(session: Session, author: Author, attestation: Attestation, status: AttestationStatus) -> None:
    attestation.status = status
    session.add(
        AttestationEvent(
            organization_id=attestation.organization_id,
            attestation_id=attestation.id,
            status=status,
            by=author.user_id,
            at=author.at,
        )
    )


def unfinished(session: Session) -> list[Attestation]:
    """Return the attestations whose issuing was cut off."""
    return list(session.scalars(select(Attestation).filter_by(status=AttestationStatus.ISSUING)))


def of_revision(session: Session, revision: Revision) -> Attestation | None:
    """Return the attestation of a revision, if it was certified."""
    return session.scalar(
        select(Attestation).filter_by(organization_id=revision.organization_id, revision_id=revision.id)
    )


def file_of(attestation: Attestation, premises: Premises) -> bytes:
    """Return the signed PDF as issued; raise NotFoundError while it is being issued."""
    if attestation.pdf_sha256 is None:
        raise NotFoundError("being_issued")
    return premises.store.get(attestation.pdf_sha256)
