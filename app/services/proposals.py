"""Reading a version that somebody brings: every fault at its place, before anything of it is kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.spreadsheet import looks_like_a_workbook, take_workbook
from app.catalog.strict import CatalogError, Fault
from app.catalog.versions import Lists, VersionFile, lists_in, read_version
from app.domain import succeeding
from app.domain.checking import problems, warnings
from app.domain.checklist import Checklist
from app.domain.faults import Problem
from app.models import ChecklistVersion, ReferenceList
from app.services import checklists

NAME = "version.yaml"


@dataclass(frozen=True)
class Reading:
    """What was brought amounts to: the file where it could be read, what is wrong, and what to look at again.

    ``source`` is its YAML, as it was brought or as it was taken from a workbook; empty where there is none.
    """

    source: bytes
    file: VersionFile | None
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()

    @property
    def sound(self) -> VersionFile | None:
        """Return the file when nothing in it is wrong."""
        return None if self.faults else self.file


def read(session: Session, content: bytes, folder: Path, name: str = NAME) -> Reading:
    """Read a version, as YAML or from a workbook, and hold it against all that is asked of one to be published.

    Its lists are those published here or lying in the checklists' ``folder``; it succeeds what is published here.
    """
    if not looks_like_a_workbook(content, name):
        return _read(session, content, folder)
    try:
        taken = take_workbook(content, name)
    except CatalogError as error:
        return Reading(b"", None, faults=tuple(dict.fromkeys(error.faults)))
    found = _read(session, taken.source, folder)

    def placed(faults: Iterable[Fault]) -> tuple[Fault, ...]:
        return tuple(replace(one, cell=taken.cells.get((one.line, one.column), "")) for one in faults)

    return replace(found, faults=placed(found.faults), warnings=placed(found.warnings))


def _read(session: Session, source: bytes, folder: Path) -> Reading:
    try:
        file = read_version(source, NAME, lists(session, folder))
    except CatalogError as error:
        return Reading(source, None, faults=tuple(_in_order(error.faults)))
    others = [one for one in earlier(session, file.checklist.family) if one.version != file.checklist.version]
    found = [
        *_taken(session, file.checklist),
        *problems(file.checklist),
        *succeeding.problems(file.checklist, others),
    ]
    return Reading(
        source,
        file,
        faults=tuple(_in_order(file.fault(problem) for problem in found)),
        warnings=tuple(_in_order(file.fault(problem) for problem in warnings(file.checklist))),
    )


def _taken(session: Session, checklist: Checklist) -> Iterator[Problem]:
    """Yield that the number stands for something published already."""
    query = select(ChecklistVersion.sha256).filter_by(family=checklist.family, version=checklist.version)
    if session.scalar(query) is not None:
        yield ("version",), f"the number {checklist.version} is published already; take the next one"


def _in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Return each fault once, by its place: what many conditions lack at one place is said once."""
    return sorted(dict.fromkeys(faults), key=lambda fault: (fault.line, fault.column))


def lists(session: Session, folder: Path) -> Lists:
    """Return the lists that a version may pin: those published here by their hash, else the folder's by name."""
    on_disk = lists_in(folder)

    def found(name: str, sha256: str) -> bytes | None:
        query = select(ReferenceList.content).filter_by(name=name, sha256=sha256)
        return session.scalar(query) or on_disk(name, sha256)

    return found


def earlier(session: Session, family: str) -> list[Checklist]:
    """Return the versions of a family published here, the withdrawn ones among them: their ids stay taken."""
    hashes = session.scalars(select(ChecklistVersion.sha256).filter_by(family=family))
    return [one.checklist for one in checklists.read(session, hashes).values()]
