"""Golden cases: a situation and what a version must make of it. They run whenever a version is checked."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from app.domain.answers import ATTACHED, COMPLETE
from app.domain.checklist import Checklist, Kind, State
from app.domain.conditions import decide
from app.domain.dependencies import Key
from app.domain.evaluation import Evaluation, FileKey, Slot
from app.domain.facts import FACTS
from app.domain.naming import Family, Id, Part, Version
from app.domain.texts import Text

Verdict = Literal["yes", "no", "unknown"]
_VERDICTS: dict[bool | None, Verdict] = {True: "yes", False: "no", None: "unknown"}
Place = Annotated[str, Field(pattern=r"^[a-z][a-z0-9.-]*(@[a-z0-9-]+)?$")]
Answers = dict[Id, Any]


class Expected(Part):
    """What must come out. ``fired`` is exact; ``derived`` names each computed item that is looked at."""

    applies: Verdict | None = None
    shown: tuple[Place, ...] = ()
    hidden: tuple[Place, ...] = ()
    undecided: tuple[Place, ...] = ()
    fired: tuple[Place, ...] = ()
    derived: dict[Id, Any] = Field({})
    missing: tuple[Place, ...] | None = None


class Case(Part):
    """A situation: facts, rows by name, answers, files; ``versions`` are the numbers it is held against."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]
    title: Text
    versions: tuple[Version, ...] = Field(min_length=1)
    facts: dict[str, str | int]
    rows: dict[Id, tuple[str, ...]] = Field({})
    complete: tuple[Id, ...] = ()
    answers: Answers = Field({})
    evidence: Answers = Field({})
    expect: Annotated[Expected, BeforeValidator(lambda value: value or {})]


class Cases(Part):
    """The cases of one family."""

    format: Literal["checklist-cases/1"]
    family: Family | None = None
    cases: tuple[Case, ...]


def run(checklist: Checklist, codes: dict[str, frozenset[str]], case: Case) -> list[str]:
    """Return in sentences what does not come out as expected; nothing when all does."""
    unknown = list(_strangers(checklist, case))
    if unknown:
        return unknown
    slots, files = _told(checklist, case)
    rows = {group: list(each) for group, each in case.rows.items()}
    found = Evaluation(checklist, case.facts, slots, rows, codes, files)
    return [*_applies(checklist, found, case), *_shown(found, case), *_fired(found, case), *_derived(found, case)]


def _strangers(checklist: Checklist, case: Case) -> Iterator[str]:
    expect = case.expect
    places = [*expect.shown, *expect.hidden, *expect.undecided, *(expect.missing or ())]
    named = {place.partition("@")[0] for place in places} | set(case.answers) | set(case.evidence)
    named |= set(case.rows) | set(case.complete) | set(expect.derived)
    yield from (f"there is no item {name}" for name in sorted(named - set(checklist.items)))
    for name, value in case.facts.items():
        if name not in FACTS:
            yield f"there is no fact {name}"
        elif not FACTS[name].known(value):
            yield f"the fact {name} is never {value!r}"
    rules = {rule.id for item in checklist.items.values() for rule in item.rules}
    fired = {place.partition("@")[0] for place in expect.fired}
    yield from (f"there is no rule {name}" for name in sorted(fired - rules))
    for name, told in case.answers.items():
        options = {option.value for option in checklist.items[name].choices} if name in checklist.items else set()
        for _, slot in _by_row(checklist, name, told) if name in checklist.items else ():
            values = slot.value if isinstance(slot.value, list) else [slot.value]
            strange = [value for value in values if options and value is not None and value not in options]
            yield from (f"{name} has no option {value}" for value in strange)


def _told(checklist: Checklist, case: Case) -> tuple[dict[Key, Slot], dict[FileKey, int]]:
    slots: dict[Key, Slot] = {(group, None): Slot(State.ANSWERED, COMPLETE) for group in case.complete}
    files: dict[FileKey, int] = {}
    for name, told in case.answers.items():
        for row, slot in _by_row(checklist, name, told):
            slots[name, row] = slot
            if checklist.items[name].kind is Kind.FILE and slot.value is not None:
                files[name, row, checklist.items[name].evidence[0].id] = int(slot.reason or 1)
                slots[name, row] = Slot(State.ANSWERED, ATTACHED)
    for name, told in case.evidence.items():
        in_rows = name in checklist.group_of
        for row, counted in told.items() if in_rows else [(None, told)]:
            files.update({(name, row, rule): number for rule, number in counted.items()})
    return slots, files


def _by_row(checklist: Checklist, name: str, told: Any) -> Iterator[tuple[str | None, Slot]]:
    if name not in checklist.group_of:
        yield None, _slot(told)
        return
    for row, each in (told if isinstance(told, dict) else {}).items():
        yield row, _slot(each)


def _slot(told: Any) -> Slot:
    if not isinstance(told, dict):
        return Slot(State.ANSWERED, told)
    if "state" in told:
        return Slot(State(told["state"]), None, told.get("reason", ""))
    if "files" in told:
        return Slot(State.ANSWERED, ATTACHED, str(told["files"]))
    return Slot(State.ANSWERED, told.get("value"), told.get("reason", ""))


def _applies(checklist: Checklist, found: Evaluation, case: Case) -> Iterator[str]:
    verdict = _VERDICTS[decide(checklist.applies_when, found.scope(None, None))]
    if case.expect.applies not in {None, verdict}:
        yield f"the version applies: {verdict}, expected {case.expect.applies}"


def _shown(found: Evaluation, case: Case) -> Iterator[str]:
    expect = case.expect
    for places, verdict in ((expect.shown, True), (expect.hidden, False), (expect.undecided, None)):
        for place in places:
            for key in _keys(found, case, place):
                if found.shown(key) is not verdict:
                    told = {True: "shown", False: "hidden", None: "undecided"}
                    yield f"{_place(key)} is {told[found.shown(key)]}, expected {told[verdict]}"
    if expect.missing is not None:
        missing = {_place(key) for key in found.missing}
        if missing != set(expect.missing):
            yield f"missing are {_listed(missing)}, expected {_listed(expect.missing)}"


def _keys(found: Evaluation, case: Case, place: str) -> list[Key]:
    name, at, row = place.partition("@")
    group = found.checklist.group_of.get(name)
    if group is None:
        return [(name, None)]
    return [(name, row)] if at else [(name, each) for each in case.rows.get(group, ())] or [(name, "no-row")]


def _fired(found: Evaluation, case: Case) -> Iterator[str]:
    fired = {one.rule.id + (f"@{one.key[1]}" if one.key[1] else "") for one in found.fired if not one.undecided}
    if fired != set(case.expect.fired):
        yield f"the rules that speak are {_listed(fired)}, expected {_listed(case.expect.fired)}"


def _derived(found: Evaluation, case: Case) -> Iterator[str]:
    for name, expected in case.expect.derived.items():
        by_row = expected if name in found.checklist.group_of else {None: expected}
        for row, value in by_row.items():
            derived = found.derived((name, row))
            if derived != value:
                yield f"{_place((name, row))} amounts to {derived}, expected {value}"


def _place(key: Key) -> str:
    return key[0] + (f"@{key[1]}" if key[1] else "")


def _listed(names: Any) -> str:
    return ", ".join(sorted(names)) or "none"
