"""Does a condition now hold where it did not? Decided by its shape; what is not plain is taken to hold more.

Verdicts are ordered: no, not decided yet, yes. A condition is narrower than another when in every situation its
verdict is at most the other's. A proof goes part by part: ``all`` is at most each of its parts, ``any`` at least
each, ``not`` turns the order round, and two comparisons with one item or fact are tried on every kind of value that
can tell them apart. Not all that is narrower is proven so; what is proven is so (tests try it by chance).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.domain.checklist import Checklist, Kind
from app.domain.conditions import HIDDEN, Condition
from app.domain.facts import FACTS

# for one proof, and for all those of a comparison
_MOST_STEPS = 10_000
_MOST_STEPS_IN_ALL = 200_000
_SMALLEST = Decimal("0.0000001")
_ELSE = object()
_RANK = {False: 0, None: 1, True: 2}


class Width(StrEnum):
    """How a condition compares with what it was; ``other`` is neither proven narrower nor proven wider."""

    SAME = "same"
    REWRITTEN = "rewritten"
    NARROWER = "narrower"
    WIDER = "wider"
    OTHER = "other"


@dataclass(frozen=True)
class _Node:
    """A condition with ``not`` moved inwards, onto comparisons and questions about rows."""

    head: str
    parts: tuple["_Node", ...] = ()
    leaf: Condition | None = None
    positive: bool = True


class _TooLargeError(Exception):
    """The conditions are larger than is worth a proof."""


@dataclass
class Widths:
    """Compares conditions whose items are those of ``checklists``: the version before and the one after."""

    checklists: tuple[Checklist, ...]
    _steps: int = field(default=0, repr=False)
    _limit: int = field(default=0, repr=False)

    def between(self, before: Condition | None, after: Condition | None) -> Width:
        """Return how ``after`` compares with ``before``; no condition at all always holds."""
        if before == after:
            return Width.SAME
        narrower, wider = self._proven(after, before), self._proven(before, after)
        if narrower and wider:
            return Width.REWRITTEN
        if narrower:
            return Width.NARROWER
        return Width.WIDER if wider else Width.OTHER

    def _proven(self, low: Condition | None, high: Condition | None) -> bool:
        if high is None or low is None:
            return high is None
        self._limit = min(self._steps + _MOST_STEPS, _MOST_STEPS_IN_ALL)
        try:
            return self._at_most(_moved(low, True), _moved(high, True))
        except _TooLargeError:
            return False

    def _at_most(self, low: _Node, high: _Node) -> bool:
        self._steps += 1
        if self._steps > self._limit:
            raise _TooLargeError
        if low.head == "any":
            return all(self._at_most(part, high) for part in low.parts)
        if high.head == "all":
            return all(self._at_most(low, part) for part in high.parts)
        if low.head == "all" and any(self._at_most(part, high) for part in low.parts):
            return True
        if high.head == "any":
            return any(self._at_most(low, part) for part in high.parts)
        if low.head == "all" or low.leaf is None or high.leaf is None:
            return False
        if low.leaf.where is not None or high.leaf.where is not None:
            return self._rows_at_most(low, high)
        return self._comparison_at_most(low.leaf, low.positive, high.leaf, high.positive)

    def _rows_at_most(self, low: _Node, high: _Node) -> bool:
        """Return whether one question about rows is at most another: the same group, quantifier and side of not."""
        one, other = low.leaf, high.leaf
        if one is None or other is None or one.where is None or other.where is None:
            return False
        if (one.some, one.every, low.positive) != (other.some, other.every, high.positive):
            return False
        inner, outer = (one.where, other.where) if low.positive else (other.where, one.where)
        return self._at_most(_moved(inner, True), _moved(outer, True))

    def _comparison_at_most(self, low: Condition, positive: bool, high: Condition, high_positive: bool) -> bool:
        if (low.item, low.fact) != (high.item, high.fact):
            return False
        if low == high and positive == high_positive:
            return True
        lists = {one.in_list for one in (low, high) if one.operator == "in_list"}
        others = {one.operator for one in (low, high)} - {"in_list", "answered"}
        if len(lists) > 1 or (lists and others) or (low.item is not None and self._kind(low) is None):
            return False
        try:
            return all(
                _RANK[self._verdict(low, positive, value)] <= _RANK[self._verdict(high, high_positive, value)]
                for value in self._telling(low, high)
            )
        except (ArithmeticError, ValueError, TypeError):
            # a renamed item of another kind: what was compared with is no value of it
            return False

    def _verdict(self, condition: Condition, positive: bool, value: Any) -> bool | None:
        found = self._plain(condition, value)
        return found if positive or found is None else not found

    def _plain(self, condition: Condition, value: Any) -> bool | None:
        operator = condition.operator
        if value is HIDDEN:
            return operator == "answered" and condition.answered is False
        if operator == "answered":
            return (value is not None) is condition.answered
        if value is None:
            return None
        if operator == "in_list":
            return bool(value == condition.in_list)
        if operator == "has":
            return condition.has in value
        operands = [self._read(condition, one) for one in _operands(condition)]
        if operator in {"eq", "in_"}:
            return value in operands
        if operator == "ne":
            return value not in operands
        above, same = value > operands[0], value == operands[0]
        return bool({"gt": above, "gte": above or same, "lt": not above and not same, "lte": not above}[operator])

    def _telling(self, *conditions: Condition) -> Iterator[Any]:
        """Yield values that stand for all that the item or fact can have, as far as these comparisons can tell."""
        yield from (None, HIDDEN)
        operators = {condition.operator for condition in conditions}
        if "in_list" in operators:
            yield from (condition.in_list for condition in conditions if condition.in_list)
            yield _ELSE
            return
        if "has" in operators:
            named = [condition.has for condition in conditions if condition.has is not None]
            yield from ([], named, *([one] for one in named))
            return
        operands = [self._read(one, each) for one in conditions for each in _operands(one)]
        step = self._step(conditions[0])
        if step is not None:
            yield from (one + shift for one in [*operands, Decimal(0)] for shift in (-step, Decimal(0), step))
            return
        known = self._all_values(conditions[0])
        yield from known or [*operands, _ELSE]

    def _step(self, condition: Condition) -> Decimal | None:
        """Return how near two values of an ordered item or fact can be, None where values have no order."""
        if condition.fact is not None:
            kind = FACTS.get(condition.fact)
            return Decimal(1) if kind and (kind.day or kind.type is int) else None
        steps = {Kind.INTEGER: Decimal(1), Kind.DATE: Decimal(1), Kind.DECIMAL: _SMALLEST}
        return steps.get(self._kind(condition) or Kind.TEXT)

    def _is_day(self, condition: Condition) -> bool:
        if condition.fact is not None:
            return condition.fact in FACTS and FACTS[condition.fact].day
        return self._kind(condition) is Kind.DATE

    def _kind(self, condition: Condition) -> Kind | None:
        """Return the kind of the item, None where it is not the same in both versions."""
        found = {one.items[condition.item or ""].kind for one in self.checklists if condition.item in one.items}
        return found.pop() if len(found) == 1 else None

    def _all_values(self, condition: Condition) -> set[str]:
        """Return all values of a choice or a fact, an empty set where others are possible."""
        if condition.fact is not None:
            kind = FACTS.get(condition.fact)
            return set(kind.values) if kind else set()
        return {
            option.value
            for one in self.checklists
            if condition.item in one.items
            for option in one.items[condition.item or ""].choices
        }

    def _read(self, condition: Condition, written: Any) -> Any:
        if self._step(condition) is None:
            return written
        if self._is_day(condition):
            return Decimal(date.fromisoformat(written).toordinal())
        return Decimal(str(written))


def _operands(condition: Condition) -> Iterable[Any]:
    if condition.operator == "answered":
        return ()
    return condition.operand if isinstance(condition.operand, tuple) else (condition.operand,)


def _moved(condition: Condition, positive: bool) -> _Node:
    if condition.not_ is not None:
        return _moved(condition.not_, not positive)
    inner = condition.all or condition.any
    if inner is not None:
        head = "all" if (condition.all is not None) == positive else "any"
        return _Node(head, tuple(_moved(part, positive) for part in inner))
    return _Node("leaf", leaf=condition, positive=positive)
