"""Revisions: reading one in full as one person sees it, its slots, and its rows."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.domain.checklist import Item, Kind, State
from app.domain.errors import NotFoundError
from app.domain.facts import FactValue
from app.domain.people import Actor, Role
from app.domain.permissions import Standing
from app.domain.workflow import RevisionState
from app.models import Answer, Call, Grant, Programme, Requirement, Revision, RowInstance, Submission, User
from app.services import checklists, facts, files, grants
from app.services.checklists import Compiled
from app.services.opened import Opened

_WHOLE = (
    joinedload(Submission.requirement)
    .joinedload(Requirement.call)
    .joinedload(Call.programme)
    .joinedload(Programme.organization),
    joinedload(Submission.organization),
    joinedload(Submission.grant).selectinload(Grant.participants),
    selectinload(Submission.revisions),
)


def find(
    session: Session, actor: Actor, submission_id: UUID, *, number: int | None = None, lock: bool = False
) -> Opened:
    """Return a submission the actor may see, in its newest or a given revision.

    Raise NotFoundError for missing and foreign ones alike. ``lock`` holds the revision until commit.
    """
    submission = session.scalar(
        select(Submission)
        .where(
            Submission.organization_id == actor.organization_id,
            Submission.id == submission_id,
            grants.visible_submissions(actor),
        )
        .options(*_WHOLE)
    )
    if submission is None:
        raise NotFoundError("no_submission")
    revisions = {each.number: each for each in submission.revisions}
    revision = revisions.get(number) if number else submission.current
    if revision is None:
        raise NotFoundError("no_revision")
    if lock:
        session.refresh(revision, with_for_update=True)
    return read(session, submission, revision, grants.standing(actor, submission.grant), actor.roles, actor.at)


def read(
    session: Session,
    submission: Submission,
    revision: Revision,
    standing: Standing,
    roles: frozenset[Role],
    at: datetime,
) -> Opened:
    """Return a revision with its rows, answers and files, in a constant number of queries."""
    of_revision = {"organization_id": revision.organization_id, "revision_id": revision.id}
    rows: dict[str, list[RowInstance]] = {}
    query = select(RowInstance).filter_by(**of_revision).where(RowInstance.removed_at.is_(None))
    for row in session.scalars(query.options(joinedload(RowInstance.participant)).order_by(RowInstance.id)):
        rows.setdefault(row.group_id, []).append(row)
    active = {row.id for each in rows.values() for row in each}
    answers = {
        (answer.item_id, str(answer.row_id) if answer.row_id else None): answer
        for answer in session.scalars(select(Answer).filter_by(**of_revision))
        if answer.row_id is None or answer.row_id in active
    }
    return Opened(
        revision=revision,
        compiled=checklists.compiled(session, revision.checklist_sha256),
        institution=submission.organization,
        grant=submission.grant,
        answers=answers,
        rows=rows,
        evidence=files.of_revision(session, revision, answers),
        at=at,
        facts_now=facts.now(session, submission),
        standing=standing,
        roles=roles,
    )


def start(
    session: Session,
    actor: Actor,
    submission: Submission,
    number: int,
    compiled: Compiled,
    facts: Mapping[str, FactValue],
) -> Revision:
    """Start a revision with an explicit open slot for every item outside rows."""
    revision = Revision(
        organization_id=submission.organization_id,
        submission_id=submission.id,
        number=number,
        state=RevisionState.DRAFT,
        checklist_sha256=compiled.sha256,
        facts=dict(facts),
        opened_by=actor.user_id,
        opened_at=actor.at,
    )
    session.add(revision)
    session.flush()
    session.expire(submission, ["revisions"])
    outside = [i for i in compiled.checklist.items.values() if i.id not in compiled.checklist.group_of]
    add_slots(session, revision, (item.id for item in outside if _typed(item)), None)
    session.flush()
    return revision


def add_slots(session: Session, revision: Revision, items: Iterable[str], row_id: UUID | None) -> None:
    """Add an open slot for each item."""
    session.add_all(
        Answer(
            organization_id=revision.organization_id,
            revision_id=revision.id,
            item_id=item,
            row_id=row_id,
            head_seq=0,
            state=State.OPEN,
        )
        for item in items
    )


def new_row(session: Session, actor: Actor, opened: Opened, group_id: str) -> RowInstance:
    """Add a row with open slots to a group whose rows people type."""
    row = RowInstance(
        organization_id=opened.revision.organization_id,
        revision_id=opened.revision.id,
        group_id=group_id,
        added_at=actor.at,
    )
    session.add(row)
    session.flush()
    items = opened.compiled.checklist.items[group_id].items
    add_slots(session, opened.revision, (inner.id for inner in items if _typed(inner)), row.id)
    session.flush()
    return row


def _typed(item: Item) -> bool:
    """Return whether people answer the item: not what is computed, nor the list of the roster's rows."""
    return item.kind is not Kind.DERIVED and not _kept_in_step(item)


def _kept_in_step(item: Item) -> bool:
    return item.kind is Kind.GROUP and item.repeat is not None and item.repeat.over is not None


def align_rows(session: Session, actor: Actor, revision: Revision, grant: Grant | None, compiled: Compiled) -> None:
    """Give every participant a row in each group kept in step with the roster, and retire the rows of others.

    Without a grant nobody takes part, and such groups stay without rows.
    """
    groups = [item for item in compiled.checklist.items.values() if _kept_in_step(item)]
    rows = session.scalars(
        select(RowInstance).where(
            RowInstance.organization_id == revision.organization_id,
            RowInstance.revision_id == revision.id,
            RowInstance.participant_id.is_not(None),
        )
    ).all()
    there = {(row.group_id, row.participant_id): row for row in rows}
    roster = {one.id for one in grant.participants} if grant else set()
    for row in rows:
        row.removed_at = None if row.participant_id in roster else (row.removed_at or actor.at)
    new = [
        RowInstance(
            organization_id=revision.organization_id,
            revision_id=revision.id,
            group_id=group.id,
            participant_id=participant_id,
            added_at=actor.at,
        )
        for group in groups
        for participant_id in sorted(roster)
        if (group.id, participant_id) not in there
    ]
    session.add_all(new)
    session.flush()
    inner = {group.id: [one.id for one in group.items if _typed(one)] for group in groups}
    for row in new:
        add_slots(session, revision, inner[row.group_id], row.id)
    session.flush()


def align_drafts(session: Session, actor: Actor, grant: Grant) -> None:
    """Bring the rows of the grant's revisions that are being filled in step with its roster."""
    editable = (RevisionState.DRAFT, RevisionState.RETURNED)
    query = (
        select(Revision)
        .join(Revision.submission)
        .where(
            Submission.organization_id == grant.organization_id,
            Submission.grant_id == grant.id,
            Revision.state.in_(editable),
        )
    )
    for revision in session.scalars(query).all():
        compiled = checklists.compiled(session, revision.checklist_sha256)
        align_rows(session, actor, revision, grant, compiled)
        refresh_progress(find(session, actor, revision.submission_id))


def refresh_progress(opened: Opened) -> None:
    """Keep the count of answered and of all slots with the revision, for lists that show many."""
    counts = opened.evaluation.counts()
    opened.revision.done, opened.revision.total = counts.total - counts.open, counts.total


def names(session: Session, people: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of people, for the pages of their own institution."""
    wanted = {one for one in people if one is not None}
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(wanted)))}
