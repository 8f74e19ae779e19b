"""Answering a whole checklist plausibly, by the right people, until nothing is missing and no rule blocks.

Tests and benchmarks reach a filled revision this way; nothing here knows one checklist from another.
What to say stands in a story: item id → what a person would answer (see ``answers.yaml``).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.catalog.strict import parse
from app.demo.papers import paper
from app.demo.saying import Story, say
from app.domain.checklist import UNANSWERED, Item, Kind, State
from app.domain.dependencies import Key
from app.domain.evaluation import Evaluation, FileKey, Fired, Slot
from app.domain.people import Actor, Role
from app.domain.permissions import may_answer
from app.domain.rules import Effect, EvidenceRule
from app.services import answers, evidence, grants, revisions
from app.services.answers import Typed
from app.services.evidence import Upload
from app.services.opened import Opened
from app.store import FileStore

_MOST_TURNS = 200
_OF_PERSONS = {"principal_investigator", "participant"}
_REASON = "担当部署で確かめ、記録を残しています。"


@dataclass(frozen=True)
class Turn:
    """What one person does next: rows to add, what to type into which slot, how many files to attach where."""

    actor: Actor
    submission_id: UUID
    rows: Mapping[str, int] = field(default_factory=dict)
    typed: Mapping[Key, Typed] = field(default_factory=dict)
    files: Mapping[FileKey, int] = field(default_factory=dict)


@cache
def plausible() -> Story:
    """Return the story told of any grant unless another is given."""
    path = Path(__file__).with_name("answers.yaml")
    data: dict[str, Any] = parse(path.read_bytes(), path.name)[0]
    return data


def _of_family(story: Story, family: str) -> Story:
    """Return what a story tells of one family: the same id may ask something else in another."""
    told = story.get("families", {}).get(family)
    return story if told is None else told


def fill(
    session: Session,
    people: Sequence[Actor],
    submission_id: UUID,
    story: Story | None = None,
    *,
    sections: Collection[str] | None = None,
    clock: Callable[[], datetime] | None = None,
    store: FileStore | None = None,
) -> Opened:
    """Answer everything still open, in all sections or some, and return the revision as it stands then.

    The first of ``people`` sees the whole grant. Raise RuntimeError when nobody can go on, or when a file is
    wanted and there is no store to keep it in.
    """
    for _ in range(_MOST_TURNS):
        turn = next_turn(session, people, submission_id, story, sections=sections)
        if turn is None:
            return revisions.find(session, people[0], submission_id)
        take(session, turn, clock() if clock else turn.actor.at, store)
    raise RuntimeError(f"the submission {submission_id} is not filled after {_MOST_TURNS} turns")


def next_turn(
    session: Session,
    people: Sequence[Actor],
    submission_id: UUID,
    story: Story | None = None,
    *,
    sections: Collection[str] | None = None,
) -> Turn | None:
    """Return who answers what next, None when nothing is left to do."""
    opened = revisions.find(session, people[0], submission_id)
    table = _Table(people, opened, plausible() if story is None else story)
    editable = answers.open_again(session, opened)
    wanted = [
        key
        for key in opened.evaluation.in_force()
        if (editable is None or key in editable)
        and (sections is None or opened.compiled.checklist.section_of[key[0]] in sections)
    ]
    table.answer(key for key in wanted if table.open(key))
    if not table.turns:
        for one in opened.evaluation.wanting:
            if one.key in wanted:
                table.attach(one.key, one.rule, one.rule.min_files - one.have)
    if not table.turns and sections is None:
        for fired in opened.evaluation.blocking[:1]:
            table.mend(fired)
    return table.first()


def anew(
    session: Session, people: Sequence[Actor], submission_id: UUID, story: Story, items: Collection[str]
) -> list[Turn]:
    """Return the turns that answer ``items`` again as ``story`` tells, in every row that may be changed."""
    opened = revisions.find(session, people[0], submission_id)
    table = _Table(people, opened, story)
    editable = answers.open_again(session, opened)
    table.answer(
        key for key in opened.evaluation.in_force() if key[0] in items and (editable is None or key in editable)
    )
    return list(table.all())


def take(session: Session, turn: Turn, at: datetime, store: FileStore | None = None) -> None:
    """Do what a turn says, at a moment; files are kept in ``store``."""
    actor = replace(turn.actor, at=at, signed_in_at=at)
    for group, number in turn.rows.items():
        for _ in range(number):
            answers.add_row(session, actor, revisions.find(session, actor, turn.submission_id), group)
    if turn.typed:
        opened = revisions.find(session, actor, turn.submission_id)
        answers.save(session, actor, opened, turn.typed)
    for (item, row, rule_id), number in turn.files.items():
        for _ in range(number):
            _attach(session, actor, turn.submission_id, (item, row), rule_id, store)


def _attach(
    session: Session, actor: Actor, submission_id: UUID, key: Key, rule_id: str, store: FileStore | None
) -> None:
    """Attach one made-up file more."""
    if store is None:
        raise RuntimeError(f"a file is wanted at {key[0]}, and there is no store to keep it in")
    opened = revisions.find(session, actor, submission_id)
    rule = next(one for one in opened.item(key).evidence if one.id == rule_id)
    name, content = paper(rule.media, key[0], len(opened.evidence.get(key, ())) + 1)
    dated = opened.today if rule.age_from == "document_date" else None
    upload = Upload(name, content, dated, opened.answers[key].head_seq)
    evidence.attach(session, actor, opened, key, rule_id, upload, store, len(content))


class _Table:
    """The people around one revision, and what each of them would write next."""

    def __init__(self, people: Sequence[Actor], opened: Opened, story: Story):
        self.people, self.opened = people, opened
        self.story = _of_family(story, opened.compiled.checklist.family)
        self.checklist = opened.compiled.checklist
        self.standings = [grants.standing(actor, opened.grant) for actor in people]
        self.turns: dict[UUID, Turn] = {}
        self.chosen = {
            key: answer.answered_by
            for key, answer in opened.answers.items()
            if State(answer.state) not in UNANSWERED
        }

    def open(self, key: Key) -> bool:
        """Return whether a slot waits for an answer: required or told of, and all its rows answered first."""
        item = self.opened.item(key)
        if self.opened.evaluation.slot(key).state not in UNANSWERED:
            return False
        if item.kind is Kind.GROUP and self._rows_lacking(item) == 0:
            inner = [slot for slot in self.opened.evaluation.missing if slot[1] and self._in_group(slot, item)]
            return not inner
        return item.required or item.id in self.story

    def _in_group(self, key: Key, group: Item) -> bool:
        return self.checklist.group_of.get(key[0]) == group.id

    def _rows_lacking(self, group: Item) -> int:
        told: Mapping[str, int] = self.story.get("rows", {})
        least = max(group.repeat.min if group.repeat else 0, 1)
        return max(0, told.get(group.id, least) - len(self.opened.rows.get(group.id, [])))

    def answer(self, keys: Iterable[Key]) -> None:
        """Let the right person answer each slot, or first add the rows a group needs."""
        for key in keys:
            item = self.opened.item(key)
            actor = self._pick(key, item)
            lacking = self._rows_lacking(item) if item.kind is Kind.GROUP else 0
            if lacking:
                turn = self._turn(actor)
                self.turns[actor.user_id] = replace(turn, rows={**turn.rows, item.id: lacking})
            elif item.kind is Kind.FILE:
                self.attach(key, item.evidence[0], max(1, item.evidence[0].min_files))
            else:
                self._write(actor, key, say(self.story, self.opened, key, actor))

    def attach(self, key: Key, rule: EvidenceRule, number: int) -> None:
        """Let who answered attach so many files more, or who would answer."""
        answered_by = self.chosen.get(key)
        actor = next((one for one in self.people if one.user_id == answered_by), None)
        actor = actor or self._pick(key, self.opened.item(key))
        turn = self._turn(actor)
        self.turns[actor.user_id] = replace(turn, files={**turn.files, (*key, rule.id): number})
        self.chosen[key] = actor.user_id

    def _turn(self, actor: Actor) -> Turn:
        return self.turns.get(actor.user_id) or Turn(actor, self.opened.revision.submission_id)

    def _write(self, actor: Actor, key: Key, told: Slot) -> None:
        value = told.value if isinstance(told.value, list) else [] if told.value is None else [told.value]
        state = "" if told.state in UNANSWERED | {State.ANSWERED} else told.state.value
        base = self.opened.answers[key].head_seq
        typed = Typed(base, state, [str(each) for each in value], told.reason)
        turn = self._turn(actor)
        self.turns[actor.user_id] = replace(turn, typed={**turn.typed, key: typed})
        self.chosen[key] = actor.user_id

    def _pick(self, key: Key, item: Item) -> Actor:
        """Return who answers: the person asked if they have an account, else who may, never a barred one."""
        participant = self.opened.participant_of.get(key[1]) if key[1] else None
        apart = set(item.must_differ_from) | {
            one.id for one in self.checklist.items.values() if item.id in one.must_differ_from
        }
        barred = {
            by
            for (other, row), by in self.chosen.items()
            if other in apart and (row is None or key[1] is None or row == key[1])
        }
        able = [
            actor
            for actor, standing in zip(self.people, self.standings, strict=True)
            if may_answer(actor.roles, standing, item, participant) and actor.user_id not in barred
        ]
        if not able:
            raise RuntimeError(f"nobody may answer {item.id}")
        of_person = item.answered_by.value in _OF_PERSONS
        return min(able, key=lambda actor: of_person and Role.RESEARCH_OFFICE in actor.roles)

    def mend(self, fired: Fired) -> None:
        """Lift a rule that stands in the way: write the reason it wants, or choose what it does not mind."""
        if fired.rule.effect is Effect.REQUIRE_REASON and fired.key[0] in self.story:
            actor = self._pick(fired.key, self.opened.item(fired.key))
            told = self.opened.evaluation.slot(fired.key)
            self._write(actor, fired.key, replace(told, reason=told.reason or _REASON))
            return
        ways = [
            dict.fromkeys(keys, Slot(State.ANSWERED, [option.value] if item.kind is Kind.MULTI else option.value))
            for item, keys in self._around(fired)
            for option in item.choices
        ]
        best = min(ways, key=lambda way: self._stands(fired, way), default=None)
        if best is None or self._stands(fired, best)[0]:
            raise RuntimeError(f"nothing lifts the rule {fired.rule.id}")
        for key, slot in best.items():
            if self.opened.evaluation.slot(key).value != slot.value:
                self._write(self._pick(key, self.opened.item(key)), key, slot)

    def _around(self, fired: Fired) -> Iterator[tuple[Item, list[Key]]]:
        """Yield what a rule looks at: its own slot, then each item it names, in all of its rows."""
        yield self.opened.item(fired.key), [fired.key]
        for name in dict.fromkeys(part.item for part in fired.rule.when.walk() if part.item):
            yield self.checklist.items[name], [key for key in self.opened.answers if key[0] == name]

    def _stands(self, fired: Fired, way: Mapping[Key, Slot]) -> tuple[bool, int]:
        """Return whether the rule would still speak, and how many would then stand in the way for certain."""
        now = self.opened.evaluation
        then = Evaluation(now.checklist, now.facts, {**now.slots, **way}, now.rows, now.codes, now.files).blocking
        still = any((one.key, one.rule.id) == (fired.key, fired.rule.id) for one in then)
        return still, sum(not one.undecided for one in then)

    def first(self) -> Turn | None:
        """Return the turn of the first person in the order of the people."""
        return next(iter(self.all()), None)

    def all(self) -> Iterable[Turn]:
        """Yield every turn, in the order of the people."""
        return (self.turns[actor.user_id] for actor in self.people if actor.user_id in self.turns)
