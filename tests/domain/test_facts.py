"""Facts are gathered as stated; what nobody stated is absent and not "no"."""

from typing import Any

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
    everything = dict.fromkeys(FACTS, "yes")
    for name, names in (("of_call", OF_CALL), ("of_institution", OF_INSTITUTION), ("asked", ASKED)):
        found = gather(**GRANT, **{**NOTHING, name: everything})
        assert {fact for fact, value in found.items() if value == "yes"} == set(names)


def test_a_statement_that_is_neither_yes_nor_no_is_not_taken() -> None:
    for odd in ("", "unsure", "Yes", "maybe"):
        assert ASKED[0] not in gather(**GRANT, **{**NOTHING, "asked": {ASKED[0]: odd}})
    assert gather(**GRANT, **{**NOTHING, "asked": {ASKED[0]: "no"}})[ASKED[0]] == "no"


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
    of_grant = {"stage", "funder", "programme", "call.fiscal_year", "fiscal_year"}
    assert of_grant | set(OF_CALL) | set(OF_INSTITUTION) | set(ASKED) == set(FACTS)
    assert all(kind.type is (int if "fiscal_year" in name else str) for name, kind in FACTS.items())
    assert all(kind.yes_no == (name not in of_grant) for name, kind in FACTS.items())


def test_every_stage_role_and_respondent_has_a_name_in_both_languages() -> None:
    assert set(STAGES) == set(Stage)
    assert set(ROLES) == set(Role)
    assert all(respondent(each.value).ja and respondent(each.value).en for each in Respondent)
    assert set(PARTS) == {"principal_investigator", "co_investigator", "participant"}
