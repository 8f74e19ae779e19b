"""Workbooks from anybody: what cells mean as text, what is refused with its cell, what is refused whole."""

import struct
import time
import tracemalloc
import zipfile
import zlib
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from app.catalog import packages, workbooks
from app.catalog.packages import MAX_BYTES, MAX_UNPACKED
from app.catalog.strict import CatalogError
from app.catalog.workbooks import escaped, read_sheets
from tests.catalog.xlsx import MAIN, packed, repacked, small

STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>'
    '<numFmt numFmtId="171" formatCode="[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>'
    + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 22, 170, 171, 31, 20, 9))
    + "</cellXfs></styleSheet>"
)


def texts(content: bytes) -> dict[tuple[int, int], str]:
    (sheet,) = read_sheets(content, "f.xlsx")
    assert not sheet.faults
    return sheet.cells


def one(cell: str, **more: str) -> str:
    parts = {f"xl/{name}.xml": text for name, text in more.items()}
    return texts(small(f'<row r="1">{cell}</row>', more=parts))[1, 1]


def faults(content: bytes) -> list[tuple[str, str]]:
    return [(fault.cell, fault.message) for sheet in read_sheets(content, "f.xlsx") for fault in sheet.faults]


def sentence(content: bytes) -> str:
    with pytest.raises(CatalogError) as caught:
        read_sheets(content, "f.xlsx")
    (fault,) = caught.value.faults
    assert str(caught.value) == f"f.xlsx:workbook: {fault.message}"
    return fault.message


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c t="n"><v>1</v></c>', "1"),
        ("<c><v>1.0</v></c>", "1"),
        ("<c><v>2.6000000000000001</v></c>", "2.6"),
        ("<c><v>-12</v></c>", "-12"),
        ("<c><v>2E3</v></c>", "2000"),
        ('<c t="b"><v>1</v></c>', "true"),
        ('<c t="b"><v>0</v></c>', "false"),
        ('<c t="str"><v>yes</v></c>', "yes"),
        ('<c t="d"><v>2026-04-01T00:00:00</v></c>', "2026-04-01"),
        ('<c s="1"><v>46113</v></c>', "2026-04-01"),
        ('<c s="2"><v>46113.5</v></c>', "2026-04-01T12:00:00"),
        ('<c s="3"><v>46113</v></c>', "2026-04"),
        ('<c s="4"><v>46113</v></c>', "2026-04-01"),
        ('<c s="5"><v>46113</v></c>', "2026-04-01"),
        ('<c s="6"><v>0.9375</v></c>', "22:30"),
        ('<c s="7"><v>0.5</v></c>', "0.5"),
        ('<c t="inlineStr"><is><t xml:space="preserve"> a\n b </t></is></c>', " a\n b "),
        ('<c t="inlineStr"><is><r><t>赤</t></r><r><rPr/><t>黒</t></r><rPh><t>あか</t></rPh></is></c>', "赤黒"),
        ('<c t="inlineStr"><is><t>a_x000D_\nb</t></is></c>', "a\nb"),
        ('<c t="inlineStr"><is><t>_x005F_x0041_ x005F_</t></is></c>', "_x0041_ x005F_"),
        ('<c t="inlineStr"><is><t>カ\u3099</t></is></c>', "ガ"),
        ('<c t="inlineStr"><is><t>=1+1</t></is></c>', "=1+1"),
    ],
)
def test_a_cell_is_the_text_that_the_language_means(cell: str, text: str) -> None:
    assert one(cell, styles=STYLES) == text


def test_shared_texts_come_without_how_they_are_read() -> None:
    shared = (
        f'<sst xmlns="{MAIN}"><si><t>零</t></si><si><r><t>東</t></r><r><t>京 x005F_</t></r>'
        '<rPh sb="0" eb="1"><t>トウ</t></rPh><phoneticPr fontId="1"/></si><si/></sst>'
    )
    cells = texts(
        small(
            '<row><c t="s"><v>1</v></c><c/><c t="s"><v>2</v></c><c t="s"><v>0</v></c></row>',
            more={"xl/sharedStrings.xml": shared},
        )
    )
    assert cells == {(1, 1): "東京 x005F_", (1, 4): "零"}


