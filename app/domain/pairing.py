"""What in a newer version is what of an older one: by id, and by the mapping that the newer one carries."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.domain.checklist import Checklist, Item
from app.domain.conditions import Condition


@dataclass(frozen=True)
class Pairing:
    """Two versions side by side; a mapping counts only where it names what is gone and what is new."""

    before: Checklist
    after: Checklist

    @cached_property
    def renamed(self) -> dict[str, str]:
        """Return the old id → the new id of items that were renamed."""
        claim = self.after.supersedes
        old, new = self.before.items, self.after.items
        told = claim.renamed.items() if claim else ()
        return {a: b for a, b in told if a in old and b in new and a not in new and b not in old}

    @cached_property
    def editorial(self) -> frozenset[str]:
        """Return the new ids of items whose words changed without their meaning, against this very version."""
        claim = self.after.supersedes
        return frozenset(claim.editorial if claim and claim.version == self.before.version else ())

    @cached_property
    def partners(self) -> dict[str, str]:
        """Return the new id → the old id of every item that is in both."""
        found = {self.name(old): old for old in self.before.items}
        return {new: old for new, old in found.items() if new in self.after.items}

    def name(self, old_id: str) -> str:
        """Return what an item of the older version is called in the newer one, if it still is there."""
        return self.renamed.get(old_id, old_id)

    def mapped(self, old: Item) -> dict[str, str]:
        """Return the old value → the new value of options that are gone, as the newer version maps them."""
        claim, new = self.after.supersedes, self.after.items.get(self.name(old.id))
        if claim is None or new is None:
            return {}
        told = claim.options.get(old.id, claim.options.get(new.id, {}))
        here = {option.value for option in new.choices}
        gone = {option.value for option in old.choices} - here
        return {value: target for value, target in told.items() if value in gone and target in here}

    def option_renames(self, old: Item) -> dict[str, str]:
        """Return the mapped options that only got another value: no other option went, or was, there."""
        mapped = self.mapped(old)
        taken = {option.value for option in old.choices}
        targets = list(mapped.values())
        return {value: to for value, to in mapped.items() if to not in taken and targets.count(to) == 1}

    @cached_property
    def _values(self) -> dict[str, dict[str, str]]:
        found = {old.id: self.option_renames(old) for old in self.before.items.values() if old.choices}
        return {name: values for name, values in found.items() if values}

    def condition(self, condition: Condition | None) -> Condition | None:
        """Return a condition of the older version in the names of the newer one."""
        if condition is None or not (self.renamed or self._values):
            return condition
        return self._named_anew(condition)

    def _named_anew(self, condition: Condition) -> Condition:
        changed: dict[str, Any] = {}
        for head in ("item", "some", "every"):
            name = getattr(condition, head)
            if name is not None:
                changed[head] = self.name(name)
        values = self._values.get(condition.item or "", {})
        if values and condition.operator != "answered":
            operand = condition.operand
            anew = tuple(values.get(one, one) for one in operand) if condition.in_ else values.get(operand, operand)
            changed[condition.operator] = anew
        for head in ("all", "any"):
            parts = getattr(condition, head)
            if parts is not None:
                changed[head] = tuple(self._named_anew(part) for part in parts)
        for head in ("not_", "where"):
            part = getattr(condition, head)
            if part is not None:
                changed[head] = self._named_anew(part)
        return Condition.model_construct(**{name: getattr(condition, name) for name in _FIELDS} | changed)


_FIELDS = tuple(Condition.model_fields)


def out_of_order(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Return the fewest names that must move to bring one order into the other; both hold the same names."""
    at = {name: place for place, name in enumerate(before)}
    # the longest run that keeps its order stays where it is (patience sorting)
    tops: list[int] = []
    run: list[int] = []
    for name in after:
        pile = bisect_left(tops, at[name])
        tops[pile : pile + 1] = [at[name]]
        run.append(pile)
    staying, wanted = set(), len(tops) - 1
    for name, pile in zip(reversed(after), reversed(run), strict=True):
        if pile == wanted:
            staying.add(name)
            wanted -= 1
    return [name for name in after if name not in staying]
