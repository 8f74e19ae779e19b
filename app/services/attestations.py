"""Attesting: certifying a snapshot as a separate act, and making the signed PDF of it, crash-safely."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import paper
from app.domain.attestation import AttestationStatus, Record, record_bytes, sha256
from app.domain.errors import NotFoundError
from app.domain.ledger import Kind, name_of, superseding
from app.domain.people import Actor, Author
from app.domain.workflow import Action, RevisionState, check
from app.models import Attestation, AttestationEvent, Revision
from app.pdf.confirmation import Enclosed, render
from app.services import archiving, events, ledger, records, seals
from app.services.answers import last_round
from app.services.archiving import Kind
from app.services.opened import Opened
from app.services.records import Premises
from app.services.reviews import situation
from app.signing.seal import seal


def attest(session: Session, actor: Actor, opened: Opened, premises: Premises) -> Attestation:
    """Certify the approved snapshot: freeze the record, enter it in the ledger and start issuing.

    Commit, then call ``issue``. Raise NotAllowedError for a person who may not, WrongStateError when the
    content has changed, SealError when the institution's seal cannot be used now.
    """
    line = check(Action.ATTEST, actor, situation(session, opened))
    institution = opened.institution
    seals.usable(session, premises, institution.id, institution.code, actor.at, sample=premises.sample)
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
    ledger.append(session, Kind.ISSUE, attestation.organization_id, record, attestation.record_sha256)
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

    Doing it twice gives the same attestation; a crash before the last commit leaves ``issuing``, and so do
    SealError and LedgerError: while the seal cannot be used, no time-stamp is to be had or the ledger
    cannot be signed, nothing is given out. What goes on paper and what proves the record's entry are committed on the way.
    """
    session.refresh(attestation, with_for_update=True)
    if attestation.status != AttestationStatus.ISSUING:
        return attestation
    record = Record.model_validate_json(attestation.record)
    owner = attestation.organization_id
    own = seals.usable(session, premises, owner, record.issuer.code, at, sample=record.sample)
    if attestation.statement is None or attestation.proof is None:
        key = ledger.key_of(premises)
        attestation.statement = paper.statement(record, key.sign, key.verifier.id.hex())
        attestation.proof = _proof(session, attestation, premises, at)
        # the ledger is free for others while the page is drawn; whoever was quicker has issued by now
        session.commit()
        return issue(session, attestation, premises, at)
    drawn = render(record, attestation.record, Enclosed(attestation.statement, attestation.proof))
    file = seal(drawn, own, at, timestamper=premises.times.timestamper(at))
    author = Author(owner, attestation.attested_by, at)
    seals.remember(session, owner, own.certificate)
    attestation.pdf_sha256 = archiving.keep(attestation, Kind.SEAL, file, premises, at).sha256
    attestation.issued_at = at
    _become(session, author, attestation, AttestationStatus.IN_FORCE)
    session.flush()
    events.record(session, author, "attestation:issued", attestation.id, file=attestation.pdf_sha256)
    ledger.append(session, Kind.SEAL, owner, record, attestation.pdf_sha256)
    if record.supersedes:
        _supersede(session, author, UUID(record.supersedes), record)
    return attestation


def _proof(session: Session, attestation: Attestation, premises: Premises, at: datetime) -> str:
    """Sign the ledger, and return the proof that the record was entered."""
    ledger.checkpoint(session, premises, at)
    first = ledger.of_attestation(session, attestation.organization_id, attestation.id)[0]
    return ledger.prove(session, premises, first.index)


def _supersede(session: Session, author: Author, older_id: UUID, newer: Record) -> None:
    older = session.get_one(Attestation, (author.organization_id, older_id))
    _become(session, author, older, AttestationStatus.SUPERSEDED)
    events.record(session, author, "attestation:superseded", older.id, by=newer.id)
    by = superseding(name_of(newer.salt, newer.id))
    ledger.append(session, Kind.SUPERSEDE, author.organization_id, Record.model_validate_json(older.record), by)


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
    """Return the signed PDF, the newest on offer, which begins with the one issued; raise NotFoundError
    while it is being issued.
    """
    if not attestation.files:
        raise NotFoundError("being_issued")
    return premises.store.get(attestation.files[-1].sha256)
