"""What a revision amounts to: which items are in force and why, what is missing, which rules speak."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from app.domain.attestation import Counts
from app.domain.checklist import UNANSWERED, Checklist, Item, Kind, Section, State
from app.domain.conditions import HIDDEN, Reason, Scope, decide, reasons
from app.domain.dependencies import Dependencies, Key
from app.domain.facts import FactValue
from app.domain.rules import Effect, EvidenceRule, Rule

FileKey = tuple[str, str | None, str]


@dataclass(frozen=True)
class Slot:
    """One answer as it stands: of an item, in a row or not."""

    state: State = State.OPEN
    value: Any = None
    reason: str = ""


EMPTY = Slot()


@dataclass(frozen=True)
class Fired:
    """A rule that speaks at a slot; ``undecided`` when its condition is not decided yet."""

    key: Key
    rule: Rule
    undecided: bool


@dataclass(frozen=True)
class Wanted:
    """Files that an answer asks for and does not have yet."""

    key: Key
    rule: EvidenceRule
    have: int


@dataclass(frozen=True)
class Evaluation:
    """A checklist together with facts, answers, rows and files; all else follows and is computed once.

    ``rows`` maps a group's id to its row ids in order; ``codes`` a pinned list's id to its codes;
    ``files`` an item, row and evidence rule to the number of acceptable files.
    """

    checklist: Checklist
    facts: Mapping[str, FactValue]
    slots: Mapping[Key, Slot]
    rows: Mapping[str, list[str]]
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    files: Mapping[FileKey, int] = field(default_factory=dict)
    _shown: dict[Key, bool | None] = field(default_factory=dict, repr=False)
    _derived: dict[Key, str | None] = field(default_factory=dict, repr=False)
    _spoken: dict[Key, tuple[Fired, ...]] = field(default_factory=dict, repr=False)
    _sections: dict[str, bool | None] = field(default_factory=dict, repr=False)
    _told: dict[int, bool | None] = field(default_factory=dict, repr=False)

    def after(self, changed: Mapping[Key, Slot], edges: Dependencies | None = None) -> "Evaluation":
        """Return the evaluation with some slots changed; only what looks at them is decided again.

        The same as a fresh one over the changed slots. ``edges`` are those of this checklist.
        """
        edges = edges or Dependencies(self.checklist)
        decided, spoken = edges.touched(changed, self.rows)
        return Evaluation(
            self.checklist,
            self.facts,
            {**self.slots, **changed},
            self.rows,
            self.codes,
            self.files,
            {key: shown for key, shown in self._shown.items() if key not in decided},
            {key: value for key, value in self._derived.items() if key not in decided},
            {key: said for key, said in self._spoken.items() if key not in spoken},
        )

    def slot(self, key: Key) -> Slot:
        """Return the slot at ``key``, an open one where nothing was said yet."""
        return self.slots.get(key, EMPTY)

    def shown(self, key: Key) -> bool | None:
        """Return whether the item is in force: True, False, or None when that is not decided yet."""
        if key not in self._shown:
            item = self.checklist.items[key[0]]
            group = self.checklist.group_of.get(item.id)
            outer = self.shown((group, None)) if group else self._section_shown(self._section(item))
            mine = False if self._off_stage(item) else decide(item.show_when, self.scope(key[1], group))
            self._shown[key] = False if False in (outer, mine) else (None if None in (outer, mine) else True)
        return self._shown[key]

    def derived(self, key: Key) -> str | None:
        """Return the option that a derived item amounts to, or None while that is not decided."""
        if key not in self._derived:
            item = self.checklist.items[key[0]]
            scope = self.scope(key[1], self.checklist.group_of.get(item.id))
            value = None
            for branch in item.value_when:
                verdict = decide(branch.if_, scope)
                if verdict is not False:
                    value = branch.then if verdict else None
                    break
            self._derived[key] = value
        return self._derived[key]

    def section_shown(self, section_id: str) -> bool:
        """Return whether any slot of a section is in force or may be."""
        return any(True for _ in self.in_force(section_id))

    def because(self, key: Key) -> list[Reason]:
        """Return the comparisons that put the item in force, or leave that undecided."""
        item = self.checklist.items[key[0]]
        group = self.checklist.group_of.get(item.id)
        found = reasons(self._section(item).show_when, self.scope(None, None))
        if group:
            found += reasons(self.checklist.items[group].show_when, self.scope(None, None))
        found += reasons(item.show_when, self.scope(key[1], group))
        return _once(found)

    def derived_because(self, key: Key) -> list[Reason]:
        """Return the comparisons behind a derived value: of the case that holds, or of all that failed."""
        scope = self.scope(key[1], self.checklist.group_of.get(key[0]))
        found: list[Reason] = []
        for branch in self.checklist.items[key[0]].value_when:
            if branch.if_ is not None and decide(branch.if_, scope) is not False:
                return _once(reasons(branch.if_, scope))
            found += reasons(branch.if_, scope)
        return _once(found)

    def in_force(self, section_id: str | None = None) -> Iterator[Key]:
        """Yield the keys of all slots that people answer and that are, or may be, in force, in printed order."""
        return (key for key in self.visible(section_id) if self.checklist.items[key[0]].kind is not Kind.DERIVED)

    def computed(self, section_id: str | None = None) -> Iterator[Key]:
        """Yield the keys of the derived items that are, or may be, in force, in printed order."""
        return (key for key in self.visible(section_id) if self.checklist.items[key[0]].kind is Kind.DERIVED)

    def visible(self, section_id: str | None = None) -> Iterator[Key]:
        """Yield the keys of everything shown, or perhaps to be shown, in printed order."""
        for section in self.checklist.sections:
            if section_id in {None, section.id}:
                yield from self._visible[section.id]

    @cached_property
    def _visible(self) -> dict[str, list[Key]]:
        return {
            section.id: [key for item in section.items for key in self._of_item(item)]
            for section in self.checklist.sections
        }

    def _of_item(self, item: Item) -> Iterator[Key]:
        if self.shown((item.id, None)) is False:
            return
        if item.kind is not Kind.GROUP:
            yield item.id, None
            return
        if item.repeat and item.repeat.over is None:
            yield item.id, None
        for row in self.rows.get(item.id, []):
            for inner in item.items:
                if self.shown((inner.id, row)) is not False:
                    yield inner.id, row

    @cached_property
    def missing(self) -> list[Key]:
        """Return the slots that must be answered before review and are not."""
        return [
            key
            for key in self.in_force()
            if self.checklist.items[key[0]].required and self.slot(key).state in UNANSWERED
        ]

    @cached_property
    def wanting(self) -> list[Wanted]:
        """Return the files that answers in force ask for and do not have: none for what is not certain."""
        found = []
        for key in self.in_force():
            item = self.checklist.items[key[0]]
            for rule in item.evidence:
                have = self.files.get((*key, rule.id), 0)
                if have < rule.min_files and self._demanded(key, item, rule):
                    found.append(Wanted(key, rule, have))
        return found

    def _demanded(self, key: Key, item: Item, rule: EvidenceRule) -> bool:
        if rule.required_when is None:
            return item.kind is Kind.FILE and self.slot(key).state is State.ANSWERED
        return decide(rule.required_when, self.scope(key[1], self.checklist.group_of.get(item.id))) is True

    @cached_property
    def fired(self) -> list[Fired]:
        """Return the rules that hold at what is in force; blocking ones also while they are undecided."""
        return [fired for key in self.visible() for fired in self._speak(key)]

    def _speak(self, key: Key) -> tuple[Fired, ...]:
        if key not in self._spoken:
            found = []
            for rule in self.checklist.items[key[0]].rules:
                verdict = decide(rule.when, self.scope(key[1], self.checklist.group_of.get(key[0])))
                if verdict or (verdict is None and rule.effect is Effect.BLOCK_SUBMIT):
                    found.append(Fired(key, rule, undecided=verdict is None))
            self._spoken[key] = tuple(found)
        return self._spoken[key]

    @property
    def blocking(self) -> list[Fired]:
        """Return the rules that stand in the way of sending: blocks, and reasons still to be written."""
        return [
            fired
            for fired in self.fired
            if fired.rule.effect is Effect.BLOCK_SUBMIT
            or (fired.rule.effect is Effect.REQUIRE_REASON and not self.slot(fired.key).reason)
        ]

    @property
    def reviews_needed(self) -> int:
        """Return how many people must approve: one, or two where a rule asks for a second reviewer."""
        asked = any(one.rule.effect is Effect.REQUIRE_SECOND_REVIEW for one in self.fired)
        return 2 if asked else 1

    def counts(self, section_id: str | None = None) -> Counts:
        """Count the slots in force by their state, in one section or in all."""
        return count(self.slot(key).state for key in self.in_force(section_id))

    def scope(self, row: str | None, group: str | None) -> Scope:
        """Return what a condition sees from inside ``row`` of ``group``, or from outside all rows."""
        return Scope(
            item=lambda name: self._value((name, row if self._same_group(name, group) else None)),
            fact=self.facts.get,
            rows=self._row_scopes,
            codes=lambda name: self.codes.get(name, frozenset()),
            told=self._told,
        )

    def _same_group(self, name: str, group: str | None) -> bool:
        return group is not None and self.checklist.group_of.get(name) == group

    def _row_scopes(self, group: str) -> tuple[list[Scope], bool] | None:
        item = self.checklist.items[group]
        if self.shown((group, None)) is False:
            return None
        declared = self.slot((group, None)).state in {State.ANSWERED, State.NOT_APPLICABLE}
        complete = declared or (item.repeat is not None and item.repeat.over is not None)
        return [self.scope(row, group) for row in self.rows.get(group, [])], complete

    def _value(self, key: Key) -> Any:
        if self.shown(key) is False:
            return HIDDEN
        kind = self.checklist.items[key[0]].kind
        if kind is Kind.DERIVED:
            return self.derived(key)
        slot = self.slot(key)
        if slot.state is not State.ANSWERED:
            return None
        return Decimal(slot.value) if kind is Kind.DECIMAL else slot.value

    def _section(self, item: Item) -> Section:
        section = self.checklist.section(self.checklist.section_of[item.id])
        if section is None:
            raise KeyError(item.id)
        return section

    def _section_shown(self, section: Section) -> bool | None:
        if section.id not in self._sections:
            off = bool(section.stages) and self.facts.get("stage") not in section.stages
            self._sections[section.id] = False if off else decide(section.show_when, self.scope(None, None))
        return self._sections[section.id]

    def _off_stage(self, item: Item) -> bool:
        return bool(item.stages) and self.facts.get("stage") not in item.stages


def _once(found: Iterable[Reason]) -> list[Reason]:
    """Return each reason once; compared, not hashed: the value of a multi item is a list."""
    listed = list(found)
    return [one for place, one in enumerate(listed) if one not in listed[:place]]


def count(states: Iterable[State]) -> Counts:
    """Count states into their five kinds; an answer taken back counts as open."""
    tally = dict.fromkeys(State, 0)
    for state in states:
        tally[State.OPEN if state in UNANSWERED else state] += 1
    return Counts(**{state.value: number for state, number in tally.items() if state is not State.CLEARED})
