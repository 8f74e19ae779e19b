"""The checklist language ``checklist/1`` as types: what a published version is.

Layout, status and approval are not in a version, so its content hash stays when it is published.
"""

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.domain.conditions import MAX_DEPTH, Condition
from app.domain.texts import IsoDay, PartDay, Text

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$", max_length=80)]
Version = Annotated[str, StringConstraints(pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")]
Family = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$", max_length=80)]


class Stage(StrEnum):
    """When a checklist is due."""

    APPLICATION = "application"
    AWARD = "award"
    YEARLY = "yearly"
    CHANGE = "change"
    COMPLETION = "completion"


class Kind(StrEnum):
    """What kind of answer an item takes."""

    SINGLE = "single"
    MULTI = "multi"
    TEXT = "text"
    LONGTEXT = "longtext"
    INTEGER = "integer"
    DATE = "date"
    CODE = "code"
    GROUP = "group"


class State(StrEnum):
    """The state of an answer slot; rule 3: none of these is "no"."""

    OPEN = "open"
    ANSWERED = "answered"
    NOT_APPLICABLE = "not_applicable"
    UNSURE = "unsure"
    NOT_OBTAINED = "not_obtained"


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


class Effect(StrEnum):
    """What a rule does when its condition holds."""

    BLOCK_SUBMIT = "block_submit"
    WARN = "warn"
    REQUIRE_REASON = "require_reason"
    FLAG_FOR_AGENCY = "flag_for_agency"


def _shallow(condition: Condition | None) -> Condition | None:
    if condition is not None and condition.depth > MAX_DEPTH:
        raise ValueError(f"conditions may be nested {MAX_DEPTH} deep at most")
    return condition


Cond = Annotated[Condition | None, AfterValidator(_shallow)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Part):
    """A law, guideline or practice that items cite; ``confirmed`` says whether its text was read."""

    id: Id
    title: Text
    publisher: Text
    issued: PartDay
    checked: IsoDay
    url: str | None = None
    confirmed: bool = Field(strict=True)
    note: Text | None = None

    @model_validator(mode="after")
    def _unconfirmed_says_why(self) -> Self:
        if not self.confirmed and self.note is None:
            raise ValueError("an unconfirmed source needs a note that says what is not confirmed")
        return self


class Citation(_Part):
    """The clause of a source on which an item rests."""

    source: Id
    clause: Text | str

    def clause_in(self, language: str) -> str:
        """Return the clause in ``language``; a plain clause reads the same in both."""
        return self.clause.in_(language) if isinstance(self.clause, Text) else self.clause


class ListUse(_Part):
    """A reference list that ``code`` items choose from, pinned by edition and hash."""

    id: Id
    file: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    edition: str
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Option(_Part):
    """One choice of an item."""

    value: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    label: Text


class Rule(_Part):
    """What to say or refuse when a condition holds."""

    id: Id
    when: Annotated[Condition, AfterValidator(_shallow)]
    effect: Effect
    message: Text


class Repeat(_Part):
    """How a group repeats: over the grant's participants, or over rows that people add."""

    over: Literal["participants"] | None = None
    min: int = Field(0, strict=True, ge=0)
    max: int = Field(50, strict=True, ge=1, le=500)
    label_from: Id | None = None


class Item(_Part):
    """One question, or a group of them. ``number`` is printed layout only, never an identity."""

    id: Id
    number: str | None = None
    kind: Kind
    scale: Id | None = None
    options: tuple[Option, ...] = ()
    list: Id | None = None
    stages: tuple[Stage, ...] = ()
    answered_by: Respondent = Respondent.RESEARCH_OFFICE
    must_differ_from: tuple[Id, ...] = ()
    required: bool = Field(False, strict=True)
    states: tuple[Literal["not_applicable", "unsure", "not_obtained"], ...] = ()
    show_when: Cond = None
    min: int | None = Field(None, strict=True)
    max: int | None = Field(None, strict=True)
    max_length: int | None = Field(None, strict=True, ge=1, le=4000)
    text: Text
    help: Text
    cites: tuple[Citation, ...] = Field(min_length=1)
    disclosure: Literal["answer", "status"] = "status"
    edition_of: Id | None = None
    rules: tuple[Rule, ...] = ()
    repeat: Repeat | None = None
    items: tuple["Item", ...] = ()

    @model_validator(mode="after")
    def _shape_fits_kind(self) -> Self:
        is_group = self.kind is Kind.GROUP
        chooses = self.kind in {Kind.SINGLE, Kind.MULTI}
        if is_group != bool(self.items) or is_group != (self.repeat is not None):
            raise ValueError("a group, and only a group, has items and repeat")
        if chooses != bool(self.scale or self.options) or (self.scale and self.options):
            raise ValueError("single and multi, and only they, have either a scale or options")
        if (self.kind is Kind.CODE) != (self.list is not None):
            raise ValueError("code, and only code, names a list")
        if any(inner.kind is Kind.GROUP for inner in self.items):
            raise ValueError("a group may not hold a group")
        return self

    @property
    def choices(self) -> tuple[Option, ...]:
        """Return the options; a loaded version has scales resolved into them."""
        return self.options


class Section(_Part):
    """Items that are answered on one page."""

    id: Id
    title: Text
    summary: Text | None = None
    stages: tuple[Stage, ...] = ()
    show_when: Cond = None
    items: tuple[Item, ...] = Field(min_length=1)


class Languages(_Part):
    """Which language binds and which must be complete."""

    authoritative: Literal["ja"]
    required: tuple[Literal["ja", "en"], ...]


class Effective(_Part):
    """When a version may be started; ending early is a status event, not an edit."""

    from_: IsoDay = Field(alias="from")
    until: IsoDay | None = None


class StatementText(_Part):
    """The words certified, with their own version."""

    version: Version
    text: Text


class Signatory(_Part):
    """Who certifies, in which order, and who it must not be."""

    role: Literal["attester"]
    order: int = Field(strict=True, ge=1)
    must_differ_from: tuple[Respondent, ...] = ()


class Attesting(_Part):
    """What is certified, by whom, for how long."""

    statement: StatementText
    signatories: tuple[Signatory, ...] = Field(min_length=1)
    valid_for_days: int | None = Field(None, strict=True, ge=1)


class Checklist(_Part):
    """One published version of one family."""

    format: Literal["checklist/1"]
    family: Family
    version: Version
    title: Text
    languages: Languages
    effective: Effective
    sources: tuple[Source, ...] = Field(min_length=1)
    lists: tuple[ListUse, ...] = ()
    applies_when: Cond = None
    scales: dict[Id, tuple[Option, ...]] = {}
    sections: tuple[Section, ...] = Field(min_length=1)
    attestation: Attesting

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
