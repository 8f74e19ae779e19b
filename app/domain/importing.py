"""Reading an award list: a CSV file with one row for each person on a grant, as e-Rad and JSPS lists have it.

Every fault is named with its line, its column and its reason; the file is taken whole or not at all.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.domain.answers import read_day, tidy
from app.domain.errors import InvalidError
from app.domain.identifiers import is_award_number, is_researcher_number, narrow

MAX_BYTES = 5 * 2**20
MAX_ROWS = 5000

# field -> the headings by which a column is known, the first as printed in our own example
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("課題番号", "体系的番号", "award_number"),
    "call": ("公募コード", "call"),
    "title_ja": ("研究課題名", "title_ja"),
    "title_en": ("研究課題名(英文)", "研究課題名（英文）", "title_en"),
    "starts_on": ("研究開始日", "starts_on"),
    "ends_on": ("研究終了日", "ends_on"),
    "foreign": ("海外機関の参加", "foreign"),
    "partners": ("分担機関の有無", "partners"),
    "transfer_on": ("海外提供の開始日", "transfer_on"),
    "part": ("役割", "part"),
    "name": ("氏名", "name"),
    "name_latin": ("氏名(英字)", "氏名（英字）", "name_latin"),
    "affiliation": ("所属研究機関", "affiliation"),
    "post": ("部局・職", "post"),
    "researcher_number": ("研究者番号", "researcher_number"),
    "student": ("学生", "student"),
}
_NEEDED = ("number", "call", "title_ja", "part", "name", "affiliation")
_PARTS = {
    "研究代表者": "principal_investigator",
    "代表": "principal_investigator",
    "principal_investigator": "principal_investigator",
    "研究分担者": "co_investigator",
    "分担": "co_investigator",
    "co_investigator": "co_investigator",
    "研究参加者": "participant",
    "参加者": "participant",
    "participant": "participant",
}
_YES_NO = {"有": "yes", "あり": "yes", "はい": "yes", "yes": "yes", "無": "no", "なし": "no", "いいえ": "no"}
_YES_NO |= {"no": "no", "": ""}
_OF_GRANT = ("call", "title_ja", "title_en", "starts_on", "ends_on", "foreign", "partners", "transfer_on")


@dataclass(frozen=True)
class Fault:
    """Something wrong in a file: the line as an editor counts it, the column's heading, the reason code."""

    line: int
    column: str
    reason: str
    typed: str = ""


