"""A strict reading of YAML: text first, no surprises, and the place of everything.

Only ``true``, ``false``, ``null`` and whole numbers are typed; all else is text. Duplicate keys,
aliases, anchors, tags, a byte order mark, carriage returns, text outside NFC, depth and size are refused.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

MAX_BYTES = 1_000_000
# beside the path of a value: where its key stands, if that is an earlier line
KEY = "[key]"
MAX_DEPTH = 30
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_CONSTANTS = {"true": True, "false": False, "null": None}

Path = tuple[str | int, ...]
Place = tuple[int, int]


@dataclass(frozen=True)
class Fault:
    """Something wrong at a place: line and column count from 1; in a workbook ``cell`` says "Items!C7"."""

    line: int
    column: int
    message: str
    cell: str = ""

    @property
    def place(self) -> str:
        """Return the place as people look for it."""
        return self.cell or f"{self.line}:{self.column}"


class CatalogError(ValueError):
    """A file that cannot be a checklist version; ``faults`` lists all that was found."""

    def __init__(self, name: str, faults: list[Fault]):
        super().__init__("\n".join(f"{name}:{f.place}: {f.message}" for f in faults))
        self.name = name
        self.faults = faults


def parse(data: bytes, name: str) -> tuple[Any, dict[Path, Place]]:
    """Return plain data and the place of every path in it; raise CatalogError."""
    text = _text(data, name)
    # read event by event: what is nested too deep is refused before the rest of it costs its square
    reader = _Reader(name, YAML(typ="safe", pure=True).parse(text))
    try:
        return reader.document(), reader.places
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _error(name, place, _said(text, place, str(error.problem))) from None
    except YAMLError as error:
        raise _error(name, (1, 1), str(error).splitlines()[0]) from None


def _text(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise _error(name, (1, 1), f"the file is larger than {MAX_BYTES} bytes")
    if data.startswith(b"\xef\xbb\xbf"):
        raise _error(name, (1, 1), "the file begins with a byte order mark")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _error(name, (line, 1), "the file is not UTF-8") from None
    for number, line_text in enumerate(text.split("\n"), start=1):
        if "\r" in line_text:
            raise _error(name, (number, line_text.index("\r") + 1), "lines end with LF alone")
        if unicodedata.normalize("NFC", line_text) != line_text:
            raise _error(name, (number, 1), "text is not in Unicode NFC")
        if controls := [place for place, c in enumerate(line_text) if _is_control(c) and c != "\t"]:
            raise _error(name, (number, controls[0] + 1), "text holds a control character")
    return text


def _is_control(c: str) -> bool:
    return unicodedata.category(c) in {"Cc", "Cs"}


def _said(text: str, place: Place, problem: str) -> str:
    """Return what keeps a text from being YAML; a tab before a word, which nobody sees, is named."""
    line = text.split("\n")[place[0] - 1 : place[0]]
    tabbed = any("\t" in one[: len(one) - len(one.lstrip())] for one in line)
    return "lines are indented with spaces, not with tabs" if tabbed else problem


def _error(name: str, place: Place, message: str) -> CatalogError:
    return CatalogError(name, [Fault(*place, message)])


class _Reader:
    """Builds plain data from parser events, so that nothing is resolved behind our back."""

    def __init__(self, name: str, events: Iterator[Event]):
        self.name = name
        self.events = events
        self.places: dict[Path, Place] = {}

    def document(self) -> Any:
        found: list[Any] = []
        for event in self.events:
            if isinstance(event, DocumentStartEvent) and found:
                raise _error(self.name, self._place(event), "the file holds exactly one document")
            if isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent | AliasEvent):
                found.append(self._node(event, ()))
        if not found:
            raise _error(self.name, (1, 1), "the file holds exactly one document")
        return found[0]

    def _place(self, event: Event) -> Place:
        return event.start_mark.line + 1, event.start_mark.column + 1

    def _plain(self, event: Event) -> Place:
        """Return the place of a node or key without anchor, alias and tag; refuse any other."""
        place = self._place(event)
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise _error(self.name, place, "anchors and aliases are not allowed")
        if getattr(event, "tag", None):
            raise _error(self.name, place, "tags are not allowed")
        return place

    def _node(self, event: Event, path: Path) -> Any:
        place = self._plain(event)
        if len(path) > MAX_DEPTH:
            raise _error(self.name, place, f"the file is nested deeper than {MAX_DEPTH}")
        self.places[path] = place
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        if not isinstance(event, ScalarEvent):
            raise _error(self.name, place, "the file is not well formed")
        return self._scalar(event)

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            place = self._plain(event)
            if not isinstance(event, ScalarEvent):
                raise _error(self.name, place, "a key is a word")
            key = self._written(event)
            if key in found:
                raise _error(self.name, place, f"the key {key} stands twice")
            found[key] = self._node(next(self.events), (*path, key))
            if self.places[*path, key][0] != place[0]:
                self.places[*path, key, KEY] = place
        return found

    def _sequence(self, path: Path) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            found.append(self._node(event, (*path, len(found))))
        return found

    def _written(self, event: ScalarEvent) -> str:
        """Return the text of a scalar; an escape may not bring in what the file itself may not hold."""
        value: str = event.value
        if unicodedata.normalize("NFC", value) != value:
            raise _error(self.name, self._place(event), "text is not in Unicode NFC")
        if any(_is_control(c) and c != "\n" for c in value):
            raise _error(self.name, self._place(event), "text holds a control character")
        return value

    def _scalar(self, event: ScalarEvent) -> Any:
        value = self._written(event)
        if event.style is None or event.style == "":
            if value in _CONSTANTS:
                return _CONSTANTS[value]
            if _WHOLE.fullmatch(value):
                return int(value)
        return value
