"""Can it ever be? A condition that no answers and facts can fulfil is a fault of the author.

A condition is brought into alternatives of plain comparisons; an alternative can be when, for each item and fact
by itself, some value fulfils all comparisons with it. What grows too large is taken to be possible.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from itertools import product
from typing import Any

from app.domain.answers import ATTACHED, CONFIRMED
from app.domain.checklist import Checklist, Item, Kind, Stage
from app.domain.conditions import HIDDEN, Condition, compare
from app.domain.facts import FACTS

_MOST = 4096


class Wanted(Enum):
    """How a condition must come out: surely yes or no, or at least not surely the other."""

    YES = frozenset({True})
    NO = frozenset({False})
    NOT_NO = frozenset({True, None})
    NOT_YES = frozenset({False, None})

    @property
    def contrary(self) -> "Wanted":
        """Return how the inside of a ``not`` must come out."""
        return {
            Wanted.YES: Wanted.NO,
            Wanted.NO: Wanted.YES,
            Wanted.NOT_NO: Wanted.NOT_YES,
            Wanted.NOT_YES: Wanted.NOT_NO,
        }[self]


# a comparison, or a question about rows, and how it must come out
Literal = tuple[Condition, Wanted]
Alternative = tuple[Literal, ...]
# of items looked at: whether they are taken to be in force or hidden
Known = dict[str, bool]


class _TooManyError(Exception):
    """The alternatives are more than are worth looking at."""


def alternatives(condition: Condition | None, wanted: Wanted = Wanted.YES) -> list[Alternative]:
    """Return the condition as alternatives, each a set of comparisons, or of questions about rows."""
    if condition is None:
        return [()] if True in wanted.value else []
    if condition.not_ is not None:
        return alternatives(condition.not_, wanted.contrary)
    inner = (condition.all or ()) + (condition.any or ())
    if not inner:
        return [((condition, wanted),)]
    each = [alternatives(part, wanted) for part in inner]
    if (condition.all is not None) == (wanted in {Wanted.YES, Wanted.NOT_NO}):
        return _joined(each)
    return _capped([one for part in each for one in part])


def _joined(parts: list[list[Alternative]]) -> list[Alternative]:
    size = 1
    for part in parts:
        size *= max(len(part), 1)
        if size > _MOST:
            raise _TooManyError
    return [tuple(literal for one in chosen for literal in one) for chosen in product(*parts)]


def _capped(found: list[Alternative]) -> list[Alternative]:
    if len(found) > _MOST:
        raise _TooManyError
    return found


@dataclass(frozen=True)
class Reach:
    """What can be in a checklist."""

    checklist: Checklist
    _steps: list[int] = field(default_factory=list, repr=False)

    def item(self, item: Item) -> bool:
        """Return whether the item can ever be in force."""
        return self.together(item, None)

    def together(self, item: Item, condition: Condition | None) -> bool:
        """Return whether the item can be in force while ``condition`` holds."""
        return any(self._at(stage, item, condition) for stage in Stage)

    def _at(self, stage: Stage, item: Item, condition: Condition | None) -> bool:
        if not self._in_stage(item, stage):
            return False
        try:
            wanted = [*self._visibility(item), condition, self.checklist.applies_when]
            found = _joined([alternatives(one) for one in wanted])
            self._steps.clear()
            return any(self._possible(stage, one, {item.id: True}) for one in found)
        except _TooManyError:
            return True

    def _in_stage(self, item: Item, stage: Stage) -> bool:
        section = self.checklist.section(self.checklist.section_of[item.id])
        group = self.checklist.items.get(self.checklist.group_of.get(item.id, ""))
        around = [item.stages, section.stages if section else (), group.stages if group else ()]
        return all(not stages or stage in stages for stages in around)

    def _visibility(self, item: Item) -> list[Condition | None]:
        section = self.checklist.section(self.checklist.section_of[item.id])
        group = self.checklist.items.get(self.checklist.group_of.get(item.id, ""))
        return [item.show_when, section.show_when if section else None, group.show_when if group else None]

    def _possible(self, stage: Stage, literals: Alternative, known: Known) -> bool:
        """Return whether values exist for all comparisons, each item in force or hidden as it then must be."""
        self._count()
        if not all(self._row_possible(stage, *literal, known) for literal in literals if literal[0].where):
            return False
        by_name: dict[str, list[Literal]] = {}
        for literal in (one for one in literals if not one[0].where):
            by_name.setdefault(literal[0].item or f"fact {literal[0].fact}", []).append(literal)
        undecided = []
        for name, each in by_name.items():
            shown = any(True for _ in self._fitting(stage, name, each))
            if name not in self.checklist.items:
                if not shown:
                    return False
                continue
            hidden = all(compare(condition, HIDDEN, _no_codes) in how.value for condition, how in each)
            if not (hidden if known.get(name) is False else shown if known.get(name) else hidden or shown):
                return False
            if name not in known:
                undecided.append((name, shown, hidden))
        if not undecided:
            return True
        name, shown, hidden = undecided[0]
        return any(
            self._possible(stage, (*literals, *more), {**known, name: visible})
            for visible, more in self._ways(stage, name, shown, hidden)
        )

    def _ways(self, stage: Stage, name: str, shown: bool, hidden: bool) -> Iterator[tuple[bool, Alternative]]:
        """Yield how an item can be in force, or hidden, with what that takes."""
        item = self.checklist.items[name]
        if not self._in_stage(item, stage):
            if hidden:
                yield False, ()
            return
        conditions = self._visibility(item)
        if shown:
            # what is not decided yet is shown too, and may be answered
            for more in _joined([alternatives(one, Wanted.NOT_NO) for one in conditions]):
                yield True, more
        if hidden:
            for one in conditions:
                yield from ((False, more) for more in alternatives(one, Wanted.NO))

    def _count(self) -> None:
        self._steps.append(1)
        if len(self._steps) > _MOST:
            raise _TooManyError

    def _row_possible(self, stage: Stage, condition: Condition, wanted: Wanted, known: Known) -> bool:
        """Return whether rows can exist that make a ``some`` or ``every`` come out as wanted.

        No row at all makes ``every`` true and ``some`` false, and a list that is not complete leaves both
        undecided; only a sure yes to ``some`` and a sure no to ``every`` need one row.
        """
        if wanted is not (Wanted.YES if condition.some is not None else Wanted.NO):
            return True
        return any(self._possible(stage, one, known) for one in alternatives(condition.where, wanted))

    def _fitting(self, stage: Stage, name: str, literals: list[Literal]) -> Iterator[Any]:
        """Yield values that fulfil all comparisons with a fact, or with an item that is in force."""
        candidates: Iterable[Any]
        if name == "fact stage":
            candidates = [stage.value]
        elif name.startswith("fact "):
            candidates = [*_fact_values(literals[0][0].fact or "", literals), None]
        elif not self._in_stage(self.checklist.items[name], stage):
            candidates = []
        else:
            candidates = [*_values(self.checklist.items[name], literals), None]
        for value in candidates:
            if all(self._verdict(condition, value) in wanted.value for condition, wanted in literals):
                yield value

    def _verdict(self, condition: Condition, value: Any) -> bool | None:
        # what is in a list is not known here: that it is in, and that it is not, are both possible
        if condition.in_list is not None and value is not None:
            return bool(value == "in the list")
        return compare(condition, value, _no_codes)


def _no_codes(_: str) -> frozenset[str]:
    return frozenset()


def _operands(literals: list[Literal]) -> list[Any]:
    found: list[Any] = []
    for condition, _ in literals:
        operand = condition.operand
        found.extend(operand if isinstance(operand, tuple) else [operand])
    return found


def _fact_values(name: str, literals: list[Literal]) -> list[Any]:
    kind = FACTS[name]
    named = [one for one in _operands(literals) if not isinstance(one, bool)]
    if kind.type is int:
        return _around_numbers(named)
    if kind.day:
        return _around_days(named)
    return list(kind.values) or [*named, "something else"]


def _values(item: Item, literals: list[Literal]) -> list[Any]:
    """Return values of an item that stand for all it can have, as far as these comparisons can tell."""
    named = [one for one in _operands(literals) if not isinstance(one, bool)]
    match item.kind:
        case Kind.SINGLE | Kind.DERIVED:
            return [option.value for option in item.choices]
        case Kind.MULTI:
            wanted = [c.has for c, how in literals if c.has is not None and how is Wanted.YES]
            free = [option.value for option in item.choices]
            return [wanted] if wanted else [*([value] for value in free), free]
        case Kind.CODE:
            return [*named, "in the list", "something else"]
        case Kind.INTEGER:
            limits = [one for one in (item.min, item.max) if one is not None]
            fitting = [n for n in _around_numbers([*named, *limits]) if item.min is None or n >= item.min]
            return [n for n in fitting if item.max is None or n <= item.max]
        case Kind.DECIMAL:
            return [Decimal(str(one)) + step for one in [*named, 0] for step in (-1, 0, 1)]
        case Kind.DATE:
            return _around_days(named)
        case Kind.STATEMENT:
            return [CONFIRMED]
        case Kind.FILE:
            return [ATTACHED]
        case _:
            return ["something"]


def _around_numbers(named: list[Any]) -> list[int]:
    return [int(one) + step for one in [*named, 0] for step in (-1, 0, 1)]


def _around_days(named: list[Any]) -> list[str]:
    days = [date.fromisoformat(one) for one in named] or [date(2026, 4, 1)]
    return [(day + timedelta(days=step)).isoformat() for day in days for step in (-1, 0, 1)]
