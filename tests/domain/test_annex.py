"""The annex opens every commitment of its record, and whatever is changed in it shows."""

import json
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.annex import Annex, Inside, annex_bytes, build, named, opens
from app.domain.attestation import AnnexPart, Record, canonical, record_bytes, sha256
from app.domain.checklist import Kind, State
from app.domain.evaluation import Slot
from app.domain.evidence import Filed
from app.domain.recording import sections, total
from app.domain.snapshot import Row
from tests.domain.samples import a_value_of, checklist, evaluate, item
from tests.pdf.records import a_record

CODES = {"countries": {"JP": ("日本", "Japan")}}
SALT = "5a" * 16
PERSONS = item(
    "roster",
    "group",
    repeat={"over": "participants"},
    items=[
        item("roster.told", states=["unsure"], evidence=[{"id": "copy", "label": {"ja": "写し", "en": "Copy"}}]),
        item("roster.origin", "text", origin_reason={"ja": "様式が求めます", "en": "The form demands it"}),
    ],
)
KINDS = [item(kind.value, kind.value, disclosure="answer") for kind in Kind if kind not in {Kind.GROUP, Kind.FILE}]
ASKED = checklist(*KINDS, PERSONS, item("hidden", show_when={"item": "single", "eq": "no"}))
ANSWERS = {kind.value: a_value_of(kind) for kind in Kind if kind is not Kind.GROUP} | {
    ("roster.told", "1"): "yes",
    ("roster.told", "2"): Slot(State.UNSURE, None, "本人に照会中"),
    ("roster.origin", "1"): "a value",
    "hidden": "yes",
}
FILES = {
    ("roster.told", "1"): [
        Filed("copy", "1" * 64, "one.pdf", date(2026, 4, 1)),
        Filed("copy", "2" * 64, "two.png", None),
    ]
}
MEDIA = {"1" * 64: "application/pdf", "2" * 64: "image/png"}
ROWS = {"roster": [Row("1", "山田 花子", "p1"), Row("2", "", "p2")], "gone": [Row("3", "nobody", None)]}


OPENING = "c7" * 16


def made(opening: str = OPENING) -> tuple[Record, Annex]:
    evaluation = evaluate(ASKED, ANSWERS, {"roster": ["1", "2"]})
    parts = sections(evaluation, CODES, opening, FILES)
    record = a_record(sections=1, items=1, salt=SALT).model_copy(update={"sections": parts, "counts": total(parts)})
    annex = build(record, Inside(evaluation, CODES, ROWS, FILES, MEDIA), opening)
    return record.model_copy(update={"annex": AnnexPart(sha256=sha256(annex_bytes(annex)))}), annex


RECORD, ANNEX = made()
DATA = json.loads(annex_bytes(ANNEX))


def slots() -> dict[str, list[dict[str, Any]]]:
    return {each["id"]: each["slots"] for section in DATA["sections"] for each in section["items"]}


def test_it_opens_every_commitment_of_its_record_and_is_named_by_it() -> None:
    assert opens(RECORD, ANNEX) is None
    assert named(RECORD, ANNEX)
    assert Annex.model_validate_json(annex_bytes(ANNEX)) == ANNEX
    assert Record.model_validate_json(record_bytes(RECORD)) == RECORD


def test_answers_read_as_people_read_them_with_reasons_names_and_files() -> None:
    told = slots()
    assert told["code"][0]["answer"] == {"ja": "日本", "en": "Japan"}
    assert (told["multi"][0]["value"], told["multi"][0]["answer"]["en"]) == (["yes"], "Yes")
    assert (told["derived"][0]["state"], told["derived"][0]["answer"]["ja"]) == ("derived", "はい")
    first, second = told["roster.told"]
    assert [(one["title"]["en"], one["name"], one["kind"], one["document_on"]) for one in first["files"]] == [
        ("Copy", "one.pdf", "application/pdf", "2026-04-01"),
        ("Copy", "two.png", "image/png", None),
    ]
    assert (second["state"], second["answer"], second["reason"]) == ("unsure", None, "本人に照会中")
    assert [(row["id"], row["label"]) for row in DATA["rows"]] == [("1", "山田 花子"), ("2", "")]


