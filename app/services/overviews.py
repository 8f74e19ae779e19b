"""What a person sees at a glance: grants with their requirements, deadlines and states, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.domain.people import Actor
from app.domain.workflow import RevisionState
from app.models import Call, Grant, Programme, Requirement, Revision, Submission
from app.services import grants

PAGE = 25


@dataclass(frozen=True)
class Line:
    """One requirement of a grant: when it is due and how far it is; no revision means not started."""

    requirement: Requirement
    submission: Submission | None
    revision: Revision | None

    @property
    def state(self) -> str:
        """Return the state of the newest revision, or ``not_started``."""
        return self.revision.state if self.revision else "not_started"


@dataclass(frozen=True)
class GrantLine:
    """One grant with its requirements in the order they are due."""

    grant: Grant
    principal: str
    lines: list[Line]


@dataclass(frozen=True)
class Overview:
    """A page of grants, how many there are, and how many requirements stand in each state."""

    grants: list[GrantLine]
    total: int
    page: int
    states: dict[str, int]

    @property
    def pages(self) -> int:
        """Return the number of pages."""
        return max(1, -(-self.total // PAGE))


def overview(session: Session, actor: Actor, *, page: int = 1, words: str = "", state: str = "") -> Overview:
    """Return the grants the actor may see, the most pressing first, in a constant number of queries.

    ``words`` looks into numbers and titles; ``state`` keeps grants with a requirement in that state.
    """
    query = grants.visible(actor)
    if words:
        pattern = f"%{_plain(words)}%"
        matches = (column.ilike(pattern, escape="\\") for column in (Grant.number, Grant.title_ja, Grant.title_en))
        query = query.where(or_(*matches))
    states = _states(session, query)
    if state:
        query = query.where(_in_state(state))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    chosen = session.scalars(
        query.options(
            joinedload(Grant.call).joinedload(Call.programme).joinedload(Programme.organization),
            selectinload(Grant.participants),
        )
        .order_by(_next_due().asc().nulls_last(), Grant.number)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    return Overview(_lines(session, chosen), total, page, states)


def _plain(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _of_grant() -> ColumnElement[bool]:
    return (Requirement.organization_id == Grant.agency_id) & (Requirement.call_id == Grant.call_id)


def _its_submission() -> ColumnElement[bool]:
    return (
        (Submission.organization_id == Grant.organization_id)
        & (Submission.grant_id == Grant.id)
        & (Submission.requirement_id == Requirement.id)
    )


def _newest() -> ColumnElement[bool]:
    later = select(func.max(Revision.number)).where(
        Revision.organization_id == Submission.organization_id, Revision.submission_id == Submission.id
    )
    return Revision.number == later.correlate(Submission).scalar_subquery()


def _its_revision() -> ColumnElement[bool]:
    return (
        (Revision.organization_id == Submission.organization_id)
        & (Revision.submission_id == Submission.id)
        & _newest()
    )


def _next_due() -> ScalarSelect[date]:
    """Return the nearest deadline of a grant whose requirement has nothing in force yet."""
    done = exists().where(
        _its_submission(),
        Revision.organization_id == Submission.organization_id,
        Revision.submission_id == Submission.id,
        Revision.state == RevisionState.SUBMITTED,
    )
    done = done.correlate(Grant, Requirement)
    query = select(func.min(Requirement.due_on)).where(_of_grant(), ~done)
    return query.correlate(Grant).scalar_subquery()


def _in_state(state: str) -> ColumnElement[bool]:
    if state == "not_started":
        begun = exists().where(_its_submission()).correlate(Grant, Requirement)
        return exists().where(_of_grant(), ~begun).correlate(Grant)
    there = exists().where(_of_grant(), _its_submission(), _its_revision(), Revision.state == state)
    return there.correlate(Grant)


def _states(session: Session, visible: Select[Grant]) -> dict[str, int]:
    """Count the requirements of the visible grants by the state they are in."""
    mine = visible.subquery()
    counted = session.execute(
        select(Revision.state, func.count())
        .select_from(mine)
        .join(
            Requirement,
            (Requirement.organization_id == mine.c.agency_id) & (Requirement.call_id == mine.c.call_id),
        )
        .outerjoin(
            Submission,
            (Submission.organization_id == mine.c.organization_id)
            & (Submission.grant_id == mine.c.id)
            & (Submission.requirement_id == Requirement.id),
        )
        .outerjoin(Revision, _its_revision())
        .group_by(Revision.state)
    )
    return {row[0] or "not_started": row[1] for row in counted}


def _lines(session: Session, chosen: Sequence[Grant]) -> list[GrantLine]:
    requirements: dict[UUID, list[Requirement]] = {}
    calls = {grant.call_id for grant in chosen}
    for one in session.scalars(
        select(Requirement).where(Requirement.call_id.in_(calls)).order_by(Requirement.due_on)
    ):
        if one.call_id is not None:
            requirements.setdefault(one.call_id, []).append(one)
    ids = [grant.id for grant in chosen]
    opened = {
        (one.grant_id, one.requirement_id): one
        for one in session.scalars(
            select(Submission).where(Submission.grant_id.in_(ids)).options(selectinload(Submission.revisions))
        )
    }
    return [
        GrantLine(
            grant,
            next((p.name for p in grant.participants if p.part == "principal_investigator"), ""),
            [_line(one, opened.get((grant.id, one.id))) for one in requirements.get(grant.call_id, [])],
        )
        for grant in chosen
    ]


def _line(requirement: Requirement, submission: Submission | None) -> Line:
    return Line(requirement, submission, submission.current if submission else None)
