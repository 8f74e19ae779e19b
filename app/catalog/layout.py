"""Draws the workbook of a version: headings in both languages, choices to pick from, and a page to read first.

Every cell is text. What begins like a formula is text as well, and stays text when it is edited.
"""

from datetime import datetime
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from app.catalog.columns import Column, Form, Table
from app.catalog.tables import README, REST, TABLES
from app.catalog.workbooks import escaped

# room for new rows that pick from the same choices and are text as well
_ROOM = 500
_HEADING = PatternFill("solid", start_color="DCE6F2")
_GROUP = PatternFill("solid", start_color="F2F2F2")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_LIKE_A_FORMULA = ("=", "+", "-", "@")
# the earliest day of an archive: when a workbook was drawn says nothing about the version in it
_DAY = datetime(1980, 1, 1)  # noqa: DTZ001 - the format has no zones
_PROMPTS = {
    Form.CODES: "複数はカンマで区切ります。 / Several, with commas between.",
    Form.CITES: "典拠のID#条項のID、1行に1つ。 / source#clause, one a line.",
    Form.CONDITION: "条件のJSON、または Conditions シートの名前。 / JSON, or a name of the sheet Conditions.",
    Form.REST: "ほかの列で表せないもの。通常は空です。 / What no other column can say; usually empty.",
}
_TO_READ = (
    (
        "このブックについて",
        "チェックリストの1つの版です。1行目（Version シートではA列）が見出しで、列は見出しの最後の行の名前で"
        "見分けます。列は並べ替えられますが、見出しは変えないでください。",
        "セルはすべて文字として読みます。数式、結合したセル、非表示の行・列・シートは受け付けません。",
        "空のセルは「書かない」ことを表します。true と false から選ぶ列には、そのどちらかを書きます。",
        "項目（Items）は印刷される順に並べます。グループの中の項目には、グループのIDを書きます。選択肢、規則、証憑、自動判定は、"
        "それぞれのシートに、項目のIDとともに1行に1つ書きます。",
        'すべての条件はJSONで書きます。例：{"item": "collab.foreign", "eq": "yes"}　長い条件や何度も使う条件は、'
        "Conditions シートに名前を付けて置き、使う所にはその名前を書きます。",
        "取り込むには：公開担当者のページで送るか、flask --app wsgi checklists import ファイル",
        "誤りは、シートとセルの名前とともに一度に示されます。YAMLの注釈（#）はこのブックには入りません。",
    ),
    (
        "About this workbook",
        "One version of a checklist. The first row (column A of the sheet Version) holds the headings; a column is "
        "known by the name in the last line of its heading. Columns may be moved; headings stay as they are.",
        "All cells are read as text. Formulas, merged cells, and hidden rows, columns and sheets are not accepted.",
        "An empty cell means that nothing is written. Columns of true and false take one of the two.",
        "Items stand in the order in which they are printed; an item inside a group names the group. Options, "
        "rules, evidence and derived cases stand on sheets of their own, one a row, with the id of their item.",
        'Conditions are JSON, such as {"item": "collab.foreign", "eq": "yes"}. One that is long or used often may '
        "stand on the sheet Conditions under a name; where it is used, its name is written.",
        "To bring it in: on the publishers' pages, or flask --app wsgi checklists import FILE",
        "Every fault is named at once, with sheet and cell. Comments (#) of a YAML file are not in the workbook.",
    ),
)


def draw(rows: dict[str, list[dict[str, str]]]) -> bytes:
    """Return the XLSX file of sheet → rows, each row column key → text."""
    book = Workbook()
    _readme(book.active)
    for table in TABLES:
        sheet = book.create_sheet(table.name)
        columns = _columns(table, rows[table.name])
        if table.upright:
            _upright(sheet, table, columns, rows[table.name][0])
        else:
            _flat(sheet, columns, rows[table.name])
    book.properties.created = book.properties.modified = _DAY
    file = BytesIO()
    ExcelWriter(book, _Timeless(file, "w", ZIP_DEFLATED)).save()
    return file.getvalue()


