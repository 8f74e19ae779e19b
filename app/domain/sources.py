"""What items rest on: laws, guidelines and practice with their clauses, and the lists they choose from."""

from typing import Self

from pydantic import Field, model_validator

from app.domain.naming import ClauseId, Id, ListName, Part, Sha256Hex
from app.domain.texts import IsoDay, PartDay, Text


class Clause(Part):
    """A part of a source that items cite: a numbered clause, or a topic where no number is known."""

    id: ClauseId
    title: Text


class Source(Part):
    """A law, guideline or practice that items cite; ``confirmed`` says whether its text was read."""

    id: Id
    title: Text
    publisher: Text
    issued: PartDay
    checked: IsoDay
    url: str | None = Field(None, pattern=r"^https?://", max_length=500)
    confirmed: bool = Field(strict=True)
    note: Text | None = None
    clauses: tuple[Clause, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unconfirmed_says_why(self) -> Self:
        if not self.confirmed and self.note is None:
            raise ValueError("an unconfirmed source needs a note that says what is not confirmed")
        return self

    def clause(self, clause_id: str) -> Clause | None:
        """Return a clause by id, or None."""
        return next((one for one in self.clauses if one.id == clause_id), None)


class Citation(Part):
    """The clause of a source on which an item rests."""

    source: Id
    clause: ClauseId


class ListUse(Part):
    """A reference list that ``code`` items choose from, pinned by edition and hash."""

    id: Id
    file: ListName
    edition: str = Field(min_length=1, max_length=40)
    sha256: Sha256Hex
