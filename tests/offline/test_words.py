"""Every reason has words in both languages and a place in the specification; a broken reader is no answer."""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.pages import PLACES, Likeness
from app.domain.verdicts import Aspect, Outcome, Result
from app.offline import apart, page, words
from app.offline.holding import Held, Known, Trust
from app.offline.report import Check, Exit, together
from app.signing.reasons import Note, Reason
from tests.offline.vectors import FOLDER

SPECIFICATION = (FOLDER.parent / "README.md").read_text("utf-8")
LINES = [
    line
    for path in sorted(FOLDER.glob("*.json"))
    for line in json.loads(path.read_text("utf-8"))["expected"]["lines"]
]


def test_every_reason_that_can_come_has_words_and_stands_in_the_specification() -> None:
    seen = {line["reason"] for line in LINES if line["reason"]} | {reason.value for reason in Reason}
    assert seen - words.REASONS.keys() == set()
    # what only a browser can say is not for other verifiers
    listed = set(re.findall(r"`([a-z0-9_]+)`", SPECIFICATION))
    assert (words.REASONS.keys() - {"no_ed25519"}) - listed == set()
    assert {note.value for note in Note} <= listed


def test_every_check_verdict_result_and_exit_has_words() -> None:
    assert words.CHECKS.keys() == set(Check)
    assert words.ASPECTS.keys() == set(Aspect)
    assert words.OUTCOMES.keys() == set(Outcome)
    assert words.EXITS.keys() == set(Exit) - {Exit.USAGE}
    for pair in (*words.REASONS.values(), *words.CHECKS.values(), *words.FACTS.values(), *words.PAGE.values()):
        assert all(pair)
        assert re.search(r"[぀-ヿ一-鿿]", pair[0])


def test_the_vectors_show_every_check() -> None:
    assert {line["check"] for line in LINES} == {check.value for check in Check}


def test_every_place_and_likeness_of_a_page_has_words() -> None:
    assert words.PLACES.keys() == set(PLACES)
    assert {likeness.value for likeness in Likeness} - words.REASONS.keys() == {Likeness.DRAWN_HERE.value}
    for pair in (*words.PLACES.values(), words.DIFFERENCE):
        assert re.search(r"[぀-ヿ一-鿿]", pair[0])


def test_a_page_that_breaks_its_reader_costs_the_comparison_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "look", lambda *_: os._exit(0))
    held = Held("x", pdf=(FOLDER / "page-good.pdf").read_bytes())
    report = apart.judge_apart(held, Trust(), Known(), datetime.now(UTC))
    found = {line.check: (line.result, line.reason) for line in report.lines}
    assert found[Check.PAGE] == (Result.NOT_CHECKED, "page_not_compared")
    assert found[Check.RECORD] == (Result.PASSED, "")


@pytest.mark.parametrize(
    "harm", [lambda *_: os._exit(0), lambda *_: os.kill(os.getpid(), 9), lambda *_: bytearray(1 << 40)]
)
def test_a_file_that_breaks_the_reader_is_unreadable(harm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "judge", harm)
    report = apart.judge_apart(Held("x", pdf=b"%PDF-"), Trust(), Known(), datetime.now(UTC))
    assert [(line.check, line.reason) for line in report.lines] == [(Check.FILE, "unreadable")]
    assert together([report]) == Exit.NOT_GENUINE


def test_nothing_at_all_cannot_be_told() -> None:
    assert together([]) == Exit.CANNOT_TELL
    assert Path(FOLDER / "README.md").exists()
