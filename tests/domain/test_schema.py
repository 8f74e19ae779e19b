"""The published JSON Schema says what the types and their validators say: it refuses what they refuse."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import ValidationError

from app.catalog.strict import parse
from app.catalog.versions import CASES, families, version_files
from app.domain.cases import Cases
from app.domain.checklist import Checklist
from app.domain.compiling import compile_checklist
from app.domain.schema import cases_schema, checklist_schema
from tests.whole import both, whole

ROOT = Path(__file__).parents[2]
FAMILIES = [*families(ROOT / "checklists"), *families(ROOT / "tests" / "families")]
VERSIONS = [file for family in FAMILIES for file in version_files(family)]
PUBLISHED = {"checklist-1": checklist_schema, "cases-1": cases_schema}
VALIDATOR = Draft202012Validator(checklist_schema(), format_checker=FormatChecker())
CASE_VALIDATOR = Draft202012Validator(cases_schema(), format_checker=FormatChecker())
# said between two values, or of the place in a list: no schema can
UNSAID = (
    "min is larger than max",
    "until is before from",
    "only the last case of value_when",
    "not in Unicode NFC",
)


def refused(data: Any) -> list[str]:
    """Return what the types have against the data."""
    try:
        Checklist.model_validate(data)
    except ValidationError as error:
        return [each["msg"] for each in error.errors()]
    return []


def agree(data: Any) -> bool:
    """Hold schema and types against each other; return whether both refuse."""
    faults, fits = refused(data), VALIDATOR.is_valid(data)
    if fits and faults:
        assert all(any(unsaid in fault for unsaid in UNSAID) for fault in faults), faults
    else:
        assert fits is not bool(faults), faults or [error.message for error in VALIDATOR.iter_errors(data)]
    return bool(faults) and not fits


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_file_is_what_the_types_say(name: str) -> None:
    file = ROOT / "docs" / "checklists" / f"{name}.schema.json"
    assert file.read_text("utf-8") == json.dumps(PUBLISHED[name](), ensure_ascii=False, indent=2) + "\n"
    Draft202012Validator.check_schema(json.loads(file.read_text("utf-8")))


@pytest.mark.parametrize("file", VERSIONS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_version_fits(file: Path) -> None:
    assert not list(VALIDATOR.iter_errors(parse(file.read_bytes(), file.name)[0]))


@pytest.mark.parametrize("family", [one for one in FAMILIES if (one / CASES).is_file()], ids=lambda path: path.name)
def test_every_golden_case_fits(family: Path) -> None:
    data = parse((family / CASES).read_bytes(), CASES)[0]
    assert not list(CASE_VALIDATOR.iter_errors(data))
    for damage in ({"format": "checklist-cases/2"}, {"cases": [{"id": "X"}]}, {"more": 1}):
        assert not CASE_VALIDATOR.is_valid(data | damage)
        with pytest.raises(ValidationError):
            Cases.model_validate(data | damage)


def test_the_sample_of_everything_is_a_version() -> None:
    compile_checklist(whole())
    assert not agree(whole())


def at(data: Any, *path: Any) -> Any:
    for step in path:
        data = data[step]
    return data


FOREIGN = ("sections", 0, "items", 0)
GROUP = ("sections", 0, "items", 1)
JUDGED = ("sections", 1, "items")
RECORD = (*JUDGED, 4, "evidence", 0)
DEEP = {"item": "foreign", "eq": "yes"}


def nested(depth: int) -> dict[str, Any]:
    condition: dict[str, Any] = dict(DEEP)
    for _ in range(depth - 1):
        condition = {"not": condition}
    return condition


# path of what is changed, and into what; None takes the key away
DAMAGES: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((), {"format": "checklist/2"}),
    ((), {"family": None}),
    ((), {"version": "1.0"}),
    ((), {"version": "01.0.0"}),
    ((), {"more": 1}),
    ((), {"sections": []}),
    ((), {"sources": []}),
    ((), {"scope": "person"}),
    ((), {"title": "Sample"}),
    (("title",), {"en": None}),
    (("title",), {"fr": "Exemple"}),
    (("title",), {"ja": ""}),
    (("title",), {"ja": "一\u0007"}),
    (("title",), {"ja": "字" * 4001}),
    (("languages",), {"authoritative": "en"}),
    (("languages",), {"required": ["ja"]}),
    (("effective",), {"from": "2026-4-1"}),
    (("effective",), {"from": "2026-02-30"}),
    (("supersedes",), {"change": "huge"}),
    (("supersedes",), {"renamed": {"No Id": "foreign"}}),
    (("supersedes",), {"options": {"foreign": {"": "yes"}}}),
    (("supersedes", "in_progress"), {"finish_by": None}),
    (("supersedes", "in_progress"), {"finish_by": "2026-09-30T17:00:00"}),
    (("sources", 0), {"note": None}),
    (("sources", 0), {"url": "ftp://agency.example"}),
    (("sources", 0), {"confirmed": "no"}),
    (("sources", 0), {"clauses": []}),
    (("lists", 0), {"sha256": "0A" * 32}),
    (("scales",), {"Yes": []}),
    (FOREIGN, {"scale": None}),
    (FOREIGN, {"options": [{"value": "yes", "label": both("あ", "a")}]}),
    (FOREIGN, {"kind": "text"}),
    (FOREIGN, {"kind": "colour"}),
    (FOREIGN, {"list": "countries"}),
    (FOREIGN, {"min": 1}),
    (FOREIGN, {"max_length": 10}),
    (FOREIGN, {"repeat": {}}),
    (FOREIGN, {"cites": []}),
    (FOREIGN, {"required": "true"}),
    (FOREIGN, {"states": ["answered"]}),
    (FOREIGN, {"answered_by": "dean"}),
    (FOREIGN, {"stages": ["someday"]}),
    (FOREIGN, {"risk": "low"}),
    (FOREIGN, {"number": 5}),
    (FOREIGN, {"show_when": {}}),
    (FOREIGN, {"show_when": {"item": "foreign"}}),
    (FOREIGN, {"show_when": DEEP | {"ne": "no"}}),
    (FOREIGN, {"show_when": DEEP | {"fact": "stage"}}),
    (FOREIGN, {"show_when": {"all": []}}),
    (FOREIGN, {"show_when": {"all": [DEEP], "any": [DEEP]}}),
    (FOREIGN, {"show_when": {"all": [DEEP] * 51}}),
    (FOREIGN, {"show_when": {"some": "partners"}}),
    (FOREIGN, {"show_when": {"where": DEEP}}),
    (FOREIGN, {"show_when": DEEP | {"where": DEEP}}),
    (FOREIGN, {"show_when": {"item": "foreign", "like": "y"}}),
    (FOREIGN, {"show_when": {"item": "foreign", "in": []}}),
    (FOREIGN, {"show_when": {"item": "foreign", "in": ["x"] * 501}}),
    (FOREIGN, {"show_when": {"item": "foreign", "answered": "true"}}),
    (FOREIGN, {"show_when": {"item": "foreign", "eq": ["yes"]}}),
    (FOREIGN, {"show_when": nested(9)}),
    (GROUP, {"items": None}),
    (GROUP, {"repeat": None}),
    (GROUP, {"scale": "yes-no"}),
    ((*GROUP, "repeat"), {"over": "papers"}),
    ((*GROUP, "repeat"), {"max": 501}),
    ((*GROUP, "items", 0), {"kind": "group", "max_length": None, "repeat": {}, "items": [{}]}),
    ((*GROUP, "items", 1), {"list": None}),
    ((*GROUP, "rules", 0), {"when": None}),
    ((*GROUP, "rules", 0), {"effect": "explode"}),
    ((*GROUP, "rules", 0), {"message": None}),
    ((*JUDGED, 0), {"options": None}),
    ((*JUDGED, 1), {"places": 7}),
    ((*JUDGED, 2), {"places": 2}),
    ((*JUDGED, 4), {"evidence": []}),
    (RECORD, {"age_from": None}),
    (RECORD, {"media": ["application/zip"]}),
    (RECORD, {"min_files": 21}),
    (RECORD, {"minfiles": 1}),
    ((*JUDGED, 8), {"required": True}),
    ((*JUDGED, 8), {"states": ["unsure"]}),
    ((*JUDGED, 8), {"value_when": None}),
    ((*JUDGED, 8), {"value_when": [{"then": "yes"}, {"then": "no"}]}),
    (("attestation",), {"signatories": []}),
    (("attestation", "signatories", 0), {"role": "participant"}),
    (("attestation", "statement"), {"version": None}),
]


@pytest.mark.parametrize(("path", "change"), DAMAGES, ids=lambda given: str(given)[:60])
def test_schema_and_types_refuse_the_same_damage(path: tuple[Any, ...], change: dict[str, Any]) -> None:
    data = whole()
    part = at(data, *path)
    for key, value in change.items():
        part[key] = value
        if value is None:
            del part[key]
    assert agree(data)


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (FOREIGN, {"scale": None, "options": [{"value": "a", "label": both("あ", "a")}]}),
        (FOREIGN, {"min": None, "items": [], "value_when": []}),
        (FOREIGN, {"show_when": {"item": "foreign", "eq": True, "all": None, "in": None}}),
        (FOREIGN, {"show_when": nested(8)}),
        (FOREIGN, {"show_when": None, "origin_reason": None}),
        (("sources", 0), {"confirmed": True, "note": None}),
        (("supersedes", "in_progress"), {"policy": "offer", "finish_by": None}),
        ((*JUDGED, 8), {"required": False, "evidence": []}),
    ],
    ids=lambda given: str(given)[:60],
)
def test_schema_and_types_take_the_same_liberties(path: tuple[Any, ...], change: dict[str, Any]) -> None:
    data = whole()
    at(data, *path).update(change)
    assert not refused(data)
    assert not agree(data)


def paths(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in inner:
        yield from paths(value, (*path, step))


PATHS = list(paths(whole()))[1:]
WORDS = sorted({str(step) for path in PATHS for step in path if isinstance(step, str)})
VALUES = st.one_of(
    st.sampled_from(
        [None, "", "x", "yes", "a.b", "2026-04-01", 0, 1, -1, 500, 10**6, True, False, [], {}, ["x"], [1]]
    ),
    st.sampled_from([{"then": "x"}, DEEP, nested(3), {"ja": "あ", "en": "a"}, {"x": 1}, [{}], [DEEP]]),
    st.sampled_from(PATHS).map(lambda path: at(whole(), *path)),
).map(copy.deepcopy)


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_schema_and_types_agree_on_random_damage(given_data: st.DataObject) -> None:
    data = whole()
    for _ in range(given_data.draw(st.integers(1, 2))):
        path = given_data.draw(st.sampled_from(list(paths(data))[1:] or [("x",)]))
        if path == ("x",):
            break
        parent, last = at(data, *path[:-1]), path[-1]
        match given_data.draw(st.sampled_from(["replace", "delete", "add", "rename", "repeat", "wrap"])):
            case "replace":
                parent[last] = given_data.draw(VALUES)
            case "delete":
                del parent[last]
            case "add" if isinstance(parent[last], dict):
                parent[last][given_data.draw(st.sampled_from([*WORDS, "more"]))] = given_data.draw(VALUES)
            case "rename" if isinstance(parent, dict):
                parent[given_data.draw(st.sampled_from(WORDS))] = parent.pop(last)
            case "repeat" if isinstance(parent[last], list):
                parent[last] = parent[last] * given_data.draw(st.sampled_from([0, 2, 60]))
            case _:
                parent[last] = [parent[last]]
    agree(data)
