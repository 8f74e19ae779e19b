"""The parts of an XLSX file, unpacked within limits and read as XML that declares nothing.

The file may come from anybody. Sizes are judged by the directory of the archive before anything is
unpacked, no part is unpacked beyond the size it claims, and a document type is refused, so that
entities cannot be declared. Nothing is ever fetched.
"""

import posixpath
import zipfile
import zlib
from io import BytesIO
from xml.parsers import expat

from app.catalog.strict import CatalogError, Fault

MAX_BYTES = 5_000_000
MAX_UNPACKED = 25_000_000
MAX_PARTS = 500
_CHUNK = 65_536
_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/package/2006/relationships",
)
_FOREIGN = {
    "externallinks/": "links to other files",
    "vbaproject": "macros",
    "embeddings/": "embedded objects",
    "activex/": "embedded objects",
    "connections.xml": "connections to data elsewhere",
    "querytables/": "connections to data elsewhere",
}


class Listener:
    """What listens to a part being read: elements by their local name, "" for those of other vocabularies."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the begin of an element."""

    def end(self, tag: str) -> None:
        """Take the end of an element."""

    def text(self, text: str) -> None:
        """Take text, which may come in several pieces."""


def refusal(name: str, sentence: str) -> CatalogError:
    """Return the error for a file that is refused as a whole."""
    return CatalogError(name, [Fault(1, 1, sentence, "workbook")])


class Package:
    """An XLSX file whose parts can be read; raises CatalogError for what is refused."""

    def __init__(self, content: bytes, name: str):
        self.name = name
        if len(content) > MAX_BYTES:
            raise refusal(name, f"the file is larger than {MAX_BYTES:,} bytes")
        try:
            self._archive = zipfile.ZipFile(BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise refusal(
                name, "this is no XLSX file; a file with a password or in the old XLS form cannot be read"
            ) from None
        self._check_directory(self._archive.infolist())

    def _check_directory(self, entries: list[zipfile.ZipInfo]) -> None:
        names = [entry.filename.lower() for entry in entries]
        if len(entries) > MAX_PARTS or len(set(names)) != len(names):
            raise refusal(self.name, f"the file has more than {MAX_PARTS} parts, or one of them twice")
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
            raise refusal(self.name, f"the file unpacks to more than {MAX_UNPACKED:,} bytes")
        plain = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
        if any(entry.flag_bits & 1 or entry.compress_type not in plain for entry in entries):
            raise refusal(self.name, "the file is encrypted, or packed in a way that spreadsheets do not use")
        for mark, what in _FOREIGN.items():
            if any(mark in name for name in names):
                raise refusal(self.name, f"the file holds {what}, which a checklist has no use for")

    def part(self, path: str) -> bytes | None:
        """Return the bytes of a part, or None where there is no such part."""
        try:
            entry = self._archive.getinfo(path)
        except KeyError:
            return None
        pieces = []
        try:
            # in pieces: reading all at once would unpack beyond the size that the directory claims
            with self._archive.open(entry) as file:
                while piece := file.read(_CHUNK):
                    pieces.append(piece)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError):
            raise refusal(self.name, f"the part {path} is damaged") from None
        return b"".join(pieces)

    def relations(self, path: str) -> dict[str, tuple[str, str]]:
        """Return what the relations of a part name: id → (last word of the type, path of the target)."""
        folder, _, own = path.rpartition("/")
        found = _Relations(folder)
        self.walk(posixpath.join(folder, "_rels", f"{own}.rels"), found)
        return found.targets

    def walk(self, path: str, listener: Listener) -> None:
        """Read a part as XML into ``listener``; a part that is not there is read as empty."""
        content = self.part(path)
        if content is None:
            return

        def doctype(*_: object) -> None:
            raise refusal(self.name, f"the part {path} declares a document type, which no spreadsheet does")

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = doctype
        parser.StartElementHandler = lambda tag, given: listener.start(_local(tag), _attributes(given))
        parser.EndElementHandler = lambda tag: listener.end(_local(tag))
        parser.CharacterDataHandler = listener.text
        try:
            parser.Parse(content, True)
        except CatalogError:
            raise
        except (expat.ExpatError, ValueError, IndexError, LookupError):
            raise refusal(self.name, f"the part {path} is not well formed") from None


def _local(tag: str) -> str:
    vocabulary, _, local = tag.rpartition(" ")
    return local if vocabulary in _MAIN else ""


def _attributes(given: dict[str, str]) -> dict[str, str]:
    return {name.rpartition(" ")[2]: value for name, value in given.items()}


class _Relations(Listener):
    """Listens to a part of relations."""

    def __init__(self, folder: str):
        self.folder = folder
        self.targets: dict[str, tuple[str, str]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Keep a relation to another part."""
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = posixpath.normpath(posixpath.join("/", self.folder, attributes.get("Target", "")))
            self.targets[attributes.get("Id", "")] = kind, target.lstrip("/")