class _Timeless(ZipFile):
    """An archive whose parts have no time, so that the same version is the same bytes, whenever it is drawn."""

    def writestr(self, zinfo_or_arcname: str | ZipInfo, data: Any, *_rest: Any, **_more: Any) -> None:
        """Add a part."""
        part = ZipInfo(str(zinfo_or_arcname), _DAY.timetuple()[:6])
        part.external_attr = 0o644 << 16
        super().writestr(part, data, ZIP_DEFLATED)

    def write(self, filename: str | PathLike[str], arcname: Any = None, *_rest: Any, **_more: Any) -> None:
        """Add a part that was written to disk on the way."""
        self.writestr(arcname, Path(filename).read_bytes())


def _columns(table: Table, rows: list[dict[str, str]]) -> list[Column]:
    """Return the columns of a table; that for what they cannot say stands only where there is such a thing."""
    return [*table.columns, *([REST] if any(REST.key in row for row in rows) else [])]


def _readme(sheet: Worksheet) -> None:
    sheet.title = README
    sheet.column_dimensions["A"].width = 110
    sheet.sheet_view.showGridLines = False
    place = 1
    for heading, *lines in _TO_READ:
        _write(sheet, place, 1, heading).font = Font(bold=True, size=14)
        for line in lines:
            place += 1
            _write(sheet, place, 1, line)
        place += 2
    for table in TABLES:
        _write(sheet, place, 1, f"{table.name}: {table.ja} / {table.en}")
        place += 1


def _upright(sheet: Worksheet, table: Table, columns: list[Column], row: dict[str, str]) -> None:
    _head(sheet, 1, 1, f"{table.ja}\n{table.en}", 40)
    _head(sheet, 1, 2, "値\nValue", 90)
    for number, column in enumerate(columns, start=2):
        _head(sheet, number, 1, column.heading, 40)
        _write(sheet, number, 2, row.get(column.key, ""))
        _choices(sheet, column, f"B{number}")
    sheet.freeze_panes = "B2"


def _flat(sheet: Worksheet, columns: list[Column], rows: list[dict[str, str]]) -> None:
    last = len(rows) + 1 + _ROOM
    for number, column in enumerate(columns, start=1):
        letter = get_column_letter(number)
        _head(sheet, 1, number, column.heading, column.width)
        sheet.column_dimensions[letter].number_format = "@"
        sheet.column_dimensions[letter].alignment = _WRAPPED
        _choices(sheet, column, f"{letter}2:{letter}{last}")
    for place, row in enumerate(rows, start=2):
        for number, column in enumerate(columns, start=1):
            if text := row.get(column.key, ""):
                cell = _write(sheet, place, number, text)
                if row.get("kind") == "group":
                    cell.fill = _GROUP
    frozen = next((n for n, column in enumerate(columns, start=1) if column.key in {"id", "value", "name"}), 1)
    sheet.freeze_panes = f"{get_column_letter(frozen + 1)}2"


def _head(sheet: Worksheet, row: int, column: int, text: str, width: int) -> None:
    cell = _write(sheet, row, column, text)
    cell.font = Font(bold=True)
    cell.fill = _HEADING
    sheet.column_dimensions[get_column_letter(column)].width = width


def _write(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """Write a cell that is text and stays text, whatever it begins with."""
    cell = sheet.cell(row, column)
    cell.value = escaped(text)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.alignment = _WRAPPED
    cell.quotePrefix = text.startswith(_LIKE_A_FORMULA)
    return cell


def _choices(sheet: Worksheet, column: Column, cells: str) -> None:
    """Let cells pick from what the language or another sheet offers, or say how they are filled in."""
    if column.refers:
        rule = DataValidation("list", formula1=_ids(column.refers), allow_blank=True, errorStyle="warning")
    elif column.choices and column.form is not Form.CODES:
        rule = DataValidation("list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
        rule.error = ", ".join(column.choices)
    elif column.form in _PROMPTS:
        rule = DataValidation()
        rule.prompt = "\n".join(filter(None, (_PROMPTS[column.form], ", ".join(column.choices))))[:255]
        rule.showInputMessage = True
    else:
        return
    rule.showErrorMessage = rule.type == "list"
    rule.add(cells)
    sheet.add_data_validation(rule)


def _ids(name: str) -> str:
    """Return where the ids of another sheet stand."""
    table = next(table for table in TABLES if table.name == name)
    number = next((n for n, column in enumerate(table.columns, start=1) if column.key == "id"), 1)
    letter = get_column_letter(number)
    return f"{name}!${letter}$2:${letter}$2000"
