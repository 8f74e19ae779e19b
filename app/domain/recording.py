"""From an evaluated revision to what its attestation record says; what stays inside is left out here."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from app.domain.attestation import Counts, ItemPart, ListEdition, SectionPart, commitment
from app.domain.checklist import Checklist, Item, Kind, Section, State
from app.domain.dependencies import Key
from app.domain.evaluation import Evaluation, count
from app.domain.evidence import Filed
from app.domain.texts import Text, date_with_era

Codes = Mapping[str, Mapping[str, tuple[str, str]]]
Files = Mapping[Key, Sequence[Filed]]


def sections(
    evaluation: Evaluation, codes: Codes, opening: str, files: Files = MappingProxyType({})
) -> tuple[SectionPart, ...]:
    """Return the sections in force with the state of each item, and answers only where disclosed.

    ``files`` are those in force with each slot: they are counted, their hashes committed to, never named.
    """
    found = []
    for section in evaluation.checklist.sections:
        keys = list(evaluation.visible(section.id))
        if keys:
            items = tuple(_items(evaluation, section, keys, codes, opening, files))
            counts = evaluation.counts(section.id)
            found.append(SectionPart(id=section.id, title=section.title, counts=counts, items=items))
    return tuple(found)


def _items(
    evaluation: Evaluation, section: Section, keys: list[Key], codes: Codes, opening: str, files: Files
) -> list[ItemPart]:
    by_item: dict[str, list[Key]] = {}
    for key in keys:
        by_item.setdefault(key[0], []).append(key)
    return [
        _item(evaluation, one, by_item[one.id], codes, opening, files)
        for item in section.items
        for one in (item, *item.items)
        if one.id in by_item
    ]


def _item(
    evaluation: Evaluation, item: Item, keys: list[Key], codes: Codes, opening: str, files: Files
) -> ItemPart:
    if item.kind is Kind.DERIVED:
        return _derived(evaluation, item, keys, opening)
    slots = [(key, evaluation.slot(key)) for key in keys]
    said = [
        [*key, slot.state.value, slot.value, slot.reason, *(one.sha256 for one in files.get(key, ()))]
        for key, slot in slots
    ]
    in_rows = keys[0][1] is not None
    first = slots[0][1]
    disclosed = item.disclosure == "answer" and not in_rows and first.state is State.ANSWERED
    return ItemPart(
        id=item.id,
        number=item.number,
        text=item.text,
        state=None if in_rows else first.state.value,
        answer=value_text(item, first.value, codes) if disclosed else None,
        rows=len(keys) if in_rows else None,
        counts=count(slot.state for _, slot in slots) if in_rows else None,
        files=sum(len(files.get(key, ())) for key in keys),
        commitment=commitment(opening, said),
    )


def _derived(evaluation: Evaluation, item: Item, keys: list[Key], opening: str) -> ItemPart:
    """Return a computed item: nobody answered it, so it has a state of its own and counts nowhere."""
    values = [evaluation.derived(key) for key in keys]
    in_rows = keys[0][1] is not None
    disclosed = item.disclosure == "answer" and not in_rows and values[0] is not None
    return ItemPart(
        id=item.id,
        number=item.number,
        text=item.text,
        state="derived",
        answer=value_text(item, values[0], {}) if disclosed else None,
        rows=len(keys) if in_rows else None,
        counts=None,
        commitment=commitment(opening, [[*key, value] for key, value in zip(keys, values, strict=True)]),
    )


def value_text(item: Item, value: Any, codes: Codes) -> Text:
    """Return an answer as it reads in both languages."""
    match item.kind:
        case Kind.SINGLE | Kind.MULTI | Kind.DERIVED:
            chosen = value if isinstance(value, list) else [value]
            labels = [option.label for option in item.choices if option.value in chosen]
            return Text(ja="、".join(one.ja for one in labels), en="; ".join(one.en for one in labels))
        case Kind.CODE:
            ja, en = codes[item.list or ""][value]
            return Text(ja=ja, en=en)
        case Kind.DATE:
            day = date.fromisoformat(value)
            return Text(ja=date_with_era(day, "ja"), en=date_with_era(day, "en"))
        case Kind.GROUP:
            return Text(ja="入力済み", en="Complete")
        case Kind.STATEMENT:
            return Text(ja="確認しました", en="Confirmed")
        case Kind.FILE:
            return Text(ja="添付あり", en="Attached")
        case _:
            return Text(ja=str(value), en=str(value))


def editions(evaluation: Evaluation, codes: Codes) -> tuple[ListEdition, ...]:
    """Return the dated lists that were checked: each item that names an edition, with the list it is of."""
    found: dict[tuple[str, str], ListEdition] = {}
    checklist: Checklist = evaluation.checklist
    for key in evaluation.in_force():
        item, slot = checklist.items[key[0]], evaluation.slot(key)
        if item.edition_of is None or slot.state is not State.ANSWERED:
            continue
        listed = evaluation.slot((item.edition_of, key[1]))
        if listed.state is State.ANSWERED:
            name = value_text(checklist.items[item.edition_of], listed.value, codes)
            edition = value_text(item, slot.value, codes).ja
            found[name.ja, edition] = ListEdition(name=name, edition=edition)
    return tuple(found.values())


def total(parts: tuple[SectionPart, ...]) -> Counts:
    """Return the counts over all sections."""
    names = ("answered", "not_applicable", "unsure", "not_obtained", "open")
    return Counts(**{name: sum(getattr(part.counts, name) for part in parts) for name in names})
