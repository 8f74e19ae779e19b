"""What a record may say: status, counts and editions; never what was to stay inside."""

from datetime import date
from typing import Any

import pytest

from app.domain.attestation import ItemPart, SectionPart, canonical
from app.domain.checklist import Kind, State
from app.domain.evaluation import Evaluation, Slot
from app.domain.evidence import Filed
from app.domain.recording import editions, sections, total, value_text
from app.domain.texts import date_with_era
from tests.domain.samples import a_value_of, checklist, evaluate, item, section

CODES = {"countries": {"JP": ("日本", "Japan")}}
SALT = "0" * 32
SECRET = "a secret finding"


def parts(evaluation: Evaluation, salt: str = SALT) -> dict[str, ItemPart]:
    return {part.id: part for found in sections(evaluation, CODES, salt) for part in found.items}


def one_of_each(disclosure: str) -> list[dict[str, Any]]:
    inner = {"items": [item("group.x", "text")]}
    return [
        item(kind.value, kind.value, disclosure=disclosure, **(inner if kind is Kind.GROUP else {}))
        for kind in Kind
    ]


ALL = {kind.value: a_value_of(kind) for kind in Kind}


def test_an_item_with_disclosure_status_never_carries_its_answer() -> None:
    found = parts(evaluate(checklist(*one_of_each("status")), ALL))
    assert set(found) == {kind.value for kind in Kind}
    assert all(part.answer is None for part in found.values())
    assert {name: part.state for name, part in found.items() if part.state != "answered"} == {"derived": "derived"}


def test_an_item_with_disclosure_answer_carries_it_in_both_languages() -> None:
    found = parts(evaluate(checklist(*one_of_each("answer")), ALL))
    said = {name: (part.answer.ja, part.answer.en) for name, part in found.items() if part.answer}
    day = date(2026, 4, 1)
    assert said == {
        "single": ("はい", "Yes"),
        "multi": ("はい", "Yes"),
        "text": ("words", "words"),
        "longtext": ("more\nwords", "more\nwords"),
        "integer": ("5", "5"),
        "date": (date_with_era(day, "ja"), date_with_era(day, "en")),
        "code": ("日本", "Japan"),
        "decimal": ("0.25", "0.25"),
        "file": ("添付あり", "Attached"),
        "person": ("山田 花子（輸出管理室）", "山田 花子（輸出管理室）"),
        "statement": ("確認しました", "Confirmed"),
        "derived": ("はい", "Yes"),
        "group": ("入力済み", "Complete"),
    }


def test_several_choices_are_joined_as_each_language_joins_them() -> None:
    multi = checklist(item("q", "multi")).items["q"]
    text = value_text(multi, ["yes", "no"], CODES)
    assert (text.ja, text.en) == ("はい、いいえ", "Yes; No")


@pytest.mark.parametrize("state", [State.UNSURE, State.NOT_OBTAINED, State.NOT_APPLICABLE, State.OPEN])
def test_a_state_other_than_answered_is_told_by_itself_without_its_reason(state: State) -> None:
    slot = Slot(state, None, SECRET)
    (part,) = parts(evaluate(checklist(item("q", disclosure="answer")), {"q": slot})).values()
    assert (part.state, part.answer) == (state.value, None)
    assert SECRET.encode() not in canonical(part.model_dump(mode="json"))


ROWS = item("g", "group", items=[item("g.x", "text", disclosure="answer"), item("g.y", disclosure="answer")])


def test_rows_are_only_counted_even_where_the_item_discloses_its_answer() -> None:
    answers = {"g": "complete", ("g.x", "1"): SECRET, ("g.x", "2"): State.NOT_OBTAINED, ("g.y", "1"): "yes"}
    found = parts(evaluate(checklist(ROWS), answers, {"g": ["1", "2", "3"]}))
    part = found["g.x"]
    assert (part.state, part.answer, part.rows) == (None, None, 3)
    assert part.counts is not None
    assert (part.counts.answered, part.counts.not_obtained, part.counts.open) == (1, 1, 1)
    written = canonical([part.model_dump(mode="json") for part in found.values()])
    assert SECRET.encode() not in written
    assert b'"row"' not in written


def test_items_out_of_force_and_sections_without_any_are_left_out() -> None:
    hidden = item("b", show_when={"item": "a", "eq": "yes"})
    one = checklist(section("s", item("a"), hidden), section("t", item("c"), stages=["award"]))
    found = sections(evaluate(one, {"a": "no", "b": SECRET, "c": "yes"}), CODES, SALT)
    assert [(part.id, [each.id for each in part.items]) for part in found] == [("s", ["a"])]


