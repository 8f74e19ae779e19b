"""Award lists: files as universities really have them, and every fault with its line and column."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import importing
from app.domain.importing import COLUMNS, MAX_ROWS, AwardList, read_award_list

CALLS = {"kaken-2026"}
TAKEN = {"JP26K99999"}
HEADINGS = {name: words[0] for name, words in COLUMNS.items()}
PI: dict[str, str] = {
    "number": "JP26K12345",
    "call": "kaken-2026",
    "title_ja": "量子測定の基礎",
    "title_en": "Foundations of quantum measurement",
    "starts_on": "2026-04-01",
    "ends_on": "2029-03-31",
    "foreign": "無",
    "partners": "有",
    "transfer_on": "2026-10-01",
    "part": "研究代表者",
    "name": "髙橋 花子",
    "name_latin": "TAKAHASHI Hanako",
    "affiliation": "青葉大学",
    "post": "大学院理学研究科・教授",
    "researcher_number": "01234567",
    "student": "",
}
CO = PI | {"part": "研究分担者", "name": "山﨑 美咲", "researcher_number": "", "student": "学生", "name_latin": ""}


def written(lines: Iterable[dict[str, str]], columns: Iterable[str] = COLUMNS, end: str = "\r\n") -> str:
    columns = list(columns)
    out = io.StringIO()
    rows = csv.writer(out, lineterminator=end)
    rows.writerow(HEADINGS.get(name, name) for name in columns)
    rows.writerows([line.get(name, "") for name in columns] for line in lines)
    return out.getvalue()


def read(content: str | bytes) -> AwardList:
    data = content.encode() if isinstance(content, str) else content
    return read_award_list(data, CALLS, TAKEN)


def faults(content: str | bytes) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.column, fault.reason) for fault in read(content).faults]


@pytest.mark.parametrize(("encoding", "name"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("cp932", "Shift_JIS")])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_good_file_is_read_whole_in_each_encoding(encoding: str, name: str, end: str) -> None:
    result = read(written([PI, CO], end=end).encode(encoding))
    assert result.faults == []
    assert (result.encoding, result.rows) == (name, 2)
    first, second = result.grants["JP26K12345"]
    assert (first.number, second.number) == (2, 3)
    assert (first.fields["name"], second.fields["name"]) == ("髙橋 花子", "山﨑 美咲")
    assert (first.fields["starts_on"], first.fields["ends_on"]) == (date(2026, 4, 1), date(2029, 3, 31))
    assert (first.fields["foreign"], first.fields["partners"]) == ("no", "yes")
    assert (first.fields["part"], second.fields["part"]) == ("principal_investigator", "co_investigator")
    assert (first.fields["researcher_number"], second.fields["researcher_number"]) == ("01234567", None)
    assert (first.fields["student"], second.fields["student"]) == ("", "yes")


def test_columns_may_stand_in_any_order_and_only_six_are_needed() -> None:
    needed = ["name", "affiliation", "part", "title_ja", "call", "number"]
    result = read(written([PI], needed))
    assert result.faults == []
    assert result.grants["JP26K12345"][0].fields["foreign"] == ""


def test_every_heading_printed_anywhere_is_understood() -> None:
    for name, words in COLUMNS.items():
        for word in words:
            renamed = ["*" if each == name else each for each in COLUMNS]
            text = written([PI | {"*": PI[name]}], renamed).replace("*", word, 1)
            assert read(text).faults == [], word


def test_numbers_and_days_are_read_as_japanese_keyboards_write_them() -> None:
    wide = PI | {
        "number": "ＪＰ２６Ｋ１２３４５",
        "starts_on": "２０２６／４／１",
        "researcher_number": "０１２３４５６７",
    }
    result = read(written([wide]))
    assert result.faults == []
    assert result.grants["JP26K12345"][0].fields["starts_on"] == date(2026, 4, 1)


def test_blank_lines_are_passed_over_and_counted() -> None:
    text = written([PI, CO | {"call": "unknown"}]).replace("\r\n", "\r\n\r\n")
    assert faults(text) == [(5, "公募コード", "unknown_call")]


# what stands in one cell of the second person's row, and the fault it makes there
CELLS = [
    ("number", "課題", "not_an_award_number"),
    ("number", "", "required"),
    ("number", "JP26K99999", "number_taken"),
    ("number", "9" * 41, "too_long"),
    ("call", "kaken-2099", "unknown_call"),
    ("call", "", "required"),
    ("title_ja", " \u3000", "required"),
    ("title_ja", "題" * 301, "too_long"),
    ("title_en", "a\x00b", "bad_character"),
    ("starts_on", "2026-02-30", "not_a_date"),
    ("starts_on", "0000-00-00", "not_a_date"),
    ("ends_on", "令和11年3月31日", "not_a_date"),
    ("foreign", "不明", "unknown_choice"),
    ("partners", "?", "unknown_choice"),
    ("transfer_on", "未定", "not_a_date"),
    ("part", "代理", "unknown_choice"),
    ("part", "", "required"),
    ("name", "", "required"),
    ("name", "名" * 201, "too_long"),
    ("name", "山田\n太郎", "bad_character"),
    ("name_latin", "\x1b[31m", "bad_character"),
    ("affiliation", "", "required"),
    ("post", "職" * 201, "too_long"),
    ("researcher_number", "1234567", "not_a_researcher_number"),
    ("researcher_number", "123456789012345678901", "too_long"),
    ("student", "大学院生", "unknown_choice"),
]


@pytest.mark.parametrize(("name", "cell", "reason"), CELLS)
def test_a_faulty_cell_is_named_with_line_column_and_reason(name: str, cell: str, reason: str) -> None:
    assert faults(written([PI, CO | {name: cell}])) == [(3, HEADINGS[name], reason)]


def test_every_column_has_a_faulty_cell_above() -> None:
    assert {line[0] for line in CELLS} == set(COLUMNS)


def test_what_was_typed_is_shown_without_what_a_page_cannot_carry() -> None:
    (fault,) = read(written([PI | {"title_en": "a\x00b\u3000" + "c" * 100}])).faults
    assert fault.typed == "a�b\u3000" + "c" * 56


def test_columns_that_are_unknown_twice_there_or_missing_are_named() -> None:
    columns = [name for name in COLUMNS if name != "name"]
    assert faults(written([PI], [*columns, "備考", "number"])) == [
        (1, "備考", "unknown_column"),
        (1, "課題番号", "column_twice"),
        (1, "氏名", "column_missing"),
    ]


def test_a_heading_with_controls_is_shown_without_them() -> None:
    assert (1, "備�考", "unknown_column") in faults(written([PI], [*COLUMNS, "備\x00考"]))


@pytest.mark.parametrize("change", [lambda row: row + ",extra", lambda row: row.rpartition(",")[0]])
def test_a_row_with_other_than_its_cells_is_named(change: Any) -> None:
    head, first, second = written([PI, CO]).splitlines()
    assert faults("\n".join([head, first, change(second), ""])) == [(3, "", "cells_missing")]


def test_lines_are_counted_as_an_editor_counts_them_across_quoted_cells() -> None:
    """The first row's title spans three lines, so the second person stands on line 5."""
    quoted = PI | {"title_en": "one\ntwo\r\nthree"}
    found = faults(written([quoted, CO | {"student": "?"}]))
    assert found == [(2, "研究課題名(英文)", "bad_character"), (5, "学生", "unknown_choice")]


