"""Answers: saving what people typed without losing what others wrote, and rows people add."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.answers import ATTACHED, read
from app.domain.checklist import UNANSWERED, Item, Kind, State
from app.domain.dependencies import Key, looks_at
from app.domain.errors import InvalidError, NotAllowedError, NotFoundError, StaleError
from app.domain.evaluation import Slot
from app.domain.people import Actor
from app.domain.permissions import may_answer
from app.domain.workflow import Action, RevisionState, Situation, check
from app.models import Answer, AnswerRevision, ReviewRound, RowInstance
from app.services import events, revisions
from app.services.opened import Opened


@dataclass(frozen=True)
class Typed:
    """What a person typed into one slot, and the change it was made from."""

    base_seq: int
    state: str
    values: Sequence[str]
    reason: str


@dataclass(frozen=True)
class Conflict:
    """A slot that somebody else changed meanwhile: what stands, and what was typed."""

    key: Key
    theirs: Answer
    state: State
    value: Any
    reason: str


@dataclass
class _Sorted:
    changes: list[tuple[Answer, State, Any, str]] = field(default_factory=list)
    errors: dict[Key, InvalidError | NotAllowedError] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)


def open_again(session: Session, opened: Opened) -> set[Key] | None:
    """Return the slots a returned revision opens, None when all are open.

    Named items are open, with what depends on them, what is missing, and nothing else.
    """
    if opened.revision.state != RevisionState.RETURNED:
        return None
    last = last_round(session, opened)
    checklist = opened.compiled.checklist
    keys: set[Key] = {*opened.evaluation.missing, *(one.key for one in opened.evaluation.wanting)}
    named = {(mark.item_id, str(mark.row_id) if mark.row_id else None) for mark in last.marks} if last else set()
    touched = {item for item, _ in named}
    depending = _depending(opened, touched)
    for key in opened.evaluation.in_force():
        group = checklist.group_of.get(key[0])
        if (
            key in named
            or (group, None) in named
            or key[0] in depending
            or State(opened.answers[key].state) in UNANSWERED
        ):
            keys.add(key)
    return keys


def _depending(opened: Opened, touched: set[str]) -> set[str]:
    edges = {
        item.id: looks_at(opened.compiled.checklist, item) for item in opened.compiled.checklist.items.values()
    }
    found: set[str] = set()
    fresh = set(touched)
    while fresh:
        fresh = {name for name, seen in edges.items() if seen & fresh} - found - touched
        found |= fresh
    return found


def last_round(session: Session, opened: Opened) -> ReviewRound | None:
    """Return the newest sending for review of a revision, with what it returned."""
    return session.scalar(
        select(ReviewRound)
        .filter_by(organization_id=opened.revision.organization_id, revision_id=opened.revision.id)
        .order_by(ReviewRound.number.desc())
        .limit(1)
    )


def answerable(actor: Actor, opened: Opened, key: Key, open_keys: set[Key] | None) -> bool:
    """Return whether the actor may answer this slot now."""
    if opened.revision.state not in {RevisionState.DRAFT, RevisionState.RETURNED}:
        return False
    participant = opened.participant_of.get(key[1]) if key[1] else None
    mine = may_answer(actor.roles, opened.standing, opened.item(key), participant)
    return mine and (open_keys is None or key in open_keys)


def save(
    session: Session, actor: Actor, opened: Opened, typed: Mapping[Key, Typed], method: str = "web"
) -> list[Key]:
    """Save answers and return the slots that changed; all or nothing.

    Each change adds a row to the slot's history. Raise StaleError with ``conflicts`` when a slot was
    changed by somebody else since the page was made, InvalidError with ``errors`` by slot.
    """
    check(Action.SAVE, actor, Situation(RevisionState(opened.revision.state)))
    found = _sort(session, actor, opened, typed)
    if found.errors:
        raise InvalidError("wrong_input", errors=found.errors)
    if found.conflicts:
        raise StaleError("changed_meanwhile", conflicts=found.conflicts)
    keys = [_change(session, actor, *change, method=method) for change in found.changes]
    if keys:
        session.flush()
        opened.decide_again(keys)
        revisions.refresh_progress(opened)
        slots = [list(key) for key in keys]
        events.record(session, actor, "answers:saved", opened.revision.submission_id, slots=slots)
    return keys


def _sort(session: Session, actor: Actor, opened: Opened, typed: Mapping[Key, Typed]) -> _Sorted:
    found = _Sorted()
    open_keys = open_again(session, opened)
    codes = opened.compiled.code_sets()
    for key, given in typed.items():
        answer = opened.answers.get(key)
        if answer is None:
            raise NotFoundError("no_slot")
        item = opened.item(key)
        try:
            state, value, reason = read(
                item, given.state, given.values, given.reason, codes.get(item.list or "", frozenset())
            )
            if item.kind is Kind.FILE:
                state, value = _by_files(opened, key, state)
            if state is State.OPEN and answer.head_seq > 0:
                state = State.CLEARED
            if (state, value, reason) == (State(answer.state), answer.value, answer.reason):
                continue
            if not answerable(actor, opened, key, open_keys):
                raise NotAllowedError("not_yours")
            _enough_rows(opened, item, state)
            second_person(actor, opened, key)
        except (InvalidError, NotAllowedError) as error:
            found.errors[key] = error
            continue
        if given.base_seq == answer.head_seq:
            found.changes.append((answer, state, value, reason))
        elif not _untouched(session, answer, given.base_seq, (state, value, reason)):
            found.conflicts.append(Conflict(key, answer, state, value, reason))
    return found


def _enough_rows(opened: Opened, item: Item, state: State) -> None:
    """Refuse to declare a group complete with fewer rows than the checklist asks for."""
    least = item.repeat.min if item.repeat else 0
    if state is State.ANSWERED and len(opened.rows.get(item.id, [])) < least:
        raise InvalidError("too_few_rows", limit=least)


def _by_files(opened: Opened, key: Key, state: State) -> tuple[State, Any]:
    """Return what an item of files amounts to: its answer is what is attached, whatever was typed."""
    attached = bool(opened.evidence.get(key))
    if state in {State.OPEN, State.ANSWERED}:
        return (State.ANSWERED, ATTACHED) if attached else (State.OPEN, None)
    if attached:
        raise InvalidError("files_attached")
    return state, None


def second_person(actor: Actor, opened: Opened, key: Key) -> None:
    """Refuse a judgement and its check by the same person, whichever of the two comes second (rule 5)."""
    item, items = opened.item(key), opened.compiled.checklist.items.values()
    apart = set(item.must_differ_from) | {one.id for one in items if item.id in one.must_differ_from}
    for (other, row), answer in opened.answers.items():
        if other not in apart or not (row is None or key[1] is None or row == key[1]):
            continue
        answered = answer.answered_by == actor.user_id and State(answer.state) not in UNANSWERED
        if answered or any(one.uploaded_by == actor.user_id for one in opened.evidence.get((other, row), ())):
            raise NotAllowedError("second_person_item")


def _untouched(session: Session, answer: Answer, base_seq: int, given: tuple[State, Any, str]) -> bool:
    """Return whether the person only sent back what the page showed them."""
    if base_seq == 0:
        return given[0] in UNANSWERED and given[1:] == (None, "")
    shown = session.scalar(
        select(AnswerRevision).filter_by(organization_id=answer.organization_id, answer_id=answer.id, seq=base_seq)
    )
    if shown is None or given[1:] != (shown.value, shown.reason):
        return False
    return given[0] == shown.state or {given[0], State(shown.state)} <= UNANSWERED


def _change(
    session: Session, actor: Actor, answer: Answer, state: State, value: Any, reason: str, *, method: str
) -> Key:
    answer.head_seq += 1
    answer.state, answer.value, answer.reason = state, value, reason
    answer.answered_by, answer.answered_at = actor.user_id, actor.at
    session.add(_line(answer, method))
    return answer.item_id, str(answer.row_id) if answer.row_id else None


def carry(session: Session, target: Answer, source: Answer, slot: Slot) -> None:
    """Take over an answer as ``slot``, from who gave it and when, marked as carried."""
    target.head_seq += 1
    target.state, target.value, target.reason = slot.state, slot.value, slot.reason
    target.answered_by, target.answered_at = source.answered_by, source.answered_at
    session.add(_line(target, "carry"))


def _line(answer: Answer, method: str) -> AnswerRevision:
    """Return the line of history for a slot as it stands now."""
    return AnswerRevision(
        organization_id=answer.organization_id,
        answer_id=answer.id,
        seq=answer.head_seq,
        state=answer.state,
        value=answer.value,
        reason=answer.reason,
        by=answer.answered_by,
        at=answer.answered_at,
        method=method,
    )


def _typed_group(actor: Actor, opened: Opened, group_id: str) -> Item:
    item = opened.compiled.checklist.items.get(group_id)
    if item is None or item.kind is not Kind.GROUP or item.repeat is None or item.repeat.over is not None:
        raise NotFoundError("no_group")
    check(Action.SAVE, actor, Situation(RevisionState(opened.revision.state)))
    if not may_answer(actor.roles, opened.standing, item, None):
        raise NotAllowedError("not_yours")
    return item


def add_row(session: Session, actor: Actor, opened: Opened, group_id: str) -> RowInstance:
    """Add a row to a group whose rows people type; raise InvalidError ``too_many_rows`` at its limit."""
    item = _typed_group(actor, opened, group_id)
    if item.repeat and len(opened.rows.get(group_id, [])) >= item.repeat.max:
        raise InvalidError("too_many_rows", limit=item.repeat.max)
    row = revisions.new_row(session, actor, opened, group_id)
    _rows_changed(session, actor, opened)
    submission_id = opened.revision.submission_id
    events.record(session, actor, "row:added", submission_id, group=group_id, row=str(row.id))
    return row


def remove_row(session: Session, actor: Actor, opened: Opened, group_id: str, row_id: UUID) -> None:
    """Take a typed row out of force; its answers and their history are kept."""
    _typed_group(actor, opened, group_id)
    row = next((one for one in opened.rows.get(group_id, []) if one.id == row_id), None)
    if row is None:
        raise NotFoundError("no_row")
    row.removed_at = actor.at
    _rows_changed(session, actor, opened)
    submission_id = opened.revision.submission_id
    events.record(session, actor, "row:removed", submission_id, group=group_id, row=str(row_id))


def _rows_changed(session: Session, actor: Actor, opened: Opened) -> None:
    session.flush()
    revisions.refresh_progress(revisions.find(session, actor, opened.revision.submission_id))


def history(session: Session, opened: Opened, key: Key) -> list[AnswerRevision]:
    """Return every change of a slot, oldest first."""
    answer = opened.answers.get(key)
    if answer is None:
        raise NotFoundError("no_slot")
    query = select(AnswerRevision).filter_by(organization_id=answer.organization_id, answer_id=answer.id)
    return list(session.scalars(query.order_by(AnswerRevision.seq)))
