"""In which languages and when a version holds, and how it follows the one before it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from app.domain.naming import Id, OptionValue, Part, Version
from app.domain.texts import IsoDay, Text


class Languages(Part):
    """Which language binds and which must be complete."""

    authoritative: Literal["ja"]
    required: tuple[Literal["ja", "en"], ...] = Field(min_length=2)


class Effective(Part):
    """When a version may be started; ending early is a status event, not an edit."""

    from_: IsoDay = Field(alias="from")
    until: IsoDay | None = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.until is not None and self.until < self.from_:
            raise ValueError("until is before from")
        return self


class ChangeClass(StrEnum):
    """How much a version changes (SemVer 2.0.0): breaking, compatible, or wording only."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"

    @property
    def weight(self) -> int:
        """Return 2 for breaking, 1 for compatible, 0 for wording."""
        return {"major": 2, "minor": 1, "patch": 0}[self.value]


class Policy(StrEnum):
    """What happens to revisions that are open on the version before."""

    MAY_FINISH = "may_finish"
    OFFER = "offer"
    MUST_MOVE = "must_move"


def _with_zone(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is no moment of the calendar") from None
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone, such as +09:00")
    return text


class InProgress(Part):
    """The policy for open work; ``finish_by`` is the last moment at which the older version may be sent."""

    policy: Policy
    finish_by: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T"), AfterValidator(_with_zone)] | None = (
        None
    )

    @model_validator(mode="after")
    def _moving_has_a_day(self) -> Self:
        if self.policy is Policy.MUST_MOVE and self.finish_by is None:
            raise ValueError("must_move says from when: it needs finish_by")
        return self


class Succession(Part):
    """What a version does with the one before; ``change`` is the author's claim, the tool computes the least."""

    version: Version
    change: ChangeClass
    summary: Text
    in_progress: InProgress
    renamed: dict[Id, Id] = Field({})
    options: dict[Id, dict[OptionValue, OptionValue]] = Field({})
    removed: tuple[Id, ...] = ()
    reconfirm: tuple[Id, ...] = ()
    editorial: tuple[Id, ...] = ()
