"""What a newer version must get right against all earlier ones of its family."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from app.domain.checklist import Checklist
from app.domain.compiling import compile_checklist
from app.domain.succeeding import next_number, problems
from app.domain.succession import ChangeClass
from tests.domain.samples import YES_NO, data, item, section, words

Data = dict[str, Any]
MAYBE = {"value": "maybe", "label": words("Maybe")}


def first() -> Data:
    return data(
        section("one", item("a"), item("b", options=[*YES_NO, MAYBE]), item("c", "text")),
        section("two", item("g", "group", items=[item("g.a"), item("g.b")])),
    )


def second(number: str = "2.0.0", change: str = "major", before: str = "1.0.0", **claim: Any) -> Data:
    """Return the same again as a newer version; ``claim`` are marks of its supersedes."""
    told = {
        "version": before,
        "change": change,
        "summary": words("what changed"),
        "in_progress": {"policy": "may_finish"},
        **claim,
    }
    return {**copy.deepcopy(first()), "version": number, "supersedes": told}


def without(version: Data, name: str) -> Data:
    for each in version["sections"]:
        for holder in (each, *each["items"]):
            if "items" in holder:
                holder["items"] = [one for one in holder["items"] if one["id"] != name]
    return version


def at(version: Data, name: str) -> Data:
    for each in version["sections"]:
        for one in each["items"]:
            for inner in (one, *one.get("items", [])):
                if inner["id"] == name:
                    return inner
    raise KeyError(name)


def with_(version: Data, name: str, **more: Any) -> Data:
    at(version, name).update(more)
    return version


def plus(version: Data, *items: Data) -> Data:
    version["sections"][0]["items"] += items
    return version


def found(newer: Data, *earlier: Data) -> list[tuple[tuple[str | int, ...], str]]:
    made: list[Checklist] = [compile_checklist(one) for one in earlier or (first(),)]
    return list(problems(compile_checklist(newer), made))


def test_the_same_again_is_sound_and_so_is_a_first_version() -> None:
    assert found(second()) == []
    assert list(problems(compile_checklist(first()), [])) == []


def test_what_is_kept_renamed_mapped_removed_and_marked_as_it_should_be_is_sound() -> None:
    newer = second(
        renamed={"c": "x"},
        removed=["a", "g.b"],
        options={"b": {"maybe": "perhaps"}},
        reconfirm=["b"],
        editorial=["x"],
    )
    without(without(newer, "a"), "g.b")
    with_(newer, "c", id="x", text=words("changed"))
    with_(newer, "b", options=[*YES_NO, {"value": "perhaps", "label": words("Maybe")}])
    assert found(newer) == []


WRONG: dict[str, tuple[Callable[[], Data], tuple[str | int, ...], str]] = {
    "an item that is gone without a word": (
        lambda: without(second(), "a"),
        ("supersedes", "removed"),
        "a of 1.0.0 is gone: keep it, or name it under renamed or removed",
    ),
    "an item of a group that is gone without a word": (
        lambda: without(second(), "g.b"),
        ("supersedes", "removed"),
        "g.b of 1.0.0 is gone: keep it, or name it under renamed or removed",
    ),
    "removed and still there": (
        lambda: second(removed=["a"]),
        ("supersedes", "removed", 0),
        "a stands under removed and still is there",
    ),
    "removed and never there": (
        lambda: without(second(removed=["a", "z"]), "a"),
        ("supersedes", "removed", 1),
        "z was not in 1.0.0, so it cannot be removed",
    ),
    "removed twice": (
        lambda: without(second(removed=["a", "a"]), "a"),
        ("supersedes", "removed", 1),
        "a stands twice under removed",
    ),
    "removed and renamed": (
        lambda: with_(second(removed=["a"], renamed={"a": "x"}), "a", id="x"),
        ("supersedes", "removed", 0),
        "a stands under removed and under renamed",
    ),
    "renamed and never there": (
        lambda: second(renamed={"z": "a"}),
        ("supersedes", "renamed", "z"),
        "z was not in 1.0.0, so it cannot be renamed",
    ),
    "renamed and still there": (
        lambda: plus(second(renamed={"a": "x"}), item("x")),
        ("supersedes", "renamed", "a"),
        "a stands under renamed and still is there",
    ),
    "renamed to nothing": (
        lambda: without(second(renamed={"a": "x"}), "a"),
        ("supersedes", "renamed", "a"),
        "a is renamed to x, which is not there",
    ),
    "renamed to what was there": (
        lambda: without(second(renamed={"a": "b"}), "a"),
        ("supersedes", "renamed", "a"),
        "a is renamed to b, which was there before and means something else",
    ),
    "two renamed to one": (
        lambda: plus(
            without(without(second(renamed={"a": "x", "b": "x"}), "a"), "b"), item("x", options=[*YES_NO, MAYBE])
        ),
        ("supersedes", "renamed", "b"),
        "two items are renamed to x",
    ),
    "renamed with another kind": (
        lambda: with_(second(renamed={"a": "x"}), "a", id="x", kind="multi"),
        ("sections", 0, "items", 0, "kind"),
        "x was single and is multi: only an item of the same kind can be renamed",
    ),
    "another kind": (
        lambda: with_(second(), "a", kind="multi"),
        ("sections", 0, "items", 0, "kind"),
        "a was single and is multi: give it another id, or put it under reconfirm",
    ),
    "a group that becomes a question": (
        lambda: plus(without(second(removed=["g.a", "g.b"], reconfirm=["g"]), "g") | {}, item("g")),
        ("sections", 0, "items", 3, "kind"),
        "g was group and is single: a group and an answer never share an id",
    ),
    "an option that goes without a word": (
        lambda: with_(second(), "b", options=YES_NO),
        ("supersedes", "options", "b"),
        "b loses the option maybe: map it under options, or put b under reconfirm so that it is answered anew",
    ),
    "options of nothing": (
        lambda: second(options={"z": {"yes": "no"}}),
        ("supersedes", "options", "z"),
        "z was not in 1.0.0, so its options cannot be mapped",
    ),
    "options of an item that is gone": (
        lambda: without(second(removed=["a"], options={"a": {"yes": "no"}}), "a"),
        ("supersedes", "options", "a"),
        "a is gone, so its options cannot be mapped",
    ),
    "an option that never was": (
        lambda: second(options={"a": {"maybe": "no"}}),
        ("supersedes", "options", "a", "maybe"),
        "a had no option maybe",
    ),
    "an option that still is there": (
        lambda: second(options={"b": {"maybe": "no"}}),
        ("supersedes", "options", "b", "maybe"),
        "the option maybe of b still is there",
    ),
    "an option to nothing": (
        lambda: with_(second(options={"b": {"maybe": "perhaps"}}, reconfirm=["b"]), "b", options=YES_NO),
        ("supersedes", "options", "b", "maybe"),
        "b has no option perhaps",
    ),
    "reconfirm of nothing": (
        lambda: second(reconfirm=["a", "z"]),
        ("supersedes", "reconfirm", 1),
        "reconfirm names z, which is no item",
    ),
    "reconfirm of a new item": (
        lambda: plus(second(reconfirm=["z"]), item("z")),
        ("supersedes", "reconfirm", 0),
        "z is new, so it has no place under reconfirm",
    ),
    "editorial twice": (
        lambda: with_(second(editorial=["a", "a"]), "a", text=words("other")),
        ("supersedes", "editorial", 1),
        "a stands twice under editorial",
    ),
    "editorial of nothing": (
        lambda: second(editorial=["z"]),
        ("supersedes", "editorial", 0),
        "editorial names z, which is no item",
    ),
    "editorial of words that are the same": (
        lambda: second(editorial=["a"]),
        ("supersedes", "editorial", 0),
        "the words of a did not change, so it has no place under editorial",
    ),
    "a number that does not fit a major change": (
        lambda: second(number="3.0.0"),
        ("version",),
        "a major change of 1.0.0 has the number 2.0.0",
    ),
    "a number that does not fit a minor change": (
        lambda: second(number="2.0.0", change="minor"),
        ("version",),
        "a minor change of 1.0.0 has the number 1.1.0",
    ),
    "a number that does not fit a patch": (
        lambda: second(number="1.1.0", change="patch"),
        ("version",),
        "a patch change of 1.0.0 has the number 1.0.1",
    ),
    "another version before": (
        lambda: second(before="1.0.1"),
        ("supersedes", "version"),
        "the version before this one is 1.0.0, not 1.0.1",
    ),
    "no word of the version before": (
        lambda: {name: value for name, value in second().items() if name != "supersedes"},
        ("version",),
        "the version follows 1.0.0 and needs supersedes",
    ),
    "a claim that is too low": (
        lambda: with_(second(number="1.0.1", change="patch"), "a", help=words("other")),
        ("supersedes", "change"),
        "the change is minor, not patch: Item a “a”: help: “help on a” → “other”.",
    ),
    "other words of the statement under the same number": (
        lambda: (
            second()
            | {
                "attestation": {
                    "statement": {"version": "1.0.0", "text": words("We swear.")},
                    "signatories": [{"role": "attester", "order": 1}],
                }
            }
        ),
        ("attestation", "statement", "version"),
        "the statement 1.0.0 had other words: give these words a version of their own",
    ),
    "a statement that goes back": (
        lambda: (
            second()
            | {
                "attestation": {
                    "statement": {"version": "0.9.0", "text": words("We swear.")},
                    "signatories": [{"role": "attester", "order": 1}],
                }
            }
        ),
        ("attestation", "statement", "version"),
        "the statement was at version 1.0.0 already",
    ),
}


def with_own(version: dict[str, Any], number: str, text: str) -> dict[str, Any]:
    """Return a version in which the library certifies first, words of its own."""
    own = {"role": "library", "order": 1, "statement": {"version": number, "text": words(text)}}
    attestation = version["attestation"]
    return version | {"attestation": attestation | {"signatories": [own, {"role": "attester", "order": 2}]}}


def test_a_signatorys_own_statement_keeps_its_words_under_its_number() -> None:
    before = with_own(first(), "1.0.0", "I declare.")
    assert found(with_own(second(), "1.0.0", "I declare."), before) == []
    assert found(with_own(second(), "1.1.0", "I swear."), before) == []
    assert found(with_own(second(), "1.0.0", "I swear."), before) == [
        (
            ("attestation", "signatories", 0, "statement", "version"),
            "the statement 1.0.0 had other words: give these words a version of their own",
        )
    ]


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_at_its_place(name: str) -> None:
    make, path, sentence = WRONG[name]
    newer = make()
    newer["sections"] = [each for each in newer["sections"] if each["items"]]
    assert found(newer) == [(path, sentence)]


def test_a_first_version_supersedes_nothing() -> None:
    assert list(problems(compile_checklist(second()), [])) == [
        (("supersedes",), "there is no earlier version to supersede")
    ]


def test_a_claim_that_is_too_low_names_three_reasons_and_counts_the_rest() -> None:
    newer = second(number="1.1.0", change="minor")
    for name in ("a", "b", "c", "g.a", "g.b"):
        at(newer, name)["required"] = True
    ((path, sentence),) = found(newer)
    assert path == ("supersedes", "change")
    assert sentence.startswith("the change is major, not minor: Item a “a”: whether it must be answered, tighter")
    assert sentence.count("tighter") == 3
    assert sentence.endswith("(and 2 more)")


def test_a_claim_may_be_higher_than_what_changed() -> None:
    assert found(with_(second(), "a", help=words("other"))) == []


def test_the_version_before_is_the_highest_earlier_number_not_the_last_given() -> None:
    middle = second()
    newer = second(number="10.0.0", before="9.0.0")
    nine = second(number="9.0.0", before="2.0.0")
    assert found(newer, nine, first(), middle) == []
    assert found(second(number="10.0.0", before="2.0.0"), nine, first(), middle) == [
        (("supersedes", "version"), "the version before this one is 9.0.0, not 2.0.0")
    ]


@pytest.mark.parametrize("kind", ["single", "text"])
def test_an_id_that_was_taken_out_never_comes_back(kind: str) -> None:
    middle = without(second(removed=["a"]), "a")
    newer = second(number="3.0.0", before="2.0.0")
    with_(newer, "a", kind=kind)
    if kind == "text":
        newer["sections"][0]["items"][0].pop("options")
    assert found(newer, first(), middle) == [
        (("sections", 0, "items", 0, "id"), "a was taken out with 2.0.0, and an id never comes back")
    ]


def test_an_id_that_was_renamed_never_comes_back_either() -> None:
    middle = with_(second(renamed={"a": "x"}), "a", id="x")
    newer = with_(second(number="3.0.0", before="2.0.0"), "a", id="x")
    plus(newer, item("a"))
    assert found(newer, first(), middle) == [
        (("sections", 0, "items", 3, "id"), "a was taken out with 2.0.0, and an id never comes back")
    ]
    assert found(with_(second(number="3.0.0", before="2.0.0"), "a", id="x"), first(), middle) == []


def test_what_an_earlier_version_removed_is_not_told_again() -> None:
    middle = without(second(removed=["a"]), "a")
    assert found(without(second(number="3.0.0", before="2.0.0"), "a"), first(), middle) == []
    assert found(without(second(number="3.0.0", before="2.0.0", removed=["a"]), "a"), first(), middle) == [
        (("supersedes", "removed", 0), "a was not in 2.0.0, so it cannot be removed")
    ]


def test_another_kind_is_possible_when_it_is_confirmed_anew() -> None:
    assert found(with_(second(reconfirm=["a"]), "a", kind="multi")) == []


def test_an_option_may_go_when_the_item_is_answered_anew() -> None:
    assert found(with_(second(reconfirm=["b"]), "b", options=YES_NO)) == []


def test_options_of_a_renamed_item_are_mapped_under_the_name_it_had_or_has() -> None:
    for name in ("b", "x"):
        newer = second(renamed={"b": "x"}, options={name: {"maybe": "no"}})
        assert found(with_(newer, "b", id="x", options=YES_NO)) == []


def test_new_words_of_the_statement_have_a_new_number() -> None:
    newer = second()
    newer["attestation"]["statement"] = {"version": "1.1.0", "text": words("We swear.")}
    assert found(newer) == []


@pytest.mark.parametrize(
    ("change", "number"),
    [(ChangeClass.MAJOR, "2.0.0"), (ChangeClass.MINOR, "1.10.0"), (ChangeClass.PATCH, "1.9.5")],
)
def test_the_next_number(change: ChangeClass, number: str) -> None:
    assert next_number("1.9.4", change) == number
