"""Submissions: which a grant or the institution itself requires and why, and opening one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.domain.checklist import Scope
from app.domain.errors import InvalidError, NotFoundError
from app.domain.facts import FactValue
from app.domain.people import Actor
from app.domain.permissions import Permission
from app.domain.workflow import RevisionState
from app.models import Attestation, Event, Grant, Organization, Requirement, Revision, Submission, User
from app.services import checklists, events, facts, grants, revisions
from app.services.checklists import Choice
from app.services.opened import Opened


@dataclass(frozen=True)
class Required:
    """One line of what is needed: the requirement, what is known, which version and why, and what was opened."""

    requirement: Requirement
    facts: Mapping[str, FactValue]
    choice: Choice
    submission: Submission | None


def required(session: Session, grant: Grant) -> list[Required]:
    """Return what the grant's call requires, stage by stage, with the version that applies and why."""
    asked = grants.stated(session, grant)
    return _required(
        session,
        (Requirement.organization_id == grant.agency_id) & (Requirement.call_id == grant.call_id),
        (Submission.organization_id == grant.organization_id) & (Submission.grant_id == grant.id),
        lambda one: grants.facts_of(grant, one.stage, asked),
    )


def required_of_institution(session: Session, actor: Actor) -> list[Required]:
    """Return what agencies require of the actor's institution itself, the newest fiscal year first, and why."""
    grants.require(actor, Permission.GRANT_READ_ALL)
    institution = session.get_one(Organization, actor.organization_id)
    return _required(
        session,
        Requirement.call_id.is_(None),
        (Submission.organization_id == institution.id) & Submission.grant_id.is_(None),
        lambda one: facts.of_institution(institution, one),
    )


def _required(
    session: Session,
    asked: ColumnElement[bool],
    there: ColumnElement[bool],
    facts_of: Callable[[Requirement], Mapping[str, FactValue]],
) -> list[Required]:
    published = checklists.versions(session)
    requirements = session.scalars(
        select(Requirement)
        .where(asked)
        .options(joinedload(Requirement.organization))
        .order_by(Requirement.fiscal_year.desc(), Requirement.due_on, Requirement.family, Requirement.id)
    ).all()
    query = select(Submission).where(there).options(selectinload(Submission.revisions))
    opened = {each.requirement_id: each for each in session.scalars(query)}
    found = []
    for one in requirements:
        known = facts_of(one)
        scope = Scope.INSTITUTION if one.call_id is None else Scope.GRANT
        fitting = [each for each in published.get(one.family, []) if each.checklist.scope is scope]
        choice = checklists.choose(fitting, known)
        found.append(Required(one, known, choice, opened.get(one.id)))
    return found


def open_(session: Session, actor: Actor, grant: Grant | None, requirement_id: UUID) -> Submission:
    """Open the submission for one requirement of a grant, pinning the version that applies; once.

    Without a grant it is one of the actor's institution itself. Opening it again gives the one that is
    there. Raise InvalidError when no version applies.
    """
    grants.require(actor, Permission.SUBMISSION_OPEN)
    lines = required(session, grant) if grant else required_of_institution(session, actor)
    line = next((one for one in lines if one.requirement.id == requirement_id), None)
    if line is None:
        raise NotFoundError("no_requirement")
    if line.submission is not None:
        return line.submission
    if line.choice.version is None:
        raise InvalidError("no_version_applies")
    submission = Submission(
        organization_id=actor.organization_id,
        grant_id=grant.id if grant else None,
        agency_id=line.requirement.organization_id,
        requirement_id=line.requirement.id,
    )
    session.add(submission)
    session.flush()
    revisions.start(session, actor, submission, 1, line.choice.version, line.facts)
    revisions.align_rows(session, actor, submission.current, grant, line.choice.version)
    revisions.refresh_progress(revisions.find(session, actor, submission.id))
    events.record(
        session,
        actor,
        "submission:opened",
        submission.id,
        checklist=line.choice.version.sha256,
        stage=line.requirement.stage,
    )
    return submission


def renew_facts(session: Session, actor: Actor, opened: Opened) -> None:
    """Pin the facts as they are now; what they decide follows, answers stay."""
    grants.require(actor, Permission.SUBMISSION_OPEN)
    if opened.revision.state not in {RevisionState.DRAFT, RevisionState.RETURNED}:
        raise InvalidError("wrong_state", state=opened.revision.state)
    opened.revision.facts = dict(opened.facts_now)
    session.flush()
    revisions.refresh_progress(revisions.find(session, actor, opened.revision.submission_id))
    events.record(
        session,
        actor,
        "submission:facts_renewed",
        opened.revision.submission_id,
        facts=sorted(opened.revision.facts),
    )


def history(session: Session, opened: Opened) -> list[tuple[Event, str]]:
    """Return the events of a submission and its attestations with who acted, newest first."""
    of_revisions = select(Revision.id).filter_by(
        organization_id=opened.revision.organization_id, submission_id=opened.revision.submission_id
    )
    issued = select(Attestation.id).where(
        Attestation.organization_id == opened.revision.organization_id, Attestation.revision_id.in_(of_revisions)
    )
    lines = session.execute(
        select(Event, User.name)
        .join(User, User.id == Event.user_id)
        .where(
            Event.organization_id == opened.revision.organization_id,
            or_(Event.object_id == opened.revision.submission_id, Event.object_id.in_(issued)),
        )
        .order_by(Event.seq.desc())
        .limit(500)
    )
    return [(row[0], row[1]) for row in lines]
