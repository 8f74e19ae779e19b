"""All that is held against a family before a version of it is published, with the place of each fault."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from app.catalog.strict import CatalogError, Fault, parse
from app.catalog.versions import CASES, LOCK, VersionFile, load_version, lock_faults, nearest, version_files
from app.domain import succeeding
from app.domain.cases import Case, Cases, run
from app.domain.checking import problems, warnings
from app.domain.faults import misshapen
from app.domain.naming import number_of


@dataclass
class Report:
    """What a check found: the sound files, and by file what is wrong and what is worth a look."""

    files: list[VersionFile] = field(default_factory=list)
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    warnings: list[tuple[str, Fault]] = field(default_factory=list)
    cases: int = 0

    def add(self, name: str, *faults: Fault) -> None:
        """Take down faults of one file."""
        self.faults += [(name, fault) for fault in faults]


def check_family(family: Path) -> Report:
    """Check all versions of a family, their lock, their succession and their golden cases; report all at once."""
    report = Report()
    for path in version_files(family):
        try:
            file = load_version(path)
        except CatalogError as error:
            report.add(error.name, *error.faults)
            continue
        report.files.append(file)
        report.add(file.name, *(file.fault(problem) for problem in problems(file.checklist)))
        report.warnings += [(file.name, file.fault(problem)) for problem in warnings(file.checklist)]
    report.files.sort(key=lambda file: number_of(file.checklist.version))
    # a version that cannot be read would make its neighbours look wrong
    if len(report.files) == len(version_files(family)):
        _succession(report)
        _lock(family, report)
    _cases(family, report)
    return report


def _succession(report: Report) -> None:
    checklists = [file.checklist for file in report.files]
    for number, file in enumerate(report.files):
        found = succeeding.problems(file.checklist, checklists[:number])
        report.add(file.name, *(file.fault(problem) for problem in found))


def _lock(family: Path, report: Report) -> None:
    try:
        report.add(f"{family.name}/{LOCK}", *lock_faults(family, report.files))
    except CatalogError as error:
        report.add(error.name, *error.faults)


def _cases(family: Path, report: Report) -> None:
    path = family / CASES
    name = f"{family.name}/{CASES}"
    if not path.is_file():
        report.add(name, Fault(1, 1, "the family has no golden cases"))
        return
    try:
        data, places = parse(path.read_bytes(), name)
        cases = Cases.model_validate(data).cases
    except CatalogError as error:
        report.add(name, *error.faults)
        return
    except ValidationError as error:
        report.add(name, *(Fault(*nearest(places, path), text) for path, text in misshapen(error)))
        return
    report.cases = len(cases)
    there = {path.stem for path in version_files(family)}
    for number, case in enumerate(cases):
        place = nearest(places, ("cases", number))
        report.add(name, *(Fault(*place, f"{case.id}: {text}") for text in _told(report, case, there)))


def _told(report: Report, case: Case, there: set[str]) -> Iterator[str]:
    files = {file.checklist.version: file for file in report.files}
    for version in case.versions:
        if version in files:
            found = run(files[version].checklist, files[version].codes, case)
            yield from (f"{version}: {text}" for text in found)
        elif version not in there:
            yield f"there is no version {version}"