def test_days_are_counted_from_1904_where_the_book_says_so() -> None:
    def older(parts: dict[str, bytes]) -> None:
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
            b"<sheets>", b'<workbookPr date1904="1"/><sheets>'
        )

    content = small('<row><c s="1"><v>44651</v></c></row>', more={"xl/styles.xml": STYLES})
    assert texts(repacked(content, older)) == {(1, 1): "2026-04-01"}


def test_the_strict_form_of_the_standard_is_read_too() -> None:
    def strict(parts: dict[str, bytes]) -> None:
        for name, part in parts.items():
            parts[name] = part.replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")

    assert texts(repacked(small('<row r="3"><c r="B3"><v>7</v></c></row>'), strict)) == {(3, 2): "7"}


@pytest.mark.parametrize(
    "text", ["_x0041_", "_x0041_x0042_", "__x000d__", "x005F_", "\ufffe_\uffff", "_x005F_x005F_"]
)
def test_what_looks_like_an_escape_and_what_xml_cannot_carry_comes_back(text: str) -> None:
    cell = f'<c t="inlineStr"><is><t>{escaped(text)}</t></is></c>'
    assert one(cell) == text


def test_what_hides_or_computes_is_named_with_its_cell() -> None:
    cells = (
        '<row r="2" hidden="1"><c r="A2"><v>1</v></c><c r="B2"/></row>'
        '<row r="3"><c r="A3"><f>1+1</f><v>2</v></c><c r="B3" t="e"><v>#REF!</v></c>'
        '<c r="C3" t="inlineStr"><is><t>a_x0007_</t></is></c><c r="E3"><v>1</v></c>'
        '<c r="F3" s="1"><v>99999999999</v></c></row>'
        f'<row r="4"><c r="A4" t="inlineStr"><is><t>{"x" * 32_768}</t></is></c></row>'
    )
    content = small(
        cells,
        before='<cols><col min="5" max="5" hidden="true"/><col min="9" max="16384" hidden="1"/></cols>',
        after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        more={"xl/styles.xml": STYLES},
    )
    assert faults(content) == [
        ("S!A2", "the cell is in a hidden row or column: show it or delete it"),
        ("S!A3", "the cell holds a formula: write its text instead"),
        ("S!B3", "the cell shows the error #REF!"),
        ("S!C3", "the text holds a control character"),
        ("S!E3", "the cell is in a hidden row or column: show it or delete it"),
        ("S!F3", "the cell shows a date that is none"),
        ("S!A4", "the text is longer than 32,767 characters"),
        ("S!A1", "the cells A1:XFD1048576 are merged: split them"),
    ]


def test_hidden_sheets_and_charts_are_named() -> None:
    book = Workbook()
    book.create_sheet("Secret").sheet_state = "veryHidden"
    book.create_chartsheet("Chart")
    file = BytesIO()
    book.save(file)
    assert faults(file.getvalue()) == [
        ("Secret!A1", "the sheet is hidden: show it or delete it"),
        ("Chart!A1", "the sheet holds no cells"),
    ]


