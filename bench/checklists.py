"""Checklists by themselves: reading and compiling versions, evaluating many rows, deciding again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from app.catalog.versions import VersionFile, families, load_version, version_files
from app.domain.checklist import Item, Kind, State
from app.domain.compiling import compiled_form, restore
from app.domain.dependencies import Dependencies, Key
from app.domain.evaluation import Evaluation, Slot
from bench.clock import alternately
from bench.report import Row, row, table

ROWS = (1, 10, 50, 200)
LARGEST = "technology-outflow-prevention"
FACTS = {
    "stage": "award",
    "funder": "jsps",
    "call.fiscal_year": 2026,
    "call.kakenhi": "yes",
    "transfer.on": "2026-10-01",
    "collaboration.foreign": "yes",
}


def reading(folder: Path, turns: int) -> list[Row]:
    """Measure each version: read strictly and compiled, and made from its stored form, beside the bare parsers."""
    rows = []
    for path in (path for family in families(folder) for path in version_files(family)):
        file = load_version(path)
        text = file.source.decode()
        stored = json.dumps(compiled_form(file.checklist))
        taken = alternately(
            {
                "ours": lambda path=path: load_version(path),
                "bare": lambda text=text: YAML(typ="safe", pure=True).load(text),
            },
            turns,
            warm=1,
        )
        rows.append(row("read", f"read, check and compile {file.name}", taken, bytes=len(file.source)))
        taken = alternately(
            {
                "ours": lambda stored=stored: restore(json.loads(stored)),
                "bare": lambda stored=stored: json.loads(stored),
            },
            turns * 3,
            warm=1,
        )
        rows.append(
            row("restore", f"make {file.name} from the database's form", taken, items=len(file.checklist.items))
        )
    return rows


def situation(file: VersionFile, number: int) -> Evaluation:
    """Return the version with so many rows in every group and an answer in every slot."""
    checklist = file.checklist
    groups = [item for item in checklist.items.values() if item.kind is Kind.GROUP]
    rows = {group.id: [f"row-{n}" for n in range(number)] for group in groups}
    slots: dict[Key, Slot] = {(group.id, None): Slot(State.ANSWERED, "complete") for group in groups}
    for item in checklist.items.values():
        group = checklist.group_of.get(item.id)
        for place in rows[group] if group else [None]:
            if item.kind not in {Kind.GROUP, Kind.DERIVED}:
                slots[item.id, place] = Slot(State.ANSWERED, _value(item))
    return Evaluation(checklist, FACTS, slots, rows, file.codes)


def _value(item: Item) -> Any:
    match item.kind:
        case Kind.SINGLE:
            return item.choices[0].value
        case Kind.MULTI:
            return [option.value for option in item.choices if option.value != "none"]
        case Kind.INTEGER:
            return item.min or 1
        case Kind.DECIMAL:
            return "30"
        case Kind.DATE:
            return "2026-06-01"
        case Kind.CODE:
            return "US"
        case _:
            return "confirmed" if item.kind is Kind.STATEMENT else "記録のとおり"


def everything(found: Evaluation) -> tuple[int, ...]:
    """Ask all that a page, a save and a sending ask."""
    return (
        len(list(found.visible())),
        len(found.missing),
        len(found.fired),
        len(found.wanting),
        found.counts().total,
    )


def fresh(found: Evaluation) -> Evaluation:
    return Evaluation(found.checklist, found.facts, found.slots, found.rows, found.codes)


def evaluating(folder: Path, turns: int) -> tuple[list[Row], str]:
    """Measure a full evaluation and one changed answer over 1 to 200 rows; return rows and a table of their growth.

    Bare is the least that any evaluation must do: look at every slot once and compare its value.
    """
    path = version_files(folder / LARGEST)[-1]
    file = load_version(path)
    edges = Dependencies(file.checklist)
    rows, lines = [], []
    for number in ROWS:
        whole = situation(file, number)
        counted = everything(whole)
        changed = _changed(whole)
        taken = alternately(
            {
                "ours": lambda whole=whole: everything(fresh(whole)),
                "bare": lambda whole=whole: _bare(whole),
                "again": lambda whole=whole, changed=changed: everything(whole.after(changed, edges)),
            },
            max(5, turns // max(1, number // 10)),
            warm=1,
        )
        ours, again = taken["ours"].median, taken["again"].median
        rows.append(row("evaluate", f"evaluate {counted[0]:,} slots in force, {number} rows a group", taken))
        alone = alternately(
            {"ours": _after(whole, changed, edges), "bare": lambda w=whole: _bare(w)}, turns, warm=1
        )
        rows.append(row("again", f"decide again after one answer, {number} rows a group", alone))
        lines.append(
            (
                number,
                f"{len(whole.slots):,}",
                f"{counted[0]:,}",
                f"{ours:.2f}",
                f"{ours / counted[0] * 1000:.1f}",
                f"{again:.2f}",
                f"{alone['ours'].median:.2f}",
            )
        )
    head = (
        "rows a group",
        "slots",
        "in force",
        "whole ms",
        "µs a slot",
        "one answer, all asked ms",
        "… decided ms",
    )
    return rows, table(head, lines)


def _after(whole: Evaluation, changed: dict[Key, Slot], edges: Dependencies) -> Callable[[], object]:
    """Return the work of taking one answer in and asking what shows at its place."""

    def work() -> object:
        found = whole.after(changed, edges)
        return [found.shown(key) for key in changed]

    return work


def _changed(whole: Evaluation) -> dict[Key, Slot]:
    """Return another answer to a question in a row of the group with most of them."""
    checklist = whole.checklist
    group = max((item for item in checklist.items.values() if item.items), key=lambda item: len(item.items))
    item = next(one for one in group.items if one.kind is Kind.SINGLE)
    return {(item.id, whole.rows[group.id][0]): Slot(State.ANSWERED, item.choices[-1].value)}


def _bare(whole: Evaluation) -> int:
    slots, same = whole.slots, 0
    for key in slots:
        slot = slots[key]
        if slot.state is State.ANSWERED and slot.value == "yes":
            same += 1
    return same
