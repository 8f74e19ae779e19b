"""The condition language: three values, hidden items, rows, explanation."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from app.domain.conditions import HIDDEN, MAX_DEPTH, OPERATORS, Condition, Scope, decide, reasons
from tests.domain.samples import condition

THREE = (True, False, None)
TRIPLES = list(product(THREE, repeat=3))
FEW = settings(max_examples=60, deadline=None)


def scope(
    items: dict[str, Any] | None = None,
    facts: dict[str, Any] | None = None,
    rows: dict[str, tuple[list[Scope], bool]] | None = None,
) -> Scope:
    listed = {"near": frozenset({"JP", "KR"})}
    return Scope(
        item=(items or {}).get,
        fact=(facts or {}).get,
        rows=lambda name: (rows or {})[name],
        codes=lambda name: listed[name],
    )


def saying(*values: bool | None) -> tuple[list[dict[str, Any]], Scope]:
    """Return comparisons that come out as told, and the scope in which they do."""
    held = {True: "yes", False: "no", None: None}
    names = [f"q{place}" for place in range(len(values))]
    asked = [{"item": name, "eq": "yes"} for name in names]
    return asked, scope({name: held[value] for name, value in zip(names, values, strict=True)})


def test_all_is_no_before_it_is_unknown_and_unknown_before_it_is_yes() -> None:
    for values in TRIPLES:
        asked, where = saying(*values)
        expected = False if False in values else None if None in values else True
        assert decide(condition({"all": asked}), where) is expected


def test_any_is_yes_before_it_is_unknown_and_unknown_before_it_is_no() -> None:
    for values in TRIPLES:
        asked, where = saying(*values)
        expected = True if True in values else None if None in values else False
        assert decide(condition({"any": asked}), where) is expected


@pytest.mark.parametrize(("value", "expected"), [(True, False), (False, True), (None, None)])
def test_not_turns_yes_and_no_around_and_leaves_unknown(value: bool | None, expected: bool | None) -> None:
    (asked,), where = saying(value)
    assert decide(condition({"not": asked}), where) is expected


def test_no_condition_at_all_holds() -> None:
    assert decide(None, scope()) is True
    assert reasons(None, scope()) == []


# operator, operand, value held, verdict; None is unknown
COMPARISONS = [
    ("eq", "yes", "yes", True),
    ("eq", "yes", "no", False),
    ("ne", "yes", "no", True),
    ("ne", "yes", "yes", False),
    ("in", ["yes", "maybe"], "maybe", True),
    ("in", ["yes", "maybe"], "no", False),
    ("has", "ai", ["bio", "ai"], True),
    ("has", "ai", ["bio"], False),
    ("has", "ai", [], False),
    ("in_list", "near", "JP", True),
    ("in_list", "near", "FR", False),
    ("eq", 3, 3, True),
    ("eq", 3, 4, False),
    ("ne", 3, 4, True),
    ("in", [1, 2], 2, True),
    ("in", [1, 2], 3, False),
    ("gt", 3, 4, True),
    ("gt", 3, 3, False),
    ("gte", 3, 3, True),
    ("gte", 3, 2, False),
    ("lt", 3, 2, True),
    ("lt", 3, 3, False),
    ("lte", 3, 3, True),
    ("lte", 3, 4, False),
    ("eq", "2026-04-01", "2026-04-01", True),
    ("gt", "2026-04-01", "2026-04-02", True),
    ("gt", "2026-04-01", "2026-03-31", False),
    ("gte", "2026-04-01", "2026-04-01", True),
    ("lt", "2026-04-01", "2026-03-31", True),
    ("lte", "2026-04-01", "2026-04-02", False),
    ("answered", True, "anything", True),
    ("answered", False, "anything", False),
    ("answered", True, 0, True),
    ("answered", True, [], True),
    ("answered", True, None, False),
    ("answered", False, None, True),
    ("answered", True, HIDDEN, False),
    ("answered", False, HIDDEN, True),
]


@pytest.mark.parametrize(("operator", "operand", "value", "verdict"), COMPARISONS)
def test_each_operator_compares_each_kind_of_value(operator: str, operand: Any, value: Any, verdict: bool) -> None:
    asked = condition({"item": "q", operator: operand})
    assert decide(asked, scope({"q": value})) is verdict


def test_every_operator_has_a_comparison_above() -> None:
    assert {operator.rstrip("_") for operator in OPERATORS} == {line[0] for line in COMPARISONS}


VALUE_OPERATORS = [line[:2] for line in COMPARISONS if line[0] != "answered"]


def test_every_comparison_with_an_unanswered_item_or_missing_fact_is_unknown() -> None:
    for operator, operand in VALUE_OPERATORS:
        assert decide(condition({"item": "q", operator: operand}), scope()) is None
        assert decide(condition({"fact": "stage", operator: operand}), scope()) is None


def test_every_comparison_with_a_hidden_item_is_a_definite_no_also_ne() -> None:
    for operator, operand in VALUE_OPERATORS:
        asked = {"item": "q", operator: operand}
        assert decide(condition(asked), scope({"q": HIDDEN})) is False
        assert decide(condition({"not": asked}), scope({"q": HIDDEN})) is True


@pytest.mark.parametrize(
    ("written", "value", "verdict"),
    [
        ({"eq": "3"}, 3, False),
        ({"ne": "3"}, 3, True),
        ({"eq": True}, 1, False),
        ({"ne": True}, 1, True),
        ({"in": [True]}, 1, False),
        ({"gte": "3"}, 3, None),
        ({"lt": 2026}, "2026-04-01", None),
    ],
)
def test_no_value_is_converted_to_fit(written: dict[str, Any], value: Any, verdict: bool | None) -> None:
    assert decide(condition({"item": "q", **written}), scope({"q": value})) is verdict


ROWS = [rows for length in range(4) for rows in product(THREE, repeat=length)]


def group(values: tuple[bool | None, ...], complete: bool) -> Scope:
    held = {True: "yes", False: "no", None: None}
    return scope(rows={"g": ([scope({"g.q": held[value]}) for value in values], complete)})


def test_some_needs_one_row_and_is_not_no_while_rows_may_come() -> None:
    for values in ROWS:
        asked = condition({"some": "g", "where": {"item": "g.q", "eq": "yes"}})
        whole = True if True in values else None if None in values else False
        assert decide(asked, group(values, complete=True)) is whole
        assert decide(asked, group(values, complete=False)) is (True if True in values else None)


def test_every_needs_all_rows_and_is_not_yes_while_rows_may_come() -> None:
    for values in ROWS:
        asked = condition({"every": "g", "where": {"item": "g.q", "eq": "yes"}})
        whole = False if False in values else None if None in values else True
        assert decide(asked, group(values, complete=True)) is whole
        assert decide(asked, group(values, complete=False)) is (False if False in values else None)


def test_where_is_asked_inside_each_row_and_may_combine_its_answers() -> None:
    both = {"all": [{"item": "g.a", "eq": "yes"}, {"item": "g.b", "eq": "yes"}]}
    asked = condition({"some": "g", "where": both})
    apart = [scope({"g.a": "yes", "g.b": "no"}), scope({"g.a": "no", "g.b": "yes"})]
    assert decide(asked, scope(rows={"g": (apart, True)})) is False
    together = [*apart, scope({"g.a": "yes", "g.b": "yes"})]
    assert decide(asked, scope(rows={"g": (together, True)})) is True


def named(written: dict[str, Any], where: Scope) -> list[tuple[str, bool | None]]:
    return [(reason.name, reason.holds) for reason in reasons(condition(written), where)]


def test_reasons_name_the_deciding_comparisons_only() -> None:
    asked, where = saying(True, False, None)
    assert named({"any": asked}, where) == [("q0", True)]
    assert named({"all": asked}, where) == [("q1", False)]
    assert named({"any": asked[1:]}, where) == [("q2", None)]
    assert named({"not": {"any": asked[:2]}}, where) == [("q0", True)]
    assert named({"all": [{"any": asked}, {"not": asked[1]}]}, where) == [("q0", True), ("q1", False)]


def test_a_reason_tells_what_was_looked_at_how_and_what_it_held() -> None:
    (one,) = reasons(condition({"fact": "call.fiscal_year", "gte": 2026}), scope(facts={"call.fiscal_year": 2027}))
    seen = (one.kind, one.name, one.operator, one.operand, one.value, one.holds)
    assert seen == ("fact", "call.fiscal_year", "gte", 2026, 2027, True)


def test_a_reason_over_rows_names_the_group_and_no_rows_content() -> None:
    (one,) = reasons(condition({"some": "g", "where": {"item": "g.q", "eq": "yes"}}), group((True,), True))
    assert (one.kind, one.name, one.operator, one.value, one.holds) == ("group", "g", "some", None, True)


def test_a_hidden_item_is_given_as_a_reason_without_its_value() -> None:
    (one,) = reasons(condition({"item": "q", "eq": "yes"}), scope({"q": HIDDEN}))
    assert (one.value, one.holds) == (None, False)


Q = {"item": "q", "eq": "yes"}


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"item": "q"},
        {"eq": "yes"},
        {"item": "q", "fact": "stage", "eq": "yes"},
        {"all": [Q], "any": [Q]},
        {"not": Q, "item": "q", "eq": "yes"},
        {"item": "q", "eq": "yes", "ne": "no"},
        {"item": "q", "answered": True, "eq": "no"},
        {"item": "q", "eq": None},
        {"all": [Q], "eq": "yes"},
        {"all": []},
        {"any": [Q] * 51},
        {"some": "g"},
        {"every": "g", "eq": "yes"},
        {"where": Q},
        {"not": Q, "where": Q},
        {"some": "g", "every": "g", "where": Q},
        {"some": "g", "where": Q, "eq": "yes"},
        {"item": "q", "matches": ".*"},
        {"item": "q", "eq": 1.5},
        {"item": "q", "in": []},
        {"item": "q", "in": "yes"},
        {"item": "q", "in": ["x"] * 501},
        {"item": "q", "gt": True},
        {"item": "q", "has": 3},
        {"item": "q", "answered": "yes"},
        {"item": 3, "eq": "yes"},
        {"all": [{"item": "q"}]},
    ],
)
def test_a_condition_of_another_shape_is_refused(written: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        condition(written)


def test_depth_counts_a_comparison_as_one_and_each_nesting_as_one_more() -> None:
    assert condition(Q).depth == 1
    assert condition({"not": Q}).depth == 2
    assert condition({"any": [Q, {"all": [{"some": "g", "where": Q}]}]}).depth == 4
    assert MAX_DEPTH == 8


def test_walk_reaches_every_comparison() -> None:
    asked = condition({"any": [Q, {"not": {"some": "g", "where": {"item": "g.q", "eq": "yes"}}}]})
    assert [part.item for part in asked.walk() if part.item] == ["q", "g.q"]


NAMES = ("a", "b", "c")
LEAVES = st.builds(lambda name, value: {"item": name, "eq": value}, st.sampled_from(NAMES), st.sampled_from("12"))
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda part: {"not": part}, inner)
    ),
    max_leaves=8,
)
HELD = st.fixed_dictionaries({name: st.sampled_from([None, "1", "2"]) for name in NAMES})


@FEW
@given(st.lists(TREES, min_size=1, max_size=3), HELD)
def test_de_morgan_holds_with_three_values(parts: list[dict[str, Any]], held: dict[str, Any]) -> None:
    where = scope(held)
    turned = [{"not": part} for part in parts]
    left, right = condition({"not": {"all": parts}}), condition({"any": turned})
    assert decide(left, where) is decide(right, where)
    left, right = condition({"not": {"any": parts}}), condition({"all": turned})
    assert decide(left, where) is decide(right, where)


def fillings(held: dict[str, Any]) -> Iterator[dict[str, Any]]:
    open_names = [name for name, value in held.items() if value is None]
    for values in product("12", repeat=len(open_names)):
        yield held | dict(zip(open_names, values, strict=True))


@FEW
@given(TREES, HELD)
def test_filling_an_unknown_never_turns_a_decided_verdict(tree: dict[str, Any], held: dict[str, Any]) -> None:
    asked: Condition = condition(tree)
    verdict = decide(asked, scope(held))
    later = [decide(asked, scope(filled)) for filled in fillings(held)]
    assert None not in later
    if verdict is not None:
        assert set(later) == {verdict}


@FEW
@given(TREES, HELD)
def test_reasons_alone_carry_the_verdict(tree: dict[str, Any], held: dict[str, Any]) -> None:
    """Whatever is not named may take any value without changing what was decided."""
    asked = condition(tree)
    verdict = decide(asked, scope(held))
    if verdict is not None:
        kept = {reason.name for reason in reasons(asked, scope(held))}
        bare = {name: value if name in kept else None for name, value in held.items()}
        assert decide(asked, scope(bare)) is verdict
