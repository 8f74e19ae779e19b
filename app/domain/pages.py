"""What a page turns out to be beside its record, and which places of the two people have words for."""

from dataclasses import dataclass
from enum import StrEnum

# the more exact one first; from "sample" on they are no places of the record
PLACES = (
    "issuer",
    "funder",
    "grant.number",
    "grant.title",
    "grant",
    "stage_name",
    "checklist",
    "sections",
    "counts",
    "lists",
    "acts",
    "statement",
    "declarations",
    "attested_at",
    "valid_until",
    "annex",
    "personal_signatures",
    "supersedes",
    "snapshot_sha256",
    "verify_url",
    "code",
    "id",
    "sha256",
    "sample",
    "foot",
    "page",
    "words",
)


class Likeness(StrEnum):
    """How a page compares with its record. Only what was drawn here from this record is proven, by its bytes."""

    DRAWN_HERE = "drawn_here"
    SAME_WORDS = "same_words"
    OTHER_TEMPLATE = "other_template"
    DIFFERS = "page_differs"
    UNREADABLE = "page_unreadable"
    NOT_COMPARED = "page_not_compared"


@dataclass(frozen=True)
class Difference:
    """The first place where a page does not say what the record says; texts are short and without white space.

    ``field`` is a path in the record such as ``grant.title.ja``, "words after PATH" for words of the template,
    "foot of page N", "sample", or "page" where the page cannot be read as ours, with the reason in ``found``.
    """

    field: str
    expected: str
    found: str

    @property
    def place(self) -> str:
        """Return which of the PLACES it is at; what is none of them is words of the form."""
        name = self.field.partition(" ")[0]
        return next((place for place in PLACES if name == place or name.startswith(f"{place}.")), "words")


@dataclass(frozen=True)
class Compared:
    """How a page compares with its record, and the first difference where there is one."""

    likeness: Likeness
    difference: Difference | None = None
