"""Opening what the verifier is pointed at: a file, a folder, a bundle. Nothing is unpacked, nothing is written."""

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from cryptography import x509

from app.domain.attestation import sha256
from app.domain.errors import InvalidError
from app.domain.notes import VerifierKey
from app.offline.holding import Held, Known, Trust

MANIFEST = "manifest.json"
BUNDLE = "kakunin-bundle/1"
LARGEST_FILE = 64 * 1024 * 1024
MOST_FILES = 100_000

# a folder may hold other JSON: only what says that it is a record is judged as one
_MARK = b"kakunin-attestation/"
ANCHORS, CHECKPOINT, LISTS = "anchors", "ledger/checkpoint", "status/"


class UsageError(Exception):
    """What the verifier was pointed at is not there, or is nothing it can read."""


@dataclass(frozen=True)
class Place:
    """Files by their path with ``/``: of a folder, or inside a zip."""

    root: Path
    zipped: zipfile.ZipFile | None = field(default=None, repr=False)

    @classmethod
    def at(cls, path: Path) -> "Place":
        """Open a folder or a zip; raise UsageError for anything else."""
        if path.is_dir():
            return cls(path)
        try:
            zipped = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as wrong:
            raise UsageError(f"{path} cannot be opened") from wrong
        if len(zipped.infolist()) > MOST_FILES:
            raise UsageError(f"{path} holds too many files")
        return cls(path, zipped)

    def names(self) -> list[str]:
        """Return the paths of all files, in order."""
        if self.zipped is not None:
            return sorted({one.filename for one in self.zipped.infolist() if not one.is_dir()})
        found = (one for one in self.root.rglob("*") if one.is_file())
        return sorted(one.relative_to(self.root).as_posix() for one in found)

    def read(self, name: str) -> bytes:
        """Return the content of a file; raise UsageError for one that is too large or damaged."""
        try:
            if self.zipped is None:
                path = self.root / name
                if path.stat().st_size > LARGEST_FILE:
                    raise UsageError(f"{path} is too large")
                return path.read_bytes()
            with self.zipped.open(name) as file:
                content = file.read(LARGEST_FILE + 1)
        except (OSError, KeyError, RuntimeError, ValueError, zipfile.BadZipFile, NotImplementedError) as wrong:
            raise UsageError(f"{name} in {self.root} cannot be read") from wrong
        if len(content) > LARGEST_FILE:
            raise UsageError(f"{name} in {self.root} is too large")
        return content

    def text(self, name: str) -> str:
        """Return the content of a text file; what is no UTF-8 becomes what nothing accepts."""
        return self.read(name).decode("utf-8", "replace")


def is_bundle(place: Place) -> bool:
    """Tell whether a folder or a zip says that it is a bundle."""
    return MANIFEST in place.names() and _manifest(place).get("format") == BUNDLE


def damaged(place: Place) -> list[str]:
    """Return the files of a bundle that are not as its manifest says, are not there, or are not in it."""
    listed = _manifest(place).get("files")
    told: dict[str, object] = {}
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict):
            told[str(one.get("path"))] = one.get("sha256")
    there = set(place.names()) - {MANIFEST}
    wrong = {name for name in there & told.keys() if sha256(place.read(name)) != told[name]}
    return sorted(wrong | (there ^ told.keys()))


def _manifest(place: Place) -> Mapping[str, object]:
    try:
        found = json.loads(place.read(MANIFEST))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def anchors(place: Place, folder: str) -> Trust:
    """Return whom the files in a folder of a place say to trust; raise UsageError for what is no anchor."""
    below = f"{folder}/" if folder else ""
    seals, times, ledgers, persons = [], [], [], []
    for name in place.names():
        path = name.removeprefix(below) if name.startswith(below) else ""
        try:
            if path.startswith("seals/") and path.endswith(".pem"):
                seals += x509.load_pem_x509_certificates(place.read(name))
            elif path.startswith("time-stamps/") and path.endswith(".pem"):
                times += x509.load_pem_x509_certificates(place.read(name))
            elif path.startswith("persons/") and path.endswith(".pem"):
                persons += x509.load_pem_x509_certificates(place.read(name))
            elif "/" not in path and path.endswith(".vkey"):
                ledgers += [VerifierKey.read(line) for line in place.text(name).split("\n") if line]
        except (ValueError, InvalidError) as wrong:
            raise UsageError(f"{name} in {place.root} is no anchor") from wrong
    return Trust(tuple(seals), tuple(times), tuple(ledgers), tuple(persons))


def known(place: Place) -> Known:
    """Return what a bundle knows beside its attestations: status lists, and the checkpoint with its tokens."""
    names = place.names()
    lists = tuple(place.text(name) for name in names if name.startswith(LISTS))
    tokens = tuple(place.read(name) for name in names if name.startswith("ledger/") and name.endswith(".tsr"))
    notes = ((place.text(CHECKPOINT), tokens),) if CHECKPOINT in names else ()
    return Known(lists, notes)


def held(place: Place, folder: str = "") -> Iterator[Held]:
    """Yield what a place holds below a folder, in order: files of one folder and one name belong together.

    The name ends at the first dot. With a PDF go the proofs beside it; what it encloses is looked for inside.
    Without one a record (``.json``) and a statement (``.jws``) are what there is.
    """
    groups: dict[str, list[str]] = {}
    for name in place.names():
        path = PurePosixPath(name)
        if name.startswith(folder) and path.suffix in {".pdf", ".json", ".jws", ".tlog-proof", ".entry"}:
            groups.setdefault(str(path.with_name(path.name.split(".")[0])), []).append(name)
    for stem, names in groups.items():
        found = _held(place, stem, names)
        if found is not None:
            yield found


def of_file(path: Path) -> Held:
    """Return what one file holds, with what lies beside it under its name; raise UsageError without a file."""
    place, stem = Place(path.parent), path.name.split(".")[0]
    try:
        beside = sorted(
            one.name for one in path.parent.iterdir() if one.name.split(".")[0] == stem and one.is_file()
        )
    except OSError as wrong:
        raise UsageError(f"{path} cannot be read") from wrong
    if path.suffix in {".json", ".jws"}:
        return _parts(place, stem, beside)
    return Held(path.name, pdf=place.read(path.name), proofs=_proofs(place, beside))


def _held(place: Place, stem: str, names: list[str]) -> Held | None:
    """Return what files that belong together hold, None where they are nothing of an attestation."""
    if f"{stem}.pdf" in names:
        return Held(f"{stem}.pdf", pdf=place.read(f"{stem}.pdf"), proofs=_proofs(place, names))
    ours = f"{stem}.json" in names and _MARK in place.read(f"{stem}.json")
    return _parts(place, stem, names) if ours or f"{stem}.jws" in names else None


def _parts(place: Place, stem: str, names: list[str]) -> Held:
    record, statement = f"{stem}.json", f"{stem}.jws"
    return Held(
        record if record in names else statement,
        record=place.read(record) if record in names else None,
        statement=place.text(statement).rstrip("\n") if statement in names else None,
        proofs=_proofs(place, names),
    )


def _proofs(place: Place, names: list[str]) -> tuple[tuple[str, bytes | None], ...]:
    """Return the proofs among files, each with the entry that lies beside it."""
    found = []
    for name in names:
        if name.endswith(".tlog-proof"):
            entry = f"{name.removesuffix('.tlog-proof')}.entry"
            found.append((place.text(name), place.read(entry) if entry in names else None))
    return tuple(found)
