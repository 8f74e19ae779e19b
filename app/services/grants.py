"""Grants: registering them, the people on them, and the facts stated about them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.domain.errors import InvalidError, NotAllowedError, NotFoundError
from app.domain.facts import ASKED, FactValue, gather
from app.domain.people import Actor
from app.domain.permissions import Permission, Standing, may
from app.models import Call, Fact, Grant, Membership, Participant, Programme, Submission
from app.services import events


@dataclass(frozen=True)
class Person:
    """A participant as typed or imported; ``part`` is principal_investigator, co_investigator or participant."""

    part: str
    name: str
    name_latin: str
    affiliation: str
    post: str
    researcher_number: str | None
    student: bool = False
    membership_id: UUID | None = None


@dataclass(frozen=True)
class Particulars:
    """What a grant is, as typed or imported. ``facts`` maps asked facts to "yes", "no" or "" (not known)."""

    number: str
    title_ja: str
    title_en: str
    starts_on: date | None
    ends_on: date | None
    facts: Mapping[str, str]


def require(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowedError unless a role of the actor allows ``permission``."""
    if not may(actor, permission):
        raise NotAllowedError("no_permission", permission=permission.value)


def visible(actor: Actor) -> Select[Grant]:
    """Return the query for the grants the actor may see: all of the institution's, or only their own."""
    query = select(Grant).where(Grant.organization_id == actor.organization_id)
    if may(actor, Permission.GRANT_READ_ALL):
        return query
    mine = select(Participant.grant_id).where(
        Participant.organization_id == actor.organization_id,
        Participant.membership_id == actor.membership_id,
        Participant.removed_at.is_(None),
    )
    return query.where(Grant.id.in_(mine))


def visible_submissions(actor: Actor) -> ColumnElement[bool]:
    """Hold submissions to those of grants the actor may see; the institution's own are for its offices."""
    of_grants = Submission.grant_id.in_(visible(actor).with_only_columns(Grant.id))
    own = may(actor, Permission.GRANT_READ_ALL)
    return or_(of_grants, Submission.grant_id.is_(None)) if own else of_grants


def find(session: Session, actor: Actor, grant_id: UUID) -> Grant:
    """Return a grant the actor may see, with its call and people; raise NotFoundError for any other."""
    query = visible(actor).where(Grant.id == grant_id).options(*_AROUND)
    grant = session.scalar(query)
    if grant is None:
        raise NotFoundError("no_grant")
    return grant


_AROUND = (
    joinedload(Grant.organization),
    joinedload(Grant.call).joinedload(Call.programme).joinedload(Programme.organization),
    selectinload(Grant.participants),
)


def standing(actor: Actor, grant: Grant | None) -> Standing:
    """Return how the actor stands to a grant; where there is none, nobody takes part."""
    if grant is None:
        return Standing()
    own = [one for one in grant.participants if one.membership_id == actor.membership_id]
    principal = any(one.part == "principal_investigator" for one in own)
    return Standing(principal=principal, participant_id=str(own[0].id) if own else None)


def calls(session: Session) -> list[Call]:
    """Return every call of every agency, newest first, with programme and agency."""
    query = select(Call).options(joinedload(Call.programme).joinedload(Programme.organization))
    return list(session.scalars(query.order_by(Call.fiscal_year.desc(), Call.code)))


def register(session: Session, actor: Actor, call: Call, given: Particulars, people: Iterable[Person]) -> Grant:
    """Register a grant with its people and facts; raise InvalidError ``number_taken`` for a number in use."""
    require(actor, Permission.GRANT_REGISTER)
    if number_taken(session, actor, given.number):
        raise InvalidError("number_taken", errors={"number": "number_taken"})
    grant = Grant(
        organization_id=actor.organization_id,
        agency_id=call.organization_id,
        call_id=call.id,
        number=given.number,
        title_ja=given.title_ja,
        title_en=given.title_en,
        starts_on=given.starts_on,
        ends_on=given.ends_on,
        created_at=actor.at,
    )
    session.add(grant)
    session.flush()
    for person in people:
        session.add(_participant(actor, grant, person))
    _state(session, actor, grant, given.facts, {})
    events.record(session, actor, "grant:registered", grant.id, number=grant.number)
    return grant


