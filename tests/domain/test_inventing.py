"""Invented answers: whatever is required is answered, what was given is kept, and the version applies."""

from datetime import date
from pathlib import Path

import pytest

from app.catalog.versions import load_all
from app.domain import answers
from app.domain.checklist import Checklist, Kind, Stage, State
from app.domain.conditions import Condition, decide
from app.domain.dependencies import Dependencies
from app.domain.evaluation import Evaluation, Slot
from app.domain.inventing import facts_that_fit, invent

CHECKLISTS = Path(__file__).parents[2] / "checklists"
VERSIONS = load_all(CHECKLISTS)
TODAY = date(2026, 11, 23)
WORDS = "見本の回答"


def begun(checklist: Checklist, codes, stage: str) -> Evaluation:
    facts = facts_that_fit(checklist.applies_when, {"stage": stage, "call.fiscal_year": 2026, "fiscal_year": 2026})
    rows = {
        item.id: [f"{item.id}-{number}" for number in range(2)]
        for item in checklist.items.values()
        if item.kind is Kind.GROUP
    }
    return Evaluation(checklist, facts, {}, rows, codes)


@pytest.mark.parametrize("file", VERSIONS, ids=lambda file: file.name)
@pytest.mark.parametrize("stage", list(Stage))
def test_everything_required_is_answered_as_people_could(file, stage: Stage) -> None:
    start = begun(file.checklist, file.codes, stage.value)
    found = invent(start, Dependencies(file.checklist), WORDS, TODAY)
    assert found.missing == []
    for key, slot in found.slots.items():
        item = file.checklist.items[key[0]]
        if slot.state is State.ANSWERED:
            typed = slot.value if isinstance(slot.value, list) else [str(slot.value)]
            codes = file.codes.get(item.list or "", frozenset())
            assert answers.read(item, "", typed, slot.reason, codes)[1] == slot.value, item.id


@pytest.mark.parametrize("file", VERSIONS, ids=lambda file: file.name)
def test_facts_are_found_under_which_a_version_applies(file) -> None:
    scope = begun(file.checklist, file.codes, "yearly").scope(None, None)
    assert decide(file.checklist.applies_when, scope) is True


def test_what_was_given_is_kept() -> None:
    file = VERSIONS[-1]
    start = begun(file.checklist, file.codes, "award")
    key = next(key for key in start.missing if file.checklist.items[key[0]].kind is Kind.MULTI)
    given = Slot(State.ANSWERED, [file.checklist.items[key[0]].choices[-1].value])
    found = invent(start.after({key: given}), Dependencies(file.checklist), WORDS, TODAY)
    assert found.slot(key) == given


@pytest.mark.parametrize(("condition", "fact", "value"), [
    ({"fact": "call.fiscal_year", "gt": 2030}, "call.fiscal_year", 2031),
    ({"fact": "call.fiscal_year", "lt": 2024}, "call.fiscal_year", 2023),
    ({"fact": "call.fiscal_year", "lte": 2024}, "call.fiscal_year", 2024),
    ({"fact": "transfer.on", "lt": "2025-10-09"}, "transfer.on", "2025-10-08"),
    ({"fact": "transfer.on", "gt": "2025-10-09"}, "transfer.on", "2025-10-10"),
    ({"fact": "funder", "in": ["jst", "amed"]}, "funder", "jst"),
    ({"fact": "call.kakenhi", "eq": "yes"}, "call.kakenhi", "yes"),
    ({"fact": "call.fiscal_year", "gte": 2020}, "call.fiscal_year", 2026),
])  # fmt: skip
def test_a_comparison_tells_a_value_that_fulfils_it(condition, fact: str, value) -> None:
    found = facts_that_fit(Condition.model_validate(condition), {"call.fiscal_year": 2026})
    assert found[fact] == value
