"""Reads the sheets of an XLSX file: every cell as the text that the language means by it.

What a spreadsheet hides or computes is a fault with its cell: formulas, errors, merged cells, hidden rows.
Reading is ours and writing is openpyxl's: its reader takes ``x005F_`` out of texts, tells of merged cells and
hidden rows only outside its streaming mode, and walks every cell of a merged range there, up to 17 billion.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, time

from app.catalog.bookparts import TRUE, Book, Runs, Strings, Styles
from app.catalog.packages import Package, refusal
from app.catalog.strict import Fault

MAX_TEXT = 32_767
MAX_SHEETS = 50
MAX_CELLS = 100_000
MAX_CHARACTERS = 2_000_000
_MOST_FAULTS = 200
_ROWS, _COLUMNS = 1_048_576, 16_384
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_LIKE_AN_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass
class Sheet:
    """The cells of one sheet that hold something, by row and column from 1, and what is wrong with it."""

    name: str
    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: int, column: int, message: str) -> None:
        """Take down what is wrong with a cell."""
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(Fault(row, column, message, cell_name(self.name, row, column)))


def cell_name(sheet: str, row: int, column: int) -> str:
    """Return the name of a cell as people say it: ``Items!C7``."""
    from openpyxl.utils.cell import get_column_letter

    return f"{sheet}!{get_column_letter(column)}{row}"


def escaped(text: str) -> str:
    """Return a text as a cell holds it: what XML cannot carry, and what looks like an escape, is escaped."""
    kept = _LIKE_AN_ESCAPE.sub("_x005F_", text)
    return re.sub("[\ufffe\uffff]", lambda found: f"_x{ord(found.group(0)):04X}_", kept)


def length(text: str) -> int:
    """Return how long a text is to a spreadsheet, which counts in UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def read_sheets(content: bytes, name: str) -> list[Sheet]:
    """Return the sheets of a workbook in their order; raise CatalogError for a file that is refused."""
    package = Package(content, name)
    root = dict(package.relations("").values()).get("officeDocument")
    if root is None:
        raise refusal(name, "this is no XLSX file")
    book, strings, styles = Book(), Strings(), Styles()
    relations = package.relations(root)
    paths = dict(relations.values())
    package.walk(root, book)
    package.walk(paths.get("sharedStrings", ""), strings)
    package.walk(paths.get("styles", ""), styles)
    if len(book.sheets) > MAX_SHEETS or len({title for title, _, _ in book.sheets}) < len(book.sheets):
        raise refusal(name, f"the file has more than {MAX_SHEETS} sheets, or two of one name")
    found, budget = [], _Budget(name)
    for title, relation, hidden in book.sheets:
        kind, path = relations.get(relation, ("", ""))
        sheet = Sheet(title)
        if hidden:
            sheet.fault(1, 1, "the sheet is hidden: show it or delete it")
        if kind == "worksheet":
            package.walk(path, _Cells(sheet, strings.found, styles, book.epoch, budget))
        else:
            sheet.fault(1, 1, "the sheet holds no cells")
        found.append(sheet)
    return found


class _Budget:
    """Counts what all sheets hold together: one long text may stand in the file once and in many cells."""

    def __init__(self, name: str):
        self.name, self.cells, self.characters = name, 0, 0

    def spend(self, text: str) -> None:
        self.cells += 1
        self.characters += len(text)
        if self.cells > MAX_CELLS or self.characters > MAX_CHARACTERS:
            raise refusal(
                self.name,
                f"the file holds more than {MAX_CELLS:,} cells or {MAX_CHARACTERS:,} characters; no checklist does",
            )


