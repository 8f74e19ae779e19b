"""The checklist language ``checklist/1`` as types: what a published version is.

Layout, status and approval are not in a version, so its content hash stays when it is published.
"""

from enum import StrEnum
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from app.domain.acts import MOST_PERSONS
from app.domain.naming import Family, Id, OptionValue, Part, Version
from app.domain.rules import Branch, Cond, EvidenceRule, Rule
from app.domain.sources import Citation, ListUse, Source
from app.domain.succession import Effective, Languages, Succession
from app.domain.texts import Text


class Stage(StrEnum):
    """When a checklist is due."""

    APPLICATION = "application"
    AWARD = "award"
    YEARLY = "yearly"
    CHANGE = "change"
    COMPLETION = "completion"


class Kind(StrEnum):
    """What kind of answer an item takes; ``derived`` is computed, never typed."""

    SINGLE = "single"
    MULTI = "multi"
    TEXT = "text"
    LONGTEXT = "longtext"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    CODE = "code"
    FILE = "file"
    PERSON = "person"
    STATEMENT = "statement"
    DERIVED = "derived"
    GROUP = "group"


class State(StrEnum):
    """The state of an answer slot; rule 3: none of these is "no"."""

    OPEN = "open"
    CLEARED = "cleared"
    ANSWERED = "answered"
    NOT_APPLICABLE = "not_applicable"
    UNSURE = "unsure"
    NOT_OBTAINED = "not_obtained"


# an answer taken back is as little an answer as one never given; the history tells them apart
UNANSWERED = frozenset({State.OPEN, State.CLEARED})


class Respondent(StrEnum):
    """The service's own list of who answers an item."""

    PRINCIPAL_INVESTIGATOR = "principal_investigator"
    PARTICIPANT = "participant"
    RESEARCH_OFFICE = "research_office"
    INTEGRITY_OFFICER = "integrity_officer"
    EXPORT_CONTROL_OFFICER = "export_control_officer"
    LIBRARY = "library"
    IP_OFFICE = "ip_office"
    IT_OFFICE = "it_office"
    HR_OFFICE = "hr_office"
    INTERNATIONAL_OFFICE = "international_office"
    ATTESTER = "attester"


class Scope(StrEnum):
    """What a submission is about: a grant, or the institution itself."""

    GRANT = "grant"
    INSTITUTION = "institution"


ExceptionState = Literal["not_applicable", "unsure", "not_obtained"]


class Option(Part):
    """One choice of an item."""

    value: OptionValue
    label: Text


class Repeat(Part):
    """How a group repeats: over the grant's participants, or over rows that people add."""

    over: Literal["participants"] | None = None
    min: int = Field(0, strict=True, ge=0)
    max: int = Field(50, strict=True, ge=1, le=500)
    label_from: Id | None = None

    @model_validator(mode="after")
    def _room_for_the_least(self) -> Self:
        if self.min > self.max:
            raise ValueError("min is larger than max")
        return self


# what belongs to which kind of item; the published schema says the same (app/domain/schema.py)
CHOOSING = frozenset({Kind.SINGLE, Kind.MULTI, Kind.DERIVED})
BELONGS_TO = {
    "items": {Kind.GROUP},
    "repeat": {Kind.GROUP},
    "list": {Kind.CODE},
    "value_when": {Kind.DERIVED},
    "min": {Kind.INTEGER, Kind.DECIMAL},
    "max": {Kind.INTEGER, Kind.DECIMAL},
    "places": {Kind.DECIMAL},
    "max_length": {Kind.TEXT, Kind.LONGTEXT, Kind.PERSON},
}
NEEDS = {Kind.GROUP: ("items", "repeat"), Kind.CODE: ("list",), Kind.DERIVED: ("value_when",)}


