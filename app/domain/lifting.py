"""Can less lead to more? What makes comparisons come out as no lifts what stands under ``not``.

An item that shows less often, or a new option, changes nothing by itself; but a rule, a computed value or another
item may hang on its absence. Then the change is no longer a compatible one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from app.domain.checklist import Checklist, Kind
from app.domain.conditions import Condition
from app.domain.rules import Effect

# what stands in the way of sending, or asks for more than one person
OBSTACLES = frozenset({Effect.BLOCK_SUBMIT, Effect.REQUIRE_REASON, Effect.REQUIRE_SECOND_REVIEW})


@dataclass(frozen=True)
class _Mention:
    """A place where a condition looks at an item: on which side of ``not``, and which items then are shown.

    ``shows`` is empty where the condition decides something else than what is shown. ``computed``: it decides a
    value. ``on``: the item at which it speaks, and only while that is in force.
    """

    condition: Condition
    positive: bool
    shows: tuple[str, ...] = ()
    computed: bool = False
    on: str = ""


@dataclass(frozen=True)
class Lifts:
    """What can be lifted in one checklist."""

    checklist: Checklist

    def hiding(self, *item_ids: str) -> bool:
        """Return whether anything can show, be asked for or stand in the way because the items are out of force."""
        return self._falling(item_ids)

    def option(self, item_id: str, value: str) -> bool:
        """Return whether choosing ``value`` can make anything show, be asked for or stand in the way."""
        followers: list[str] = []
        for mention in self._mentions.get(item_id, ()):
            if mention.computed:
                return True
            verdict = _chosen(mention.condition, value)
            if verdict is None:
                continue
            if verdict == mention.positive:
                return True
            followers += mention.shows
        return self._falling(followers)

    def _falling(self, item_ids: Iterable[str]) -> bool:
        fresh = list(item_ids)
        seen = set(fresh)
        while fresh:
            item = self.checklist.items[fresh.pop()]
            falling = [inner.id for inner in item.items]
            for mention in (one for one in self._mentions.get(item.id, ()) if one.on != item.id):
                # out of force, only "is not answered" comes out as yes
                comes_true = mention.condition.answered is False
                if mention.computed or mention.positive == comes_true:
                    return True
                falling += mention.shows
            fresh += [name for name in falling if name not in seen]
            seen.update(falling)
        return False

    @cached_property
    def _mentions(self) -> dict[str, list[_Mention]]:
        found: dict[str, list[_Mention]] = {}
        for mention in self._all_mentions():
            condition = mention.condition
            found.setdefault(condition.item or condition.some or condition.every or "", []).append(mention)
        return found

    def _all_mentions(self) -> Iterator[_Mention]:
        for section in self.checklist.sections:
            inside = tuple(item.id for item in section.items)
            yield from _mentions(section.show_when, inside)
        for item in self.checklist.items.values():
            yield from _mentions(item.show_when, (item.id,))
            for branch in item.value_when:
                yield from _mentions(branch.if_, computed=item.kind is Kind.DERIVED)
            for rule in item.rules:
                yield from _mentions(rule.when if rule.effect in OBSTACLES else None, on=item.id)
            for one in item.evidence:
                yield from _mentions(one.required_when, on=item.id)


def _mentions(
    condition: Condition | None,
    shows: tuple[str, ...] = (),
    *,
    computed: bool = False,
    on: str = "",
    positive: bool = True,
) -> Iterator[_Mention]:
    if condition is None:
        return
    if condition.item or condition.some or condition.every:
        yield _Mention(condition, positive, shows, computed, on)
    for part in condition.parts:
        inner = positive if condition.not_ is None else not positive
        yield from _mentions(part, shows, computed=computed, on=on, positive=inner)


def _chosen(condition: Condition, value: str) -> bool | None:
    """Return how a comparison comes out for an option that is chosen; None where the option makes no difference."""
    match condition.operator if condition.item else "answered":
        case "eq" | "has":
            return bool(condition.operand == value)
        case "ne":
            return bool(condition.operand != value)
        case "in_":
            return value in condition.operand
        case _:
            return None
