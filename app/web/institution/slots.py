"""How a slot of a checklist looks to one person: made from the revision, drawn by the item macro."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _

from app.domain import labels
from app.domain.answers import DEFAULT_LENGTH
from app.domain.checklist import Item, Kind, Option, Section
from app.domain.conditions import Reason
from app.domain.evaluation import Key, Slot
from app.domain.facts import FactValue
from app.domain.recording import value_text
from app.domain.sources import Citation, Source
from app.domain.texts import Text
from app.models import Answer
from app.services.revisions import Opened
from app.web.languages import text


@dataclass
class SlotView:
    """One item as the page draws it. ``key`` names its fields; ``slot_key`` is its place in the checklist."""

    key: str
    slot_key: Key
    item: Item
    options: Sequence[Option]
    max_length: int | None
    value: Any
    state: str
    reason: str
    seq: int
    shown: bool
    undecided: bool
    because: list[str]
    citations: list["CitationView"]
    answered_by_label: str
    locked: bool
    error: str | None = None
    returned: str | None = None
    answer_text: str = ""


@dataclass(frozen=True)
class CitationView:
    """A source with the clause on which an item rests."""

    title: Text
    publisher: Text
    issued: str
    clause: str
    url: str | None
    confirmed: bool
    note: Text | None


@dataclass
class RowView:
    """A row of a group: its label and its slots."""

    id: str
    label: str
    slots: list[SlotView] = field(default_factory=list)
    removable: bool = False


@dataclass
class BlockView:
    """An item by itself, or a group with its rows; ``slot`` of a typed group declares it complete."""

    item: Item
    slot: SlotView | None
    rows: list[RowView] = field(default_factory=list)
    typed_rows: bool = False
    may_add: bool = False
    shown: bool = True


def _citation(cite: Citation, source: Source) -> CitationView:
    found = source.clause(cite.clause)
    clause = text(found.title) if found else ""
    return CitationView(
        source.title, source.publisher, source.issued, clause, source.url, source.confirmed, source.note
    )


def slot_view(opened: Opened, key: Key, *, locked: bool, returned: str | None = None) -> SlotView:
    """Return how one slot looks."""
    item, answer = opened.item(key), opened.answers[key]
    checklist = opened.compiled.checklist
    shown = opened.evaluation.shown(key)
    return SlotView(
        key=str(answer.id),
        slot_key=key,
        item=item,
        options=options(opened, item),
        max_length=item.max_length or DEFAULT_LENGTH.get(item.kind),
        value=answer.value if answer.value is not None else ([] if item.kind is Kind.MULTI else ""),
        state=answer.state,
        reason=answer.reason,
        seq=answer.head_seq,
        shown=shown is not False,
        undecided=shown is None,
        because=list(because(opened, key)) if shown else [],
        citations=[_citation(cite, checklist.source[cite.source]) for cite in item.cites],
        answered_by_label=text(labels.respondent(item.answered_by)),
        locked=locked,
        returned=returned,
        answer_text=answer_text(opened, key, answer),
    )


def options(opened: Opened, item: Item) -> Sequence[Option]:
    """Return the choices of an item; those of a code item come from its pinned list."""
    return item.choices if item.kind is not Kind.CODE else opened.compiled.code_options[item.list or ""]


def answer_text(opened: Opened, key: Key, answer: Answer) -> str:
    """Return an answer as it reads; nothing for a slot without a value."""
    if answer.value is None:
        return ""
    return text(value_text(opened.item(key), answer.value, opened.compiled.codes))


def because(opened: Opened, key: Key) -> Iterable[str]:
    """Yield why an item is shown, one sentence for each comparison that decided; stages go without saying."""
    for reason in opened.evaluation.because(key):
        if reason.name != "stage" and (sentence := reason_sentence(_discreet(opened, key, reason), opened)):
            yield sentence


def _discreet(opened: Opened, key: Key, reason: Reason) -> Reason:
    """Return a reason without the answer it rests on, where the person may not read that answer."""
    if reason.kind != "item":
        return reason
    beside = opened.compiled.checklist.group_of.get(reason.name) is not None
    return reason if opened.readable((reason.name, key[1] if beside else None)) else replace(reason, value=None)


def why_shown(opened: Opened, key: Key) -> str:
    """Return the line that tells why a slot is shown; nothing where that goes without saying."""
    shown = opened.evaluation.shown(key)
    if shown is None:
        return _("Shown because it is not decided yet whether this applies.")
    why = " ".join(because(opened, key)) if shown else ""
    return _("Shown because: %(why)s", why=why) if why else ""


def fact_label(name: str) -> str:
    """Return what a fact is called."""
    return text(labels.FACT_NAMES[name])


def fact_value(name: str, value: FactValue | None) -> str:
    """Return a fact's value as people say it."""
    if value is None:
        return _("not known")
    return text(labels.fact_value(name, value))