class _Cells(Runs):
    """Listens to one sheet."""

    def __init__(self, sheet: Sheet, strings: list[str], styles: Styles, epoch: datetime, budget: _Budget):
        super().__init__()
        self.sheet, self.strings, self.styles, self.epoch, self.budget = sheet, strings, styles, epoch, budget
        self.row = self.column = 0
        self.hidden_row = False
        self.hidden_columns: list[tuple[int, int]] = []
        self.cell: dict[str, str] | None = None
        self.value = self.inline = ""
        self.formula = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Move to a row or a cell, and note what is hidden, merged or computed."""
        super().start(tag, attributes)
        match tag:
            case "col" if attributes.get("hidden") in TRUE:
                self.hidden_columns.append((int(attributes["min"]), int(attributes["max"])))
            case "row":
                self.row, self.column = int(attributes.get("r", self.row + 1)), 0
                self.hidden_row = attributes.get("hidden") in TRUE
            case "c":
                self.cell, self.value, self.inline, self.formula = attributes, "", "", False
                self._move(attributes.get("r"))
            case "v":
                self.pieces = []
            case "f":
                self.formula = True
            case "mergeCell":
                row, column = _place(attributes["ref"].partition(":")[0])
                self.sheet.fault(row, column, f"the cells {attributes['ref']} are merged: split them")

    def _move(self, reference: str | None) -> None:
        row, column = _place(reference) if reference else (self.row, self.column + 1)
        if not (1 <= row <= _ROWS and 1 <= column <= _COLUMNS) or (row, column) in self.sheet.cells:
            raise ValueError
        self.row, self.column = row, column

    def end(self, tag: str) -> None:
        """Keep a cell that ends."""
        text = self.taken(tag)
        if tag == "v":
            self.value = text
        elif tag == "t" and self.cell is not None:
            self.inline += text
        elif tag == "c" and self.cell is not None:
            self._keep(self.cell)
            self.cell = None

    def _keep(self, cell: dict[str, str]) -> None:
        kind = cell.get("t", "n")
        if self.formula:
            self._fault("the cell holds a formula: write its text instead")
            return
        if kind == "e":
            self._fault(f"the cell shows the error {self.value}")
            return
        if kind == "s":
            text = _unescaped(self.strings[int(self.value)]) if self.value.isdigit() else ""
        elif kind in {"inlineStr", "str"}:
            text = _unescaped(self.inline or self.value)
        else:
            text = self._typed(kind, int(cell.get("s", "0")))
        self._hold(text)

    def _hold(self, text: str) -> None:
        if not text:
            return
        self.budget.spend(text)
        self.sheet.cells[self.row, self.column] = text
        if length(text) > MAX_TEXT:
            self._fault(f"the text is longer than {MAX_TEXT:,} characters")
        if any(unicodedata.category(c) in {"Cc", "Cs"} and c != "\n" for c in text):
            self._fault("the text holds a control character")
        if self.hidden_row or any(first <= self.column <= last for first, last in self.hidden_columns):
            self._fault("the cell is in a hidden row or column: show it or delete it")

    def _typed(self, kind: str, style: int) -> str:
        """Return what a number, a date or a boolean is as text."""
        if not self.value:
            return ""
        if kind == "b":
            return "true" if self.value in TRUE else "false"
        if kind == "d":
            return self.value.removesuffix("T00:00:00")
        number = float(self.value)
        if shown := self.styles.date_format(style):
            from openpyxl.utils.datetime import from_excel

            try:
                return _as_day(from_excel(number, self.epoch), shown)
            except (ValueError, OverflowError, TypeError):
                self._fault("the cell shows a date that is none")
                return ""
        return str(int(number)) if number.is_integer() and abs(number) < 10**15 else repr(number)

    def _fault(self, message: str) -> None:
        self.sheet.fault(self.row, self.column, message)


def _place(reference: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(reference.replace("$", ""))
    if found is None:
        raise ValueError(reference)
    from openpyxl.utils.cell import column_index_from_string

    return int(found.group(2)), column_index_from_string(found.group(1))


def _unescaped(text: str) -> str:
    plain = _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text).replace("\r\n", "\n")
    return unicodedata.normalize("NFC", plain)


def _as_day(moment: datetime | time, shown: str) -> str:
    if isinstance(moment, time):
        return moment.isoformat("minutes" if not moment.second else "seconds")
    if moment.time() != time():
        return moment.isoformat(timespec="seconds")
    # 2026-04 becomes the first of April that is shown without its day
    return (
        f"{moment:%Y-%m}" if "d" not in re.sub(r'"[^"]*"|\[[^\]]*\]', "", shown).lower() else f"{moment:%Y-%m-%d}"
    )
