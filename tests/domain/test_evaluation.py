"""What is in force, what is missing and which rules speak; fresh and remembered evaluations agree."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.checklist import Stage, State
from app.domain.evaluation import EMPTY, Evaluation, Slot, count
from app.domain.rules import Effect
from tests.domain.samples import checklist, evaluate, item, rule, section, slots

YES = {"eq": "yes"}
PEOPLE = {"over": "participants"}


def when(name: str) -> dict[str, Any]:
    return {"item": name, **YES}


def test_items_and_sections_of_another_stage_are_not_in_force() -> None:
    one = checklist(
        section("always", item("a"), item("b", stages=["award"])),
        section("late", item("c"), stages=["award", "completion"]),
    )
    shown = {stage.value: [key[0] for key in evaluate(one, stage=stage.value).in_force()] for stage in Stage}
    assert shown == {
        "application": ["a"],
        "award": ["a", "b", "c"],
        "yearly": ["a"],
        "change": ["a"],
        "completion": ["a", "c"],
    }


def test_an_item_whose_condition_is_not_decided_is_shown_and_says_on_what_it_depends() -> None:
    one = checklist(item("a"), item("b", show_when=when("a")))
    open_yet = evaluate(one)
    assert open_yet.shown(("b", None)) is None
    assert ("b", None) in list(open_yet.in_force())
    assert [(reason.name, reason.holds) for reason in open_yet.because(("b", None))] == [("a", None)]
    assert evaluate(one, {"a": "yes"}).shown(("b", None)) is True
    assert evaluate(one, {"a": "no"}).shown(("b", None)) is False


@pytest.mark.parametrize("state", [State.UNSURE, State.NOT_OBTAINED, State.NOT_APPLICABLE, State.OPEN])
def test_no_state_but_an_answer_decides_a_condition(state: State) -> None:
    one = checklist(item("a"), item("b", show_when=when("a")), item("c", show_when={"item": "a", "ne": "yes"}))
    for slot in (Slot(state, None, "a reason"), Slot(state, "yes", "a reason")):
        evaluation = evaluate(one, {"a": slot})
        assert evaluation.shown(("b", None)) is evaluation.shown(("c", None)) is None


def test_a_section_shows_where_any_of_its_items_is_or_may_be_in_force() -> None:
    one = checklist(
        section("first", item("a")),
        section("second", item("b", show_when=when("a"))),
        section("third", item("c"), show_when=when("b")),
    )
    assert [evaluate(one, {"a": "no"}).section_shown(name) for name in ("first", "second", "third")] == [
        True,
        False,
        False,
    ]
    assert evaluate(one).section_shown("third")
    assert evaluate(one, {"a": "yes", "b": "yes"}).section_shown("third")


def test_children_of_hidden_parents_are_hidden_and_not_unknown_however_deep() -> None:
    one = checklist(
        item("a"),
        item("b", show_when=when("a")),
        item("c", show_when=when("b")),
        item("d", show_when={"item": "c", "ne": "yes"}),
        item("e", show_when={"item": "c", "answered": True}),
        item("f", show_when={"not": when("b")}),
    )
    answers = {"a": "no", "b": "yes", "c": "yes", "d": "yes", "e": "yes"}
    assert [key[0] for key in evaluate(one, answers).in_force()] == ["a", "f"]


def test_a_hidden_items_value_is_kept_and_returns_with_it() -> None:
    one = checklist(item("a"), item("b", show_when=when("a")), item("c", show_when=when("b")))
    hidden = evaluate(one, {"a": "no", "b": "yes"})
    assert hidden.slot(("b", None)) == Slot(State.ANSWERED, "yes")
    assert hidden.counts().answered == 1
    back = evaluate(one, {"a": "yes", "b": "yes"})
    assert back.shown(("c", None)) is True
    assert back.counts().answered == 2


GROUP = item(
    "g",
    "group",
    required=True,
    show_when=when("a"),
    items=[item("g.x", required=True), item("g.y", required=True, show_when={"item": "g.x", **YES})],
)


def test_rows_have_their_own_answers_and_their_own_conditions() -> None:
    one = checklist(item("a"), GROUP)
    evaluation = evaluate(one, {"a": "yes", ("g.x", "1"): "yes", ("g.x", "2"): "no"}, {"g": ["1", "2", "3"]})
    assert list(evaluation.in_force()) == [
        ("a", None),
        ("g", None),
        ("g.x", "1"),
        ("g.y", "1"),
        ("g.x", "2"),
        ("g.x", "3"),
        ("g.y", "3"),
    ]
    assert [reason.name for reason in evaluation.because(("g.y", "1"))] == ["a", "g.x"]


def test_a_hidden_group_hides_all_its_rows() -> None:
    one = checklist(item("a"), GROUP)
    evaluation = evaluate(one, {"a": "no", ("g.x", "1"): "yes"}, {"g": ["1"]})
    assert list(evaluation.in_force()) == [("a", None)]


def test_an_undecided_group_leaves_its_rows_undecided() -> None:
    evaluation = evaluate(checklist(item("a"), GROUP), {("g.x", "1"): "yes"}, {"g": ["1"]})
    assert evaluation.shown(("g.x", "1")) is evaluation.shown(("g.y", "1")) is None


def test_a_group_over_participants_has_no_slot_of_its_own() -> None:
    one = checklist(item("g", "group", repeat=PEOPLE, required=True, items=[item("g.x", required=True)]))
    evaluation = evaluate(one, {("g.x", "p1"): "yes"}, {"g": ["p1", "p2"]})
    assert list(evaluation.in_force()) == [("g.x", "p1"), ("g.x", "p2")]
    assert evaluation.missing == [("g.x", "p2")]


ASKS = item("z", show_when={"some": "g", "where": {"item": "g.x", **YES}})
ASKS_ALL = item("z", show_when={"every": "g", "where": {"item": "g.x", **YES}})
TYPED = item("g", "group", items=[item("g.x")], states=["not_applicable"])
ROSTER = item("g", "group", repeat=PEOPLE, items=[item("g.x")])


def asked(group: dict[str, Any], asks: dict[str, Any], *held: str, **more: Any) -> bool | None:
    rows = {"g": [str(place) for place in range(len(held))]}
    answers = {("g.x", row): value for row, value in zip(rows["g"], held, strict=True)}
    return evaluate(checklist(group, asks), answers | more, rows).shown(("z", None))


def test_rows_not_declared_complete_leave_some_and_every_open() -> None:
    assert asked(TYPED, ASKS) is None
    assert asked(TYPED, ASKS, "no") is None
    assert asked(TYPED, ASKS, "no", "yes") is True
    assert asked(TYPED, ASKS_ALL, "yes") is None
    assert asked(TYPED, ASKS_ALL, "yes", "no") is False


@pytest.mark.parametrize("declared", ["complete", State.NOT_APPLICABLE])
def test_rows_declared_complete_or_not_applicable_decide(declared: Any) -> None:
    assert asked(TYPED, ASKS, "no", g=declared) is False
    assert asked(TYPED, ASKS, g=declared) is False
    assert asked(TYPED, ASKS_ALL, "yes", g=declared) is True


def test_the_rows_of_participants_are_complete_by_the_roster() -> None:
    assert asked(ROSTER, ASKS, "no") is False
    assert asked(ROSTER, ASKS_ALL, "yes", "yes") is True


def test_some_over_a_hidden_group_is_a_definite_no() -> None:
    hidden = item("g", "group", show_when=when("a"), items=[item("g.x")])
    evaluation = evaluate(checklist(item("a"), hidden, ASKS), {"a": "no", ("g.x", "1"): "yes"}, {"g": ["1"]})
    assert evaluation.shown(("z", None)) is False


def test_missing_lists_required_open_slots_in_force_also_undecided_ones() -> None:
    one = checklist(
        item("a", required=True),
        item("b", required=True, show_when=when("a")),
        item("c"),
        item("d", required=True, stages=["award"]),
    )
    assert evaluate(one).missing == [("a", None), ("b", None)]
    assert evaluate(one, {"a": "yes"}).missing == [("b", None)]
    assert evaluate(one, {"a": "no"}).missing == []


@pytest.mark.parametrize("state", [State.UNSURE, State.NOT_OBTAINED, State.NOT_APPLICABLE])
def test_a_slot_with_any_state_but_open_is_not_missing(state: State) -> None:
    assert evaluate(checklist(item("a", required=True)), {"a": state}).missing == []


def test_a_blocking_rule_blocks_while_it_is_undecided_and_others_wait() -> None:
    rules = [rule(effect.value.replace("_", "-"), effect.value, when("b")) for effect in Effect]
    one = checklist(item("a", rules=rules), item("b"))
    open_yet = evaluate(one)
    assert [(fired.rule.effect, fired.undecided) for fired in open_yet.fired] == [(Effect.BLOCK_SUBMIT, True)]
    assert open_yet.blocking == open_yet.fired
    holds = evaluate(one, {"b": "yes"})
    assert [(fired.rule.effect, fired.undecided) for fired in holds.fired] == [(effect, False) for effect in Effect]
    assert evaluate(one, {"b": "no"}).fired == []


def test_a_rule_of_an_item_out_of_force_is_silent() -> None:
    one = checklist(item("a"), item("b", show_when=when("a"), rules=[rule("r", "block_submit", when("b"))]))
    assert evaluate(one, {"a": "no", "b": "yes"}).fired == []
    assert len(evaluate(one, {"a": "yes", "b": "yes"}).blocking) == 1


def test_a_rule_inside_rows_speaks_at_each_row_by_itself() -> None:
    one = checklist(item("g", "group", repeat=PEOPLE, items=[item("g.x", rules=[rule("r", "warn", when("g.x"))])]))
    evaluation = evaluate(
        one, {("g.x", "1"): "yes", ("g.x", "2"): "no", ("g.x", "3"): "yes"}, {"g": ["1", "2", "3"]}
    )
    assert [fired.key for fired in evaluation.fired] == [("g.x", "1"), ("g.x", "3")]
    assert evaluation.blocking == []


def test_require_reason_stands_in_the_way_until_a_reason_is_written() -> None:
    one = checklist(item("a", rules=[rule("r", "require_reason", when("a"))]))
    assert [fired.rule.id for fired in evaluate(one, {"a": "yes"}).blocking] == ["r"]
    explained = evaluate(one, {"a": Slot(State.ANSWERED, "yes", "because")})
    assert explained.blocking == []
    assert [fired.rule.id for fired in explained.fired] == ["r"]


def test_counts_tell_every_state_apart_in_one_section_and_in_all() -> None:
    states = dict(zip(("a", "b", "c", "d", "e", "z"), State, strict=True))
    one = checklist(
        section("s", *(item(name) for name in states)), section("t", item("f"), item("h", stages=["award"]))
    )
    evaluation = evaluate(one, {**states, "f": "yes", "h": "yes"})
    in_s = evaluation.counts("s")
    assert (in_s.answered, in_s.not_applicable, in_s.unsure, in_s.not_obtained, in_s.open) == (1, 1, 1, 1, 2)
    assert (evaluation.counts("t").total, evaluation.counts("t").answered) == (1, 1)
    assert evaluation.counts().total == 7
    assert count(iter([])).total == 0


def test_a_slot_nobody_touched_is_open() -> None:
    assert evaluate(checklist(item("a"))).slot(("a", None)) == EMPTY == Slot(State.OPEN, None, "")


def test_facts_decide_and_a_missing_fact_leaves_open() -> None:
    one = checklist(item("a", show_when={"fact": "programme.designated", **YES}))
    assert evaluate(one).shown(("a", None)) is None
    assert evaluate(one, programme__designated="yes").shown(("a", None)) is True
    assert evaluate(one, programme__designated="no").shown(("a", None)) is False


def test_a_pinned_lists_codes_are_looked_up() -> None:
    one = checklist(item("a", "code"), item("b", show_when={"item": "a", "in_list": "countries"}))
    assert evaluate(one, {"a": "JP"}).shown(("b", None)) is True
    assert evaluate(one, {"a": "XX"}).shown(("b", None)) is False


WEB = checklist(
    section("one", item("a", required=True), item("b", required=True, show_when=when("a"))),
    section(
        "two",
        item(
            "g",
            "group",
            required=True,
            items=[item("g.x"), item("g.y", show_when={"item": "g.x", "ne": "no"}, required=True)],
        ),
        item("c", show_when={"some": "g", "where": when("g.x")}, rules=[rule("r", "block_submit", when("b"))]),
        show_when={"not": {"item": "b", "eq": "no"}},
    ),
    section("three", item("d", show_when={"every": "g", "where": when("g.x")}, required=True)),
)
SAID = st.sampled_from(["yes", "no", State.UNSURE, State.OPEN])
ROWS = ["1", "2"]
ANSWERS = st.fixed_dictionaries(
    {"a": SAID, "b": SAID, "c": SAID, "g": st.sampled_from(["complete", State.OPEN])}
    | {(name, row): SAID for name in ("g.x", "g.y") for row in ROWS}
)


def told(evaluation: Evaluation) -> tuple[Any, ...]:
    keys = list(evaluation.in_force())
    return (
        keys,
        [evaluation.shown(key) for key in keys],
        evaluation.missing,
        evaluation.fired,
        evaluation.counts(),
        [evaluation.because(key) for key in keys],
    )


@settings(max_examples=40, deadline=None)
@given(
    ANSWERS, st.permutations([(name, row) for name in ("g.x", "g.y") for row in ROWS] + [("d", None), ("a", None)])
)
def test_what_was_asked_before_never_changes_what_is_told(answers: dict[Any, Any], order: list[Any]) -> None:
    """An evaluation remembers; whatever was asked of it first, it tells what a fresh one tells."""
    remembered = evaluate(WEB, answers, {"g": ROWS})
    for key in order:
        remembered.shown(key)
    told(remembered)
    assert told(remembered) == told(evaluate(WEB, answers, {"g": ROWS}))


@settings(max_examples=40, deadline=None)
@given(ANSWERS, ANSWERS)
def test_an_evaluation_after_changes_tells_what_a_fresh_one_tells(
    before: dict[Any, Any], after: dict[Any, Any]
) -> None:
    """The path by which answers came to stand leaves no trace: there and back again is the same."""
    first = evaluate(WEB, before, {"g": ROWS})
    told(first)
    changed = Evaluation(WEB, first.facts, {**first.slots, **slots(after)}, first.rows, first.codes)
    assert told(changed) == told(evaluate(WEB, after, {"g": ROWS}))
    returned = Evaluation(WEB, first.facts, {**changed.slots, **slots(before)}, first.rows, first.codes)
    assert told(returned) == told(first)


@settings(max_examples=40, deadline=None)
@given(ANSWERS)
def test_what_is_missing_or_speaks_is_always_in_force(answers: dict[Any, Any]) -> None:
    evaluation = evaluate(WEB, answers, {"g": ROWS})
    in_force = set(evaluation.in_force())
    assert set(evaluation.missing) <= in_force
    assert {fired.key for fired in evaluation.fired} <= in_force
    assert evaluation.counts().total == len(in_force) == sum(evaluation.counts(s.id).total for s in WEB.sections)
