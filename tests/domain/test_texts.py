"""Texts in both languages, and dates as Japan writes them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from app.domain.texts import Text, date_with_era, era_year, fiscal_year_with_era, in_japan, utc_text


@pytest.mark.parametrize(
    ("day", "era"),
    [
        (date(2026, 11, 23), ("令和", 8)),
        (date(2019, 5, 1), ("令和", 1)),
        (date(2019, 4, 30), ("平成", 31)),
        (date(1989, 1, 8), ("平成", 1)),
        (date(1989, 1, 7), ("昭和", 64)),
        (date(1926, 12, 25), ("昭和", 1)),
        (date(1926, 12, 24), ("大正", 15)),
        (date(1912, 7, 30), ("大正", 1)),
        (date(1912, 7, 29), ("明治", 45)),
        (date(1873, 1, 1), ("明治", 6)),
    ],
)
def test_an_era_begins_on_its_first_day(day: date, era: tuple[str, int]) -> None:
    assert era_year(day) == era


def test_there_is_no_era_date_before_the_calendar_of_1873() -> None:
    with pytest.raises(ValueError, match="1873"):
        era_year(date(1872, 12, 31))


@pytest.mark.parametrize(
    ("day", "ja", "en"),
    [
        (date(2019, 4, 30), "2019年4月30日(平成31年)", "30 April 2019 (Heisei 31)"),
        (date(2019, 5, 1), "2019年5月1日(令和元年)", "1 May 2019 (Reiwa 1)"),
        (date(1989, 1, 7), "1989年1月7日(昭和64年)", "7 January 1989 (Showa 64)"),
        (date(1989, 1, 8), "1989年1月8日(平成元年)", "8 January 1989 (Heisei 1)"),
        (date(1920, 2, 29), "1920年2月29日(大正9年)", "29 February 1920 (Taisho 9)"),
        (date(1900, 1, 1), "1900年1月1日(明治33年)", "1 January 1900 (Meiji 33)"),
    ],
)
def test_a_day_is_written_with_its_era(day: date, ja: str, en: str) -> None:
    assert date_with_era(day, "ja") == ja
    assert date_with_era(day, "en") == en


@pytest.mark.parametrize(
    ("year", "ja", "en"),
    [
        (2026, "令和8年度(2026年度)", "FY2026 (Reiwa 8)"),
        (2019, "令和元年度(2019年度)", "FY2019 (Reiwa 1)"),
        (2018, "平成30年度(2018年度)", "FY2018 (Heisei 30)"),
        (1989, "平成元年度(1989年度)", "FY1989 (Heisei 1)"),
        (1988, "昭和63年度(1988年度)", "FY1988 (Showa 63)"),
    ],
)
def test_a_fiscal_year_is_written_with_the_era_in_which_it_mostly_lies(year: int, ja: str, en: str) -> None:
    assert fiscal_year_with_era(year, "ja") == ja
    assert fiscal_year_with_era(year, "en") == en


def test_a_moment_in_japan_may_be_another_day_than_in_utc() -> None:
    moment = datetime(2019, 4, 30, 15, 0, tzinfo=UTC)
    assert date_with_era(in_japan(moment).date(), "en") == "1 May 2019 (Reiwa 1)"
    assert in_japan(moment).utcoffset() == timedelta(hours=9)


def test_records_carry_moments_in_utc_with_whole_seconds() -> None:
    assert utc_text(in_japan(datetime(2026, 11, 23, 3, 4, 5, 678901, tzinfo=UTC))) == "2026-11-23T03:04:05Z"


def test_a_text_speaks_japanese_unless_english_is_asked() -> None:
    text = Text(ja="はい", en="Yes")
    assert (text.in_("ja"), text.in_("en"), text.in_("fr")) == ("はい", "Yes", "はい")


@pytest.mark.parametrize("ja", ["", "か\u3099", "\u212b", "a\x00b", "a\tb", "a\ud800", "a\x85", "x" * 4001])
def test_a_text_that_has_two_hashes_or_cannot_be_printed_is_refused(ja: str) -> None:
    with pytest.raises(ValidationError):
        Text(ja=ja, en="English")


def test_a_text_keeps_its_lines_and_letters_outside_the_first_plane() -> None:
    assert Text(ja="𠮷田\n髙﨑", en="x").ja == "𠮷田\n髙﨑"


def test_a_text_has_both_languages_and_no_other() -> None:
    for given in ({"ja": "はい"}, {"en": "Yes"}, {"ja": "はい", "en": "Yes", "fr": "Oui"}):
        with pytest.raises(ValidationError):
            Text.model_validate(given)
