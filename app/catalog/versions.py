"""Versions on disk: ``<family>/<version>.yaml`` beside ``<family>/index.json``, the lock of content hashes."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.catalog.strict import KEY, CatalogError, Fault, Place, parse
from app.catalog.strict import Path as DataPath
from app.domain.attestation import canonical, sha256
from app.domain.checklist import Checklist
from app.domain.compiling import CompileError, compile_checklist
from app.domain.faults import Problem

LOCK = "index.json"
CASES = "cases.yaml"
LISTS = "lists"

# (name, hash) → the bytes of a list, or None; bytes with another hash are a fault that is told
Lists = Callable[[str, str], bytes | None]


@dataclass(frozen=True)
class CodeList:
    """A reference list as published: its bytes and their hash."""

    name: str
    edition: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Return the hash that pins the list."""
        return sha256(self.content)


@dataclass(frozen=True)
class VersionFile:
    """A version as read: the author's bytes, plain data, compiled form, the lists it pins, and where all stands."""

    name: str
    source: bytes
    data: dict[str, Any]
    checklist: Checklist
    lists: tuple[CodeList, ...]
    places: dict[DataPath, Place]

    @property
    def sha256(self) -> str:
        """Return the content hash: SHA-256 over the canonical JSON (RFC 8785) of the data."""
        return sha256(canonical(self.data))

    @property
    def codes(self) -> dict[str, frozenset[str]]:
        """Return the codes of each list by the name that the version gives it."""
        pinned = {one.sha256: codes_of(one.content) for one in self.lists}
        return {use.id: frozenset(pinned[use.sha256]) for use in self.checklist.lists}

    def fault(self, problem: Problem) -> Fault:
        """Return a problem of the data with its place in the file."""
        return Fault(*nearest(self.places, problem[0]), problem[1])


@dataclass(frozen=True)
class Locked:
    """What a number is locked to: the hash of its content, and that of the file's very bytes."""

    content: str
    file: str


def load_version(path: Path) -> VersionFile:
    """Read and compile one version file; raise CatalogError that names every fault with its place."""
    name = f"{path.parent.name}/{path.name}"
    file = read_version(path.read_bytes(), name, lists_in(path.parent.parent))
    if (file.checklist.family, f"{file.checklist.version}.yaml") != (path.parent.name, path.name):
        raise CatalogError(name, [Fault(1, 1, "family and version are those of the file's place")])
    return file


def lists_in(folder: Path) -> Lists:
    """Return the lists that lie in the folder of the checklists, looked up by their name."""

    def found(name: str, _sha256: str) -> bytes | None:
        file = folder / LISTS / f"{name}.json"
        return file.read_bytes() if file.is_file() else None

    return found


def read_version(source: bytes, name: str, lists: Lists) -> VersionFile:
    """Compile the bytes of a version with the lists that it pins; raise CatalogError."""
    data, places = parse(source, name)
    try:
        checklist = compile_checklist(data)
    except CompileError as error:
        faults = [Fault(*nearest(places, problem[0]), problem[1]) for problem in error.problems]
        raise CatalogError(name, faults) from None
    return VersionFile(name, source, data, checklist, tuple(_lists(lists, name, checklist, places)), places)


def nearest(places: dict[DataPath, Place], path: DataPath) -> Place:
    """Return the place of a path in a file, or of the nearest thing around it; that of the key if it is above."""
    while path and path not in places:
        path = path[:-1]
    return places.get((*path, KEY), places.get(path, (1, 1)))


def _lists(lists: Lists, name: str, checklist: Checklist, places: dict[DataPath, Place]) -> list[CodeList]:
    found, faults = [], []
    for number, use in enumerate(checklist.lists):
        place = nearest(places, ("lists", number))
        content = lists(use.file, use.sha256)
        if content is None:
            faults.append(Fault(*place, f"there is no list {use.file}"))
            continue
        one = CodeList(use.file, use.edition, content)
        if one.sha256 != use.sha256:
            faults.append(Fault(*place, f"the list {use.file} has the hash {one.sha256}"))
        found.append(one)
    if faults:
        raise CatalogError(name, faults)
    return found


def families(folder: Path) -> list[Path]:
    """Return the folders of the families below ``folder``, by name."""
    return sorted(each for each in folder.iterdir() if each.is_dir() and any(version_files(each)))


def version_files(family: Path) -> list[Path]:
    """Return the version files of a family, by name."""
    return sorted(path for path in family.glob("*.yaml") if path.name != CASES)


def load_all(folder: Path) -> list[VersionFile]:
    """Read every version below ``folder`` and hold each to its family's lock; raise CatalogError."""
    found = []
    for family in families(folder):
        files = [load_version(path) for path in version_files(family)]
        faults = list(lock_faults(family, files))
        if faults:
            raise CatalogError(f"{family.name}/{LOCK}", faults)
        found += files
    return found


def lock_faults(family: Path, files: list[VersionFile]) -> Iterator[Fault]:
    """Yield what differs between versions as read and as locked: a locked number never takes other content."""
    locked = read_lock(family)
    for file in files:
        entry = locked.get(file.checklist.version)
        if entry is None:
            yield Fault(1, 1, f"{file.checklist.version} is not locked")
        elif entry != Locked(file.sha256, sha256(file.source)):
            message = f"{file.name} has the content {file.sha256}, which is not what was locked"
            yield Fault(1, 1, message)
    missing = set(locked) - {file.checklist.version for file in files}
    yield from (Fault(1, 1, f"{number} is locked but its file is missing") for number in sorted(missing))


def tampered(folder: Path) -> list[str]:
    """Return the locked files whose bytes are no longer those locked; quick, for every start of the service."""
    found = []
    for family in families(folder):
        for number, entry in read_lock(family).items():
            path = family / f"{number}.yaml"
            if not path.is_file() or sha256(path.read_bytes()) != entry.file:
                found.append(f"{family.name}/{path.name}")
    return found


def read_lock(family: Path) -> dict[str, Locked]:
    """Return version number → what it is locked to; nothing for a family without a lock. Raise CatalogError."""
    file = family / LOCK
    if not file.is_file():
        return {}
    try:
        versions = json.loads(file.read_text("utf-8"))["versions"]
        return {number: Locked(entry["content"], entry["file"]) for number, entry in versions.items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CatalogError(f"{family.name}/{LOCK}", [Fault(1, 1, "the lock cannot be read")]) from None


def write_lock(family: Path, files: list[VersionFile]) -> None:
    """Lock the versions of a family; a number that was locked with other content is refused."""
    locked = read_lock(family)
    for file in files:
        number, entry = file.checklist.version, Locked(file.sha256, sha256(file.source))
        if locked.setdefault(number, entry) != entry:
            raise CatalogError(f"{family.name}/{LOCK}", [Fault(1, 1, f"{number} is locked with other content")])
    versions = {number: vars(entry) for number, entry in locked.items()}
    content = json.dumps({"format": "checklist-lock/1", "versions": versions}, indent=2, sort_keys=True)
    (family / LOCK).write_text(content + "\n", "utf-8")


def codes_of(content: bytes) -> dict[str, tuple[str, str]]:
    """Return code → (Japanese, English) of a reference list."""
    return {each["code"]: (each["ja"], each["en"]) for each in json.loads(content)["codes"]}
