"""What a revision amounts to: which items are in force and why, what is missing, which rules speak."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.domain.attestation import Counts
from app.domain.checklist import Checklist, Effect, Item, Kind, Rule, Section, State
from app.domain.conditions import HIDDEN, Condition, Reason, Scope, decide, reasons
from app.domain.facts import FactValue

Key = tuple[str, str | None]


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
class Evaluation:
    """A checklist together with facts, answers and rows; everything else follows and is computed once.

    ``rows`` maps a group's id to its row ids in order; ``codes`` a pinned list's id to its codes.
    """

    checklist: Checklist
    facts: Mapping[str, FactValue]
    slots: Mapping[Key, Slot]
    rows: Mapping[str, list[str]]
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _shown: dict[Key, bool | None] = field(default_factory=dict, repr=False)
    _sections: dict[str, bool | None] = field(default_factory=dict, repr=False)

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
        # compared, not hashed: the value of a multi item is a list
        return [one for place, one in enumerate(found) if one not in found[:place]]

    def in_force(self, section_id: str | None = None) -> Iterator[Key]:
        """Yield the keys of all slots shown, or perhaps to be shown, in printed order."""
        for section in self.checklist.sections:
            if section_id in {None, section.id}:
                for item in section.items:
                    yield from self._item_in_force(item)

    def _item_in_force(self, item: Item) -> Iterator[Key]:
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
        """Return the slots that must be answered before review and are open."""
        return [
            key
            for key in self.in_force()
            if self.checklist.items[key[0]].required and self.slot(key).state is State.OPEN
        ]

    @cached_property
    def fired(self) -> list[Fired]:
        """Return the rules that hold at slots in force; blocking ones also while they are undecided."""
        found = []
        for key in self.in_force():
            for rule in self.checklist.items[key[0]].rules:
                verdict = decide(rule.when, self.scope(key[1], self.checklist.group_of.get(key[0])))
                if verdict or (verdict is None and rule.effect is Effect.BLOCK_SUBMIT):
                    found.append(Fired(key, rule, undecided=verdict is None))
        return found

    @property
    def blocking(self) -> list[Fired]:
        """Return the rules that stand in the way of sending: blocks, and reasons still to be written."""
        return [
            fired
            for fired in self.fired
            if fired.rule.effect is Effect.BLOCK_SUBMIT
            or (fired.rule.effect is Effect.REQUIRE_REASON and not self.slot(fired.key).reason)
        ]

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
        slot = self.slot(key)
        return slot.value if slot.state is State.ANSWERED else None

    def _section(self, item: Item) -> Section:
        section = self.checklist.section(self.checklist.section_of[item.id])
        if section is None:
            raise KeyError(item.id)
        return section

    def _section_shown(self, section: Section) -> bool | None:
        if section.id not in self._sections:
            off = bool(section.stages) and self.facts.get("stage") not in section.stages
            condition: Condition | None = section.show_when
            self._sections[section.id] = False if off else decide(condition, self.scope(None, None))
        return self._sections[section.id]

    def _off_stage(self, item: Item) -> bool:
        return bool(item.stages) and self.facts.get("stage") not in item.stages


def count(states: Iterator[State]) -> Counts:
    """Count states into their five kinds."""
    tally = dict.fromkeys(State, 0)
    for state in states:
        tally[state] += 1
    return Counts(**{state.value: number for state, number in tally.items()})
