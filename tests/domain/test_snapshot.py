"""The canonical content of a revision, and what became of its slots."""

from datetime import date
from typing import Any

from app.domain.attestation import canonical
from app.domain.checklist import State
from app.domain.evaluation import EMPTY, Evaluation, Slot
from app.domain.evidence import Filed
from app.domain.snapshot import Change, Row, build, changes, files_of, slots_of
from tests.domain.samples import SHA, checklist, evaluate, item, slots, words

YES = Slot(State.ANSWERED, "yes")
NO = Slot(State.ANSWERED, "no")
FLAG = {"id": "r", "effect": "flag_for_agency", "message": words("m"), "when": {"item": "a", "eq": "yes"}}
GROUP = item("g", "group", items=[item("g.x")], show_when={"item": "a", "eq": "yes"})
ONE = checklist(item("a", rules=[FLAG, FLAG | {"id": "w", "effect": "warn"}]), GROUP)
ANSWERS: dict[Any, Any] = {"a": "yes", "g": "complete", ("g.x", "1"): Slot(State.UNSURE, None, "who knows")}


def content(evaluation: Evaluation, **more: Any) -> dict[str, Any]:
    rows = {"g": [Row("1", "First", None), Row("2", "Second", "p2")]}
    given: dict[str, Any] = {"submission": "s", "number": 1, "checklist_sha256": SHA, "rows": rows}
    return build(evaluation, **{"facts": evaluation.facts, **given, **more})


def evaluation(**more: Any) -> Evaluation:
    return evaluate(ONE, {**ANSWERS, **more}, {"g": ["1", "2"]})


def test_a_snapshot_is_plain_data_with_equal_bytes_for_equal_content() -> None:
    assert canonical(content(evaluation())) == canonical(content(evaluation()))


def test_a_snapshot_holds_the_slots_in_force_and_gives_them_back() -> None:
    whole = slots_of(content(evaluation()))
    assert whole == {
        ("a", None): YES,
        ("g", None): Slot(State.ANSWERED, "complete"),
        ("g.x", "1"): Slot(State.UNSURE, None, "who knows"),
        ("g.x", "2"): EMPTY,
    }
    assert slots_of(content(evaluation(a="no"))) == {("a", None): NO}


def test_a_snapshot_names_the_version_by_its_hash_and_the_rows_with_their_people() -> None:
    found = content(evaluation())
    assert found["checklist"] == {"family": "sample", "version": "1.0.0", "sha256": SHA}
    assert found["rows"]["g"][1] == {"id": "2", "label": "Second", "participant": "p2"}
    assert found["facts"] == {"stage": "application"}
    assert found["statement"]["version"] == "1.0.0"


def test_a_snapshot_flags_for_the_agency_and_keeps_warnings_inside() -> None:
    assert content(evaluation())["flags"] == [{"rule": "r", "item": "a", "row": None}]
    assert content(evaluation(a="no"))["flags"] == []


def test_every_part_of_the_content_changes_its_bytes() -> None:
    changed = [
        content(evaluation(a="no")),
        content(evaluation(g=Slot(State.ANSWERED, "complete", "a reason"))),
        content(evaluation(), number=2),
        content(evaluation(), submission="t"),
        content(evaluation(), checklist_sha256="b" * 64),
        content(evaluation(), facts={"stage": "award"}),
        content(evaluation(), rows={"g": [Row("1", "Other", None)]}),
    ]
    written = [canonical(one) for one in (content(evaluation()), *changed)]
    assert len(set(written)) == len(written)


def test_changes_are_the_slots_whose_state_value_or_reason_differ() -> None:
    before = slots({"a": "yes", "b": "yes", "c": "yes", "d": State.UNSURE})
    after = slots({"a": "yes", "b": "no", "c": Slot(State.ANSWERED, "yes", "why"), "d": State.NOT_OBTAINED})
    assert [change.key[0] for change in changes(before, after)] == ["b", "c", "d"]
    assert changes(before, after)[0] == Change(("b", None), YES, NO)
    assert changes(before, before) == []


def test_slots_that_came_or_went_are_changes_from_or_to_an_open_one_dropped_ones_last() -> None:
    found = changes(slots({"gone": "yes", "kept": "yes"}), slots({"new": "no", "kept": "no"}))
    assert found == [
        Change(("new", None), EMPTY, NO),
        Change(("kept", None), YES, NO),
        Change(("gone", None), YES, EMPTY),
    ]
    assert changes({}, {("open", None): EMPTY}) == []


def test_rows_are_told_apart() -> None:
    found = changes(slots({("g.x", "1"): "yes"}), slots({("g.x", "1"): "yes", ("g.x", "2"): "no"}))
    assert [change.key for change in found] == [("g.x", "2")]


COPY = Filed("copy", "1" * 64, "写し.pdf", date(2026, 4, 1))
RECORD = Filed("record", "2" * 64, "record.png", None)


def test_a_snapshot_holds_the_files_in_force_and_gives_them_back() -> None:
    files = {("a", None): [COPY, RECORD], ("g.x", "1"): [COPY]}
    found = content(evaluation(), evidence=files)
    assert found["evidence"][0] == {
        "item": "a",
        "row": None,
        "rule": "copy",
        "sha256": "1" * 64,
        "name": "写し.pdf",
        "document_on": "2026-04-01",
    }
    assert files_of(found) == {("a", None): (COPY, RECORD), ("g.x", "1"): (COPY,)}
    assert files_of(content(evaluation(a="no"), evidence=files)) == {("a", None): (COPY, RECORD)}


def test_whatever_is_told_of_a_file_is_content() -> None:
    others = (
        Filed("other", COPY.sha256, COPY.name, COPY.document_on),
        Filed(COPY.rule, "3" * 64, COPY.name, COPY.document_on),
        Filed(COPY.rule, COPY.sha256, "other.pdf", COPY.document_on),
        Filed(COPY.rule, COPY.sha256, COPY.name, None),
    )
    written = [canonical(content(evaluation(), evidence={("a", None): [one]})) for one in (COPY, *others)]
    written.append(canonical(content(evaluation())))
    assert len(set(written)) == len(written)


def test_a_snapshot_of_before_there_were_files_holds_none() -> None:
    found = content(evaluation())
    del found["evidence"]
    assert files_of(found) == {}


def test_files_that_came_or_went_are_changes_of_their_slot() -> None:
    answers, key = slots({"a": "yes", "b": "yes"}), ("a", None)
    (came,) = changes(answers, answers, {}, {key: (COPY,)})
    assert (came.key, came.before, came.after, came.files_before, came.files_after) == (key, YES, YES, (), (COPY,))
    (went,) = changes(answers, answers, {key: (COPY, RECORD)}, {key: (RECORD,)})
    assert (went.files_before, went.files_after) == ((COPY, RECORD), (RECORD,))
    assert changes(answers, answers, {key: (COPY,)}, {key: (COPY,)}) == []