def test_an_old_mac_file_counts_its_lines_too() -> None:
    assert faults(written([PI, CO | {"student": "?"}], end="\r")) == [(3, "学生", "unknown_choice")]


@pytest.mark.parametrize("tail", ['"never closed', '"closed"and more'])
def test_what_is_not_csv_is_named_with_its_line(tail: str) -> None:
    assert faults(written([PI]) + tail) == [(3, "", "not_csv")]


def test_a_cell_larger_than_csv_allows_is_not_read() -> None:
    assert faults(written([PI, CO | {"post": "x" * 200_000}])) == [(3, "", "not_csv")]


def test_bytes_of_no_known_encoding_are_refused() -> None:
    result = read(b"\x81\x00\xff\xfe\x80\x81")
    assert [(fault.line, fault.reason) for fault in result.faults] == [(1, "unknown_encoding")]
    assert result.encoding == ""


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n", b"\x00\x00\x00", "課題番号".encode("utf-16")])
def test_a_file_that_is_empty_or_not_a_list_has_faults_and_no_grants(content: bytes) -> None:
    result = read(content)
    assert result.faults
    assert result.grants == {}


def test_headings_alone_are_no_list() -> None:
    assert faults(written([])) == [(1, "", "no_rows")]
    assert faults(written([]) + "\r\n,,,\r\n") == [(1, "", "no_rows")]


def test_a_file_with_too_many_rows_is_stopped_at_the_first_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_ROWS == 5000
    monkeypatch.setattr(importing, "MAX_ROWS", 3)
    assert faults(written([PI, CO, CO])) == []
    assert faults(written([PI, CO, CO, CO, CO])) == [(5, "", "too_many_rows")]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([CO], [(2, "役割", "principal_missing")]),
        ([PI, PI | {"name": "別人"}], [(3, "役割", "one_principal")]),
        ([PI | {"ends_on": "2026-03-31"}], [(2, "研究終了日", "period_reversed")]),
        ([PI, CO | {"title_ja": "別の課題"}], [(3, "研究課題名", "differs_from_first")]),
        ([PI, CO | {"foreign": ""}], [(3, "海外機関の参加", "differs_from_first")]),
        (
            [PI, CO | {"ends_on": "", "starts_on": ""}],
            [(3, c, "differs_from_first") for c in ("研究開始日", "研究終了日")],
        ),
    ],
)
def test_rows_of_one_grant_must_agree_and_have_one_principal(lines: list[Any], expected: list[Any]) -> None:
    assert faults(written(lines)) == expected


def test_a_period_of_one_day_and_an_open_one_are_fine() -> None:
    assert faults(written([PI | {"ends_on": PI["starts_on"]}])) == []
    assert faults(written([PI | {"ends_on": "", "starts_on": ""}])) == []


def test_all_faults_are_told_at_once_in_the_order_of_lines() -> None:
    other = PI | {"number": "JP26K00002"}
    lines = [PI | {"foreign": "?"}, CO, other | {"name": "", "call": "x"}, other | {"starts_on": "x"}]
    assert [line for line, _, _ in faults(written(lines))] == [2, 4, 4, 5]


def test_rows_of_one_grant_need_not_stand_together() -> None:
    other = PI | {"number": "JP26K00002"}
    result = read(written([PI, other, CO]))
    assert {number: [line.number for line in lines] for number, lines in result.grants.items()} == {
        "JP26K12345": [2, 4],
        "JP26K00002": [3],
    }


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_whatever_are_read_or_refused_and_never_half_read(tail: bytes) -> None:
    """Appended to a good file, they leave it whole or give it faults; nothing is silently dropped."""
    good = written([PI, CO]).encode()
    result = read(good + tail)
    if not result.faults:
        assert len(result.grants["JP26K12345"]) == 2
        assert result.rows == sum(len(lines) for lines in result.grants.values())
