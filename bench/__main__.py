"""Measure everything, print the tables, and write ``bench/results.json``: ``python -m bench``.

``python -m bench bulk`` measures that group alone, and leaves all other figures as they are.
"""

import json
import logging
import os
import platform
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from bench import bare, bulk, checklists, documents, ledger, memory, pages, saving
from bench.pages import Section
from bench.place import Place, make_keys, open_place
from bench.report import Row, figures, replaced, table, verdict
from bench.statements import counted
from tests import servers

RESULTS = Path(__file__).with_name("results.json")
README = Path(__file__).parent.parent / "README.md"
PACKAGES = ("flask", "sqlalchemy", "jinja2", "weasyprint", "pyhanko", "psycopg", "gunicorn")
TURNS = int(os.environ.get("BENCH_TURNS", "300"))
FEWER = TURNS // 5  # where no tail is told
FEW, MANY = 30, 3000
PARTNERS_TOLD = 1  # in app/demo/answers.yaml
MOST_MEMORY, MOST_TAIL = 110, 4.0


def main() -> None:
    if sys.argv[1:] not in ([], ["bulk"]):
        sys.exit("Say nothing to measure everything, or `bulk` to measure issuing many at once.")
    alone = bool(sys.argv[1:])
    started = time.monotonic()
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory(prefix="kakunin-bench-") as name:
        folder = Path(name)
        # PostgreSQL's own account must be able to walk to its folder
        folder.chmod(0o711)
        results = json.loads(RESULTS.read_text("utf-8")) if alone else measure(folder)
        results["bulk"] = many_at_once(folder)
    seconds = round(time.monotonic() - started)
    (results["bulk"] if alone else results)["seconds"] = seconds
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    say(f"\nMeasured in {seconds} s; written to {RESULTS.name}, issuing many at once to {README.name} too.")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def conditions() -> dict[str, Any]:
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "load": [round(one, 1) for one in os.getloadavg()],
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": {one: version(one) for one in PACKAGES},
    }


def floor_of(address: str) -> Engine:
    engine = bare.engine_of(address)
    bare.Base.metadata.create_all(engine)
    return engine


def measure(folder: Path) -> dict[str, object]:
    data = folder / "ours"
    data.mkdir()
    make_keys(data / "keys")
    place = open_place(data)
    engine = floor_of(f"sqlite:///{folder / 'bare.sqlite'}")
    found: dict[str, object] = {"conditions": conditions()}
    say(f"# Kakunin against the bare cost of the same work\n\n{said_of(found['conditions'])}\n")

    sections = fill_sections(place)
    opened = pages.fill_pages(place, engine, sections, {"four": TURNS}, FEWER)
    rows = told("Opening a section to fill in", opened)
    for code, number in (("aoba", FEW), ("hokuryo", MANY)):
        place.many(code, number)
    lists = {n: (code, place.signed_in(code, "office")) for code, n in (("aoba", FEW), ("hokuryo", MANY))}
    rows += told("The list of grants", pages.grant_lists(lists, engine, FEWER))
    rows += told(
        "Saving (SQLite, WAL, synchronous FULL)",
        saving.saves(place, engine, sections[1], "save", "SQLite", (TURNS, FEWER)),
    )
    with servers.postgres(folder / "server") as address:
        rows += told(
            "Saving (PostgreSQL; time of the application only, the server does not sync)",
            on_postgres(folder, address),
        )
    folder_of_checklists = place.settings.checklists_folder
    rows += told("Reading and compiling checklists", checklists.reading(folder_of_checklists, 5))
    evaluated, growth = checklists.evaluating(folder_of_checklists, FEWER)
    rows += told("Evaluating the largest checklist", evaluated)
    say(f"\n{growth}")
    found["statements"] = statements(place, sections)
    made, examined = documents.documents(data / "keys")
    rows += told("Making and sealing a confirmation (the shortest has 3 pages; there is none of 1)", made)
    rows += told("Examining a sealed confirmation", examined)
    found["memory"] = weights(place, folder, sections)
    rows += grown(place, engine, sections[3])
    kept, growth = ledger.measure(open_ledger(folder, data / "keys"), FEWER)
    rows += told("The ledger (SQLite, WAL, synchronous FULL)", kept)
    say(f"\n{growth}")
    found["rows"] = [one.data() for one in rows]
    tails(rows)
    return found


def many_at_once(folder: Path) -> dict[str, object]:
    """Measure issuing many at once, in processes of its own; its table goes into the README too."""
    found = conditions()
    lines, figures_of_it = bulk.measure(folder / "bulk")
    say(f"\n## Issuing many at once\n\n{figures_of_it}")
    written = README.read_text("utf-8")
    said = f"{found['date']}, {found['cores']} shared cores (load {found['load'][0]}):"
    README.write_text(replaced(written, "bulk", f"{said}\n\n{figures_of_it}"), "utf-8")
    return {"conditions": found, "rows": lines}


def open_ledger(folder: Path, keys: Path) -> Place:
    """Return a place of its own, since a million entries would weigh on what else is measured."""
    shutil.copytree(keys, folder / "ledger" / "keys")
    return open_place(folder / "ledger")


def said_of(conditions: object) -> str:
    assert isinstance(conditions, dict)
    packages = ", ".join(f"{name} {number}" for name, number in conditions["packages"].items())
    return (
        f"{conditions['date']}, {conditions['cores']} shared cores (load {conditions['load'][0]}), "
        f"Python {conditions['python']}, {packages}. Milliseconds of processor time, medians; "
        "both works take turns in one process. Wall times are those of a shared machine."
    )


