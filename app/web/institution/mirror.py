"""What a section's page needs to show and hide by itself while somebody types: a comfort, the server decides.

Nothing goes to the page that the person may not read. A slot whose condition looks at such a value, also inside a
row of somebody else, is left out: it changes with the server's answers alone, and so does what depends on it.
``app/web/static/conditions.js`` reads what is made here.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from app.domain.checklist import Item, Kind, Section, State
from app.domain.conditions import Condition, decide
from app.domain.dependencies import Key
from app.services.opened import Opened
from app.web.institution.shapes import BlockView, SlotView

_COMPLETE = frozenset({State.ANSWERED, State.NOT_APPLICABLE})


def page_conditions(opened: Opened, drawn: Iterable[BlockView]) -> dict[str, Any] | None:
    """Return what the page may decide by itself, as plain data; None where nothing on it depends on its fields."""
    page = _Page(opened, drawn)
    for block in page.blocks:
        keys = [(block.item.id, None), *(view.slot_key for row in block.rows for view in row.slots)]
        for key in keys:
            if page.moves(key) and page.followed(key):
                page.add(key)
    return page.data if page.data["slots"] else None


def groups_shown(opened: Opened, section: Section) -> dict[str, bool]:
    """Return for each group of a section whether it is, or may be, in force."""
    return {
        item.id: opened.evaluation.shown((item.id, None)) is not False
        for item in section.items
        if item.kind is Kind.GROUP
    }


class _Page:
    """One page in the making: what stands on it, what its fields move, and what goes along."""

    def __init__(self, opened: Opened, drawn: Iterable[BlockView]):
        self.opened, self.blocks = opened, list(drawn)
        self.checklist, self.evaluation = opened.compiled.checklist, opened.evaluation
        self.views = {view.slot_key: view for block in self.blocks for view in _views(block)}
        parts = ("facts", "codes", "sections", "items", "groups", "slots")
        self.data: dict[str, dict[str, Any]] = {part: {} for part in parts}
        self._seen: dict[tuple[int, str | None], list[Key]] = {}
        self._outers: dict[str, list[Section | Item]] = {}
        self._out: dict[str, bool] = {}
        self._moves: dict[Key, bool] = {}
        self._followed: dict[Key, bool] = {}

    # ---- what looks at what ----

    def _look_at(self, condition: Condition, key: Key) -> list[Key]:
        """Return the slots a condition of a slot looks at; ``(group, row)`` stands for a row being there."""
        place = (id(condition), key[1])
        if place not in self._seen:
            group = self.checklist.group_of.get(key[0])
            self._seen[place] = list(dict.fromkeys(self._look(condition, key[1], group)))
        return self._seen[place]

    def _look(self, condition: Condition, row: str | None, group: str | None) -> Iterator[Key]:
        if condition.item is not None:
            beside = group is not None and self.checklist.group_of.get(condition.item) == group
            yield condition.item, row if beside else None
        over = condition.some or condition.every
        if over is None:
            for part in condition.parts:
                yield from self._look(part, row, group)
            return
        yield over, None
        for each in self.evaluation.rows.get(over, []):
            yield over, each
            for part in condition.parts:
                yield from self._look(part, each, over)

    def _moving(self, condition: Condition | None, key: Key) -> bool:
        """Return whether fields of this page may change what a condition of a slot comes to."""
        return condition is not None and any(
            self._is_field(one) or self.moves(one) for one in self._look_at(condition, key)
        )

    def _outer(self, item: Item) -> list[Section | Item]:
        """Return the section and the group around an item."""
        if item.id not in self._outers:
            section = self.checklist.section(self.checklist.section_of[item.id])
            group = self.checklist.items.get(self.checklist.group_of.get(item.id, ""))
            self._outers[item.id] = [each for each in (section, group) if each is not None]
        return self._outers[item.id]

    def _around(self, item: Item) -> list[Condition]:
        """Return the conditions of the section and the group around an item."""
        return [each.show_when for each in self._outer(item) if each.show_when is not None]

    def _computing(self, key: Key) -> bool:
        return any(self._moving(branch.if_, key) for branch in self.checklist.items[key[0]].value_when)

    def moves(self, key: Key) -> bool:
        """Return whether fields of this page may put a slot in or out of force, or change what it amounts to."""
        if key not in self._moves:
            item = self.checklist.items[key[0]]
            self._moves[key] = not (self._is_row(key) or self._out_for_good(item)) and (
                any(self._moving(each, key) for each in [*self._around(item), item.show_when])
                or self._computing(key)
            )
        return self._moves[key]

    def _out_for_good(self, item: Item) -> bool:
        """Return whether an item is out of force whatever is typed here: its stage, or what is around it."""
        if item.id not in self._out:
            stage, outside = self.opened.revision.facts.get("stage"), (item.id, None)
            self._out[item.id] = any(
                bool(each.stages) and stage not in each.stages for each in [*self._outer(item), item]
            ) or any(
                not self._moving(each, outside) and decide(each, self.evaluation.scope(None, None)) is False
                for each in self._around(item)
            )
        return self._out[item.id]

    def seen(self, key: Key) -> list[Key]:
        """Return what must be known to tell how a slot moves; what is around it counts only where that moves."""
        item = self.checklist.items[key[0]]
        found = [each for each in self._around(item) if self._moving(each, key)]
        found += [item.show_when] if item.show_when is not None else []
        if self._computing(key):
            found += [branch.if_ for branch in item.value_when if branch.if_ is not None]
        return list(dict.fromkeys(one for condition in found for one in self._look_at(condition, key)))

    def followed(self, key: Key) -> bool:
        """Return whether the page can tell by itself how a slot moves: the person may read all that decides."""
        if key not in self._followed:
            self._followed[key] = not self.moves(key) or all(
                self._readable(one) and self.followed(one) for one in self.seen(key)
            )
        return self._followed[key]

    def _readable(self, key: Key) -> bool:
        item = self.checklist.items[key[0]]
        if item.kind is Kind.GROUP and key[1] is None and _kept_in_step(item):
            return True  # it has no slot; its rows are asked one by one
        return self.opened.readable(key) and not (item.kind is Kind.FILE and self._is_field(key))

    def _is_field(self, key: Key) -> bool:
        view = self.views.get(key)
        return view is not None and not view.locked and view.item.kind is not Kind.DERIVED

    def _is_row(self, key: Key) -> bool:
        return key[1] is not None and self.checklist.items[key[0]].kind is Kind.GROUP

    # ---- what goes along ----

    def add(self, key: Key) -> None:
        """Put a slot in, with all that decides it where it moves, and as it stands where it does not."""
        item = self.checklist.items[key[0]]
        slots = self.data["slots"].setdefault(item.id, {})
        if self._is_row(key) or (key[1] or "") in slots:
            return
        slot: dict[str, Any] = {}
        slots[key[1] or ""] = slot
        self._item(item)
        if key in self.views:
            slot["key"] = self.views[key].key
        if not self._is_field(key) and not self._computing(key):
            slot["value"] = self._value(key, item)
        if not self.moves(key):
            slot["hidden"] = self.evaluation.shown(key) is False
            return
        self._conditions(key, item)
        for one in self.seen(key):
            self.add(one)

    def _item(self, item: Item) -> dict[str, Any]:
        told: dict[str, Any] = self.data["items"].setdefault(item.id, {"kind": item.kind.value})
        if item.id in self.checklist.group_of:
            told["group"] = self.checklist.group_of[item.id]
        return told

    def _value(self, key: Key, item: Item) -> Any:
        if item.kind is Kind.DERIVED:
            return self.evaluation.derived(key)
        slot = self.evaluation.slot(key)
        return slot.value if slot.state is State.ANSWERED else None

    def _conditions(self, key: Key, item: Item) -> None:
        """Write down what decides a slot, and what that asks for."""
        for each in self._outer(item):
            if each.show_when is None or not self._moving(each.show_when, key):
                continue
            if isinstance(each, Section):
                self._item(item)["section"] = each.id
                self.data["sections"][each.id] = self._plain(each.show_when)
            else:
                self._item(each)["show_when"] = self._plain(each.show_when)
        if item.show_when is not None:
            self._item(item)["show_when"] = self._plain(item.show_when)
        if self._computing(key):
            self._item(item)["value_when"] = [
                {"then": branch.then} | ({"if": self._plain(branch.if_)} if branch.if_ is not None else {})
                for branch in item.value_when
            ]

    def _plain(self, condition: Condition) -> dict[str, Any]:
        """Return a condition as data, and put in what it asks for besides slots: facts, codes, rows."""
        for part in condition.walk():
            if part.fact is not None:
                self.data["facts"][part.fact] = self.opened.revision.facts.get(part.fact)
            if part.in_list is not None:
                self.data["codes"][part.in_list] = sorted(self.evaluation.codes.get(part.in_list, ()))
            over = part.some or part.every
            if over is not None:
                self.data["groups"][over] = self._rows(over)
        return condition.model_dump(exclude_none=True, by_alias=True)

    def _rows(self, group: str) -> dict[str, Any]:
        told: dict[str, Any] = {"rows": self.evaluation.rows.get(group, [])}
        if not self._is_field((group, None)):
            declared = self.evaluation.slot((group, None)).state in _COMPLETE
            told["complete"] = declared or _kept_in_step(self.checklist.items[group])
        return told


def _views(block: BlockView) -> Iterator[SlotView]:
    if block.slot is not None:
        yield block.slot
    for row in block.rows:
        yield from row.slots


def _kept_in_step(item: Item) -> bool:
    return item.repeat is not None and item.repeat.over is not None
