"""What a column of a version's workbook is, and how a value of each form stands in its cells."""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, NoReturn

from app.catalog.strict import MAX_DEPTH
from app.domain.naming import Part


class Form(Enum):
    """How a value stands in a cell. An empty cell holds nothing; ``REST`` takes what no other cell can say."""

    TEXT = "text"
    CODE = "code"
    CODES = "codes"
    WHOLE = "whole"
    FLAG = "flag"
    CONDITION = "condition"
    CITES = "cites"
    REST = "rest"


@dataclass(frozen=True)
class Column:
    """One column: the dotted key of its value, or (``link``) what its row belongs to."""

    key: str
    ja: str
    en: str
    form: Form = Form.CODE
    width: int = 18
    choices: tuple[str, ...] = ()
    link: bool = False
    refers: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """Return the keys that lead to the value in the row's data."""
        return tuple(self.key.split("."))

    @property
    def heading(self) -> str:
        """Return the heading: Japanese, English, and the key by which the column is known wherever it is moved."""
        return f"{self.ja}\n{self.en}\n{self.key}"


@dataclass(frozen=True)
class Table:
    """One sheet and the type of its rows; ``upright`` where each field stands in a row of its own."""

    name: str
    ja: str
    en: str
    columns: tuple[Column, ...]
    model: type[Part] | None = None
    upright: bool = False


class CellError(ValueError):
    """A cell does not hold what its column is for; says so in a sentence."""


_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_BETWEEN_CODES = re.compile(r"[\s,;、，；]+")
_MARKED = re.compile(r"[^\s,;、，；#]+")


def to_cell(form: Form, value: Any) -> str | None:
    """Return the text of a cell that ``from_cell`` reads back as ``value``; None where no such text is."""
    match form, value:
        case Form.TEXT, str() if value:
            return value
        case Form.CODE, str() if value and value == value.strip():
            return value
        case Form.FLAG, bool():
            return "true" if value else "false"
        case Form.WHOLE, int() if not isinstance(value, bool) and _WHOLE.fullmatch(str(value)):
            return str(value)
        case Form.CODES, list() if value and all(
            isinstance(each, str) and _MARKED.fullmatch(each) for each in value
        ):
            return ", ".join(value)
        case Form.CITES, list() if value and all(map(_is_citation, value)):
            return "\n".join(f"{each['source']}#{each['clause']}" for each in value)
        case ((Form.CONDITION | Form.REST), dict()) if value:
            return json.dumps(value, ensure_ascii=False)
        case _:
            return None


def _is_citation(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"source", "clause"}
        and all(isinstance(each, str) and _MARKED.fullmatch(each) for each in value.values())
    )


def from_cell(form: Form, text: str) -> Any:
    """Return the value that a cell with a text holds; raise CellError."""
    if form is Form.TEXT:
        return text
    text = text.strip()
    match form:
        case Form.FLAG:
            if text.lower() not in {"true", "false"}:
                raise CellError(f"{_short(text)} is neither true nor false")
            return text.lower() == "true"
        case Form.WHOLE:
            digits = unicodedata.normalize("NFKC", text)
            if not _WHOLE.fullmatch(digits):
                raise CellError(f"{_short(text)} is no whole number")
            return int(digits)
        case Form.CODES:
            return [each for each in _BETWEEN_CODES.split(text) if each]
        case Form.CITES:
            return [_citation(each) for each in _BETWEEN_CODES.split(text) if each]
        case Form.CONDITION | Form.REST:
            return read_json(text)
        case _:
            return text


def _citation(text: str) -> dict[str, str]:
    source, mark, clause = text.partition("#")
    if not (source and mark and clause):
        raise CellError(f"{_short(text)} names no clause: write source#clause")
    return {"source": source, "clause": clause}


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def read_json(text: str) -> dict[str, Any]:
    """Return the JSON object in a cell, by the rules of the strict loader; raise CellError."""
    try:
        found = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_int=_whole,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
        _check(found, 0)
    except json.JSONDecodeError as error:
        raise CellError(f"this is no JSON: {error.msg} (character {error.pos + 1})") from None
    except RecursionError:
        raise CellError(f"the JSON is nested deeper than {MAX_DEPTH}") from None
    if not isinstance(found, dict):
        raise CellError("the JSON is one {…}")
    return found


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise CellError(f"the key {_short(key)} stands twice")
        found[key] = value
    return found


def _whole(digits: str) -> int:
    if not _WHOLE.fullmatch(digits):
        raise CellError(f"{_short(digits)} has more digits than a whole number may have")
    return int(digits)


def _no_number(digits: str) -> NoReturn:
    raise CellError(f"{_short(digits)} is no whole number: write it as text, in quotes")


def _check(value: Any, depth: int) -> None:
    """Hold what JSON escapes can bring in to what a file itself may hold."""
    if depth > MAX_DEPTH:
        raise CellError(f"the JSON is nested deeper than {MAX_DEPTH}")
    if isinstance(value, dict | list):
        for each in (*value.keys(), *value.values()) if isinstance(value, dict) else value:
            _check(each, depth + 1)
    if isinstance(value, str) and (
        unicodedata.normalize("NFC", value) != value
        or any(unicodedata.category(c) in {"Cc", "Cs"} and c != "\n" for c in value)
    ):
        raise CellError("the JSON holds a control character, or text that is not in Unicode NFC")
