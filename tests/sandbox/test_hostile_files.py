"""Hostile files through the real parsers: an answer in time, no seal believed, and the next file is read."""

import time

import pytest

from app.sandbox.desk import Desk
from app.sandbox.limits import WALL_SECONDS
from app.signing.anchors import Anchors
from tests.sandbox import hostile
from tests.world import NOW


@pytest.mark.parametrize("name", hostile.FILES)
def test_a_hostile_file_gets_an_answer_and_the_next_is_read(desk: Desk, name: str) -> None:
    content = hostile.FILES[name]()
    began = time.monotonic()
    found = desk.read(content, Anchors(), NOW)
    assert time.monotonic() - began < WALL_SECONDS + 2
    assert found.codes == ()
    assert found.trouble or found.report is None or found.report.reasons
    assert desk.read(b"%PDF-1.4 nothing", Anchors(), NOW).report is not None
