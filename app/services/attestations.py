"""Attesting: certifying a snapshot as a separate act, and making the signed PDF of it, crash-safely."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import paper
from app.domain.attestation import AttestationStatus, Record, new_salt, record_bytes, sha256
from app.domain.errors import NotFoundError
from app.domain.ledger import Kind, name_of, superseding
from app.domain.people import Actor, Author
from app.domain.workflow import Action, RevisionState, Transition, check
from app.models import AnnexFile, Attestation, InkSheet, Revision
from app.pdf.confirmation import Enclosed, render
from app.services import annexes, archiving, events, ledger, records, seals, statuses
from app.services.acts import Inked
from app.services.answers import last_round
from app.services.archiving import FileKind
from app.services.opened import Opened
from app.services.records import Premises
from app.services.reviews import situation
from app.signing.archive import newest_stamp
from app.signing.seal import seal


def attest(session: Session, actor: Actor, opened: Opened, premises: Premises) -> Attestation:
    """Certify the approved snapshot: freeze the record, enter it in the ledger and start issuing.

    Commit, then call ``issue``. Raise NotAllowedError for a person who may not, WrongStateError when the
    content has changed, SealError when the institution's seal cannot be used now.
    """
    line = check(Action.ATTEST, actor, situation(session, opened))
    return freeze(session, actor, opened, premises, line)


def freeze(
    session: Session,
    actor: Actor,
    opened: Opened,
    premises: Premises,
    line: Transition,
    inked: Inked | None = None,
    **more: str,
) -> Attestation:
    """Freeze the record of what was allowed: the actor's own act, or one in ink; ``more`` goes into its event."""
    institution = opened.institution
    seals.usable(session, premises, institution.id, institution.code, actor.at, sample=premises.sample)
    round_ = last_round(session, opened)
    if round_ is None:
        raise NotFoundError("no_round")
    before, opening = in_force(session, opened), new_salt()
    origin = ledger.verifier_of(premises).name
    record = records.build(session, actor, opened, round_, premises, before, origin, opening, inked)
    record, annex = annexes.joined(opened, record, opening)
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
        opening=opening,
        annex=annex,
        attested_by=inked.attester.user_id if inked else actor.user_id,
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
        **more,
    )
    ledger.append(session, Kind.ISSUE, attestation.organization_id, record, attestation.record_sha256)
    return attestation


def in_force(session: Session, opened: Opened) -> Attestation | None:
    """Return the attestation of a submission that was neither superseded nor withdrawn, of whichever revision."""
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
    """Draw and seal the PDF of a certified record and of its annex, keep them durably, and put it in force.

    Doing it twice gives the same attestation; a crash before the last commit leaves ``issuing``, and so do
    SealError and LedgerError: while the seal cannot be used, no time-stamp is to be had or the ledger
    cannot be signed, nothing is given out. What goes on paper, and what proves that the record was entered,
    are committed on the way.
    """
    session.refresh(attestation, with_for_update=True)
    if attestation.status != AttestationStatus.ISSUING:
        return attestation
    record = Record.model_validate_json(attestation.record)
    owner = attestation.organization_id
    own = seals.usable(session, premises, owner, record.issuer.code, at, sample=record.sample)
    enclosed = _enclosed(session, attestation, record, premises, at)
    # nobody waits for a lock while the page is drawn and the time is fetched; who is quicker issues
    session.commit()
    drawn = render(record, attestation.record, enclosed)
    persons = record.personal_signatures > 0
    file = seal(drawn, own, at, timestamper=premises.times.timestamper(at), persons=persons)
    annex = annexes.sealed(attestation, record, own, premises, at)
    stamps = [newest_stamp(each) if each else None for each in (file, annex)]
    session.refresh(attestation, with_for_update=True)
    if attestation.status != AttestationStatus.ISSUING:
        return attestation
    # it may have been revoked while nothing was locked
    seals.require_unrevoked(session, premises, owner, own)
    sheet = session.get(InkSheet, (owner, attestation.id))
    author = Author(owner, sheet.taken_by if sheet else attestation.attested_by, at)
    seals.remember(session, owner, own.certificate)
    attestation.pdf_sha256 = archiving.keep(attestation, FileKind.SEAL, file, stamps[0], premises, at).sha256
    if annex is not None:
        archiving.keep(attestation, FileKind.SEAL, annex, stamps[1], premises, at, AnnexFile)
    attestation.issued_at = at
    statuses.become(session, author, attestation, AttestationStatus.IN_FORCE)
    events.record(session, author, "attestation:issued", attestation.id, file=attestation.pdf_sha256)
    ledger.append(session, Kind.SEAL, owner, record, attestation.pdf_sha256)
    if record.supersedes:
        _supersede(session, author, UUID(record.supersedes), record)
    return attestation


def _enclosed(
    session: Session, attestation: Attestation, record: Record, premises: Premises, at: datetime
) -> Enclosed:
    """Return what goes on paper, and what proves that the record was entered: made once and kept."""
    if attestation.statement is None or attestation.proof is None:
        key = ledger.key_of(premises)
        attestation.statement = paper.statement(record, key.sign, key.verifier.id.hex())
        first = ledger.of_attestation(session, attestation.organization_id, attestation.id)[0]
        # of many who wait, the first has a head signed over the entries of all
        ledger.checkpoint(session, premises, at, covering=first.index)
        attestation.proof = ledger.prove(session, premises, first.index)
    return Enclosed(attestation.statement, attestation.proof)


def _supersede(session: Session, author: Author, older_id: UUID, newer: Record) -> None:
    older = session.get_one(Attestation, (author.organization_id, older_id))
    statuses.become(session, author, older, AttestationStatus.SUPERSEDED)
    events.record(session, author, "attestation:superseded", older.id, by=newer.id)
    by = superseding(name_of(newer.salt, newer.id))
    ledger.append(session, Kind.SUPERSEDE, author.organization_id, Record.model_validate_json(older.record), by)


def unfinished(session: Session) -> list[tuple[UUID, UUID]]:
    """Return which attestations (organization, id) were certified and not issued, the oldest first."""
    asked = select(Attestation.organization_id, Attestation.id).filter_by(status=AttestationStatus.ISSUING)
    return [(one, other) for one, other in session.execute(asked.order_by(Attestation.attested_at, Attestation.id))]


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