@dataclass
class Line:
    """One row as read: fields by name."""

    number: int
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass
class AwardList:
    """A file as read: its lines by grant number, and its faults."""

    encoding: str
    grants: dict[str, list[Line]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    rows: int = 0


def read_award_list(data: bytes, calls: Iterable[str], taken: Iterable[str]) -> AwardList:
    """Read a file against the codes of the calls there are and the numbers already registered."""
    text, encoding = _decoded(data)
    result = AwardList(encoding)
    if text is None:
        result.faults.append(Fault(1, "", "unknown_encoding"))
        return result
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        heading = next(reader, [])
        places = _places(heading, result)
        if not result.faults:
            _read_lines(reader, heading, places, result, frozenset(calls), frozenset(taken))
    except csv.Error:
        result.faults.append(Fault(reader.line_num, "", "not_csv"))
    if not result.faults:
        _check_grants(result)
    if not result.grants and not result.faults:
        result.faults.append(Fault(1, "", "no_rows"))
    result.faults.sort(key=lambda fault: fault.line)
    return result


def _decoded(data: bytes) -> tuple[str | None, str]:
    """Decode UTF-8 with or without BOM, or Shift_JIS as Windows writes it (code page 932)."""
    for encoding, name in (("utf-8-sig", "UTF-8"), ("cp932", "Shift_JIS")):
        try:
            return data.decode(encoding), name
        except UnicodeDecodeError:
            continue
    return None, ""


def _places(heading: list[str], result: AwardList) -> dict[str, int]:
    known = {word: name for name, words in COLUMNS.items() for word in words}
    places: dict[str, int] = {}
    for place, word in enumerate(heading):
        name = known.get(word.strip())
        if name is None:
            result.faults.append(Fault(1, _safe(word.strip()), "unknown_column"))
        elif name in places:
            result.faults.append(Fault(1, word.strip(), "column_twice"))
        else:
            places[name] = place
    result.faults += [Fault(1, COLUMNS[name][0], "column_missing") for name in _NEEDED if name not in places]
    return places


def _read_lines(
    reader: Any,
    heading: list[str],
    places: dict[str, int],
    result: AwardList,
    calls: frozenset[str],
    taken: frozenset[str],
) -> None:
    start = reader.line_num + 1
    for row in reader:
        line, start = start, reader.line_num + 1
        if not any(cell.strip() for cell in row):
            continue
        result.rows += 1
        if result.rows > MAX_ROWS:
            result.faults.append(Fault(line, "", "too_many_rows"))
            return
        if len(row) != len(heading):
            result.faults.append(Fault(line, "", "cells_missing"))
            continue
        read = Line(line)
        for name in COLUMNS:
            cell = row[places[name]] if name in places else ""
            try:
                read.fields[name] = _CELLS[name](cell)
                _known(name, read.fields[name], calls, taken)
            except InvalidError as error:
                result.faults.append(Fault(line, heading[places[name]].strip(), error.reason, _safe(cell)))
                read.fields[name] = None
        if read.fields["number"]:
            result.grants.setdefault(read.fields["number"], []).append(read)


def _safe(cell: str) -> str:
    return "".join(c if c.isprintable() or c == "\u3000" else "�" for c in cell[:60])


def _known(name: str, value: Any, calls: frozenset[str], taken: frozenset[str]) -> None:
    if name in _NEEDED and not value:
        raise InvalidError("required")
    if name == "call" and value not in calls:
        raise InvalidError("unknown_call")
    if name == "number" and value in taken:
        raise InvalidError("number_taken")


def _check_grants(result: AwardList) -> None:
    for lines in result.grants.values():
        principals = [line for line in lines if line.fields["part"] == "principal_investigator"]
        if not principals:
            result.faults.append(Fault(lines[0].number, COLUMNS["part"][0], "principal_missing"))
        for line in principals[1:]:
            result.faults.append(Fault(line.number, COLUMNS["part"][0], "one_principal"))
        first = lines[0].fields
        if first["starts_on"] and first["ends_on"] and first["ends_on"] < first["starts_on"]:
            result.faults.append(Fault(lines[0].number, COLUMNS["ends_on"][0], "period_reversed"))
        for line in lines[1:]:
            for name in _OF_GRANT:
                if line.fields[name] != first[name]:
                    result.faults.append(Fault(line.number, COLUMNS[name][0], "differs_from_first"))


def _words(limit: int) -> Callable[[str], str]:
    return lambda cell: tidy(cell, limit)


def _award_number(cell: str) -> str:
    number = narrow(tidy(cell, 40))
    if number and not is_award_number(number):
        raise InvalidError("not_an_award_number")
    return number


def _researcher_number(cell: str) -> str | None:
    number = narrow(tidy(cell, 20))
    if number and not is_researcher_number(number):
        raise InvalidError("not_a_researcher_number")
    return number or None


def _day(cell: str) -> date | None:
    return read_day(cell) if cell.strip() else None


def _one_of(choices: Mapping[str, str]) -> Callable[[str], str]:
    def read(cell: str) -> str:
        word = tidy(cell, 40)
        if word not in choices:
            raise InvalidError("unknown_choice")
        return choices[word]

    return read


_CELLS: Mapping[str, Callable[[str], Any]] = {
    "number": _award_number,
    "call": _words(40),
    "title_ja": _words(300),
    "title_en": _words(300),
    "starts_on": _day,
    "ends_on": _day,
    "foreign": _one_of(_YES_NO),
    "partners": _one_of(_YES_NO),
    "transfer_on": _day,
    "part": _one_of(_PARTS | {"": ""}),
    "name": _words(200),
    "name_latin": _words(200),
    "affiliation": _words(200),
    "post": _words(200),
    "researcher_number": _researcher_number,
    "student": _one_of(_YES_NO | {"学生": "yes"}),
}
