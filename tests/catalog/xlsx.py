"""XLSX files as others make them: cells changed, parts of the package damaged or added."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def changed(content: bytes, change: Callable[[Workbook], Any]) -> bytes:
    """Return the workbook as a spreadsheet program saves it after a change."""
    book = load_workbook(BytesIO(content))
    change(book)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def column_of(sheet: Worksheet, key: str) -> int:
    return next(cell.column for cell in sheet[1] if str(cell.value).endswith(f"\n{key}"))


def row_of(sheet: Worksheet, key: str) -> int:
    return next(cell.row for cell in sheet["A"] if str(cell.value).endswith(f"\n{key}"))


def cell(book: Workbook, sheet: str, key: str, row: int = 2) -> Any:
    """Return the cell of a column, in the sheet Version that of a field."""
    found = book[sheet]
    return found.cell(row_of(found, key), 2) if sheet == "Version" else found.cell(row, column_of(found, key))


def repacked(content: bytes, change: Callable[[dict[str, bytes]], Any]) -> bytes:
    """Return the file with its parts changed."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    return packed(parts)


def packed(parts: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def small(
    cells: str, *, before: str = "", after: str = "", more: dict[str, str] | None = None, name: str = "S"
) -> bytes:
    """Return a workbook of one sheet, its cells given as XML, as other programs write it."""
    relation = f'<Relationship Id="{{}}" Type="{REL}/{{}}" Target="{{}}"/>'
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{package}">'
        f"{relation.format('r1', 'officeDocument', '/xl/workbook.xml')}</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}">'
        f'<sheets><sheet name="{name}" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}">'
        + relation.format("r1", "worksheet", "worksheets/sheet1.xml")
        + relation.format("r2", "sharedStrings", "sharedStrings.xml")
        + relation.format("r3", "styles", "/xl/styles.xml")
        + "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{before}<sheetData>{cells}</sheetData>'
        f"{after}</worksheet>",
    }
    return packed({path: text.encode() for path, text in (parts | (more or {})).items()})
