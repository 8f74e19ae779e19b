"""Versions on disk: ``<family>/<version>.yaml`` beside ``<family>/index.json``, the lock of content hashes."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.catalog.strict import CatalogError, Fault, Place, parse
from app.catalog.strict import Path as DataPath
from app.domain.attestation import canonical, sha256
from app.domain.checklist import Checklist
from app.domain.compiling import CompileError, compile_checklist

LOCK = "index.json"


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
    """A version as read: the author's bytes, plain data, compiled form, and the lists it pins."""

    path: Path
    source: bytes
    data: dict[str, Any]
    checklist: Checklist
    lists: tuple[CodeList, ...]

    @property
    def sha256(self) -> str:
        """Return the content hash: SHA-256 over the canonical JSON (RFC 8785) of the data."""
        return sha256(canonical(self.data))


def load_version(path: Path) -> VersionFile:
    """Read and compile one version file; raise CatalogError that names every fault with its place."""
    name = f"{path.parent.name}/{path.name}"
    source = path.read_bytes()
    data, places = parse(source, name)
    try:
        checklist = compile_checklist(data)
    except CompileError as error:
        faults = [Fault(*_nearest(places, problem), text) for problem, text in error.problems]
        raise CatalogError(name, faults) from None
    if (checklist.family, f"{checklist.version}.yaml") != (path.parent.name, path.name):
        raise CatalogError(name, [Fault(1, 1, "family and version are those of the file's place")])
    return VersionFile(path, source, data, checklist, tuple(_lists(path, name, checklist, places)))


def _nearest(places: dict[DataPath, Place], path: DataPath) -> Place:
    while path and path not in places:
        path = path[:-1]
    return places.get(path, (1, 1))


def _lists(path: Path, name: str, checklist: Checklist, places: dict[DataPath, Place]) -> list[CodeList]:
    found = []
    for number, use in enumerate(checklist.lists):
        place = places.get(("lists", number), (1, 1))
        file = path.parent.parent / "lists" / f"{use.file}.json"
        if not file.is_file():
            raise CatalogError(name, [Fault(*place, f"there is no list {use.file}")])
        one = CodeList(use.file, use.edition, file.read_bytes())
        if one.sha256 != use.sha256:
            raise CatalogError(name, [Fault(*place, f"the list {use.file} has the hash {one.sha256}")])
        found.append(one)
    return found


def load_all(folder: Path) -> list[VersionFile]:
    """Read every version below ``folder`` and hold each to its family's lock; raise CatalogError."""
    found = []
    for family in sorted(each for each in folder.iterdir() if any(each.glob("*.yaml"))):
        locked = read_lock(family)
        files = [load_version(path) for path in sorted(family.glob("*.yaml"))]
        for file in files:
            if locked.get(file.checklist.version) != file.sha256:
                name = f"{family.name}/{LOCK}"
                message = f"{file.path.name} has the content {file.sha256}, which is not what was locked"
                raise CatalogError(name, [Fault(1, 1, message)])
        found += files
    return found


def read_lock(family: Path) -> dict[str, str]:
    """Return version number → content hash as locked; nothing for a family without a lock."""
    file = family / LOCK
    return dict(json.loads(file.read_text("utf-8"))["versions"]) if file.is_file() else {}


def write_lock(family: Path, files: list[VersionFile]) -> None:
    """Lock the versions of a family; a number that was locked with other content is refused."""
    locked = read_lock(family)
    for file in files:
        number = file.checklist.version
        if locked.setdefault(number, file.sha256) != file.sha256:
            raise CatalogError(f"{family.name}/{LOCK}", [Fault(1, 1, f"{number} is locked with other content")])
    content = json.dumps({"format": "checklist-lock/1", "versions": locked}, indent=2, sort_keys=True)
    (family / LOCK).write_text(content + "\n", "utf-8")


def codes_of(content: bytes) -> dict[str, tuple[str, str]]:
    """Return code → (Japanese, English) of a reference list."""
    return {each["code"]: (each["ja"], each["en"]) for each in json.loads(content)["codes"]}
