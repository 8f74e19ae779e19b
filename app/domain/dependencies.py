"""What looks at what: which slots may have to be decided anew when an answer changes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from app.domain.checklist import Checklist, Item
from app.domain.conditions import Condition

Key = tuple[str, str | None]


def names_in(condition: Condition | None) -> Iterator[str]:
    """Yield the items and groups that a condition looks at."""
    for part in condition.walk() if condition else ():
        yield from (name for name in (part.item, part.some, part.every) if name)


def _across_rows(condition: Condition | None) -> Iterator[str]:
    """Yield the items that a condition looks at in all rows of a group."""
    for part in condition.walk() if condition else ():
        if part.where is not None:
            yield from names_in(part.where)


def deciding(checklist: Checklist, item: Item) -> list[Condition]:
    """Return the conditions that decide whether an item is in force, and a derived item's value."""
    section = checklist.section(checklist.section_of[item.id])
    group = checklist.items.get(checklist.group_of.get(item.id, ""))
    found = [item.show_when, section.show_when if section else None, group.show_when if group else None]
    return [one for one in [*found, *(branch.if_ for branch in item.value_when)] if one is not None]


def looks_at(checklist: Checklist, item: Item) -> set[str]:
    """Return the ids of the items that decide whether ``item`` is in force or what it amounts to."""
    return {name for condition in deciding(checklist, item) for name in names_in(condition)}


@dataclass(frozen=True)
class Dependencies:
    """The edges of one checklist, read once: from an item to those that look at it."""

    checklist: Checklist

    @cached_property
    def followers(self) -> Mapping[str, Mapping[str, bool]]:
        """Return item → the items that look at it → whether they look across all rows."""
        found: dict[str, dict[str, bool]] = {}
        for item in self.checklist.items.values():
            conditions = deciding(self.checklist, item)
            across = {name for condition in conditions for name in _across_rows(condition)}
            for name in looks_at(self.checklist, item):
                found.setdefault(name, {})[item.id] = name in across
        return found

    @cached_property
    def speakers(self) -> Mapping[str, Mapping[str, bool]]:
        """Return item → the items whose rules or evidence look at it → whether they look across all rows."""
        found: dict[str, dict[str, bool]] = {}
        for item in self.checklist.items.values():
            conditions = [rule.when for rule in item.rules]
            conditions += [one.required_when for one in item.evidence if one.required_when]
            for condition in conditions:
                across = set(_across_rows(condition))
                for name in names_in(condition):
                    seen = found.setdefault(name, {})
                    seen[item.id] = seen.get(item.id, False) or name in across
        return found

    def touched(self, changed: Iterable[Key], rows: Mapping[str, list[str]]) -> tuple[set[Key], set[Key]]:
        """Return (slots whose being in force or value may change, slots whose rules may speak otherwise).

        A slot that changed is itself among the second. What looks from the same row is touched in that
        row alone; what looks across rows, or from outside, everywhere.
        """
        fresh = list(changed)
        decided: set[Key] = set()
        seen = set(fresh)
        while fresh:
            for key in self._reached(self.followers, fresh.pop(), rows):
                decided.add(key)
                if key not in seen:
                    seen.add(key)
                    fresh.append(key)
        return decided, seen | {key for one in seen for key in self._reached(self.speakers, one, rows)}

    def _reached(
        self, edges: Mapping[str, Mapping[str, bool]], key: Key, rows: Mapping[str, list[str]]
    ) -> Iterator[Key]:
        name, row = key
        group = self.checklist.group_of.get(name)
        for follower, across in edges.get(name, {}).items():
            inside = self.checklist.group_of.get(follower)
            if inside is None:
                yield follower, None
            elif inside == group and row is not None and not across:
                yield follower, row
            else:
                yield from ((follower, one) for one in rows.get(inside, []))
