"""The next revision of a submission: on the same version after attesting, or moved to the version that applies."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.domain.carryover import carried, carrying
from app.domain.checklist import UNANSWERED, State
from app.domain.errors import InvalidError, WrongStateError
from app.domain.evaluation import Slot
from app.domain.people import Actor
from app.domain.permissions import Permission
from app.domain.workflow import Action, RevisionState, Situation, check
from app.models import Answer, Revision, Submission
from app.services import checklists, events, files, grants, revisions
from app.services.answers import carry
from app.services.checklists import Compiled
from app.services.opened import Opened

# what an old answer becomes in the new revision: under which item, and its slot there; None where it is left behind
Becoming = Callable[[str, Slot], tuple[str, Slot] | None]


@dataclass(frozen=True)
class Moved:
    """What came of moving: the new revision, and how many answers went along and how many were left behind."""

    revision: Revision
    carried: int
    left: int


def revise(session: Session, actor: Actor, opened: Opened) -> Revision:
    """Start the next revision of an attested submission on the same version, its answers as a start.

    Every answer and file carries over as it stood, marked as carried; the attestation in force stays so.
    """
    line = check(Action.REVISE, actor, Situation(RevisionState(opened.revision.state)))
    moved = _next(session, actor, opened, opened.compiled, lambda item, slot: (item, slot))
    number = moved.revision.number
    events.record(session, actor, line.event, opened.revision.submission_id, number=number)
    return moved.revision


def other_version(session: Session, opened: Opened) -> Compiled | None:
    """Return the version that applies by the facts as they are now, where it is not the one that is pinned."""
    published = checklists.versions(session).get(opened.compiled.checklist.family, [])
    choice = checklists.choose(published, opened.facts_now)
    return None if choice.version is None or choice.version.sha256 == opened.compiled.sha256 else choice.version


def move(session: Session, actor: Actor, opened: Opened) -> Moved:
    """Move a revision that is being filled to the version that applies now; the one left stays readable.

    An answer goes along only where the question is the same; all else is open, and what was answered before
    stands in the revision that was left. Raise InvalidError ``no_other_version`` where nothing else applies.
    """
    grants.require(actor, Permission.SUBMISSION_OPEN)
    if opened.revision.state not in {RevisionState.DRAFT, RevisionState.RETURNED}:
        raise WrongStateError("wrong_state", state=opened.revision.state)
    version = other_version(session, opened)
    if version is None:
        raise InvalidError("no_other_version")
    going = carrying(opened.compiled.checklist, version.checklist)

    def becoming(item: str, slot: Slot) -> tuple[str, Slot] | None:
        way = going.get(item)
        found = carried(slot, version.checklist.items[way.item], way.options) if way else None
        return (way.item, found) if way and found else None

    opened.revision.state = RevisionState.SUPERSEDED
    session.flush()
    moved = _next(session, actor, opened, version, becoming)
    events.record(
        session,
        actor,
        "submission:moved",
        opened.revision.submission_id,
        checklist=version.sha256,
        carried=moved.carried,
        left=moved.left,
    )
    return moved


def _next(session: Session, actor: Actor, opened: Opened, version: Compiled, becoming: Becoming) -> Moved:
    """Start the next revision on a version, with the answers that go along."""
    submission = session.get_one(Submission, (opened.revision.organization_id, opened.revision.submission_id))
    number = opened.revision.number + 1
    revision = revisions.start(session, actor, submission, number, version, opened.facts_now)
    revisions.align_rows(session, actor, revision, opened.grant, version)
    fresh = revisions.find(session, actor, submission.id)
    rows = _same_rows(session, actor, opened, fresh)
    fresh = revisions.find(session, actor, submission.id)
    counted = {True: 0, False: 0}
    for (item, row), answer in opened.answers.items():
        given = State(answer.state) not in UNANSWERED and answer.answered_by is not None
        way = becoming(item, Slot(State(answer.state), answer.value, answer.reason))
        target = fresh.answers.get((way[0], rows.get(row) if row else None)) if way else None
        if way and target is not None and (row is None or row in rows):
            if given:
                carry(session, target, answer, way[1])
            _carry_files(session, target, opened, (item, row), fresh)
        if given:
            counted[target is not None] += 1
    session.flush()
    revisions.refresh_progress(revisions.find(session, actor, submission.id))
    return Moved(revision, counted[True], counted[False])


def _carry_files(
    session: Session, target: Answer, opened: Opened, key: tuple[str, str | None], fresh: Opened
) -> None:
    """Take files along under the rules that are still there."""
    rules = {rule.id for rule in fresh.compiled.checklist.items[target.item_id].evidence}
    files.carry(session, target, [one for one in opened.evidence.get(key, ()) if one.rule_id in rules])


def _same_rows(session: Session, actor: Actor, old: Opened, new: Opened) -> dict[str, str]:
    """Return old row → new row: participants' rows by person, typed rows made anew."""
    found: dict[str, str] = {}
    groups = carrying(old.compiled.checklist, new.compiled.checklist)
    same = old.compiled.sha256 == new.compiled.sha256
    for group, each in old.rows.items():
        goes = group if same else (groups[group].item if group in groups else None)
        if goes is None:
            continue
        persons = {row.participant_id: str(row.id) for row in new.rows.get(goes, [])}
        for row in each:
            if row.participant_id is not None:
                if row.participant_id in persons:
                    found[str(row.id)] = persons[row.participant_id]
            else:
                found[str(row.id)] = str(revisions.new_row(session, actor, new, goes).id)
    return found
