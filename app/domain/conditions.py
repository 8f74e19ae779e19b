"""The condition language ``cond/1``: closed, three-valued (Kleene), explained, without arithmetic.

Unknown is ``None``: an unanswered item or a missing fact decides nothing (rule 4 of the house).
``app/web/static/conditions.js`` mirrors this for comfort; both pass ``docs/checklists/cond-1-vectors.json``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Scalar = str | int | bool
MAX_DEPTH = 8
OPERATORS = ("eq", "ne", "in_", "in_list", "has", "gt", "gte", "lt", "lte", "answered")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


class Condition(BaseModel):
    """One node: exactly one of ``all``, ``any``, ``not``, ``some``, ``every``, or a comparison."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, strict=True)

    all: tuple["Condition", ...] | None = Field(None, min_length=1, max_length=50, strict=False)
    any: tuple["Condition", ...] | None = Field(None, min_length=1, max_length=50, strict=False)
    not_: "Condition | None" = Field(None, alias="not")
    some: str | None = None
    every: str | None = None
    where: "Condition | None" = None
    item: str | None = None
    fact: str | None = None
    eq: Scalar | None = None
    ne: Scalar | None = None
    in_: tuple[Scalar, ...] | None = Field(None, alias="in", min_length=1, max_length=500, strict=False)
    in_list: str | None = None
    has: str | None = None
    gt: int | str | None = None
    gte: int | str | None = None
    lt: int | str | None = None
    lte: int | str | None = None
    answered: bool | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        heads = [name for name in ("all", "any", "not_", "some", "every", "item", "fact") if self._has(name)]
        operators = [name for name in OPERATORS if self._has(name)]
        if len(heads) != 1:
            raise ValueError("a condition is exactly one of all, any, not, some, every, item, fact")
        if (self.where is not None) != (heads[0] in {"some", "every"}):
            raise ValueError("some and every need where; nothing else takes it")
        if (len(operators) == 1) != (heads[0] in {"item", "fact"}) or len(operators) > 1:
            raise ValueError("item and fact need exactly one operator; nothing else takes one")
        return self

    def _has(self, name: str) -> bool:
        return getattr(self, name) is not None

    @cached_property
    def operator(self) -> str:
        """Return the operator of a comparison."""
        return next(name for name in OPERATORS if self._has(name))

    @property
    def operand(self) -> Any:
        """Return what a comparison compares with."""
        return getattr(self, self.operator)

    @property
    def parts(self) -> tuple["Condition", ...]:
        """Return the conditions directly inside this one."""
        inner = (self.all or ()) + (self.any or ())
        return inner + tuple(part for part in (self.not_, self.where) if part is not None)

    def walk(self) -> Iterator["Condition"]:
        """Yield this node and every node below it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    @property
    def depth(self) -> int:
        """Return how deeply conditions are nested, 1 for a comparison."""
        return 1 + max((part.depth for part in self.parts), default=0)


@dataclass(frozen=True)
class Hidden:
    """The value of an item out of force: every comparison with it is a definite no."""


HIDDEN = Hidden()


@dataclass(frozen=True)
class Scope:
    """What a condition may look at.

    ``item`` returns a value, None when undecided, or HIDDEN; ``fact`` a value or None; ``rows`` the
    scopes of a group's rows and whether the list is complete, None for a group out of force;
    ``codes`` a list's codes. ``told`` remembers what was found over all rows of a group: it is the same
    from wherever it is asked.
    """

    item: Callable[[str], Any]
    fact: Callable[[str], Any]
    rows: Callable[[str], tuple[list["Scope"], bool] | None]
    codes: Callable[[str], frozenset[str]]
    told: dict[int, bool | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Reason:
    """One comparison that decided: what was looked at, how, with what, and what it held."""

    kind: str
    name: str
    operator: str
    operand: Any
    value: Any
    holds: bool | None


def decide(condition: Condition | None, scope: Scope) -> bool | None:
    """Return True, False, or None for "not decided yet". No condition at all is True."""
    if condition is None:
        return True
    if condition.all is not None:
        return _all([decide(part, scope) for part in condition.all])
    if condition.any is not None:
        return _any([decide(part, scope) for part in condition.any])
    if condition.not_ is not None:
        inner = decide(condition.not_, scope)
        return None if inner is None else not inner
    if condition.where is not None:
        if id(condition) not in scope.told:
            scope.told[id(condition)] = _over_rows(condition, scope)
        return scope.told[id(condition)]
    value = scope.item(condition.item) if condition.item is not None else scope.fact(condition.fact or "")
    return compare(condition, value, scope.codes)


def _over_rows(condition: Condition, scope: Scope) -> bool | None:
    found = scope.rows(condition.some or condition.every or "")
    if found is None:
        return False
    rows, complete = found
    each = [decide(condition.where, row) for row in rows]
    if not complete:
        each.append(None)
    return _any(each) if condition.some is not None else _all(each)


def _all(values: list[bool | None]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True


def _any(values: list[bool | None]) -> bool | None:
    if True in values:
        return True
    return None if None in values else False


def compare(condition: Condition, value: Any, codes: Callable[[str], frozenset[str]]) -> bool | None:
    """Return the verdict of one comparison; values are never converted to fit.

    A decimal item's value comes as a Decimal and is compared as a number; its operand is written as text.
    """
    operator, operand = condition.operator, condition.operand
    if isinstance(value, Hidden):
        return operator == "answered" and operand is False
    if operator == "answered":
        return (value is not None) is operand
    if value is None:
        return None
    if operator == "has":
        return operand in value if isinstance(value, list | tuple) else None
    if operator == "in_list":
        return value in codes(operand) if isinstance(value, str) else None
    if operator == "in_":
        return any(_same(value, one) for one in operand)
    if operator in {"eq", "ne"}:
        return _same(value, operand) == (operator == "eq")
    return _ordered(operator, value, operand)


def _beside(value: Any, operand: Any) -> Any:
    """Return the operand as it stands beside a value: a Decimal beside a Decimal, None where it is none."""
    if not isinstance(value, Decimal):
        return operand
    written = isinstance(operand, str) and _DECIMAL.fullmatch(operand)
    return Decimal(operand) if written else None


def _same(value: Any, operand: Scalar) -> bool:
    beside = _beside(value, operand)
    # to Python 1 equals True
    return isinstance(value, bool) == isinstance(beside, bool) and bool(value == beside)


def _ordered(operator: str, value: Any, written: Any) -> bool | None:
    operand = _beside(value, written)
    if type(value) is not type(operand):
        return None
    verdicts: Mapping[str, bool] = {
        "gt": value > operand,
        "gte": value >= operand,
        "lt": value < operand,
        "lte": value <= operand,
    }
    return verdicts[operator]


def reasons(condition: Condition | None, scope: Scope) -> list[Reason]:
    """Return the comparisons that carry the verdict, for "shown because …"; the deciding ones only."""
    if condition is None:
        return []
    verdict = decide(condition, scope)
    if condition.all is not None or condition.any is not None:
        deciding = [part for part in condition.parts if decide(part, scope) == verdict]
        return [reason for part in deciding for reason in reasons(part, scope)]
    if condition.not_ is not None:
        return reasons(condition.not_, scope)
    if condition.where is not None:
        name = condition.some or condition.every or ""
        return [Reason("group", name, "some" if condition.some else "every", None, None, verdict)]
    kind = "item" if condition.item is not None else "fact"
    value = scope.item(condition.item) if condition.item is not None else scope.fact(condition.fact or "")
    held = None if isinstance(value, Hidden) else value
    name = condition.item or condition.fact or ""
    return [Reason(kind, name, condition.operator, condition.operand, held, verdict)]
