"""What hangs on a condition: rules that speak, files that are asked for, values that are computed."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from app.domain.conditions import MAX_DEPTH, Condition
from app.domain.naming import Id, OptionValue, Part
from app.domain.texts import Text


class Effect(StrEnum):
    """What a rule does when its condition holds."""

    BLOCK_SUBMIT = "block_submit"
    WARN = "warn"
    REQUIRE_REASON = "require_reason"
    REQUIRE_SECOND_REVIEW = "require_second_review"
    FLAG_FOR_AGENCY = "flag_for_agency"


def _shallow(condition: Condition | None) -> Condition | None:
    if condition is not None and condition.depth > MAX_DEPTH:
        raise ValueError(f"conditions may be nested {MAX_DEPTH} deep at most")
    return condition


Cond = Annotated[Condition | None, AfterValidator(_shallow)]
Media = Literal["application/pdf", "image/png", "image/jpeg", "text/csv"]
MEDIA: tuple[Media, ...] = ("application/pdf", "image/png", "image/jpeg", "text/csv")


class Rule(Part):
    """What to say or refuse when a condition holds."""

    id: Id
    when: Annotated[Condition, AfterValidator(_shallow)]
    effect: Effect
    message: Text


class EvidenceRule(Part):
    """Files asked for with an answer: how many, of which kind, how old; always, or under a condition."""

    id: Id
    label: Text
    required_when: Cond = None
    min_files: int = Field(1, strict=True, ge=0, le=20)
    media: tuple[Media, ...] = MEDIA
    max_age_days: int | None = Field(None, strict=True, ge=1)
    age_from: Literal["document_date", "uploaded_at"] | None = None

    @model_validator(mode="after")
    def _age_counts_from_a_day(self) -> Self:
        if (self.max_age_days is None) != (self.age_from is None):
            raise ValueError("max_age_days and age_from go together")
        return self


class Branch(Part):
    """One case of a derived item; without ``if`` it is what remains."""

    if_: Cond = Field(None, alias="if")
    then: OptionValue
