"""A version as a workbook, for authors who live in spreadsheets: out and in again without loss.

openpyxl is loaded with the first workbook: a server that meets none need not keep it in the memory of each worker.
"""

from dataclasses import dataclass
from typing import Any

from app.catalog.columns import Table
from app.catalog.gathering import Cell, Gathering, Row
from app.catalog.packages import refusal
from app.catalog.spreading import spread
from app.catalog.strict import KEY, MAX_BYTES, CatalogError, Fault, Place, parse
from app.catalog.tables import README, REST, TABLES
from app.catalog.workbooks import MAX_TEXT, Sheet, cell_name, escaped, length, read_sheets
from app.catalog.writing import write_yaml
from app.domain.compiling import CompileError, compile_checklist

_MOST_FAULTS = 200
# archives, among which XLSX is, and the files of old or encrypted Office, which are told that they cannot be read
_BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class Taken:
    """A version taken from a workbook: its YAML, its plain data, and the cell of each place of the YAML."""

    source: bytes
    data: dict[str, Any]
    cells: dict[Place, str]


def looks_like_a_workbook(content: bytes, name: str) -> bool:
    """Return whether a file is to be read as a workbook: by how it begins, or because its name says so."""
    return content.startswith(_BEGINNINGS) or name.lower().endswith((".xlsx", ".xlsm", ".xls"))


def take_workbook(content: bytes, name: str) -> Taken:
    """Return the version in a workbook as YAML, proved to come out as it went in; raise CatalogError."""
    gathering = _gathered(content, name)
    source = write_yaml(gathering.data).encode()
    if len(source) > MAX_BYTES:
        raise refusal(name, f"as YAML the version is larger than {MAX_BYTES:,} bytes")
    try:
        data, places = parse(source, name)
    except CatalogError:
        data, places = None, {}
    if data != gathering.data:
        raise refusal(name, "the version does not come out as it went in")
    cells: dict[Place, str] = {}
    # what stands deeper comes later, and is meant where a thing and its first part begin at one place
    for path, place in places.items():
        key = path[:-1] if path[-1:] == (KEY,) else path
        cells[place] = cell_name(*gathering.place(key))
    return Taken(source, gathering.data, cells)


def write_workbook(data: dict[str, Any], name: str) -> bytes:
    """Return a version as an XLSX file; raise CatalogError that names the cells that cannot hold their text."""
    from app.catalog.layout import draw

    rows = spread(data)
    faults = []
    for table in TABLES:
        for place, row in enumerate(rows[table.name]):
            for number, column in enumerate((*table.columns, REST), start=1):
                text = row.get(column.key, "")
                if length(escaped(text)) > MAX_TEXT:
                    cell = (number + 1, 2) if table.upright else (place + 2, number)
                    message = f"{column.key} has {length(text):,} characters; a cell holds {MAX_TEXT:,}"
                    faults.append(Fault(*cell, message, cell_name(table.name, *cell)))
    if faults:
        raise CatalogError(name, faults)
    return draw(rows)


def read_workbook(content: bytes, name: str) -> dict[str, Any]:
    """Return the plain data of the version in a workbook; raise CatalogError that names every faulty cell."""
    return _gathered(content, name).data


def _gathered(content: bytes, name: str) -> Gathering:
    sheets = {sheet.name: sheet for sheet in read_sheets(content, name)}
    faults = [fault for sheet in sheets.values() for fault in sheet.faults]
    misplaced = [fault for table in TABLES if table.name not in sheets for fault in (_missing(table),)]
    rows = {}
    for table in TABLES:
        if table.name in sheets:
            rows[table.name] = list(_Headings(table, sheets[table.name], misplaced).rows())
    known = {README, *(table.name for table in TABLES)}
    for sheet in sheets.values():
        if sheet.name not in known:
            cell = cell_name(sheet.name, 1, 1)
            misplaced.append(Fault(1, 1, "a version has no such sheet: delete it", cell))
    if misplaced:
        raise CatalogError(name, (misplaced + faults)[:_MOST_FAULTS])
    gathering = Gathering(rows)
    gathering.gather()
    faults += [_fault(cell, message) for cell, message in gathering.faults]
    faults += _compiled(gathering, {(fault.cell.partition("!")[0], fault.line) for fault in faults})
    if faults:
        raise CatalogError(name, faults[:_MOST_FAULTS])
    return gathering


def _missing(table: Table) -> Fault:
    return Fault(1, 1, "the sheet is missing", table.name)


def _fault(cell: Cell, message: str) -> Fault:
    sheet, row, column = cell
    return Fault(row, column, message, cell_name(sheet, row, column))


def _compiled(gathering: Gathering, told: set[tuple[str, int]]) -> list[Fault]:
    """Return what the language has against the data, but for rows that were found faulty before."""
    try:
        compile_checklist(gathering.data)
    except CompileError as error:
        found = [(gathering.place(path), message) for path, message in error.problems]
        quiet = told | gathering.troubled
        return [_fault(cell, message) for cell, message in found if cell[:2] not in quiet]
    return []


class _Headings:
    """Finds the columns of a sheet by their headings and reads its rows."""

    def __init__(self, table: Table, sheet: Sheet, faults: list[Fault]):
        self.table, self.sheet, self.faults = table, sheet, faults
        self.columns = {column.key for column in (*table.columns, REST)}
        self.places: dict[str, int] = {}
        for (row, column), text in sorted(sheet.cells.items()):
            number = row if table.upright else column
            if (column == 1 and row > 1) if table.upright else row == 1:
                self._heading(row, column, text.rstrip().rpartition("\n")[2].strip(), number)
        for one in table.columns:
            if one.key not in self.places:
                self._fault(1, 1, f"the column {one.key} is missing")

    def _heading(self, row: int, column: int, key: str, number: int) -> None:
        if key not in self.columns:
            self._fault(row, column, f"{key} is no column of this sheet")
        elif key in self.places:
            self._fault(row, column, f"the column {key} stands twice")
        else:
            self.places[key] = number

    def _fault(self, row: int, column: int, message: str) -> None:
        self.faults.append(Fault(row, column, message, cell_name(self.sheet.name, row, column)))

    def rows(self) -> list[Row]:
        """Return the rows that hold something; a field of an upright sheet is a row of the sheet."""
        keys = {number: key for key, number in self.places.items()}
        found: dict[int, dict[str, str]] = {1: {}} if self.table.upright else {}
        for (row, column), text in sorted(self.sheet.cells.items()):
            if row == 1 or (self.table.upright and column == 1):
                continue
            key = keys.get(row if self.table.upright else column)
            if key is None or (self.table.upright and column > 2):
                self._fault(row, column, "the cell has no heading: delete it, or write a heading")
            else:
                found.setdefault(1 if self.table.upright else row, {})[key] = text
        return [Row(self.table, texts, self._cells(number)) for number, texts in sorted(found.items())]

    def _cells(self, number: int) -> dict[str, Cell]:
        name = self.sheet.name
        if self.table.upright:
            return {key: (name, place, 2) for key, place in self.places.items()}
        return {key: (name, number, place) for key, place in self.places.items()}