def test_items_stand_in_the_order_printed_with_their_numbers() -> None:
    one = checklist(item("z", number="A-1"), ROWS, item("a", number="A-2"))
    (found,) = sections(evaluate(one, {}, {"g": ["1"]}), CODES, SALT)
    assert [(part.id, part.number) for part in found.items] == [
        ("z", "A-1"),
        ("g", None),
        ("g.x", None),
        ("g.y", None),
        ("a", "A-2"),
    ]


def test_a_commitment_changes_with_the_answer_its_state_its_reason_its_row_and_the_salt() -> None:
    one = checklist(item("q", "text"))

    def of(slot: Slot, salt: str = SALT) -> str:
        return parts(evaluate(one, {"q": slot}), salt)["q"].commitment

    said = Slot(State.ANSWERED, "a", "r")
    others = [Slot(State.ANSWERED, "b", "r"), Slot(State.ANSWERED, "a", ""), Slot(State.UNSURE, None, "r")]
    assert len({of(slot) for slot in [said, *others]} | {of(said, "1" * 32)}) == 5
    assert of(said) == of(Slot(State.ANSWERED, "a", "r"))
    swapped = [
        parts(evaluate(checklist(ROWS), {("g.y", "1"): left, ("g.y", "2"): right}, {"g": ["1", "2"]}))["g.y"]
        for left, right in (("yes", "no"), ("no", "yes"))
    ]
    assert swapped[0].counts == swapped[1].counts
    assert swapped[0].commitment != swapped[1].commitment


def test_counts_add_up_from_items_to_sections_to_the_whole() -> None:
    one = checklist(section("s", item("a"), item("b")), section("t", ROWS))
    evaluation = evaluate(one, {"a": "yes", "b": State.UNSURE, ("g.x", "1"): "x"}, {"g": ["1", "2"]})
    found = sections(evaluation, CODES, SALT)
    assert [part.counts for part in found] == [evaluation.counts("s"), evaluation.counts("t")]
    assert total(found) == evaluation.counts()
    assert total(()).total == 0


CHECKS = item(
    "g",
    "group",
    items=[
        item("g.list"),
        item("g.edition", "text", edition_of="g.list"),
        item("g.hits", "integer"),
    ],
)


def test_lists_that_were_checked_are_told_once_with_their_edition_and_without_the_result() -> None:
    answers = {
        ("g.list", "1"): "yes",
        ("g.edition", "1"): "2025-10-09",
        ("g.hits", "1"): 7,
        ("g.list", "2"): "yes",
        ("g.edition", "2"): "2025-10-09",
        ("g.list", "3"): "no",
        ("g.edition", "3"): "2026-01",
        ("g.list", "4"): "no",
        ("g.edition", "5"): "lonely",
    }
    found = editions(evaluate(checklist(CHECKS), answers, {"g": list("12345")}), CODES)
    assert [(each.name.en, each.edition) for each in found] == [("Yes", "2025-10-09"), ("No", "2026-01")]
    assert SectionPart.model_fields.keys() == {"id", "title", "counts", "items"}


def test_files_are_counted_over_all_rows_committed_to_and_never_named() -> None:
    one = checklist(item("a", disclosure="answer"), ROWS)
    answers = {"a": "yes", "g": "complete", ("g.x", "1"): "x", ("g.x", "2"): "y"}
    standing = evaluate(one, answers, {"g": ["1", "2"]})
    names = [Filed("copy", str(number) * 64, f"{SECRET} {number}.pdf", None) for number in range(3)]
    files = {("a", None): names[:1], ("g.x", "1"): names[:2], ("g.x", "2"): names[2:]}

    def of(files_: Any) -> dict[str, ItemPart]:
        return {part.id: part for found in sections(standing, CODES, SALT, files_) for part in found.items}

    found, bare = of(files), of({})
    assert {name: part.files for name, part in found.items()} == {"a": 1, "g": 0, "g.x": 3, "g.y": 0}
    assert {name for name in found if found[name].commitment != bare[name].commitment} == {"a", "g.x"}
    written = canonical([part.model_dump(mode="json") for part in found.values()])
    assert SECRET.encode() not in written
    assert b"1" * 64 not in written
    assert all("files" not in part.model_dump(mode="json") for part in bare.values())