def test_what_is_not_in_force_is_not_told_and_what_speaks_of_origin_says_why() -> None:
    assert "hidden" not in slots()
    items = {each["id"]: each for section in DATA["sections"] for each in section["items"]}
    reasons = {name: each["origin_reason"] for name, each in items.items() if each["origin_reason"]}
    assert reasons == {"roster.origin": {"ja": "様式が求めます", "en": "The form demands it"}}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * (not isinstance(value, dict | list)) + [
        place for step, each in inner for place in places(each, (*path, step))
    ]


def other(value: Any) -> Any:
    """Return another value of the same kind that a type may still take."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case None:
            return "x"
        case "":
            return "x"
        case _ if set(value) <= set("0123456789abcdef"):
            return ("1" if value[0] == "0" else "0") + value[1:]
        case _:
            return value + "x"


COMMITTED = {"row", "state", "value", "reason"}


@pytest.mark.parametrize("path", places(DATA), ids=lambda path: ".".join(map(str, path)))
def test_each_single_value_that_is_changed_shows(path: tuple[Any, ...]) -> None:
    data = deepcopy(DATA)
    part = data
    for step in path[:-1]:
        part = part[step]
    values = [state.value for state in State] if path[-1] == "state" else [other(part[path[-1]])]
    for value in values:
        before = part[path[-1]]
        if value == before:
            continue
        part[path[-1]] = value
        try:
            changed = Annex.model_validate_json(canonical(data))
        except ValidationError:
            continue
        assert not named(RECORD, changed)
        steps = path[5:] if path[:1] == ("sections",) and "slots" in path else ()
        committed = bool(COMMITTED & set(steps)) or (steps[1:2] == ("files",) and path[-1] == "sha256")
        identity = path[:1] == ("sections",) and path[2:3] == ("items",) and path[4:] == ("id",)
        found = opens(RECORD, changed)
        if identity or path == ("salt",):
            assert found is not None
        elif committed and not (data_state(data, path) == "derived" and path[-1] in {"reason"}):
            assert found == DATA["sections"][path[1]]["items"][path[3]]["id"], path
        else:
            assert found is None, path
        part[path[-1]] = before


def data_state(data: Any, path: tuple[Any, ...]) -> str:
    state: str = data["sections"][path[1]]["items"][path[3]]["slots"][path[5]]["state"]
    return state


def test_an_answer_an_item_or_a_file_more_or_less_shows() -> None:
    section, last = ANNEX.sections[0], ANNEX.sections[0].items[-1]
    fewer = ANNEX.model_copy(
        update={"sections": (section.model_copy(update={"items": section.items[:-1]}),)},
    )
    more = ANNEX.model_copy(
        update={"sections": (section.model_copy(update={"items": (*section.items, last)}),)},
    )
    assert opens(RECORD, fewer) == last.id
    assert opens(RECORD, more) == last.id
    cut = last.model_copy(update={"slots": last.slots[:-1]})
    assert (
        opens(
            RECORD,
            ANNEX.model_copy(
                update={"sections": (section.model_copy(update={"items": (*section.items[:-1], cut)}),)}
            ),
        )
        == last.id
    )


def test_from_what_stands_in_the_record_nobody_can_try_out_an_answer() -> None:
    again, other_annex = made("a5" * 16)
    assert other_annex.sections == ANNEX.sections
    assert again.annex != RECORD.annex
    committed = [[item.commitment for section in one.sections for item in section.items] for one in (RECORD, again)]
    assert not set(committed[0]) & set(committed[1])
    assert ANNEX.salt.encode() not in record_bytes(RECORD)
    # the salt that names the entries in the ledger opens nothing
    assert opens(RECORD, ANNEX.model_copy(update={"salt": RECORD.salt})) is not None


def test_a_record_without_an_annex_keeps_its_bytes() -> None:
    assert b'"annex"' not in record_bytes(a_record(sections=1, items=1))
    assert not named(a_record(sections=1, items=1), ANNEX)
