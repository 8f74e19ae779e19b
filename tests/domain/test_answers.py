"""What may be typed into each kind of item, and what it becomes."""

import contextlib
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.answers import DEFAULT_LENGTH, REASON_LENGTH, displayable, read, read_day, tidy
from app.domain.checklist import Item, Kind, State
from app.domain.errors import InvalidError
from tests.domain.samples import checklist, item

CODES = frozenset({"JP", "FR"})


@cache
def plain(kind: str) -> Item:
    return asked(kind, disclosure="status")


def asked(kind: str, **more: Any) -> Item:
    """Return an item of a kind; those without anything special are made once."""
    if not more:
        return plain(kind)
    inner = {"items": [item("q.x", "text")]} if kind == "group" else {}
    return checklist(item("q", kind, **inner, **more)).items["q"]


def value(kind: str, *typed: str, **more: Any) -> Any:
    """Return what a person's typing becomes, an answer without a state told."""
    state, found, _ = read(asked(kind, **more), "", typed, "", CODES)
    assert state is (State.OPEN if found is None else State.ANSWERED)
    return found


def refusal(kind: str, *typed: str, **more: Any) -> InvalidError:
    with pytest.raises(InvalidError) as caught:
        value(kind, *typed, **more)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "typed", "becomes"),
    [
        ("single", ["yes"], "yes"),
        ("multi", ["no", "yes", "no"], ["yes", "no"]),
        ("multi", ["", "no"], ["no"]),
        ("code", ["JP"], "JP"),
        ("group", ["complete"], "complete"),
        ("integer", ["12"], 12),
        ("integer", ["-3"], -3),
        ("integer", ["007"], 7),
        ("integer", [" 1,000 "], 1000),
        ("integer", ["１２３"], 123),
        ("integer", ["999999999999999"], 999_999_999_999_999),
        ("date", ["2026-04-01"], "2026-04-01"),
        ("date", ["2026/4/1"], "2026-04-01"),
        ("date", ["２０２６－０４－０１"], "2026-04-01"),
        ("date", ["2028-02-29"], "2028-02-29"),
        ("text", ["  髙橋\t花子 "], "髙橋 花子"),
        ("text", ["か\u3099"], "が"),
        ("text", ["𠮷田 🙂"], "𠮷田 🙂"),
        ("longtext", ["one\r\ntwo\rthree\n"], "one\ntwo\nthree"),
    ],
)
def test_right_typing_becomes_a_value(kind: str, typed: list[str], becomes: Any) -> None:
    assert value(kind, *typed) == becomes


@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
@pytest.mark.parametrize("typed", [[], [""], ["  \n "], ["\u3000"]])
def test_nothing_typed_leaves_the_slot_open(kind: str, typed: list[str]) -> None:
    assert value(kind, *typed) is None


@pytest.mark.parametrize(
    ("kind", "typed", "reason"),
    [
        ("single", ["maybe"], "unknown_choice"),
        ("single", ["YES"], "unknown_choice"),
        ("single", ["yes\x00"], "unknown_choice"),
        ("single", ["\ud800"], "unknown_choice"),
        ("single", ["yes", "no"], "unknown_choice"),
        ("multi", ["yes", "maybe"], "unknown_choice"),
        ("code", ["XX"], "unknown_choice"),
        ("code", ["jp"], "unknown_choice"),
        ("group", ["yes"], "unknown_choice"),
        ("integer", ["12345678901234567890123"], "not_a_number"),
        ("integer", ["1234567890123456"], "not_a_number"),
        ("integer", ["1.5"], "not_a_number"),
        ("integer", ["1e3"], "not_a_number"),
        ("integer", ["--1"], "not_a_number"),
        ("integer", ["-"], "not_a_number"),
        ("integer", ["+1"], "not_a_number"),
        ("integer", ["二"], "not_a_number"),
        ("integer", ["\u0663"], "not_a_number"),
        ("integer", ["1\x002"], "not_a_number"),
        ("integer", ["\ud800"], "not_a_number"),
        ("integer", ["1 2"], "not_a_number"),
        ("date", ["0000-00-00"], "not_a_date"),
        ("date", ["2026-02-29"], "not_a_date"),
        ("date", ["2026-13-01"], "not_a_date"),
        ("date", ["2026-04"], "not_a_date"),
        ("date", ["1899-12-31"], "not_a_date"),
        ("date", ["2201-01-01"], "not_a_date"),
        ("date", ["12026-04-01"], "not_a_date"),
        ("date", ["-2026-04-01"], "not_a_date"),
        ("date", ["2026-04-01T00:00"], "not_a_date"),
        ("date", ["令和8年4月1日"], "not_a_date"),
        ("date", ["2026-04-0\x001"], "not_a_date"),
        ("text", ["a\x00b"], "bad_character"),
        ("text", ["a\ud800b"], "bad_character"),
        ("text", ["a\x1bb"], "bad_character"),
        ("text", ["a\x85b"], "bad_character"),
        ("text", ["two\nlines"], "bad_character"),
        ("text", ["x" * 201], "too_long"),
        ("longtext", ["a\x00b"], "bad_character"),
        ("longtext", ["x" * 2001], "too_long"),
    ],
)
def test_wrong_typing_is_refused_with_its_reason(kind: str, typed: list[str], reason: str) -> None:
    assert refusal(kind, *typed).reason == reason


