"""Whatever a file makes a parser do, the desk answers in time, and the next file is read."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.errors import BusyError
from app.sandbox import desk as desk_module
from app.sandbox.desk import AT_ONCE, Desk
from app.sandbox.found import Found, Media, Trouble
from app.signing.anchors import Anchors
from tests.sandbox.misbehaving import MISDEEDS, REFUSED
from tests.world import NOW


@pytest.fixture(scope="module")
def misled() -> Iterator[Desk]:
    """A desk whose readers misbehave as told."""
    desk = Desk("tests.sandbox.misbehaving", seconds=2)
    yield desk
    desk.close()


@pytest.mark.parametrize("misdeed", MISDEEDS, ids=lambda misdeed: misdeed.decode())
def test_a_reader_that_misbehaves_is_ended_alone_and_the_next_file_is_read(misled: Desk, misdeed: bytes) -> None:
    began = time.monotonic()
    found = misled.read(misdeed, Anchors(), NOW)
    assert found.trouble in {Trouble.BROKE_OFF, Trouble.TOOK_TOO_LONG}
    assert found.report is None
    assert time.monotonic() - began < 5
    assert misled.read(b"a good file", Anchors(), NOW).codes == ("good",)


@pytest.mark.parametrize("misdeed", REFUSED, ids=lambda misdeed: misdeed.decode())
def test_the_kernel_refuses_a_reader_what_reaches_outside(misled: Desk, misdeed: bytes) -> None:
    assert misled.read(misdeed, Anchors(), NOW).codes == ("PermissionError",)


def test_a_sleeping_reader_is_told_from_one_that_broke(misled: Desk) -> None:
    assert misled.read(b"sleep", Anchors(), NOW).trouble is Trouble.TOOK_TOO_LONG
    assert misled.read(b"abort", Anchors(), NOW).trouble is Trouble.BROKE_OFF


def test_a_lost_keeper_is_started_again(misled: Desk) -> None:
    misled.read(b"good", Anchors(), NOW)
    keeper = misled._keeper
    assert keeper is not None
    keeper.kill()
    keeper.wait()
    assert misled.read(b"good", Anchors(), NOW).codes == ("good",)
    assert misled._keeper is not keeper


def test_no_more_are_read_at_once_than_leave_threads_free(misled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "_PATIENCE", 0.2)
    misled.read(b"good", Anchors(), NOW)
    busy = [threading.Thread(target=misled.read, args=(b"sleep", Anchors(), NOW)) for _ in range(AT_ONCE)]
    for thread in busy:
        thread.start()
    time.sleep(0.1)
    began = time.monotonic()
    with pytest.raises(BusyError, match="busy_reading"):
        misled.read(b"good", Anchors(), NOW)
    assert time.monotonic() - began < 1
    for thread in busy:
        thread.join()
    assert misled.read(b"good", Anchors(), NOW).codes == ("good",)


def test_a_keeper_that_cannot_start_is_told_as_busy_and_leaves_nothing() -> None:
    desk = Desk("tests.sandbox.no_such_program")
    with pytest.raises(BusyError):
        desk.read(b"x", Anchors(), NOW)
    assert desk._keeper is None
    desk.close()


def test_a_desk_that_was_carried_into_a_fork_starts_a_keeper_of_its_own(misled: Desk) -> None:
    misled.read(b"good", Anchors(), NOW)
    keeper = misled._keeper
    misled._owner = os.getpid() + 1
    try:
        assert misled.read(b"good", Anchors(), NOW).codes == ("good",)
        assert misled._keeper is not keeper
    finally:
        assert keeper is not None
        keeper.kill()
        keeper.wait()


def test_no_secret_is_in_the_keepers_environment(misled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKUNIN_SECRET_KEY", "a secret that nobody should read")
    misled.close()
    misled.read(b"good", Anchors(), NOW)
    assert misled._keeper is not None
    assert b"secret" not in Path(f"/proc/{misled._keeper.pid}/environ").read_bytes()


@pytest.mark.parametrize(
    ("content", "media"),
    [(b"", Media.NEITHER), (b"junk", Media.NEITHER), (b"%PDF-", Media.PDF), (b"\x89PNG\r\n\x1a\n", Media.PICTURE)],
)
def test_what_holds_nothing_is_read_as_nothing(desk: Desk, content: bytes, media: Media) -> None:
    found = desk.read(content, Anchors(), NOW)
    assert isinstance(found, Found)
    assert (found.media, found.codes) == (media, ())