def told(title: str, rows: list[Row]) -> list[Row]:
    say(f"\n## {title}\n\n{figures(rows)}")
    for one in rows:
        if "commit" in one.more:
            alone = one.more["commit"]
            say(f"\n{one.label}: {one.ours / alone:.1f} × insert and commit alone ({alone:.2f} ms).")
    return rows


def fill_sections(place: Place) -> list[Section]:
    """Return the pages that are opened: without rows, with participants' rows, with many of them."""
    small = place.filled("aoba", "application", 4)
    large = place.filled("hokuryo", "application", 20)
    two = place.filled("seto", "application", 2)
    for name in ("collaboration.foreign", "collaboration.partners"):
        place.state_fact("aoba", name, "yes")
    abroad = place.filled("aoba", "award", 4)
    place.add_rows("aoba", abroad, "partners", 3 - PARTNERS_TOLD)
    aoba, hokuryo, seto = (place.signed_in(code, "office") for code in ("aoba", "hokuryo", "seto"))
    return [
        Section("largest section without rows", "scope", aoba, small, "scope"),
        Section("declarations of 4 participants", "four", aoba, small, "declarations"),
        Section("declarations of 20 participants", "twenty", hokuryo, large, "declarations"),
        Section("declarations of 2 participants", "two", seto, two, "declarations"),
        Section("3 partners with 249 countries each", "partners", aoba, abroad, "partners-section"),
    ]


def grown(place: Place, engine: Engine, section: Section) -> list[Row]:
    """Measure one page while its rows grow, and print what a row costs."""
    rows, lines = [], []
    for number in checklists.ROWS:
        place.take_part("seto", number)
        named = replace(section, label=f"declarations of {number}", name=f"grown{number}")
        rows += pages.fill_pages(place, engine, [named], {}, max(3, FEWER // number))
        ours = rows[-1].ours
        lines.append((number, f"{rows[-1].more['questions']:,}", f"{ours:.1f}", f"{ours / number:.2f}"))
    told("Opening a section as its rows grow", rows)
    say("\n" + table(("rows", "questions", "page ms", "ms a row"), lines))
    return rows


def on_postgres(folder: Path, address: str) -> list[Row]:
    for name in ("ours", "bare"):
        servers.run_sql(address, f"CREATE DATABASE {name}")
    place = open_place(folder / "ours-postgres", f"{address}/ours")
    engine = floor_of(f"{address}/bare")
    submission_id = place.filled("aoba", "application", 4)
    one = Section("declarations", "save", place.signed_in("aoba", "office"), submission_id, "declarations")
    return saving.saves(place, engine, one, "save", "PostgreSQL", (FEWER, FEWER))


def statements(place: Place, sections: list[Section]) -> list[dict[str, object]]:
    """Count the statements of each page with 2 and with 20 participants; they must not differ."""
    two, twenty = sections[3], sections[2]
    works = {
        "section to fill in": "/submissions/{id}/sections/declarations",
        "submission with its task list": "/submissions/{id}",
        "checking the answers": "/submissions/{id}/check",
        "list of grants": "/grants",
        "autosave of one answer": "",
    }
    lines = []
    for label, path in works.items():
        counts = []
        for one in (two, twenty):
            if path:
                address = path.format(id=one.submission_id)
                counts.append(counted(place, lambda a=address, o=one: o.browser.get(a)))
            else:
                counts.append(counted(place, saving._ours(place, one, whole=False)))
        few, many = counts
        longest = max(few.longest, many.longest)
        lines.append({"page": label, "few": few.number, "many": many.number, "longest": longest})
    head = ("Page", "statements, 2 participants", "20 participants", "longest statement (characters)")
    say("\n## SQL statements\n\n" + table(head, (one.values() for one in lines)))
    return lines


def weights(place: Place, folder: Path, sections: list[Section]) -> dict[str, dict[str, float]]:
    approved = place.approved("seto")
    paths = ["/grants", *(one.path for one in sections if one.name == "two"), f"/submissions/{approved}"]
    found = {"ours": memory.weigh_ours(place, "seto", paths, approved), "bare": memory.weigh_bare(folder)}
    lines = []
    for moment, weight in found["ours"].items():
        other = found["bare"].get(moment)
        goal = None if "PDF" in moment else weight <= MOST_MEMORY
        ratio = f"**{weight / other:.1f}**" if other else "–"
        told = f"≤ {MOST_MEMORY}" if goal is not None else "–"
        lines.append((moment, f"{weight:.0f}", f"{other:.0f}" if other else "–", ratio, told, verdict(goal)))
    head = ("One gunicorn worker", "ours MiB", "bare MiB", "× bare", "goal MiB", "met")
    say("\n## Memory (resident)\n\n" + table(head, lines))
    return found


def tails(rows: list[Row]) -> None:
    lines = [
        (
            one.label,
            one.turns,
            f"{one.ours:.1f}",
            f"{one.p99:.1f}",
            f"**{one.tail:.1f}**",
            f"≤ {MOST_TAIL:g}",
            verdict(one.tail <= MOST_TAIL),
        )
        for one in rows
        if one.turns >= TURNS
    ]
    head = ("Work", "requests", "p50 ms", "p99 ms", "p99 / p50", "goal", "met")
    say("\n## Tail (processor time)\n\n" + table(head, lines))


if __name__ == "__main__":
    main()
