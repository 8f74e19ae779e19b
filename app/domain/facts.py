"""Facts: typed, sourced statements about a grant or institution that decide which checklists and items apply."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

FactValue = str | int


@dataclass(frozen=True)
class FactKind:
    """A fact's type; ``yes_no`` facts are "yes", "no", or absent when nobody knows yet."""

    type: type
    yes_no: bool = False
    asked: bool = False
    day: bool = False
    choices: tuple[str, ...] = ()

    def known(self, value: object) -> bool:
        """Return whether ``value`` is one that this fact can have."""
        if type(value) is not self.type:
            return False
        if self.day:
            return is_day(str(value))
        return not self.values or value in self.values

    @property
    def values(self) -> tuple[str, ...]:
        """Return the only values the fact can have; empty where any text or number may stand."""
        return ("yes", "no") if self.yes_no else self.choices


def is_day(text: str) -> bool:
    """Return whether ``text`` is a day of the calendar, written 2026-04-01."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


# asked: a person states it about the grant; the others follow from the call, the stage and the institution
FACTS: Mapping[str, FactKind] = {
    "stage": FactKind(str, choices=("application", "award", "yearly", "change", "completion")),
    "funder": FactKind(str),
    "programme": FactKind(str),
    "call.fiscal_year": FactKind(int),
    "programme.designated": FactKind(str, yes_no=True),
    "call.head_consent": FactKind(str, yes_no=True),
    "call.core_technology_plan": FactKind(str, yes_no=True),
    "call.nationality_form": FactKind(str, yes_no=True),
    "call.kakenhi": FactKind(str, yes_no=True),
    "call.immediate_oa": FactKind(str, yes_no=True),
    "call.dmp": FactKind(str, choices=("submit", "make", "none")),
    "call.reports_oa": FactKind(str, yes_no=True),
    "transfer.on": FactKind(str, day=True, asked=True),
    "collaboration.foreign": FactKind(str, yes_no=True, asked=True),
    "collaboration.partners": FactKind(str, yes_no=True, asked=True),
    "institution.screens_all": FactKind(str, yes_no=True),
    "institution.security_training": FactKind(str, yes_no=True),
    "institution.national_agency": FactKind(str, yes_no=True),
    "fiscal_year": FactKind(int),
}

ASKED = tuple(name for name, kind in FACTS.items() if kind.asked)
OF_CALL = (
    "programme.designated",
    "call.head_consent",
    "call.core_technology_plan",
    "call.nationality_form",
    "call.kakenhi",
    "call.immediate_oa",
    "call.dmp",
    "call.reports_oa",
)
OF_INSTITUTION = ("institution.screens_all", "institution.security_training", "institution.national_agency")


def gather(
    *,
    stage: str,
    funder: str,
    programme: str,
    fiscal_year: int,
    of_call: Mapping[str, str],
    of_institution: Mapping[str, str],
    asked: Mapping[str, str],
) -> dict[str, FactValue]:
    """Return what is known for one grant and stage; a fact that nobody stated is absent, not "no"."""
    facts: dict[str, FactValue] = {
        "stage": stage,
        "funder": funder,
        "programme": programme,
        "call.fiscal_year": fiscal_year,
    }
    for names, stated in ((OF_CALL, of_call), (OF_INSTITUTION, of_institution), (ASKED, asked)):
        facts.update({name: stated[name] for name in names if FACTS[name].known(stated.get(name))})
    return facts


def gather_for_institution(
    *, stage: str, fiscal_year: int, of_institution: Mapping[str, str]
) -> dict[str, FactValue]:
    """Return what is known for a submission of the institution itself: no call and no grant say anything of it."""
    facts: dict[str, FactValue] = {"stage": stage, "fiscal_year": fiscal_year}
    facts.update(
        {name: of_institution[name] for name in OF_INSTITUTION if FACTS[name].known(of_institution.get(name))}
    )
    return facts