class Item(Part):
    """One question, or a group of them. ``number`` is printed layout only, never an identity."""

    id: Id
    number: str | None = Field(None, min_length=1, max_length=20)
    kind: Kind
    scale: Id | None = None
    options: tuple[Option, ...] = ()
    list: Id | None = None
    stages: tuple[Stage, ...] = ()
    answered_by: Respondent = Respondent.RESEARCH_OFFICE
    must_differ_from: tuple[Id, ...] = ()
    required: bool = Field(False, strict=True)
    states: tuple[ExceptionState, ...] = ()
    show_when: Cond = None
    value_when: tuple[Branch, ...] = ()
    min: int | None = Field(None, strict=True)
    max: int | None = Field(None, strict=True)
    places: int | None = Field(None, strict=True, ge=0, le=6)
    max_length: int | None = Field(None, strict=True, ge=1, le=4000)
    text: Text
    help: Text
    cites: tuple[Citation, ...] = Field(min_length=1)
    disclosure: Literal["answer", "status"] = "status"
    edition_of: Id | None = None
    risk: Literal["high"] | None = None
    origin_reason: Text | None = None
    rules: tuple[Rule, ...] = ()
    evidence: tuple[EvidenceRule, ...] = ()
    repeat: Repeat | None = None
    items: tuple["Item", ...] = ()

    @model_validator(mode="after")
    def _shape_fits_kind(self) -> Self:
        for name, kinds in BELONGS_TO.items():
            if getattr(self, name) not in {None, ()} and self.kind not in kinds:
                raise ValueError(f"{name} goes only with {', '.join(sorted(kinds))}, not with {self.kind}")
        for name in NEEDS.get(self.kind, ()):
            if getattr(self, name) in {None, ()}:
                raise ValueError(f"{self.kind} needs {name}")
        if (self.kind in CHOOSING) != bool(self.scale or self.options) or (self.scale and self.options):
            raise ValueError("single, multi and derived, and only they, have either a scale or options")
        if self.kind is Kind.DERIVED and (self.required or self.states or self.evidence or self.must_differ_from):
            raise ValueError("derived is computed: nobody answers it, so nothing can be required of it")
        if self.kind is Kind.FILE and len(self.evidence) != 1:
            raise ValueError("file has exactly one entry under evidence")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is larger than max")
        if any(branch.if_ is None for branch in self.value_when[:-1]):
            raise ValueError("only the last case of value_when may stand without if")
        return self

    @property
    def choices(self) -> tuple[Option, ...]:
        """Return the options; a loaded version has scales resolved into them."""
        return self.options


class Section(Part):
    """Items that are answered on one page."""

    id: Id
    title: Text
    summary: Text | None = None
    stages: tuple[Stage, ...] = ()
    show_when: Cond = None
    items: tuple[Item, ...] = Field(min_length=1)


SignatoryRole = Literal[
    "attester",
    "principal_investigator",
    "research_office",
    "integrity_officer",
    "export_control_officer",
    "library",
]


class StatementText(Part):
    """The words certified, with their own version."""

    version: Version
    text: Text


class Signatory(Part):
    """Who certifies, in which order, and who it must not be; ``statement`` are words of their own.

    The principal investigator is that of the grant. The last in order is the institution's attester, who
    certifies the statement of the attestation, and whose act issues.
    """

    role: SignatoryRole
    order: int = Field(strict=True, ge=1)
    must_differ_from: tuple[Respondent, ...] = ()
    statement: StatementText | None = None


class Attesting(Part):
    """What is certified, by whom, for how long; ``ink`` false refuses the attester's hand on paper.

    ``personal_signatures`` is how many persons may sign the file beside the institution's seal.
    """

    statement: StatementText
    signatories: tuple[Signatory, ...] = Field(min_length=1)
    ink: bool = Field(True, strict=True)
    valid_for_days: int | None = Field(None, strict=True, ge=1)
    personal_signatures: int = Field(0, strict=True, ge=0, le=MOST_PERSONS)

    @property
    def in_order(self) -> tuple[Signatory, ...]:
        """Return who certifies, the first first; the last one's act issues."""
        return tuple(sorted(self.signatories, key=lambda one: one.order))

    def words_of(self, signatory: Signatory) -> StatementText:
        """Return the words that a signatory certifies."""
        return signatory.statement or self.statement


class Checklist(Part):
    """One published version of one family."""

    format: Literal["checklist/1"]
    family: Family
    version: Version
    title: Text
    short_title: Text | None = None
    scope: Scope = Scope.GRANT
    languages: Languages
    effective: Effective
    supersedes: Succession | None = None
    sources: tuple[Source, ...] = Field(min_length=1)
    lists: tuple[ListUse, ...] = ()
    applies_when: Cond = None
    scales: dict[Id, tuple[Option, ...]] = Field({})
    sections: tuple[Section, ...] = Field(min_length=1)
    attestation: Attesting

    @property
    def name(self) -> Text:
        """Return what the family is called where many stand side by side."""
        return self.short_title or self.title

    @cached_property
    def items(self) -> dict[str, Item]:
        """Return every item by id, groups and the items inside them included, in the order written."""
        found: dict[str, Item] = {}
        for section in self.sections:
            for item in section.items:
                found[item.id] = item
                found.update((inner.id, inner) for inner in item.items)
        return found

    @cached_property
    def group_of(self) -> dict[str, str]:
        """Return the group's id for every item that repeats in rows."""
        return {inner.id: item.id for item in self.items.values() for inner in item.items}

    @cached_property
    def section_of(self) -> dict[str, str]:
        """Return the section's id for every item."""
        return {
            one.id: section.id for section in self.sections for item in section.items for one in (item, *item.items)
        }

    @cached_property
    def source(self) -> dict[str, Source]:
        """Return the sources by id."""
        return {source.id: source for source in self.sources}

    def section(self, section_id: str) -> Section | None:
        """Return a section by id, or None."""
        return next((section for section in self.sections if section.id == section_id), None)
