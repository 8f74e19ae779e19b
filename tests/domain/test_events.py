"""The log: declared events with declared fields, each bound to the one before."""

from typing import Any

import pytest

from app.domain.events import EVENTS, FIRST, chain_hash, check_fields


def test_events_are_named_resource_and_action_and_sorted() -> None:
    assert list(EVENTS) == sorted(EVENTS)
    assert all(len(name.split(":")) == 2 for name in EVENTS)


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_carries_exactly_its_declared_fields(kind: str) -> None:
    right = dict.fromkeys(EVENTS[kind], "x")
    check_fields(kind, right)
    with pytest.raises(ValueError, match=kind):
        check_fields(kind, {**right, "nationality": "x"})
    for name in right:
        with pytest.raises(ValueError, match=kind):
            check_fields(kind, {key: value for key, value in right.items() if key != name})


def test_an_event_that_is_not_declared_is_refused() -> None:
    with pytest.raises(ValueError, match="grant:sold"):
        check_fields("grant:sold", {})


LINE: dict[str, Any] = {
    "number": 1,
    "kind": "submission:opened",
    "at": "2026-11-23T03:00:00Z",
    "data": {"stage": "award"},
}


def test_the_hash_of_a_line_changes_with_each_field_and_with_the_line_before() -> None:
    changed = [
        LINE | {"number": 2},
        LINE | {"kind": "submission:revised"},
        LINE | {"at": "2026-11-23T03:00:01Z"},
        LINE | {"data": {"stage": "yearly"}},
        LINE | {"data": {}},
        LINE | {"more": None},
        {name: value for name, value in LINE.items() if name != "at"},
    ]
    hashes = [chain_hash(FIRST, line) for line in (LINE, *changed)] + [chain_hash("1" * 64, LINE)]
    assert len(set(hashes)) == len(hashes)
    assert all(len(one) == 64 for one in hashes)


def test_the_hash_of_a_line_does_not_depend_on_the_order_of_its_fields() -> None:
    assert chain_hash(FIRST, dict(reversed(LINE.items()))) == chain_hash(FIRST, LINE)


def test_a_change_in_an_early_line_shows_in_every_later_hash() -> None:
    def chain(lines: list[dict[str, Any]]) -> list[str]:
        found, last = [], FIRST
        for line in lines:
            last = chain_hash(last, line)
            found.append(last)
        return found

    lines = [LINE | {"number": number} for number in range(4)]
    forged = [lines[0], lines[1] | {"kind": "submission:returned"}, *lines[2:]]
    same = [one == other for one, other in zip(chain(lines), chain(forged), strict=True)]
    assert same == [True, False, False, False]
