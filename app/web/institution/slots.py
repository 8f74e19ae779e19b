"""How a slot of a checklist looks to one person: made from the revision, drawn by the item macro."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from flask_babel import gettext as _

from app.domain import labels
from app.domain.answers import DEFAULT_LENGTH
from app.domain.checklist import Item, Kind, Option, Section
from app.domain.conditions import Reason
from app.domain.dependencies import Key
from app.domain.evaluation import Slot
from app.domain.facts import FactValue
from app.domain.recording import value_text
from app.domain.sources import Citation, Source
from app.models import Answer, RowInstance
from app.services.opened import Opened
from app.web.institution.attached import Refusals, evidence_views
from app.web.institution.shapes import BlockView, CitationView, RowView, SlotView
from app.web.languages import text

_NO_REFUSALS: Refusals = MappingProxyType({})


def _citation(cite: Citation, source: Source) -> CitationView:
    found = source.clause(cite.clause)
    clause = text(found.title) if found else ""
    return CitationView(
        source.title, source.publisher, source.issued, clause, source.url, source.confirmed, source.note
    )


def slot_view(
    opened: Opened, key: Key, *, locked: bool, returned: str | None = None, refusals: Refusals = _NO_REFUSALS
) -> SlotView:
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
        evidence=evidence_views(opened, key, locked=locked, refusals=refusals),
    )


def computed_view(opened: Opened, key: Key) -> SlotView:
    """Return how a computed item looks: nobody answers it, so it is locked for everybody."""
    item, shown = opened.item(key), opened.evaluation.shown(key)
    value = opened.evaluation.derived(key)
    return SlotView(
        key=page_key(opened, key),
        slot_key=key,
        item=item,
        options=item.choices,
        max_length=None,
        value=value,
        state="derived",
        reason="",
        seq=0,
        shown=shown is not False,
        undecided=shown is None,
        because=list(because(opened, key)) if shown else [],
        citations=[_citation(cite, opened.compiled.checklist.source[cite.source]) for cite in item.cites],
        answered_by_label="",
        locked=True,
        answer_text=text(value_text(item, value, {})) if value is not None else "",
        why=list(_sentences(opened, key, opened.evaluation.derived_because(key))),
    )


def page_key(opened: Opened, key: Key) -> str:
    """Return what names a slot on a page: its answer, or for a computed item its place in the checklist."""
    if key in opened.answers:
        return str(opened.answers[key].id)
    return "-".join([key[0].replace(".", "-"), *([key[1]] if key[1] else [])])


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
    return _sentences(opened, key, opened.evaluation.because(key))


def _sentences(opened: Opened, key: Key, reasons: Iterable[Reason]) -> Iterable[str]:
    for reason in reasons:
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
    if item.kind is Kind.DERIVED:
        return _("“%(name)s” is %(value)s.", name=text(item.text), value=value)
    return _("“%(name)s” was answered “%(value)s”.", name=text(item.text), value=value)


def blocks(
    opened: Opened,
    section: Section,
    locked: Mapping[Key, bool],
    returned: Mapping[Key, str],
    refusals: Refusals = _NO_REFUSALS,
) -> list[BlockView]:
    """Return a section as one person may read it: items and groups in printed order.

    Items and groups whose condition does not hold now are there too, hidden, so that they can appear at once.
    """
    drawn = _Drawn(opened, locked, returned, refusals)
    stage = opened.revision.facts.get("stage")
    found = []
    for item in section.items:
        if item.stages and stage not in item.stages:
            continue
        block = _block(drawn, item)
        if block is not None:
            found.append(block)
    return found


@dataclass(frozen=True)
class _Drawn:
    """A revision on its way to a page: what is locked, what was sent back and why, which uploads were refused."""

    opened: Opened
    locked: Mapping[Key, bool]
    returned: Mapping[Key, str]
    refusals: Refusals

    @cached_property
    def read_only(self) -> bool:
        """Return whether nothing on the page can be answered."""
        return all(self.locked.values())

    def view(self, key: Key) -> SlotView | None:
        """Return how a slot looks, None for what the person may not read or what cannot appear on the page."""
        opened, item = self.opened, self.opened.item(key)
        computed = item.kind is Kind.DERIVED
        if not (computed or key in opened.answers) or not opened.readable(key):
            return None
        if item.stages and opened.revision.facts.get("stage") not in item.stages:
            return None
        locked = self.read_only if computed else self.locked.get(key, True)
        if opened.evaluation.shown(key) is False and locked:
            return None
        if computed:
            return computed_view(opened, key)
        return slot_view(opened, key, locked=locked, returned=self.returned.get(key), refusals=self.refusals)


def _block(drawn: _Drawn, item: Item) -> BlockView | None:
    opened = drawn.opened
    if item.kind is not Kind.GROUP:
        view = drawn.view((item.id, None))
        return BlockView(item, view) if view else None
    typed = item.repeat is not None and item.repeat.over is None
    slot = drawn.view((item.id, None)) if typed else None
    if typed and slot is None:
        return None
    shown = opened.evaluation.shown((item.id, None)) is not False
    block = BlockView(item, slot, typed_rows=typed, may_add=bool(slot and not slot.locked), shown=shown)
    for row in opened.rows.get(item.id, []):
        views = [view for inner in item.items if (view := drawn.view((inner.id, str(row.id))))]
        if views:
            block.rows.append(RowView(str(row.id), row_label(opened, row), views, removable=block.may_add))
    return block if block.rows or typed else None


def row_label(opened: Opened, row: RowInstance) -> str:
    """Return what a row is called, in the reader's language: who sees a part of a row must know which row it is."""
    if row.participant is not None:
        return row.participant.name
    key = opened.label_key(row)
    return value_words(opened, key, opened.evaluation.slot(key)) if key in opened.answers else ""


def value_words(opened: Opened, key: Key, slot: Slot) -> str:
    """Return the value a slot held, in words; nothing where there was none."""
    if slot.value is None:
        return ""
    return text(value_text(opened.item(key), slot.value, opened.compiled.codes))