DECLARED = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "this is no XLSX file; a file with a password"),
        (b"\xd0\xcf\x11\xe0 an old XLS file", "this is no XLSX file; a file with a password"),
        (b"PK\x05\x06" + b"\0" * 18, "this is no XLSX file"),
        (b"x" * (MAX_BYTES + 1), "the file is larger than 5,000,000 bytes"),
        (packed({"word/document.xml": b"<a/>"}), "this is no XLSX file"),
        (small("<row>"), "the part xl/worksheets/sheet1.xml is not well formed"),
        (small('<row r="0"><c><v>1</v></c></row>'), "is not well formed"),
        (small('<row><c r="A1048577"><v>1</v></c></row>'), "is not well formed"),
        (small('<row><c r="XFE1"><v>1</v></c></row>'), "is not well formed"),
        (small('<row><c r="a one"><v>1</v></c></row>'), "is not well formed"),
        (small('<row><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>'), "is not well formed"),
        (small('<row><c t="s"><v>5</v></c></row>'), "is not well formed"),
        (small("<row><c><v>one</v></c></row>"), "is not well formed"),
        (
            small("", more={"xl/workbook.xml": f'<workbook xmlns="{MAIN}"><sheet/></workbook>'}),
            "is not well formed",
        ),
        (small("", more={"xl/sharedStrings.xml": f"{DECLARED}<sst>&b;</sst>"}), "declares a document type"),
        (small("", more={"xl/worksheets/sheet1.xml": f"{DECLARED}<a>&b;</a>"}), "declares a document type"),
        (
            small("", more={"xl/styles.xml": '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'}),
            "declares a document type",
        ),
        (small("", more={"xl/externalLinks/externalLink1.xml": "<a/>"}), "the file holds links to other files"),
        (small("", more={"xl/vbaProject.bin": "x"}), "the file holds macros"),
        (small("", more={"xl/embeddings/oleObject1.bin": "x"}), "the file holds embedded objects"),
        (small("", more={"xl/connections.xml": "x"}), "the file holds connections to data elsewhere"),
        (small("", more={f"xl/{n}.xml": "x" for n in range(500)}), "the file has more than 500 parts"),
        (small("", more={"XL/workbook.xml": "<a/>"}), "or one of them twice"),
        (small("", more={"xl/media/a.png": "0" * (MAX_UNPACKED + 1)}), "the file unpacks to more than 25,000,000"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_hostile_or_strange_file_is_refused_in_a_sentence(content: bytes, told: str) -> None:
    assert told in sentence(content)


def test_a_file_that_lies_about_its_size_is_not_unpacked_beyond_it() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream = b"".join(packer.compress(b" " * 1_000_000) for _ in range(400)) + packer.flush()
    honest = packed({"_rels/.rels": b"x" * 1000})
    entry = zipfile.ZipFile(BytesIO(honest)).infolist()[0]
    head = (
        struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 33, entry.CRC, len(stream), 1000, 11, 0)
        + b"_rels/.rels"
    )
    directory = struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, entry.CRC, len(stream), 1000, 11, 0, 0, 0, 0, 0, 0
    )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, 57, len(head) + len(stream), 0)
    content = head + stream + directory + b"_rels/.rels" + end
    assert zipfile.ZipFile(BytesIO(content)).infolist()[0].file_size == 1000
    tracemalloc.start()
    assert sentence(content) == "the part _rels/.rels is damaged"
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_many_cells_and_one_long_text_in_many_cells_are_refused_quickly() -> None:
    began = time.process_time()
    cells = "<row>" + "<c><v>1</v></c>" * 16_000 + "</row>"
    assert "100,000 cells" in sentence(small(cells * 8))
    shared = {"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>{"x" * 32_000}</t></si></sst>'}
    assert "2,000,000 characters" in sentence(
        small("<row>" + '<c t="s"><v>0</v></c>' * 9_000 + "</row>", more=shared)
    )
    assert time.process_time() - began < 10


def test_a_damaged_part_and_a_hundred_sheets_are_refused() -> None:
    content = small("<row><c><v>1</v></c></row>")
    where = content.index(b"xl/worksheets/sheet1.xml") + 30
    assert "is damaged" in sentence(content[:where] + b"\xff\xff\xff" + content[where + 3 :])
    sheets = "".join(f'<sheet name="{n}" sheetId="1" r:id="r1"/>' for n in range(100))
    book = f'<workbook xmlns="{MAIN}" xmlns:r="http://x"><sheets>{sheets}</sheets></workbook>'
    assert "more than 50 sheets" in sentence(small("", more={"xl/workbook.xml": book}))


def test_an_encrypted_part_is_refused() -> None:
    content = bytearray(small(""))
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    assert "encrypted" in sentence(bytes(content))


def test_faults_are_told_up_to_a_number() -> None:
    merged = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 5000))
    assert len(faults(small("", after=f"<mergeCells>{merged}</mergeCells>"))) == 200


def test_why_reading_is_ours() -> None:
    shared = {"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>a x005F_ b</t></si></sst>'}
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/sharedStrings.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    content = small('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', more=shared | {"[Content_Types].xml": types})
    assert texts(content) == {(1, 1): "a x005F_ b"}
    assert load_workbook(BytesIO(content), read_only=True)["S"]["A1"].value == "a  b"


def test_limits_fit_together() -> None:
    assert packages.MAX_UNPACKED > workbooks.MAX_CHARACTERS * 3
