"""Identifiers of Japanese research funding, as they are printed and as they are typed."""

import pytest

from app.domain.identifiers import (
    is_award_number,
    is_orcid,
    is_researcher_number,
    is_ror,
    narrow,
    researcher_number_checks,
)


@pytest.mark.parametrize(
    "text", ["JP26K12345", "JPMJCR26A1", "JPMJSP2108", "JP21ck0106688", "26K12345", "NEDO-2026-001"]
)
def test_award_numbers_of_the_common_form_and_of_funders_are_known(text: str) -> None:
    assert is_award_number(text)


@pytest.mark.parametrize(
    "text", ["", "JP1", "26K", "JP26K 12345", "ＪＰ26K12345", "課題26K12345", "x" * 31, "-26K", "26K\n"]
)
def test_other_texts_are_no_award_number(text: str) -> None:
    assert not is_award_number(text)


def test_a_number_typed_in_full_width_letters_and_spaces_is_made_narrow() -> None:
    assert narrow(" ＪＰ２６Ｋ　１２３４５ ") == "JP26K12345"
    assert is_award_number(narrow("ＪＰ２６Ｋ１２３４５"))


@pytest.mark.parametrize(("text", "is_one"), [("00123456", True), ("1234567", False), ("123456789", False)])
def test_a_researcher_number_has_eight_digits(text: str, is_one: bool) -> None:
    assert is_researcher_number(text) is is_one


@pytest.mark.parametrize("text", ["1234567a", "１２３４５６７８", "1234567\u0668", "1234 567", "-1234567"])
def test_a_researcher_number_has_plain_digits_only(text: str) -> None:
    assert not is_researcher_number(text)


def test_exactly_one_first_digit_checks_for_the_seven_that_follow() -> None:
    """The weights are 1 and 2 in turn: 1·1 + 2·2 + 3·1 + 4·2 + 5·1 + 6·2 + 7·1 = 40, so the first digit is 0."""
    assert [first for first in "0123456789" if researcher_number_checks(f"{first}1234567")] == ["0"]
    assert [first for first in "0123456789" if researcher_number_checks(f"{first}0000010")] == ["2"]


@pytest.mark.parametrize("text", ["0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X"])
def test_an_orcid_with_its_check_character_is_one(text: str) -> None:
    assert is_orcid(text)


@pytest.mark.parametrize(
    "text",
    [
        "0000-0002-1825-0098",
        "0000-0002-1694-2330",
        "0000-0002-1694-233x",
        "0000000218250097",
        "0000-0002-1825-009",
        "https://orcid.org/0000-0002-1825-0097",
        "００００-0002-1825-0097",
        "",
    ],
)
def test_another_text_is_no_orcid(text: str) -> None:
    assert not is_orcid(text)


def test_every_single_wrong_digit_of_an_orcid_is_noticed() -> None:
    right = "0000-0002-1825-0097"
    for place, digit in enumerate(right):
        for other in "0123456789":
            if digit not in {"-", other}:
                assert not is_orcid(right[:place] + other + right[place + 1 :])


@pytest.mark.parametrize("text", ["https://ror.org/057zh3y96", "https://ror.org/02kpeqv85"])
def test_a_ror_identifier_is_known_in_its_url_form(text: str) -> None:
    assert is_ror(text)


@pytest.mark.parametrize(
    "text",
    [
        "057zh3y96",
        "http://ror.org/057zh3y96",
        "https://ror.org/157zh3y96",
        "https://ror.org/057zh3y9",
        "https://ror.org/057zi3y96",
        "https://ror.org/057zh3y9６",
        "https://ror.org/057zh3y96/",
    ],
)
def test_another_text_is_no_ror_identifier(text: str) -> None:
    assert not is_ror(text)
