"""What a revision takes along when it moves to another version: an answer only where the question is the same.

Rule 2 of the house: an old answer is never silently taken for a new question. What is not taken along stays
readable in the revision that was left, and the new slot is open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.checklist import Checklist, Item, Kind, State
from app.domain.evaluation import Slot


@dataclass(frozen=True)
class Carrying:
    """Under which id an item's answers go on, and what its options are called there."""

    item: str
    options: Mapping[str, str]


def carrying(before: Checklist, after: Checklist) -> dict[str, Carrying]:
    """Return old item id → how its answers go on, for the items whose question is the same in both versions.

    Moving to the version that supersedes ``before`` follows its mapping; moving to any other goes by ids alone.
    """
    follows = after.supersedes if after.supersedes and after.supersedes.version == before.version else None
    renamed = follows.renamed if follows else {}
    reconfirm = set(follows.reconfirm) if follows else set()
    editorial = set(follows.editorial) if follows else set()
    found = {}
    for old in before.items.values():
        new = after.items.get(renamed.get(old.id, old.id))
        if new is None or new.id in reconfirm or "high" in {old.risk, new.risk}:
            continue
        options = follows.options.get(old.id, {}) if follows else {}
        outer = before.group_of.get(old.id)
        same_group = renamed.get(outer, outer) if outer else None
        if after.group_of.get(new.id) != same_group:
            continue
        if _same_question(old, new, options, reworded=new.id in editorial) and _same_list(before, after, old, new):
            found[old.id] = Carrying(new.id, options)
    return found


def _same_question(old: Item, new: Item, options: Mapping[str, str], *, reworded: bool) -> bool:
    """Return whether two items ask the same: kind, who answers, wording, and what may be chosen."""
    if old.kind is not new.kind or old.answered_by is not new.answered_by or new.kind is Kind.DERIVED:
        return False
    if old.text.ja != new.text.ja and not reworded:
        return False
    if old.repeat and new.repeat and old.repeat.over != new.repeat.over:
        return False
    # an option that is called otherwise under the same value means something else
    labels = {option.value: option.label.ja for option in new.choices}
    return all(
        labels.get(options.get(one.value, one.value), one.label.ja) == one.label.ja or one.value in options
        for one in old.choices
    )


def _same_list(before: Checklist, after: Checklist, old: Item, new: Item) -> bool:
    if old.list is None or new.list is None:
        return old.list is new.list
    hashes = [
        {use.id: use.sha256 for use in one.lists}[name] for one, name in ((before, old.list), (after, new.list))
    ]
    return hashes[0] == hashes[1]


def carried(slot: Slot, new: Item, options: Mapping[str, str]) -> Slot | None:
    """Return a slot as it goes on under ``new``, or None where the new version does not take it."""
    if slot.state is not State.ANSWERED:
        return slot if slot.state.value in new.states else None
    value: Any = slot.value
    if new.kind in {Kind.SINGLE, Kind.MULTI}:
        known = {option.value for option in new.choices}
        told = [options.get(one, one) for one in (value if isinstance(value, list) else [value])]
        if not set(told) <= known:
            return None
        value = told if isinstance(value, list) else told[0]
    if isinstance(value, int) and not _within(new, value):
        return None
    if isinstance(value, str) and new.max_length is not None and len(value) > new.max_length:
        return None
    return Slot(slot.state, value, slot.reason)


def _within(item: Item, number: int) -> bool:
    return (item.min is None or number >= item.min) and (item.max is None or number <= item.max)
