"""Computed items, files that answers ask for, and deciding again only what an answer touches."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.checklist import Checklist, State
from app.domain.dependencies import Dependencies, Key
from app.domain.evaluation import Evaluation, Slot
from tests.domain.samples import checklist, evaluate, item, rule, section, words

YES = {"eq": "yes"}
ROWS = {"g": ["1", "2", "3"]}


def when(name: str, **operator: Any) -> dict[str, Any]:
    return {"item": name, **(operator or YES)}


def derived(name: str, *cases: dict[str, Any], **more: Any) -> dict[str, Any]:
    return item(name, "derived", value_when=list(cases), **more)


def test_a_computed_item_is_the_first_case_that_holds() -> None:
    one = checklist(
        item("a"),
        item("b"),
        derived("d", {"if": when("a"), "then": "yes"}, {"if": when("b"), "then": "no"}, {"then": "no"}),
    )
    assert evaluate(one, {"a": "yes"}).derived(("d", None)) == "yes"
    assert evaluate(one, {"a": "no", "b": "yes"}).derived(("d", None)) == "no"
    assert evaluate(one, {"a": "no", "b": "no"}).derived(("d", None)) == "no"


def test_a_case_that_is_not_decided_yet_leaves_the_item_undecided() -> None:
    one = checklist(item("a"), derived("d", {"if": when("a"), "then": "yes"}, {"then": "no"}))
    assert evaluate(one).derived(("d", None)) is None
    assert evaluate(one, {"a": State.UNSURE}).derived(("d", None)) is None


def test_a_computed_item_is_neither_asked_nor_counted_nor_missing_but_seen() -> None:
    one = checklist(item("a"), derived("d", {"if": when("a"), "then": "yes"}, {"then": "no"}))
    found = evaluate(one, {"a": "yes"})
    assert list(found.in_force()) == [("a", None)]
    assert list(found.computed()) == [("d", None)]
    assert list(found.visible()) == [("a", None), ("d", None)]
    assert found.counts().total == 1
    assert found.missing == []


def test_other_items_look_at_a_computed_one_and_hidden_it_is_no() -> None:
    one = checklist(
        item("a"),
        item("z"),
        derived("d", {"if": when("a"), "then": "yes"}, {"then": "no"}, show_when=when("z")),
        item("b", show_when=when("d")),
    )
    assert evaluate(one, {"a": "yes", "z": "yes"}).shown(("b", None)) is True
    assert evaluate(one, {"a": "no", "z": "yes"}).shown(("b", None)) is False
    assert evaluate(one, {"z": "yes"}).shown(("b", None)) is None
    assert evaluate(one, {"a": "yes", "z": "no"}).shown(("b", None)) is False


def test_what_made_a_computed_value_is_told() -> None:
    one = checklist(item("a"), item("b"), derived("d", {"if": when("a"), "then": "yes"}, {"then": "no"}))
    held = evaluate(one, {"a": "yes"}).derived_because(("d", None))
    assert [(one.name, one.value, one.holds) for one in held] == [("a", "yes", True)]
    failed = evaluate(one, {"a": "no"}).derived_because(("d", None))
    assert [(one.name, one.value, one.holds) for one in failed] == [("a", "no", False)]


def test_a_computed_item_in_rows_is_computed_for_each_row() -> None:
    inner = [item("g.x"), derived("g.d", {"if": when("g.x"), "then": "yes"}, {"then": "no"})]
    one = checklist(item("g", "group", repeat={"over": "participants"}, items=inner))
    found = evaluate(one, {("g.x", "1"): "yes", ("g.x", "2"): "no"}, {"g": ["1", "2", "3"]})
    assert [found.derived(("g.d", row)) for row in ("1", "2", "3")] == ["yes", "no", None]


def with_evidence(kind: str = "single", **more: Any) -> Checklist:
    copy = {"id": "copy", "label": words("copy"), **more}
    return checklist(item("a", kind, evidence=[copy]))


def files(one: Checklist, answers: dict[str, Any], **have: int) -> list[tuple[str, int]]:
    slots = evaluate(one, answers)
    counted = {("a", None, name): number for name, number in have.items()}
    found = Evaluation(one, slots.facts, slots.slots, {}, {}, counted)
    return [(wanted.rule.id, wanted.have) for wanted in found.wanting]


def test_files_are_asked_for_when_their_condition_certainly_holds() -> None:
    one = with_evidence(required_when=when("a"), min_files=2)
    assert files(one, {"a": "yes"}) == [("copy", 0)]
    assert files(one, {"a": "yes"}, copy=1) == [("copy", 1)]
    assert files(one, {"a": "yes"}, copy=2) == []
    assert files(one, {"a": "no"}) == files(one, {}) == files(one, {"a": State.UNSURE}) == []


def test_files_without_a_condition_are_welcome_and_not_demanded() -> None:
    assert files(with_evidence(), {"a": "yes"}) == []


def test_an_item_that_is_files_demands_all_of_them() -> None:
    one = with_evidence("file", min_files=2)
    assert files(one, {"a": "attached"}, copy=1) == [("copy", 1)]
    assert files(one, {"a": "attached"}, copy=2) == []


def test_a_second_reviewer_is_needed_while_a_rule_asks_for_one() -> None:
    one = checklist(item("a", rules=[rule("r", "require_second_review", when("a"))]))
    assert evaluate(one, {"a": "yes"}).reviews_needed == 2
    assert evaluate(one, {"a": "no"}).reviews_needed == 1


# ---- deciding again

WEB = checklist(
    section(
        "first",
        item("a", rules=[rule("ra", "block_submit", when("b"))]),
        item("b", show_when=when("a")),
        item("m", "multi", show_when={"any": [when("b"), when("n", gt=3)]}),
        item("n", "integer"),
        derived("d", {"if": when("b"), "then": "yes"}, {"if": when("n", gte=2), "then": "no"}, {"then": "no"}),
    ),
    section(
        "second",
        item(
            "g",
            "group",
            repeat={"max": 5},
            show_when={"not": when("d", eq="no")},
            items=[
                item("g.x"),
                item("g.y", show_when=when("g.x"), rules=[rule("ry", "warn", {"some": "g", "where": when("g.x")})]),
                derived("g.d", {"if": {"all": [when("g.y"), when("a")]}, "then": "yes"}, {"then": "no"}),
                item("g.z", show_when={"every": "g", "where": when("g.d")}),
            ],
        ),
        item("e", show_when={"some": "g", "where": when("g.d")}, rules=[rule("re", "warn", when("e"))]),
        show_when={"any": [when("a"), when("n", answered=True)]},
    ),
    section("third", item("t", show_when={"every": "g", "where": when("g.z", answered=True)}), stages=["award"]),
)
EDGES = Dependencies(WEB)


def keys() -> list[Key]:
    outside: list[Key] = [(name, None) for name in ("a", "b", "m", "n", "g", "e", "t")]
    return outside + [(name, row) for name in ("g.x", "g.y", "g.z") for row in ROWS["g"]]


def value_for(name: str) -> st.SearchStrategy[Any]:
    if name == "n":
        return st.integers(0, 5)
    if name == "m":
        return st.lists(st.sampled_from(["yes", "no"]), unique=True, min_size=1)
    return st.just("complete") if name == "g" else st.sampled_from(["yes", "no"])


@st.composite
def changes(draw: st.DrawFn) -> list[dict[Key, Slot]]:
    found = []
    for _ in range(draw(st.integers(1, 4))):
        changed = {}
        for key in draw(st.lists(st.sampled_from(keys()), min_size=1, max_size=3, unique=True)):
            state = draw(st.sampled_from([State.ANSWERED, State.ANSWERED, State.UNSURE, State.CLEARED]))
            value = draw(value_for(key[0])) if state is State.ANSWERED else None
            changed[key] = Slot(state, value, "" if value else "why")
        found.append(changed)
    return found


@settings(max_examples=300, deadline=None)
@given(steps=changes(), stage=st.sampled_from(["application", "award"]), ask=st.booleans())
def test_deciding_again_what_changed_is_the_same_as_deciding_all_anew(
    steps: list[dict[Key, Slot]], stage: str, ask: bool
) -> None:
    now = Evaluation(WEB, {"stage": stage}, {}, ROWS)
    for changed in steps:
        if ask:  # whatever was looked at before must not be remembered wrongly
            everything(now)
        now = now.after(changed, EDGES)
        assert everything(now) == everything(Evaluation(WEB, {"stage": stage}, now.slots, ROWS))


def everything(found: Evaluation) -> list[Any]:
    shown = {key: found.shown(key) for key in keys()}
    computed = {key: found.derived(key) for key in [("d", None), *(("g.d", row) for row in ROWS["g"])]}
    fired = [(one.key, one.rule.id, one.undecided) for one in found.fired]
    return [shown, computed, fired, list(found.visible()), found.missing, found.counts()]


def test_a_change_in_one_row_leaves_the_other_rows_alone() -> None:
    inner = [item("g.x"), item("g.y", show_when=when("g.x")), item("g.z", show_when=when("g.y"))]
    one = checklist(item("g", "group", repeat={"over": "participants"}, items=inner), item("far"))
    decided, spoken = Dependencies(one).touched([("g.x", "2")], ROWS)
    assert decided == {("g.y", "2"), ("g.z", "2")}
    assert spoken == {("g.x", "2"), ("g.y", "2"), ("g.z", "2")}
