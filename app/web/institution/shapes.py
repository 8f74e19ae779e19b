"""The shapes of a checklist that pages draw: a slot, a row of slots, a block; made in ``slots``."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.checklist import Item, Option
from app.domain.dependencies import Key
from app.domain.texts import Text
from app.web.institution.attached import EvidenceView


@dataclass
class SlotView:
    """One item as the page draws it. ``key`` names its fields; ``slot_key`` is its place in the checklist.

    ``why`` says what a computed value rests on.
    """

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
    why: Sequence[str] = ()
    evidence: Sequence[EvidenceView] = ()


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