def test_limits_are_the_items_own_and_told_with_the_refusal() -> None:
    low, high = refusal("integer", "0", min=1, max=9), refusal("integer", "10", min=1, max=9)
    assert (low.reason, low.values["limit"]) == ("too_small", 1)
    assert (high.reason, high.values["limit"]) == ("too_large", 9)
    assert value("integer", "1", min=1, max=9) == 1
    assert value("integer", "9", min=1, max=9) == 9
    long = refusal("text", "abcd", max_length=3)
    assert (long.reason, long.values["limit"]) == ("too_long", 3)
    assert value("text", "abc", max_length=3) == "abc"


def test_length_is_counted_in_characters_after_composing() -> None:
    assert value("text", "か\u3099" * 3, max_length=3) == "ががが"
    assert value("text", "𠮷" * 3, max_length=3) == "𠮷" * 3


def test_a_date_is_read_in_the_ways_people_write_it() -> None:
    assert read_day(" 2026/04/01 ") == date(2026, 4, 1)
    assert read_day("1900-01-01") == date(1900, 1, 1)
    assert read_day("2200-12-31") == date(2200, 12, 31)


@pytest.mark.parametrize("state", ["not_applicable", "not_obtained", "unsure"])
def test_a_state_is_taken_only_where_the_item_allows_it(state: str) -> None:
    told = read(asked("single", states=[state]), state, ["yes"], "because", CODES)
    assert told == (State(state), None, "because")
    with pytest.raises(InvalidError, match="unknown_choice"):
        read(asked("single"), state, [], "because", CODES)


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(InvalidError, match="unknown_choice"):
        read(asked("single", states=["unsure"]), "perhaps", [], "because", CODES)


@pytest.mark.parametrize("state", ["not_applicable", "not_obtained"])
@pytest.mark.parametrize("reason", ["", "   ", "\u3000\n"])
def test_not_applicable_and_not_obtained_need_a_reason(state: str, reason: str) -> None:
    with pytest.raises(InvalidError, match="reason_needed"):
        read(asked("single", states=[state]), state, [], reason, CODES)


def test_a_reason_may_stand_beside_an_answer_and_is_tidied() -> None:
    told = read(asked("single"), "answered", ["yes"], " first\r\nsecond ", CODES)
    assert told == (State.ANSWERED, "yes", "first\nsecond")


@pytest.mark.parametrize(
    ("reason", "why"),
    [("x" * (REASON_LENGTH + 1), "too_long"), ("a\x00", "bad_character"), ("\udfff", "bad_character")],
)
def test_a_reason_that_cannot_be_kept_is_refused(reason: str, why: str) -> None:
    with pytest.raises(InvalidError, match=why):
        read(asked("single"), "", ["yes"], reason, CODES)


def test_an_answer_taken_back_leaves_the_slot_open() -> None:
    assert read(asked("single"), "answered", [], "", CODES) == (State.OPEN, None, "")
    assert read(asked("single"), "open", [""], "", CODES) == (State.OPEN, None, "")


def test_kinds_of_free_text_have_a_length_and_only_they() -> None:
    assert set(DEFAULT_LENGTH) == {Kind.TEXT, Kind.LONGTEXT, Kind.PERSON}


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=40))
def test_tidy_gives_what_it_would_leave_alone_or_refuses(typed: str) -> None:
    with contextlib.suppress(InvalidError):
        tidied = tidy(typed, 100, lines=True)
        assert tidy(tidied, 100, lines=True) == tidied
        assert tidied.encode("utf-8").decode("utf-8") == tidied
        assert not {"\x00", "\r"} & set(tidied)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from([kind.value for kind in Kind]), st.text(max_size=30))
def test_whatever_is_typed_is_read_or_refused_with_a_reason(kind: str, typed: str) -> None:
    with contextlib.suppress(InvalidError):
        state, found, _ = read(asked(kind), "", [typed], "", CODES)
        assert state is (State.OPEN if found is None else State.ANSWERED)


def test_what_cannot_be_kept_can_still_be_shown_again() -> None:
    assert displayable("a\x00b\ud800c\nd\te") == "a�b�c\nd\te"
