"""Golden cases say what a version must make of a situation, and tell exactly what does not come out so."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.cases import Case, Cases, run
from app.domain.checklist import Checklist
from tests.domain.samples import checklist, item, rule, words

YES = {"eq": "yes"}


def when(name: str, **operator: Any) -> dict[str, Any]:
    return {"item": name, **(operator or YES)}


def sample() -> Checklist:
    inner = [
        item("g.x", required=True, rules=[rule("no-in-row", "warn", when("g.x", eq="no"))]),
        item("g.d", "derived", value_when=[{"if": when("g.x"), "then": "yes"}, {"then": "no"}]),
    ]
    copy = [{"id": "copy", "label": words("copy"), "required_when": when("a")}]
    return checklist(
        item("a", rules=[rule("a-is-no", "block_submit", when("a", eq="no"))], evidence=copy, required=True),
        item("b", "multi", show_when=when("a")),
        item("f", "file"),
        item("g", "group", items=inner),
        item(
            "d", "derived", value_when=[{"if": {"some": "g", "where": when("g.x")}, "then": "yes"}, {"then": "no"}]
        ),
        applies_when={"fact": "call.fiscal_year", "gte": 2026},
    )


def case(**more: Any) -> Case:
    written: dict[str, Any] = {
        "id": "one",
        "title": words("one"),
        "versions": ["1.0.0"],
        "facts": {"stage": "award", "call.fiscal_year": 2026},
        "rows": {"g": ["r1", "r2"]},
        "complete": ["g"],
        "answers": {"a": "yes", "b": ["yes"], "g.x": {"r1": "no", "r2": {"state": "unsure", "reason": "why"}}},
        "expect": {"applies": "yes", "shown": ["b", "g.x"], "fired": ["no-in-row@r1"], "derived": {"d": None}},
    }
    return Case.model_validate(written | more)


def told(**more: Any) -> list[str]:
    return run(sample(), {}, case(**more))


def test_a_case_that_comes_out_as_expected_says_nothing() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("expect", "sentence"),
    [
        ({"applies": "no"}, "the version applies: yes, expected no"),
        ({"hidden": ["b"]}, "b is shown, expected hidden"),
        ({"undecided": ["g.x@r2"]}, "g.x@r2 is shown, expected undecided"),
        ({"fired": []}, "the rules that speak are no-in-row@r1, expected none"),
        (
            {"fired": ["a-is-no", "no-in-row@r1"]},
            "the rules that speak are no-in-row@r1, expected a-is-no, no-in-row@r1",
        ),
        ({"derived": {"d": "yes"}}, "d amounts to None, expected yes"),
        ({"derived": {"g.d": {"r1": "yes"}}}, "g.d@r1 amounts to no, expected yes"),
        ({"missing": ["a"]}, "missing are none, expected a"),
    ],
)
def test_what_does_not_come_out_is_told(expect: dict[str, Any], sentence: str) -> None:
    assert told(expect={"fired": ["no-in-row@r1"], **expect}) == [sentence]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"answers": {"nowhere": "yes"}}, "there is no item nowhere"),
        ({"answers": {"a": "maybe"}}, "a has no option maybe"),
        ({"answers": {"g.x": {"r1": "maybe"}}}, "g.x has no option maybe"),
        ({"facts": {"stage": "later"}}, "the fact stage is never 'later'"),
        ({"facts": {"colour": "red"}}, "there is no fact colour"),
        ({"expect": {"fired": ["no-such-rule"]}}, "there is no rule no-such-rule"),
        ({"expect": {"shown": ["gone@r1"]}}, "there is no item gone"),
    ],
)
def test_a_case_about_what_is_not_there_is_a_fault_of_the_case(more: dict[str, Any], sentence: str) -> None:
    assert sentence in told(**more)


def test_rows_that_nobody_named_are_not_silently_passed_over() -> None:
    assert told(rows={}, answers={"a": "yes"}, expect={"hidden": ["g.x"]}) == [
        "g.x@no-row is shown, expected hidden"
    ]


def test_files_are_counted_where_a_case_attaches_them() -> None:
    answers = {"a": "yes", "f": {"files": 1}}
    assert told(answers=answers, evidence={"a": {"copy": 1}}, expect={}) == []


def test_a_misspelt_word_is_refused() -> None:
    with pytest.raises(ValidationError):
        case(expects={})
    with pytest.raises(ValidationError):
        Cases.model_validate({"format": "checklist-cases/2", "cases": []})
