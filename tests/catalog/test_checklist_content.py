"""What we publish: both languages, sources, neutrality, and golden cases of what applies to whom."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.catalog.versions import codes_of, load_version
from app.domain.checklist import Checklist, Item, Kind, State
from app.domain.conditions import decide
from app.domain.dependencies import Key
from app.domain.evaluation import Evaluation
from app.domain.facts import FACTS
from tests.domain.samples import slots

FOLDER = Path(__file__).parents[2] / "checklists"
FILE = FOLDER / "research-security-integrity" / "2.0.0.yaml"


@cache
def checklist() -> Checklist:
    return load_version(FILE).checklist


@cache
def codes() -> dict[str, frozenset[str]]:
    return {
        use.id: frozenset(codes_of((FOLDER / "lists" / f"{use.file}.json").read_bytes()))
        for use in checklist().lists
    }


def items() -> list[Item]:
    return list(checklist().items.values())


def test_every_item_speaks_both_languages_and_explains_itself() -> None:
    for item in items():
        for text in (item.text, item.help, *(option.label for option in item.choices)):
            assert text.ja.strip(), item.id
            assert text.en.strip(), item.id
        assert item.text.ja != item.text.en, item.id
        for rule in item.rules:
            assert rule.message.ja != rule.message.en, rule.id


def test_every_item_rests_on_a_source_and_every_source_is_used() -> None:
    cited = {citation.source for item in items() for citation in item.cites}
    assert all(item.cites for item in items())
    unused = set(checklist().source) - cited
    assert cited <= set(checklist().source)
    assert not unused


def test_what_is_not_confirmed_says_so_in_both_languages() -> None:
    unconfirmed = [source for source in checklist().sources if not source.confirmed]
    assert unconfirmed
    for source in unconfirmed:
        assert source.note is not None
        assert source.note.ja != source.note.en, source.id


def test_printed_numbers_are_unique_but_for_a_group_and_its_first_item() -> None:
    numbers = [item.number for item in items() if item.number and item.kind is not Kind.GROUP]
    assert len(numbers) == len(set(numbers))


def test_a_choice_of_none_asks_nothing_else_and_a_reason_can_be_given_wherever_a_state_may_be() -> None:
    for item in items():
        assert not (item.kind is Kind.GROUP and item.repeat and item.repeat.over and item.states), item.id


WORDS = ("国籍", "nationality")
# where the word may stand, and why
MENTIONS = {
    "scope.foreign": "says that it does not ask about anyone's nationality",
    "screening.ties": "says never to judge from it",
    "screening.nationality-form": "asks only whether the funder's own form is dealt with",
    "risk.reason": "says that it is no reason",
    "risk.fairness": "confirms that the judgement does not rest on it",
}


def mentions(item: Item) -> list[str]:
    texts = [
        item.text,
        item.help,
        *(option.label for option in item.choices),
        *(rule.message for rule in item.rules),
    ]
    whole = " ".join(f"{text.ja} {text.en}" for text in texts).lower()
    return [word for word in WORDS if word in whole]


def test_nationality_is_named_only_where_it_is_said_not_to_count() -> None:
    found = {item.id for item in items() if mentions(item)}
    assert found == set(MENTIONS)
    for name in found:
        assert mentions(checklist().items[name]) == list(WORDS), "both languages say the same"
        assert checklist().items[name].disclosure in {"status", "answer"}


def test_nationality_is_never_an_answer() -> None:
    for item in items():
        labels = " ".join(f"{option.value} {option.label.ja} {option.label.en}" for option in item.choices).lower()
        assert not any(word in labels for word in WORDS), item.id
    form = checklist().items["screening.nationality-form"]
    assert form.kind is Kind.SINGLE
    assert [option.value for option in form.choices] == ["yes", "no"]
    assert form.disclosure == "status"
    assert "never scored" in form.help.en
    assert "決して使いません" in form.help.ja
    assert not form.rules


def test_nothing_is_decided_by_the_item_or_fact_about_the_nationality_form_but_its_own_showing() -> None:
    for item in items():
        for where in (item.show_when, *(rule.when for rule in item.rules)):
            for part in where.walk() if where else ():
                assert part.item != "screening.nationality-form", item.id
                assert part.fact != "call.nationality_form" or item.id == "screening.nationality-form"


def test_countries_are_asked_of_partner_institutions_only() -> None:
    assert [item.id for item in items() if item.kind is Kind.CODE] == ["partners.country"]


def test_findings_about_persons_are_disclosed_as_status_only() -> None:
    personal = {"declaration", "screening", "ethics-training", "security-training"}
    for item in items():
        if checklist().group_of.get(item.id) in personal or item.kind is Kind.LONGTEXT:
            assert item.disclosure == "status", item.id


# golden cases: facts and answers as they occur, with what is to show and what is to speak

YES, NO = "yes", "no"
GRANT: dict[str, Any] = {
    "funder": "jsps",
    "programme": "kakenhi",
    "call.fiscal_year": 2026,
    "programme.designated": NO,
    "call.head_consent": NO,
    "call.core_technology_plan": NO,
    "call.nationality_form": NO,
    "collaboration.foreign": NO,
    "collaboration.partners": NO,
    "institution.screens_all": NO,
    "institution.security_training": NO,
}
PEOPLE = ["p1", "p2"]
OVER_PEOPLE = ("declaration", "ethics-training", "security-training", "screening")


def case(
    answers: dict[Any, Any], stage: str = "award", rows: dict[str, list[str]] | None = None, **facts: str | None
) -> Evaluation:
    """Evaluate a grant with two participants; a fact given as None is one that nobody stated."""
    stated = GRANT | {"stage": stage} | {name.replace("__", "."): value for name, value in facts.items()}
    assert set(stated) <= set(FACTS)
    known = {name: value for name, value in stated.items() if value is not None}
    everywhere = dict.fromkeys(OVER_PEOPLE, PEOPLE) | (rows or {})
    return Evaluation(checklist(), known, slots(answers), everywhere, codes())


def shown(evaluation: Evaluation) -> set[str]:
    """Return the ids of items in force, those inside rows by their own id."""
    return {key[0] for key in evaluation.in_force()}


def sections_shown(evaluation: Evaluation) -> list[str]:
    return [section.id for section in checklist().sections if evaluation.section_shown(section.id)]


def speaking(evaluation: Evaluation, decided: bool = True) -> set[str]:
    return {fired.rule.id for fired in evaluation.fired if fired.undecided is not decided}


SCOPE: dict[Any, Any] = {
    "scope.designated": NO,
    "scope.foreign": NO,
    "roster.complete": YES,
    "roster.count": 2,
}


def test_kakenhi_without_foreign_collaboration_at_application() -> None:
    answers = SCOPE | {
        "scope.fiscal-year": "2026",
        "scope.areas": ["none"],
        "scope.results-public": YES,
    }
    for person in PEOPLE:
        for name, value in {
            "declaration.funding-all": YES,
            "declaration.funding-nda": NO,
            "declaration.posts-all": YES,
            "declaration.talent-programme": NO,
            "declaration.other-support": NO,
            "declaration.reported-internally": YES,
            "declaration.pledged-on": "2026-09-01",
            "declaration.reconciled": "match",
            "declaration.sanctioned": NO,
            "declaration.consequences-told": YES,
            "ethics-training.course": "eaprin",
            "ethics-training.completed-on": "2025-06-01",
            "ethics-training.valid-until": "2030-03-31",
        }.items():
            answers[name, person] = value
    evaluation = case(answers, "application")
    assert sections_shown(evaluation) == ["scope", "roster", "declarations", "training"]
    assert shown(evaluation) == {
        *SCOPE,
        "scope.fiscal-year",
        "scope.areas",
        "scope.results-public",
        *(key[0] for key in answers if isinstance(key, tuple)),
    }
    assert evaluation.missing == []
    assert evaluation.fired == []
    assert evaluation.counts().open == 0


def test_kakenhi_without_foreign_collaboration_at_award_is_four_questions() -> None:
    evaluation = case(SCOPE)
    assert sections_shown(evaluation) == ["scope", "roster"]
    assert shown(evaluation) == set(SCOPE)
    assert evaluation.missing == []
    assert evaluation.fired == []


def test_a_fresh_submission_at_award_blocks_nothing_by_rules_and_misses_the_four_questions() -> None:
    evaluation = case({})
    required = {key[0] for key in evaluation.missing}
    assert set(SCOPE) <= required
    assert speaking(evaluation) == set()


def test_a_designated_programme_at_award_opens_due_diligence_risk_and_training_for_each_person() -> None:
    evaluation = case(SCOPE | {"scope.designated": YES}, programme__designated=YES)
    assert sections_shown(evaluation)[:5] == ["scope", "roster", "training", "due-diligence", "risk"]
    keys = set(evaluation.in_force())
    for person in PEOPLE:
        assert {("security-training.taken", person), ("screening.consent", person)} <= keys
    assert {("list-checks", None), ("due-diligence.status", None), ("risk.judgement", None)} <= keys
    assert not any(item.startswith(("declaration", "ethics-training", "partners", "consent")) for item, _ in keys)
    assert "screening.nationality-form" not in shown(evaluation)
    assert {"list-checks", "risk.judgement"} <= {key[0] for key in evaluation.missing}
    assert "designation-differs" not in speaking(evaluation)


@pytest.mark.parametrize("answer", [NO, "not-stated", "inquiring"])
def test_an_answer_that_differs_from_the_funders_designation_needs_a_reason(answer: str) -> None:
    evaluation = case(SCOPE | {"scope.designated": answer}, programme__designated=YES)
    assert "designation-differs" in speaking(evaluation)
    assert "designation-differs" in {fired.rule.id for fired in evaluation.blocking}
    # whatever was answered, the funder's own designation opens the section
    assert "due-diligence" in sections_shown(evaluation)


def test_an_unknown_designation_asks_more_and_never_less() -> None:
    """Nobody stated the fact and nobody answered: the sections that depend on it are shown."""
    unknown = {name: value for name, value in SCOPE.items() if name != "scope.designated"}
    evaluation = case(unknown, programme__designated=None)
    assert {"due-diligence", "risk"} <= set(sections_shown(evaluation))
    assert evaluation.shown(("risk.judgement", None)) is None
    assert "due-diligence.needed" in {reason.name for reason in evaluation.because(("risk.judgement", None))}
    needed = evaluation.derived_because(("due-diligence.needed", None))
    assert "scope.designated" in {reason.name for reason in needed}
    settled = case(SCOPE, programme__designated=None)
    assert not {"due-diligence", "risk"} & set(sections_shown(settled))


def test_an_open_inquiry_about_the_designation_blocks_at_award_and_not_at_application() -> None:
    answers = SCOPE | {"scope.designated": "inquiring"}
    assert "designation-open-at-award" in speaking(case(answers))
    assert "designation-open-at-award" not in speaking(case(answers, "application"))
    assert {"due-diligence", "risk"} <= set(sections_shown(case(answers)))


ABROAD: dict[Any, Any] = SCOPE | {
    "scope.foreign": YES,
    "partners": "complete",
    ("partners.name", "r1"): "Université Exemple",
    ("partners.country", "r1"): "FR",
    ("partners.role", "r1"): "joint",
    ("partners.name", "r2"): "見本大学",
    ("partners.country", "r2"): "JP",
    ("partners.role", "r2"): "contract",
}
PARTNERS = {"partners": ["r1", "r2"]}


def test_a_partner_abroad_at_award_is_looked_at_and_one_in_japan_is_not() -> None:
    evaluation = case(ABROAD, rows=PARTNERS, collaboration__foreign=YES)
    assert "partners-section" in sections_shown(evaluation)
    keys = set(evaluation.in_force())
    looked_at = {"partners.concern", "partners.department-known", "partners.terms"}
    assert {name for name in looked_at if (name, "r1") in keys} == looked_at
    assert not any((name, "r2") in keys for name in looked_at)
    assert not any(item == "partners.dd-status" for item, _ in keys)
    assert "risk.judgement" in shown(evaluation), "whether there is a concern is not decided yet"
    calm = case(ABROAD | {("partners.concern", "r1"): "none"}, rows=PARTNERS, collaboration__foreign=YES)
    assert not {"risk", "mitigation"} & set(sections_shown(calm))


def test_a_partner_abroad_at_application_is_named_and_not_yet_looked_at() -> None:
    evaluation = case(ABROAD, "application", PARTNERS, collaboration__foreign=YES)
    partners = {item for item in shown(evaluation) if item.startswith("partners")}
    assert partners == {"partners", "partners.name", "partners.country", "partners.ror", "partners.role"}


def test_a_concern_about_a_partner_opens_risk_and_mitigation() -> None:
    answers = ABROAD | {("partners.concern", "r1"): "concern"}
    evaluation = case(answers, rows=PARTNERS, collaboration__foreign=YES)
    assert {"risk", "mitigation"} <= set(sections_shown(evaluation))
    assert ("partners.findings", "r1") in set(evaluation.in_force())
    none_needed = case(answers | {"mitigation.types": ["none-needed"]}, rows=PARTNERS, collaboration__foreign=YES)
    assert "hit-without-measure" in speaking(none_needed)


def screened(result: str) -> dict[Any, Any]:
    answers = SCOPE | {
        "scope.designated": YES,
        "list-checks": "complete",
        "due-diligence.status": "done",
        "risk.judgement": "low",
        "risk.reason": "公開予定の基礎研究のため",
        "risk.judged-by": "研究推進部長",
        "risk.judged-on": "2026-11-20",
        "risk.fairness": YES,
    }
    answers |= {
        (f"list-checks.{name}", "l1"): value
        for name, value in {
            "list": "meti-user-list",
            "edition": "2025-10-09",
            "checked-on": "2026-11-18",
            "people": 2,
            "organizations": 0,
            "result": result,
        }.items()
    }
    for person in PEOPLE:
        answers |= {
            (f"screening.{name}", person): value
            for name, value in {
                "consent": "given",
                "career": "done",
                "funding": "done",
                "works": "done",
                "ties": NO,
                "residency": "neither",
                "sources": ["public"],
            }.items()
        }
        answers["security-training.taken", person] = YES
        answers["security-training.completed-on", person] = "2026-05-01"
    return answers


def at_designated(answers: dict[Any, Any], **rows: list[str]) -> Evaluation:
    return case(answers, rows={"list-checks": ["l1"], **rows}, programme__designated=YES)


def test_a_clean_check_in_a_designated_programme_can_be_sent() -> None:
    evaluation = at_designated(screened("none"))
    assert evaluation.missing == []
    assert evaluation.blocking == []
    assert "mitigation" not in sections_shown(evaluation)


def test_a_hit_on_a_list_cannot_be_sent_without_a_measure() -> None:
    resolved = screened("hit") | {("list-checks.resolution", "l1"): "同姓同名ではなく本人と確認"}
    undone = at_designated(resolved)
    assert "mitigation" in sections_shown(undone)
    assert ("mitigation.types", None) in undone.missing
    waved = at_designated(resolved | {"mitigation.types": ["none-needed"]})
    assert {fired.rule.id for fired in waved.blocking} == {"hit-without-measure"}


def test_a_hit_on_a_list_can_be_sent_with_its_measures() -> None:
    answers = screened("hit") | {
        ("list-checks.resolution", "l1"): "本人と確認",
        "mitigation.types": ["data"],
        "mitigation.feasible": YES,
        "mitigation.explained": YES,
        "measures": "complete",
        ("measures.kind", "m1"): "data",
        ("measures.what", "m1"): "閲覧者を担当者に限る",
        ("measures.owner", "m1"): "副センター長",
        ("measures.starts-on", "m1"): "2026-12-01",
        ("measures.evidence", "m1"): "共有フォルダ",
    }
    done = at_designated(answers, measures=["m1"])
    assert done.missing == []
    assert done.blocking == []
    other = at_designated(answers | {("measures.kind", "m1"): "training"}, measures=["m1"])
    assert {fired.rule.id for fired in other.blocking} == {"measure-missing"}


def test_a_judgement_that_is_unfair_or_on_hold_cannot_be_sent() -> None:
    unfair = at_designated(screened("none") | {"risk.fairness": NO})
    assert {fired.rule.id for fired in unfair.blocking} == {"judgement-not-fair"}
    held = at_designated(screened("none") | {"risk.judgement": "on-hold"})
    assert "risk-on-hold" in {fired.rule.id for fired in held.blocking}


def test_what_a_person_does_not_consent_to_is_not_asked_about_and_not_called_done() -> None:
    answers = screened("none") | {("screening.consent", "p2"): "declined"}
    evaluation = at_designated(answers)
    asked = {item for item, row in evaluation.in_force() if row == "p2" and item.startswith("screening")}
    assert asked == {"screening.consent"}
    assert {fired.rule.id for fired in evaluation.blocking} == {"due-diligence-done-too-early"}


def test_the_form_with_a_nationality_field_is_asked_about_only_where_the_call_has_one() -> None:
    with_form = case(SCOPE | {"scope.designated": YES}, programme__designated=YES, call__nationality_form=YES)
    assert "screening.nationality-form" in shown(with_form)
    same: Evaluation = case(SCOPE | {"scope.designated": YES}, programme__designated=YES)
    assert shown(with_form) - shown(same) == {"screening.nationality-form"}


def test_consent_of_the_head_is_asked_at_application_where_the_call_wants_it() -> None:
    assert "consent.head" in shown(case(SCOPE, "application", call__head_consent=YES))
    assert "consent.head" not in shown(case(SCOPE, "award", call__head_consent=YES))
    refused = case(SCOPE | {"consent.head": NO}, "application", call__head_consent=YES)
    assert "head-consent-missing" in speaking(refused)


@pytest.mark.parametrize(
    ("stage", "year", "applies"),
    [
        ("application", 2026, True),
        ("award", 2030, True),
        ("application", 2025, False),
        ("yearly", 2026, True),
    ],
)
def test_the_version_applies_by_year_and_stage(stage: str, year: int, applies: bool) -> None:
    evaluation = Evaluation(checklist(), {"stage": stage, "call.fiscal_year": year}, {}, {}, codes())
    assert decide(checklist().applies_when, evaluation.scope(None, None)) is applies


def test_no_rule_stays_undecided_for_ever_once_everything_is_answered() -> None:
    """Every blocking rule of the clean case is decided: nothing waits for an answer that nobody is asked."""
    assert not [fired for fired in at_designated(screened("none")).fired if fired.undecided]


def test_states_other_than_answered_leave_no_follow_up_open_for_ever() -> None:
    """A person who is unsure is not asked for the details of a yes."""
    answers: dict[Key | str, Any] = SCOPE | {("declaration.talent-programme", "p1"): State.UNSURE}
    evaluation = case(answers, "application")
    assert ("declaration.talent-detail", "p1") not in set(evaluation.in_force())
    assert not speaking(evaluation)
