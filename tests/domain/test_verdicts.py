"""Verdicts from lines: every check belongs to an answer, and nothing unchecked counts as good."""

from itertools import product

import pytest

from app.domain.attestation import AttestationStatus
from app.domain.pages import PLACES, Difference, Likeness
from app.domain.scanned import Scanned, read
from app.domain.verdicts import ASPECT, OF_PAGE, Asked, Aspect, Check, Line, Outcome, Result, Verdict, outcome

CODE = "01234-56789-ABCDE-FGHJK"
P, F, N, W = Result.PASSED, Result.FAILED, Result.NOT_CHECKED, Result.WARNING

# the lines of one aspect by check, and the answer they amount to
TABLE = [
    ({}, Outcome.UNKNOWN),
    ({Check.SIGNATURE: P}, Outcome.GOOD),
    ({Check.SIGNATURE: P, Check.WHOLE: P, Check.ISSUED: P}, Outcome.GOOD),
    ({Check.SIGNATURE: P, Check.WHOLE: F}, Outcome.BAD),
    ({Check.SIGNATURE: N, Check.STATEMENT: P}, Outcome.PARTLY),
    ({Check.SIGNATURE: N, Check.STATEMENT: N}, Outcome.UNKNOWN),
    ({Check.KEPT: P, Check.CHECKLIST: P, Check.SIGNATURE: N}, Outcome.UNKNOWN),
    ({Check.KEPT: F, Check.SIGNATURE: N}, Outcome.BAD),
    ({Check.PAGE: P}, Outcome.UNKNOWN),
    ({Check.PAGE: F, Check.SIGNATURE: P}, Outcome.BAD),
    ({Check.PAGE: N, Check.SIGNATURE: P}, Outcome.PARTLY),
    ({Check.ISSUER: P, Check.SAMPLE: W}, Outcome.NOTE),
    ({Check.ISSUER: N, Check.KEEPER: P}, Outcome.PARTLY),
    ({Check.ISSUER: N, Check.SAMPLE: W}, Outcome.UNKNOWN),
    ({Check.STAMP: W, Check.LEDGER: P}, Outcome.NOTE),
    ({Check.STAMP: P, Check.LEDGER: N}, Outcome.PARTLY),
    ({Check.STATUS: W}, Outcome.NOTE),
    ({Check.STATUS: N}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize(("lines", "answer"), TABLE)
def test_lines_amount_to_the_answer_of_the_table(lines: dict[Check, Result], answer: Outcome) -> None:
    assert outcome([Line(check, result) for check, result in lines.items()]) is answer


def test_every_check_belongs_to_one_answer_and_every_answer_has_checks() -> None:
    assert set(ASPECT) == set(Check)
    assert set(ASPECT.values()) == set(Aspect)


@pytest.mark.parametrize("aspect", list(Aspect))
def test_one_failure_makes_an_answer_bad_and_nothing_looked_at_is_never_good(aspect: Aspect) -> None:
    checks = [check for check in Check if ASPECT[check] is aspect]
    for results in product(Result, repeat=min(3, len(checks))):
        found = outcome([Line(check, result) for check, result in zip(checks, results, strict=False)])
        assert (found is Outcome.BAD) is (F in results)
        if set(results) <= {N}:
            assert found is Outcome.UNKNOWN
        if N in results:
            assert found is not Outcome.GOOD


def test_every_likeness_of_a_page_has_its_result_and_every_place_a_name() -> None:
    assert OF_PAGE.keys() == set(Likeness)
    fields = {
        "grant.title.ja": "grant.title",
        "grant.participants": "grant",
        "sections.0.items.1.counts.open": "sections",
        "words after grant.title.ja": "words",
        "words": "words",
        "foot of page 2": "foot",
        "coded": "words",
    }
    assert {field: Difference(field, "", "").place for field in fields} == fields
    assert all(Difference(place, "", "").place == place for place in PLACES)


GOOD = [Line(check, P) for check in (Check.SIGNATURE, Check.ISSUER, Check.STAMP, Check.STATUS)]


@pytest.mark.parametrize("asked", list(Asked))
def test_only_a_file_can_be_authentic(asked: Asked) -> None:
    assert Verdict(asked, GOOD).authentic is (asked is Asked.FILE)


@pytest.mark.parametrize(
    ("check", "result", "authentic"),
    [
        (Check.SIGNATURE, F, False),
        (Check.SIGNATURE, N, False),
        (Check.ISSUER, F, False),
        (Check.STAMP, F, False),
        (Check.STAMP, W, True),
        (Check.STATUS, W, True),
    ],
)
def test_what_speaks_against_a_file_and_what_does_not(check: Check, result: Result, authentic: bool) -> None:
    lines = [Line(check, result) if one.check is check else one for one in GOOD]
    assert Verdict(Asked.FILE, lines).authentic is authentic


def test_being_in_force_is_an_answer_of_its_own() -> None:
    assert Verdict(Asked.FILE, GOOD, status=AttestationStatus.IN_FORCE).in_force
    for status in set(AttestationStatus) - {AttestationStatus.IN_FORCE}:
        assert not Verdict(Asked.FILE, GOOD, status=status).in_force


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"https://a.jp/verify/{CODE}#a.b.c", Scanned(CODE, "a.b.c")),
        (f"https://a.jp/x/verify/{CODE.lower()}", Scanned(CODE, None)),
        (f" https://a.jp/verify/{CODE} \n#a.\nb.c\n", Scanned(CODE, "a.b.c")),
        ("a.b.c", Scanned(None, "a.b.c")),
        (f"https://a.jp/verify/{CODE}#nothing", Scanned(CODE, None)),
        ("https://a.jp/verify/#a.b.c", Scanned(None, "a.b.c")),
        ("https://a.jp/verify/", None),
        ("www.a.jp", Scanned(None, "www.a.jp")),
        ("", None),
        ("x" * 9000, None),
    ],
)
def test_a_scanned_text_is_read_without_believing_it(text: str, found: Scanned | None) -> None:
    assert read(text) == found
