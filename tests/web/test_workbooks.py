"""Workbooks at the pages: a version goes out as one and comes back; every fault is told with its sheet and cell."""

import html
import re
import zipfile
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import Workbook

from app.catalog.packages import MAX_BYTES, MAX_UNPACKED
from app.catalog.spreadsheet import read_workbook, take_workbook, write_workbook
from app.catalog.strict import CatalogError, parse
from app.domain.attestation import canonical, sha256
from app.services import publishing
from app.web.checklists import versions
from tests import drafts
from tests.catalog.xlsx import cell, changed, packed, repacked, row_of, small
from tests.web.client import StrictClient
from tests.web.test_checklists import hash_of, propose
from tests.web.test_publishing import area, bring, checked, stored
from tests.world import World

LANGUAGES = pytest.mark.parametrize("language", ["ja", "en"])


def book(text: str) -> bytes:
    return write_workbook(parse(text.encode(), "v")[0], "v")


@pytest.fixture
def publisher(app: Flask, people: World) -> StrictClient:
    """A publisher, signed in."""
    return app.test_client().sign_in("jsps", "publisher")


def rows(page: str) -> list[list[str]]:
    """Return the table of faults: what stands in each of its rows, without markup."""
    found = re.search(r'<table[^>]*\sid="faults".*?</table>', page, re.DOTALL)
    assert found
    lines = re.findall(r'<tr role="row">(.*?)</tr>', found[0], re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line, re.DOTALL) for line in lines]
    return [[" ".join(html.unescape(re.sub(r"<[^>]+>", " ", one)).split()) for one in line] for line in cells]


# bringing


def test_a_sound_workbook_shows_its_yaml_and_is_proposed_from_there(publisher: StrictClient, people: World) -> None:
    text = drafts.next_version()
    before = stored(people)
    page = bring(publisher, file=book(text), name="v.xlsx")
    assert page.status_code == 200
    assert "The version is sound." in page.text
    assert stored(people) == before
    shown = area(page.text)
    assert parse(shown.encode(), "v")[0] == parse(text.encode(), "v")[0]
    named = checked(page.text)
    assert named == sha256(canonical(parse(text.encode(), "v")[0]))
    answer = bring(publisher, shown, act="propose", checked=named)
    assert answer.location == f"/publisher/versions/{named}"
    assert publishing.content(people.session, named)[0] == shown.encode()


def test_a_workbook_is_known_by_its_bytes_whatever_its_name(publisher: StrictClient, people: World) -> None:
    assert bring(publisher, file=book(drafts.next_version()), name="v.yaml").status_code == 200
    page = bring(publisher, file=drafts.next_version().encode(), name="V.XLSX")
    assert page.status_code == 422
    assert "this is no XLSX file" in page.text


@LANGUAGES
def test_every_fault_of_a_workbook_is_told_with_its_cell(
    publisher: StrictClient, people: World, language: str
) -> None:
    publisher.language = language

    def damage(found: Workbook) -> None:
        cell(found, "Version", "version").value = "two"
        cell(found, "Items", "kind", 3).value = "=A1"
        cell(found, "Items", "show_when", 5).value = "{"
        cell(found, "Rules", "effect", 2).value = "explode"
        found.create_sheet("Secret").sheet_state = "hidden"

    before = stored(people)
    content = changed(book(drafts.next_version()), damage)
    page = bring(publisher, file=content, name="v.xlsx")
    assert page.status_code == 422
    head, *lines = rows(page.text)
    assert head[0] == {"ja": "場所", "en": "Place"}[language]
    # a sheet that should not be there is told before the rest is read
    assert "Secret!A1" in dict(lines)
    assert area(page.text) == ""
    assert stored(people) == before

    def less(found: Workbook) -> None:
        damage(found)
        del found["Secret"]

    page = bring(publisher, file=changed(book(drafts.next_version()), less), name="v.xlsx")
    told = dict(rows(page.text)[1:])
    places = {one.partition("!")[0] for one in told}
    assert places == {"Version", "Items", "Rules"}
    said = " ".join(told.values())
    for words in {
        "ja": ("数式が入っています", "JSONとして読めません：二重引用符で囲んだキーが必要です（2文字目）"),
        "en": ("the cell holds a formula", "this is no JSON: Expecting property name"),
    }[language]:
        assert words in said
    # a sentence that is not known would be marked as English
    assert '<span lang="en">' not in page.text


def test_what_the_service_finds_in_a_sound_workbook_has_its_cell_as_well(
    publisher: StrictClient, people: World
) -> None:
    content = book(drafts.next_version())

    def damage(found: Workbook) -> None:
        cell(found, "Version", "version").value = "2.7.0"

    page = bring(publisher, file=changed(content, damage), name="v.xlsx")
    assert page.status_code == 422
    (line,) = rows(page.text)[1:]
    place = {}
    changed(content, lambda found: place.setdefault("row", row_of(found["Version"], "version")))
    assert line[0].startswith(f"Version!B{place['row']} Line ")
    assert "a minor change of 2.0.0 has the number 2.1.0" in line[1]
    assert line[2] == 'version: "2.7.0"'
    assert 'version: "2.7.0"' in area(page.text)
    assert "Mend them in the workbook" in page.text


