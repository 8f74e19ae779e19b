"""The confidential annex: what a record keeps inside, for the agency that asks for it, as canonical JSON.

The record names the annex by its hash, and the annex opens each commitment of the record: who holds both can
recompute every one of them. What is not answered in the checklist is not here either (rules 9 and 14 of the house).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, StrictInt, StringConstraints

from app.domain.acts import Day, Moment, Part, Sha256
from app.domain.attestation import (
    ChecklistPart,
    Code,
    Funder,
    GrantPart,
    Id,
    Issuer,
    Record,
    SectionPart,
    canonical,
    commitment,
    sha256,
)
from app.domain.checklist import Item, Kind, State
from app.domain.dependencies import Key
from app.domain.evaluation import Evaluation
from app.domain.evidence import Filed
from app.domain.recording import Codes, value_text
from app.domain.snapshot import Row
from app.domain.texts import Name, Plain, Text

_DERIVED: Literal["derived"] = "derived"


class FilePart(Part):
    """One file that stands with an answer: what was asked for, its name, what kind, its day, its hash."""

    title: Text
    name: Name
    kind: Name
    document_on: Day | None
    sha256: Sha256


class SlotPart(Part):
    """One answer, in a row or not, as it was committed to; ``answer`` is how people read it."""

    row: Name | None
    state: Literal["open", "cleared", "answered", "not_applicable", "unsure", "not_obtained", "derived"]
    value: Plain | StrictInt | tuple[Plain, ...] | None
    reason: Plain
    answer: Text | None
    files: tuple[FilePart, ...]

    @property
    def said(self) -> list[Any]:
        """Return what the record commits to, without the item that it is of."""
        if self.state == _DERIVED:
            return [self.row, self.value]
        return [self.row, self.state, self.value, self.reason, *(one.sha256 for one in self.files)]


class AnnexItem(Part):
    """One item in force with all its answers; where it speaks of origin, with the reason that the form gives."""

    id: Name
    number: Name | None
    text: Text
    origin_reason: Text | None
    slots: tuple[SlotPart, ...]


class AnnexSection(Part):
    """One section with its items."""

    id: Name
    title: Text
    items: tuple[AnnexItem, ...]


class RowPart(Part):
    """What a row of a group is known by: the name of a participant, or of what was added."""

    group: Name
    id: Name
    label: Plain


class Annex(Part):
    """A whole annex. It names its attestation by ``id`` and ``code``.

    ``salt`` opens the commitments of the record, and stands here alone: from neither them nor the hash of the annex
    can anybody who holds the record try out what an answer was.
    """

    format: Literal["kakunin-annex/1"] = "kakunin-annex/1"
    id: Id
    code: Code
    sample: Annotated[bool, Field(strict=True)]
    issuer: Issuer
    funder: Funder
    grant: GrantPart | None
    stage: Name
    stage_name: Text
    checklist: ChecklistPart
    attested_at: Moment
    rows: tuple[RowPart, ...]
    sections: tuple[AnnexSection, ...]
    salt: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] = Field(repr=False)


@dataclass(frozen=True)
class Inside:
    """What a record was made of, and what it does not say.

    ``files`` are those that the record commits to, in the same order; ``kinds`` tells each one's media type.
    """

    evaluation: Evaluation
    codes: Codes
    rows: Mapping[str, Sequence[Row]]
    files: Mapping[Key, Sequence[Filed]]
    kinds: Mapping[str, str]


def build(record: Record, inside: Inside, opening: str) -> Annex:
    """Return the annex of a record: what people answered to its items, and nothing else.

    ``opening`` is the salt under which the record commits to them.
    """
    sections = tuple(
        AnnexSection(id=part.id, title=part.title, items=tuple(_items(part, inside))) for part in record.sections
    )
    told = {slot.row for section in sections for item in section.items for slot in item.slots}
    rows = ((group, row) for group, each in inside.rows.items() for row in each if row.id in told)
    return Annex(
        id=record.id,
        code=record.code,
        sample=record.sample,
        issuer=record.issuer,
        funder=record.funder,
        grant=record.grant,
        stage=record.stage,
        stage_name=record.stage_name,
        checklist=record.checklist,
        attested_at=record.attested_at,
        rows=tuple(RowPart(group=group, id=row.id, label=row.label) for group, row in rows),
        sections=sections,
        salt=opening,
    )


def _items(section: SectionPart, inside: Inside) -> Iterator[AnnexItem]:
    keys: dict[str, list[Key]] = {}
    for key in inside.evaluation.visible(section.id):
        keys.setdefault(key[0], []).append(key)
    for part in section.items:
        item = inside.evaluation.checklist.items[part.id]
        slots = tuple(_slot(item, key, inside) for key in keys[part.id])
        yield AnnexItem(
            id=part.id, number=part.number, text=part.text, origin_reason=item.origin_reason, slots=slots
        )


def _slot(item: Item, key: Key, inside: Inside) -> SlotPart:
    if item.kind is Kind.DERIVED:
        value = inside.evaluation.derived(key)
        answer = None if value is None else value_text(item, value, inside.codes)
        return SlotPart(row=key[1], state=_DERIVED, value=value, reason="", answer=answer, files=())
    told = inside.evaluation.slot(key)
    return SlotPart(
        row=key[1],
        state=told.state.value,
        value=tuple(told.value) if isinstance(told.value, list) else told.value,
        reason=told.reason,
        answer=value_text(item, told.value, inside.codes) if told.state is State.ANSWERED else None,
        files=tuple(_file(item, one, inside.kinds) for one in inside.files.get(key, ())),
    )


def _file(item: Item, one: Filed, kinds: Mapping[str, str]) -> FilePart:
    title = next(rule.label for rule in item.evidence if rule.id == one.rule)
    day = one.document_on.isoformat() if one.document_on else None
    return FilePart(title=title, name=one.name, kind=kinds[one.sha256], document_on=day, sha256=one.sha256)


def annex_bytes(annex: Annex) -> bytes:
    """Return the canonical bytes of an annex, the ones kept, attached to its PDF and named by the record."""
    return canonical(annex.model_dump(mode="json"))


def named(record: Record, annex: Annex) -> bool:
    """Tell whether a record names this annex: every letter of it, not the answers alone."""
    return record.annex is not None and record.annex.sha256 == sha256(annex_bytes(annex))


def opens(record: Record, annex: Annex) -> str | None:
    """Return the first item of a record whose commitment the annex does not open, None where it opens all.

    An item that one has and the other has not is named too.
    """
    told = [item for section in annex.sections for item in section.items]
    committed = [item for section in record.sections for item in section.items]
    for place, item in enumerate(committed):
        if place >= len(told) or told[place].id != item.id:
            return item.id
        said = [[item.id, *slot.said] for slot in told[place].slots]
        if commitment(annex.salt, said) != item.commitment:
            return item.id
    return told[len(committed)].id if len(told) > len(committed) else None
