"""The published schema of the record refuses what the types refuse, and takes what they take."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import ValidationError

from app.domain.attestation import Record, record_bytes
from app.domain.recordschema import record_schema
from tests.domain.test_attestation import ACT, AGENCY, INK, record
from tests.pdf.records import a_record, an_institutions_record

FILE = Path(__file__).parents[2] / "docs" / "verification" / "attestation-1.schema.json"
VALIDATOR = Draft202012Validator(record_schema(), format_checker=FormatChecker())
# said of the whole, or of texts: no schema can
UNSAID = ("in the order prepared", "the statement of the record", "not in Unicode NFC")


def written(data: dict[str, Any]) -> Any:
    return json.loads(record_bytes(Record.model_validate(data)))


GOOD = written(record(annex={"sha256": "a" * 64}))


def test_the_published_file_is_what_the_types_say() -> None:
    assert FILE.read_text("utf-8") == json.dumps(record_schema(), ensure_ascii=False, indent=2) + "\n"
    Draft202012Validator.check_schema(record_schema())


@pytest.mark.parametrize(
    "made",
    [
        GOOD,
        written(record(acts=[ACT | {"method": "ink", "ink": INK}])),
        json.loads(record_bytes(a_record())),
        json.loads(record_bytes(an_institutions_record())),
        json.loads(record_bytes(a_record(annex={"sha256": "c" * 64}))),
    ],
)
def test_records_fit(made: Any) -> None:
    assert not list(VALIDATOR.iter_errors(made))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for step, each in inner for place in places(each, (*path, step)))]


PLACES = places(GOOD)[1:]
VALUES: list[Any] = [None, "", "x", "ink", "attested", "reviewed", "あ\u0007", "2026-11-23"]
VALUES += [0, -1, 2**60, 1.5, True, [], {}]


def refusals(data: Any) -> list[str]:
    try:
        Record.model_validate_json(json.dumps(data))
    except ValidationError as error:
        return [each["msg"] for each in error.errors()]
    return []


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_schema_and_types_agree_on_every_damage(value: Any) -> None:
    for *path, last in PLACES:
        data = copy.deepcopy(GOOD)
        part = data
        for step in path:
            part = part[step]
        part[last] = value
        faults, fits = refusals(data), VALIDATOR.is_valid(data)
        if fits and faults:
            assert all(any(each in fault for each in UNSAID) for fault in faults), (path, last, faults)
        else:
            assert fits is not bool(faults), (path, last, faults)


@pytest.mark.parametrize("last", sorted({path[-1] for path in PLACES if isinstance(path[-1], str)}))
def test_nothing_may_be_missing_and_nothing_more_be_there(last: str) -> None:
    for path in (path for path in PLACES if path[-1] == last):
        data = copy.deepcopy(GOOD)
        part = data
        for step in path[:-1]:
            part = part[step]
        del part[last]
        assert not VALIDATOR.is_valid(data) or last in {"files", "annex"}
        part |= {last: None, "more": 1}
        assert not VALIDATOR.is_valid(data)


@pytest.mark.parametrize(
    "change",
    [{"funder": AGENCY}, {"grant": None}, {"acts": []}, {"acts": [ACT | {"ink": INK}]}, {"format": "x"}],
)
def test_what_hangs_together_is_said(change: dict[str, Any]) -> None:
    data = json.loads(json.dumps(GOOD | change))
    assert not VALIDATOR.is_valid(data)
    assert refusals(data)
