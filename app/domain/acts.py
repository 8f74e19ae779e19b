"""The acts of people in a record: who prepared, reviewed and attested, by post, and what each of them saw."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from app.domain.texts import Name, Text

# [0-9] and not \d, which would take the digits of every script
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Moment = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")]
Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Orcid = Annotated[str, StringConstraints(pattern=r"^https://orcid\.org/([0-9]{4}-){3}[0-9]{3}[0-9X]$")]

# for how many persons a file has fields to sign in beside the institution's seal
MOST_PERSONS = 4


class Part(BaseModel):
    """A part of a record: frozen, and nothing in it but what its type names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Ink(Part):
    """How an act done on paper came in: the day it was signed, the scan by its hash, and who confirmed it."""

    signed_on: Day
    scan_sha256: Sha256
    role: Name
    role_name: Text
    post: Text
    at: Moment
    method: Name


class Act(Part):
    """One person's act by post, not by name: who prepared, reviewed, attested, when, signed in how.

    ``seen_sha256`` is the snapshot the person saw, ``statement_sha256`` the statement an attester certified.
    ``signed_in_at`` is None where it was not kept, ``orcid`` where it is not known. ``method`` is "ink" for
    an act done on paper, and then, and only then, ``ink`` tells how it came in.
    """

    act: Literal["prepared", "reviewed", "attested"]
    role: Name
    role_name: Text
    post: Text
    orcid: Orcid | None
    at: Moment
    method: Name
    signed_in_at: Moment | None
    seen_sha256: Sha256
    statement_sha256: Sha256 | None
    ink: Ink | None

    @model_validator(mode="after")
    def _certified_words_and_ink(self) -> Self:
        if (self.act == "attested") != (self.statement_sha256 is not None):
            raise ValueError("who attests, and nobody else, certifies a statement")
        if (self.method == "ink") != (self.ink is not None) or (self.ink and self.ink.method == "ink"):
            raise ValueError("an act in ink, and no other, comes in from paper")
        return self
