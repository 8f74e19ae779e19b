"""An old answer is never silently taken for a new question."""

from typing import Any

import pytest

from app.domain.carryover import carried, carrying
from app.domain.checklist import Checklist, State
from app.domain.evaluation import Slot
from tests.domain.samples import YES_NO, checklist, item, words


def moved(before: dict[str, Any], after: dict[str, Any], **mapping: Any) -> str | None:
    """Return under which id the answers of an item go on, None where they do not."""
    found = carrying(checklist(before), newer(after, **mapping)).get(before["id"])
    return found.item if found else None


def newer(*items: dict[str, Any], **mapping: Any) -> Checklist:
    follows = {
        "version": "1.0.0",
        "change": "major",
        "summary": words("newer"),
        "in_progress": {"policy": "offer"},
        **mapping,
    }
    return checklist(*items, version="2.0.0", supersedes=follows)


def test_the_same_question_keeps_its_answer() -> None:
    assert moved(item("a"), item("a", help=words("better help"), required=True)) == "a"


@pytest.mark.parametrize(
    "change",
    [
        {"text": words("another question")},
        {"kind": "text", "options": ()},
        {"answered_by": "library"},
        {"risk": "high"},
        {"options": [{"value": "yes", "label": words("Perhaps")}, YES_NO[1]]},
    ],
)
def test_another_question_does_not(change: dict[str, Any]) -> None:
    after = {name: value for name, value in (item("a") | change).items() if value != ()}
    assert moved(item("a"), after) is None


def test_a_renamed_item_goes_on_under_its_new_name_and_only_when_the_question_is_the_same() -> None:
    assert moved(item("a"), item("b", text=words("a")), renamed={"a": "b"}) == "b"
    assert moved(item("a"), item("b"), renamed={"a": "b"}) is None
    assert moved(item("a"), item("b", text=words("a"))) is None


def test_wording_that_is_marked_editorial_is_the_same_question() -> None:
    reworded = item("a", text=words("a, better said"))
    assert moved(item("a"), reworded, editorial=["a"]) == "a"
    assert moved(item("a"), reworded) is None


def test_what_must_be_confirmed_anew_is_not_taken_along() -> None:
    assert moved(item("a"), item("a"), reconfirm=["a"]) is None


def test_an_item_that_went_into_a_group_is_another_question() -> None:
    before = checklist(item("g", "group", items=[item("g.a")]))
    assert set(carrying(before, newer(item("g", "group", items=[item("g.a")])))) == {"g", "g.a"}
    assert set(carrying(before, newer(item("g", "group", items=[item("g.b")]), item("h")))) == {"g"}


def test_another_edition_of_a_list_is_another_question() -> None:
    lists = [{"id": "countries", "file": "countries-2027", "edition": "2027", "sha256": "b" * 64}]
    after = checklist(item("a", "code"), version="2.0.0", lists=lists)
    assert carrying(checklist(item("a", "code")), after) == {}
    assert set(carrying(checklist(item("a", "code")), checklist(item("a", "code"), version="2.0.0"))) == {"a"}


def test_options_are_called_as_the_mapping_says() -> None:
    options = [{"value": "certainly", "label": YES_NO[0]["label"]}, YES_NO[1]]
    before, after = checklist(item("a")), newer(item("a", options=options), options={"a": {"yes": "certainly"}})
    found = carrying(before, after)["a"]
    assert carried(Slot(State.ANSWERED, "yes", "why"), after.items["a"], found.options) == Slot(
        State.ANSWERED, "certainly", "why"
    )
    assert carried(Slot(State.ANSWERED, "no"), after.items["a"], found.options) == Slot(State.ANSWERED, "no")


@pytest.mark.parametrize(
    ("kind", "limits", "value"),
    [
        ("single", {"options": [YES_NO[1], {"value": "maybe", "label": words("Maybe")}]}, "yes"),
        ("multi", {"options": [YES_NO[1], {"value": "maybe", "label": words("Maybe")}]}, ["yes", "no"]),
        ("integer", {"max": 3}, 5),
        ("text", {"max_length": 3}, "words"),
    ],
)
def test_a_value_that_the_new_version_does_not_take_is_not_carried(
    kind: str, limits: dict[str, Any], value: Any
) -> None:
    tight, wide = checklist(item("a", kind, **limits)), checklist(item("a", kind))
    assert carried(Slot(State.ANSWERED, value), tight.items["a"], {}) is None
    assert carried(Slot(State.ANSWERED, value), wide.items["a"], {}) == Slot(State.ANSWERED, value)


def test_a_state_goes_on_where_the_new_version_offers_it() -> None:
    unsure = Slot(State.UNSURE, None, "why")
    assert carried(unsure, checklist(item("a", states=["unsure"])).items["a"], {}) == unsure
    assert carried(unsure, checklist(item("a")).items["a"], {}) is None