def reason_sentence(reason: Reason, opened: Opened | None) -> str:
    """Return one comparison in words: what was looked at and what it holds."""
    if reason.kind == "fact":
        return _(
            "“%(name)s” is %(value)s.", name=fact_label(reason.name), value=fact_value(reason.name, reason.value)
        )
    if opened is None:
        return ""
    item = opened.compiled.checklist.items[reason.name]
    if reason.kind == "group" or reason.value is None:
        return _("It depends on “%(name)s”.", name=text(item.text))
    value = text(value_text(item, reason.value, opened.compiled.codes))
    return _("“%(name)s” was answered “%(value)s”.", name=text(item.text), value=value)


def blocks(opened: Opened, section: Section, locked: dict[Key, bool], returned: dict[Key, str]) -> list[BlockView]:
    """Return a section as one person may read it: items and groups in printed order.

    Items and groups whose condition does not hold now are there too, hidden, so that they can appear at once.
    """
    stage = opened.revision.facts.get("stage")
    found = []
    for item in section.items:
        if item.stages and stage not in item.stages:
            continue
        block = _block(opened, item, locked, returned)
        if block is not None:
            found.append(block)
    return found


def _block(opened: Opened, item: Item, locked: dict[Key, bool], returned: dict[Key, str]) -> BlockView | None:
    if item.kind is not Kind.GROUP:
        view = _view(opened, (item.id, None), locked, returned)
        return BlockView(item, view) if view else None
    typed = item.repeat is not None and item.repeat.over is None
    slot = _view(opened, (item.id, None), locked, returned) if typed else None
    if typed and slot is None:
        return None
    shown = opened.evaluation.shown((item.id, None)) is not False
    block = BlockView(item, slot, typed_rows=typed, may_add=bool(slot and not slot.locked), shown=shown)
    for row in opened.rows.get(item.id, []):
        keys = [(inner.id, str(row.id)) for inner in item.items]
        views = [view for key in keys if (view := _view(opened, key, locked, returned))]
        if views:
            block.rows.append(RowView(str(row.id), opened.row_label(row), views, removable=block.may_add))
    return block if block.rows or typed else None


def _view(opened: Opened, key: Key, locked: dict[Key, bool], returned: dict[Key, str]) -> SlotView | None:
    stage = opened.revision.facts.get("stage")
    item = opened.item(key)
    if key not in opened.answers or not opened.readable(key) or (item.stages and stage not in item.stages):
        return None
    shown = opened.evaluation.shown(key)
    if shown is False and locked.get(key, True):
        return None
    return slot_view(opened, key, locked=locked.get(key, True), returned=returned.get(key))


def value_words(opened: Opened, key: Key, slot: Slot) -> str:
    """Return the value a slot held, in words; nothing where there was none."""
    if slot.value is None:
        return ""
    return text(value_text(opened.item(key), slot.value, opened.compiled.codes))