def number_taken(session: Session, actor: Actor, number: str) -> bool:
    """Return whether the institution has a grant of this number."""
    query = select(func.count()).select_from(Grant)
    return bool(session.scalar(query.where(Grant.organization_id == actor.organization_id, Grant.number == number)))


def _participant(actor: Actor, grant: Grant, person: Person) -> Participant:
    return Participant(
        organization_id=grant.organization_id,
        grant_id=grant.id,
        membership_id=person.membership_id,
        part=person.part,
        name=person.name,
        name_latin=person.name_latin,
        affiliation=person.affiliation,
        post=person.post,
        researcher_number=person.researcher_number,
        student=person.student,
        added_at=actor.at,
    )


def add_participant(session: Session, actor: Actor, grant: Grant, person: Person) -> Participant:
    """Put a person on a grant; a second principal investigator is refused."""
    require(actor, Permission.GRANT_REGISTER)
    if person.part == "principal_investigator" and any(
        one.part == "principal_investigator" for one in grant.participants
    ):
        raise InvalidError("one_principal", errors={"part": "one_principal"})
    participant = _participant(actor, grant, person)
    session.add(participant)
    session.flush()
    session.expire(grant, ["participants"])
    events.record(session, actor, "participant:added", grant.id, participant=str(participant.id))
    return participant


def remove_participant(session: Session, actor: Actor, grant: Grant, participant_id: UUID) -> Participant:
    """Take a person off a grant; what was answered about them is kept, out of force."""
    require(actor, Permission.GRANT_REGISTER)
    participant = next((one for one in grant.participants if one.id == participant_id), None)
    if participant is None:
        raise NotFoundError("no_participant")
    participant.removed_at = actor.at
    session.flush()
    session.expire(grant, ["participants"])
    events.record(session, actor, "participant:removed", grant.id, participant=str(participant.id))
    return participant


def stated(session: Session, grant: Grant) -> dict[str, str]:
    """Return the newest statement of each asked fact about a grant."""
    query = select(Fact.name, Fact.value).where(
        Fact.organization_id == grant.organization_id, Fact.grant_id == grant.id
    )
    return {row.name: row.value for row in session.execute(query.order_by(Fact.stated_at, Fact.id))}


def state_facts(session: Session, actor: Actor, grant: Grant, facts: Mapping[str, str]) -> list[str]:
    """State facts about a grant and return the names of those that changed; each statement is kept."""
    require(actor, Permission.GRANT_REGISTER)
    changed = _state(session, actor, grant, facts, stated(session, grant))
    if changed:
        events.record(session, actor, "grant:changed", grant.id, facts=changed)
    return changed


def _state(
    session: Session, actor: Actor, grant: Grant, facts: Mapping[str, str], before: Mapping[str, str]
) -> list[str]:
    changed = [name for name in ASKED if facts.get(name, "") != before.get(name, "") and name in facts]
    for name in changed:
        session.add(
            Fact(
                organization_id=grant.organization_id,
                grant_id=grant.id,
                name=name,
                value=facts[name],
                source="institution",
                stated_by=actor.user_id,
                stated_at=actor.at,
            )
        )
    session.flush()
    return changed


def facts_of(grant: Grant, stage: str, asked: Mapping[str, str]) -> dict[str, FactValue]:
    """Return all that is known about a grant at a stage: from its call, its institution and statements."""
    call = grant.call
    return gather(
        stage=stage,
        funder=call.programme.organization.code,
        programme=call.programme.code,
        fiscal_year=call.fiscal_year,
        of_call=call.facts,
        of_institution=grant.organization.facts,
        asked=asked,
    )


def colleagues(session: Session, actor: Actor) -> list[Membership]:
    """Return the members of the actor's organization with their names, for choosing a participant."""
    query = select(Membership).where(Membership.organization_id == actor.organization_id)
    return list(session.scalars(query.options(joinedload(Membership.user))))