# hostile


def _bomb() -> bytes:
    return small("", more={"xl/media/a.png": "0" * (MAX_UNPACKED + 1)})


def _nested() -> bytes:
    return repacked(book(drafts.text()), lambda parts: parts.update({"xl/vbaProject.bin": b"x"}))


HOSTILE = {
    "a bomb": (_bomb, "the file unpacks to more than 25,000,000 bytes"),
    "macros": (_nested, "the file holds macros"),
    "truncated": (lambda: book(drafts.next_version())[:-200], "this is no XLSX file"),
    "a part damaged": (lambda: _damaged(book(drafts.next_version())), "is damaged"),
    "too large": (lambda: b"PK\x03\x04" + b"x" * MAX_BYTES, "the file is larger than 5,000,000 bytes"),
    "no workbook": (lambda: packed({"word/document.xml": b"<a/>"}), "this is no XLSX file"),
    "an empty archive": (lambda: packed({}), "this is no XLSX file"),
    "old": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "this is no XLSX file"),
    "entities": (
        lambda: small("", more={"xl/styles.xml": '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'}),
        "declares a document type",
    ),
    "sheets of another": (lambda: small("<row><c><v>1</v></c></row>", name="&lt;b&gt;"), "the sheet is missing"),
    "many cells": (
        lambda: small(("<row>" + "<c><v>1</v></c>" * 16_000 + "</row>") * 7),
        "more than 100,000 cells",
    ),
}


def _damaged(content: bytes) -> bytes:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        part = archive.getinfo("xl/workbook.xml")
    start = part.header_offset + 60
    return content[:start] + b"\xff" * 20 + content[start + 20 :]


@pytest.mark.parametrize("what", HOSTILE)
def test_whatever_workbook_is_brought_is_answered_with_a_sentence(
    publisher: StrictClient, people: World, what: str
) -> None:
    make, words = HOSTILE[what]
    content = make()
    before = stored(people)
    for language in ("en", "ja"):
        publisher.language = language
        answer = bring(publisher, file=content, name="v.xlsx")
        assert answer.status_code == 422
        assert "<b>" not in answer.text
        assert (words in answer.text) == (language == "en")
        assert '<span lang="en">' not in answer.text
    assert stored(people) == before


def test_the_limits_are_told_before_and_after(publisher: StrictClient, people: World) -> None:
    page = publisher.get("/publisher/upload").text
    assert "YAML of at most 1 MB, or an XLSX workbook of at most 5 MB." in page
    large = bring(publisher, file=b"a: 1\n" * 200_001)
    assert large.status_code == 422
    assert "the file is larger than 1000000 bytes" in large.text


def test_a_workbook_that_is_too_much_yaml_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = book(drafts.text())
    assert take_workbook(content, "f.xlsx").source
    monkeypatch.setattr("app.catalog.spreadsheet.MAX_BYTES", 1000)
    with pytest.raises(CatalogError, match="as YAML the version is larger than 1,000 bytes"):
        take_workbook(content, "f.xlsx")


# taking


def test_a_version_is_a_workbook_with_the_same_content(client: StrictClient, people: World) -> None:
    named = hash_of(people)
    answer = client.get(f"/checklists/{named}/checklist.xlsx")
    assert answer.mimetype == versions.XLSX
    assert f'filename="{drafts.FAMILY}-{drafts.BEFORE}.xlsx"' in answer.headers["Content-Disposition"]
    assert sha256(canonical(read_workbook(answer.data, "f.xlsx"))) == named
    assert f'href="/checklists/{named}/checklist.xlsx"' in client.get(f"/checklists/{named}").text


def test_a_workbook_is_kept_for_ever_and_is_the_same_bytes_whoever_draws_it(
    client: StrictClient, people: World
) -> None:
    path = f"/checklists/{hash_of(people)}/checklist.xlsx"
    first = client.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in first.headers
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    versions._drawn.cache_clear()
    assert client.get(path).data == first.data
    with zipfile.ZipFile(BytesIO(first.data)) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_workbook_of_a_proposal_is_for_publishers_and_kept_by_nobody(
    publisher: StrictClient, client: StrictClient, people: World
) -> None:
    path = f"/checklists/{propose(people, drafts.next_version())}/checklist.xlsx"
    assert client.get(path).status_code == 404
    answer = publisher.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_no_cell_can_hold_is_refused_in_a_sentence(
    publisher: StrictClient, people: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.catalog.spreadsheet.MAX_TEXT", 20)
    versions._drawn.cache_clear()
    answer = publisher.get(f"/checklists/{hash_of(people)}/checklist.xlsx")
    assert answer.status_code == 409
    assert "Take the YAML." in answer.text
    assert publisher.get(f"/checklists/{hash_of(people)}/checklist.yaml").status_code == 200
