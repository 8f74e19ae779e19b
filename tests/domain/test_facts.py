"""Facts are gathered as stated; what nobody stated is absent and not "no"."""

from typing import Any

import pytest

from app.domain.checklist import Respondent, Stage
from app.domain.facts import ASKED, FACTS, OF_CALL, OF_INSTITUTION, gather, gather_for_institution
from app.domain.labels import PARTS, ROLES, STAGES, respondent
from app.domain.people import Role

NOTHING: dict[str, Any] = {"of_call": {}, "of_institution": {}, "asked": {}}
GRANT: dict[str, Any] = {"stage": "award", "funder": "jsps", "programme": "basic", "fiscal_year": 2026}


def test_what_nobody_stated_is_absent() -> None:
    assert gather(**GRANT, **NOTHING) == {
        "stage": "award",
        "funder": "jsps",
        "programme": "basic",
        "call.fiscal_year": 2026,
    }


def test_each_fact_is_taken_from_where_it_is_stated_and_from_nowhere_else() -> None:
    everything = {name: a_value_of(name) for name in FACTS}
    of_grant = set(gather(**GRANT, **NOTHING))
    for name, names in (("of_call", OF_CALL), ("of_institution", OF_INSTITUTION), ("asked", ASKED)):
        found = gather(**GRANT, **{**NOTHING, name: everything})
        assert set(found) - of_grant == set(names)


def a_value_of(name: str) -> Any:
    kind = FACTS[name]
    if kind.day:
        return "2025-10-09"
    return kind.values[0] if kind.values else 2026 if kind.type is int else "something"


@pytest.mark.parametrize(
    ("name", "fitting", "odd"),
    [
        ("collaboration.foreign", "no", ("", "unsure", "Yes", "maybe", 1)),
        ("transfer.on", "2025-10-09", ("", "soon", "2025-13-01", "2025/10/09", "20251009")),
        ("call.dmp", "make", ("", "yes", "Make")),
    ],
)
def test_a_statement_that_the_fact_cannot_have_is_not_taken(name: str, fitting: str, odd: tuple[Any, ...]) -> None:
    place = "of_call" if name in OF_CALL else "asked"
    assert all(name not in gather(**GRANT, **{**NOTHING, place: {name: one}}) for one in odd)
    assert gather(**GRANT, **{**NOTHING, place: {name: fitting}})[name] == fitting


def test_of_an_institution_itself_only_its_own_facts_the_stage_and_the_year_are_known() -> None:
    everything = dict.fromkeys(FACTS, "yes")
    found = gather_for_institution(stage="yearly", fiscal_year=2026, of_institution=everything)
    assert {name for name, value in found.items() if value == "yes"} == set(OF_INSTITUTION)
    assert (found["stage"], found["fiscal_year"]) == ("yearly", 2026)
    odd = gather_for_institution(
        stage="yearly", fiscal_year=2026, of_institution={"institution.national_agency": "perhaps"}
    )
    assert odd == {"stage": "yearly", "fiscal_year": 2026}


def test_every_fact_comes_from_somewhere_and_has_its_type() -> None:
    of_all = {"stage", "funder", "programme", "call.fiscal_year", "fiscal_year"}
    assert of_all | set(OF_CALL) | set(OF_INSTITUTION) | set(ASKED) == set(FACTS)
    assert {name for name, kind in FACTS.items() if kind.type is int} == {"call.fiscal_year", "fiscal_year"}
    assert all(kind.known(a_value_of(name)) for name, kind in FACTS.items())
    assert FACTS["stage"].values == tuple(Stage)


def test_every_stage_role_and_respondent_has_a_name_in_both_languages() -> None:
    assert set(STAGES) == set(Stage)
    assert set(ROLES) == set(Role)
    assert all(respondent(each.value).ja and respondent(each.value).en for each in Respondent)
    assert set(PARTS) == {"principal_investigator", "co_investigator", "participant"}
