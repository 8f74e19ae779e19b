"""What can never be is found before publishing: items, rules and cases that no answers bring about."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.checking import coverage, problems, warnings
from app.domain.checklist import State
from app.domain.conditions import Condition, decide
from app.domain.reaching import Reach
from tests.domain.samples import checklist, evaluate, item, rule, section, words

YES, NO = {"eq": "yes"}, {"eq": "no"}


def when(name: str, **operator: Any) -> dict[str, Any]:
    return {"item": name, **(operator or YES)}


def fact(name: str, **operator: Any) -> dict[str, Any]:
    return {"fact": name, **(operator or YES)}


def both(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"all": list(parts)}


def reached(*items: dict[str, Any], last: str = "x", **more: Any) -> bool:
    one = checklist(*items, **more)
    return Reach(one).item(one.items[last])


# conditions of the item x over a (yes or no), m (several), n (integer), d (date), c (code) and facts
NEVER = {
    "two answers at once": both(when("a"), when("a", **NO)),
    "neither of all answers": both(when("a", ne="yes"), when("a", ne="no")),
    "an answer and its contrary": both(when("a"), {"not": when("a")}),
    "hidden inside not": {"not": {"any": [when("a"), {"not": when("a")}]}},
    "a number too small and too large": both(when("n", gt=5), when("n", lt=6)),
    "a number below its least": when("n", lt=0),
    "a day before and after": both(when("d", gt="2026-04-01"), when("d", lt="2026-04-01")),
    "answered and not answered": both(when("a"), when("a", answered=False)),
    "two stages at once": both(fact("stage", eq="award"), fact("stage", eq="yearly")),
    "a fact that is yes and no": both(fact("call.kakenhi"), fact("call.kakenhi", **NO)),
    "years apart": both(fact("call.fiscal_year", eq=2025), fact("call.fiscal_year", gte=2026)),
    "a day that is no day between": both(
        fact("transfer.on", gte="2025-10-09"), fact("transfer.on", lt="2025-10-09")
    ),
    "what its own condition hides": both(when("a", **NO), when("b")),
    "what is hidden two steps away": both(when("a", **NO), when("bb")),
    "a choice taken and not taken": both(when("m", has="yes"), {"not": when("m", has="yes")}),
    "some row with two answers at once": {"some": "g", "where": both(when("g.x"), when("g.x", **NO))},
    "a row that is missing from every": {
        "not": {"every": "g", "where": {"any": [when("g.x"), {"not": when("g.x")}]}}
    },
    "an item of another stage": both(fact("stage", eq="award"), when("later")),
}
SOMETIMES = {
    "one answer": when("a"),
    "either": {"any": [when("a"), when("a", **NO)]},
    "not answered": when("a", answered=False),
    "a number between": both(when("n", gt=5), when("n", lt=7)),
    "the least itself": when("n", lte=0),
    "a day between": both(when("d", gt="2026-04-01"), when("d", lt="2026-04-03")),
    "several choices": both(when("m", has="yes"), when("m", has="no")),
    "one choice and not the other": both(when("m", has="yes"), {"not": when("m", has="no")}),
    "in a list": when("c", in_list="countries"),
    "in a list and not one of its codes": both(when("c", in_list="countries"), when("c", ne="JP")),
    "not in a list": {"not": when("c", in_list="countries")},
    "two rows with two answers": both(
        {"some": "g", "where": when("g.x")}, {"some": "g", "where": when("g.x", **NO)}
    ),
    "no row at all": {"every": "g", "where": both(when("g.x"), when("g.x", **NO))},
    "the other way through": {"any": [both(when("a"), when("a", **NO)), when("n", eq=3)]},
    "what its condition shows": both(when("a"), when("b")),
    "a year": both(fact("call.fiscal_year", gte=2026), fact("call.fiscal_year", lt=2027)),
    "a fact nobody stated": fact("call.kakenhi", answered=False),
    "any text of a funder": fact("funder", ne="jsps"),
}


def around(condition: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        item("a"),
        item("b", show_when=when("a")),
        item("bb", show_when=when("b")),
        item("m", "multi"),
        item("n", "integer", min=0),
        item("d", "date"),
        item("c", "code"),
        item("later", stages=["yearly"]),
        item("g", "group", items=[item("g.x")]),
        item("x", show_when=condition),
    ]


@pytest.mark.parametrize("name", NEVER)
def test_a_condition_that_nothing_fulfils_is_found(name: str) -> None:
    assert not reached(*around(NEVER[name]))


@pytest.mark.parametrize("name", SOMETIMES)
def test_a_condition_that_something_fulfils_is_left_alone(name: str) -> None:
    assert reached(*around(SOMETIMES[name]))


def test_stages_of_item_group_section_and_version_must_meet() -> None:
    assert not reached(section("s", item("x", stages=["award"]), stages=["yearly"]))
    assert reached(section("s", item("x", stages=["award", "yearly"]), stages=["yearly"]))
    inner = item("x", "group", stages=["award"], items=[item("x.y", stages=["yearly"])])
    assert not reached(inner, last="x.y")
    assert not reached(item("x", stages=["award"]), applies_when=fact("stage", eq="yearly"))


def test_what_is_too_much_to_look_at_is_taken_to_be_possible() -> None:
    options = [{"value": f"o{n}", "label": words(str(n))} for n in range(50)]
    wide = {"all": [{"any": [when("a", eq=f"o{n}"), when("b", eq=f"o{n}")]} for n in range(40)]}
    assert reached(item("a", options=options), item("b", options=options), item("x", show_when=wide))


CONDITIONS = st.recursive(
    st.sampled_from(
        [when("a"), when("b"), when("a", answered=False), when("n", gt=2), when("n", lte=1), fact("call.kakenhi")]
    ),
    lambda inner: st.one_of(
        inner.map(lambda one: {"not": one}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(CONDITIONS)
def test_possible_means_that_trying_everything_finds_a_way(written: dict[str, Any]) -> None:
    condition = Condition.model_validate(written)
    if condition.depth > 8:
        return
    one = checklist(
        item("a"), item("b", show_when=when("a")), item("n", "integer", min=0), item("x", show_when=written)
    )
    tried = False
    for a in ("yes", "no", State.OPEN):
        for b in ("yes", "no", State.OPEN):
            for n in (0, 1, 2, 3, State.OPEN):
                for known in ({"call__kakenhi": "yes"}, {"call__kakenhi": "no"}, {}):
                    found = evaluate(one, {"a": a, "b": b, "n": n}, **known)
                    tried = tried or decide(condition, found.scope(None, None)) is True
    assert Reach(one).item(one.items["x"]) is tried


# ---- what a publisher is told


def test_a_rule_a_file_and_a_case_that_never_come_are_told_at_their_place() -> None:
    never = both(when("a"), when("a", **NO))
    one = checklist(
        item("a", rules=[rule("fine", "warn", when("a")), rule("never", "warn", never)]),
        item("b", evidence=[{"id": "copy", "label": words("copy"), "required_when": never}]),
        item("c", "derived", value_when=[{"if": never, "then": "yes"}, {"then": "no"}]),
        item("d", show_when=never, rules=[rule("unsaid", "warn", when("d"))]),
    )
    assert [(path[2:], text) for path, text in problems(one)] == [
        (("items", 0, "rules", 1, "when"), "the rule never can never speak"),
        (("items", 1, "evidence", 0, "required_when"), "the evidence copy can never be required"),
        (("items", 2, "value_when", 0, "if"), "the case yes can never hold"),
        (("items", 3, "show_when"), "d can never be shown"),
    ]


@pytest.mark.parametrize(
    ("ja", "en"),
    [
        ("国籍を書いてください。", "Please give your post."),
        ("職を書いてください。", "What is your nationality?"),
        ("職を書いてください。", "What is the country of origin?"),
        ("出身国はどこですか。", "Where do you work?"),
    ],
)
def test_a_question_about_origin_is_warned_of_unless_it_says_why(ja: str, en: str) -> None:
    asked = {"text": {"ja": ja, "en": en}}
    ((path, text),) = warnings(checklist(item("a", "text", **asked)))
    assert path == ("sections", 0, "items", 0)
    assert "speaks of origin" in text
    assert not list(warnings(checklist(item("a", "text", origin_reason=words("a form demands it"), **asked))))


def test_a_reason_about_origin_that_is_not_needed_is_told() -> None:
    ((_, text),) = warnings(checklist(item("a", origin_reason=words("a form demands it"))))
    assert "does not speak of origin" in text


def test_a_question_about_an_obligation_is_not_warned_of() -> None:
    asked = {
        "text": {
            "ja": "外国政府の指示に従う義務がありますか。",
            "en": "Are you bound by orders of a foreign government?",
        }
    }
    assert not list(warnings(checklist(item("a", **asked))))


def test_coverage_names_clauses_without_items_and_items_without_a_confirmed_source() -> None:
    source = {
        "title": words("Source"),
        "publisher": words("Agency"),
        "issued": "2026",
        "checked": "2026-11-23",
        "clauses": [{"id": "one", "title": words("one")}, {"id": "two", "title": words("two")}],
    }
    one = checklist(
        item("a"),
        item("b", cites=[{"source": "rumour", "clause": "one"}]),
        sources=[
            {"id": "guide", "confirmed": True, **source},
            {"id": "rumour", "confirmed": False, "note": words("not seen"), **source},
        ],
    )
    found = coverage(one)
    assert found.unused == (("guide", "two"), ("rumour", "two"))
    assert found.unconfirmed == ("b",)
    assert found.items_of["guide", "one"] == ("a",)
