"""The agency's side, read-only: what was attested in an officer's programmes or by institutions themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.domain.attestation import AttestationStatus, Record
from app.domain.errors import NotFoundError
from app.domain.people import Actor
from app.domain.permissions import Permission
from app.models import (
    Attestation,
    Call,
    Grant,
    Organization,
    Programme,
    ProgrammeOfficer,
    Requirement,
    Revision,
    Submission,
)
from app.services import events
from app.services.grants import require

PAGE = 25


@dataclass(frozen=True)
class Attested:
    """A page of attestations an officer may read."""

    attestations: Sequence[Attestation]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """Return the number of pages."""
        return max(1, -(-self.total // PAGE))


def _own(actor: Actor) -> Select[Attestation]:
    """Return the query for issued attestations of the officer's own programmes; nothing else is theirs.

    What the agency asks of institutions themselves belongs to no programme: all of its officers read it.
    """
    programmes = select(ProgrammeOfficer.programme_id).where(
        ProgrammeOfficer.organization_id == actor.organization_id,
        ProgrammeOfficer.membership_id == actor.membership_id,
    )
    return (
        select(Attestation)
        .join(Attestation.revision)
        .join(Revision.submission)
        .join(Submission.requirement)
        .outerjoin(Requirement.call)
        .where(
            Submission.agency_id == actor.organization_id,
            or_(Call.programme_id.in_(programmes), Requirement.call_id.is_(None)),
            Attestation.status != AttestationStatus.ISSUING,
        )
    )


def attested(session: Session, actor: Actor, *, page: int = 1, words: str = "") -> Attested:
    """Return the attestations the officer may read, newest first.

    ``words`` looks into the grant and into the name of the institution.
    """
    require(actor, Permission.ATTESTATION_AUDIT)
    query = _own(actor)
    if words:
        pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        of_grant = (Grant.number, Grant.title_ja, Grant.title_en)
        columns = (*of_grant, Organization.name_ja, Organization.name_en)
        query = query.outerjoin(Submission.grant).join(Submission.organization)
        query = query.where(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    total = session.scalar(select(func.count()).select_from(query.with_only_columns(Attestation.id).subquery()))
    around = joinedload(Attestation.revision).joinedload(Revision.submission)
    found = session.scalars(
        query.options(
            around.joinedload(Submission.grant),
            around.joinedload(Submission.organization),
            around.joinedload(Submission.requirement).joinedload(Requirement.call).joinedload(Call.programme),
        )
        .order_by(Attestation.attested_at.desc(), Attestation.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return Attested(found.all(), total or 0, page)


def programmes(session: Session, actor: Actor) -> list[Programme]:
    """Return the officer's own programmes."""
    query = select(Programme).join(
        ProgrammeOfficer,
        (ProgrammeOfficer.organization_id == Programme.organization_id)
        & (ProgrammeOfficer.programme_id == Programme.id),
    )
    return list(session.scalars(query.where(ProgrammeOfficer.membership_id == actor.membership_id)))


def read(session: Session, actor: Actor, attestation_id: UUID) -> tuple[Attestation, Record]:
    """Return one attestation as certified; reading it is logged. Raise NotFoundError for any not theirs."""
    require(actor, Permission.ATTESTATION_AUDIT)
    attestation = session.scalar(_own(actor).where(Attestation.id == attestation_id))
    if attestation is None:
        raise NotFoundError("no_attestation")
    institution = str(attestation.organization_id)
    events.record(session, actor, "submission:read", attestation.id, institution=institution)
    return attestation, Record.model_validate_json(attestation.record)


def downloaded(session: Session, actor: Actor, attestation: Attestation) -> None:
    """Log that the PDF was taken."""
    events.record(session, actor, "attestation:downloaded", attestation.id, file=attestation.pdf_sha256 or "")
