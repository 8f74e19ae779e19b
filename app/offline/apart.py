"""Judging one attestation in a process of its own: what a hostile file breaks is that process alone."""

import os
import pickle
from datetime import datetime
from importlib import import_module

from app.domain.attestation import sha256
from app.offline import page
from app.offline.content import line
from app.offline.holding import Held, Known, Trust
from app.offline.judging import judge
from app.offline.report import Check, Report

SECONDS, MEMORY = 120, 2 * 1024 * 1024 * 1024


def warm() -> None:
    """Load what reads a PDF before any process is forked, so that each of them has it."""
    import_module("app.signing.timeline")
    import_module("pyhanko.sign.validation")
    page.load()


def judge_apart(held: Held, trust: Trust, known: Known, at: datetime) -> Report:
    """Return the report on what is held; a file that takes too much time or memory is ``unreadable``.

    Where that may have been its page alone, all else is judged without it. Where there are no processes to
    fork, it is judged in this one.
    """
    if held.pdf is None or not hasattr(os, "fork"):
        return judge(held, trust, known, at)
    for look in (page.look, page.broke_off):
        report = _apart(held, trust, known, at, look)
        if report is not None:
            return report
    return Report((line(Check.FILE, "unreadable"),), frozenset(), None, {"file_sha256": sha256(held.pdf)})


def _apart(held: Held, trust: Trust, known: Known, at: datetime, look: page.Look) -> Report | None:
    """Return the report of a process of its own, None if that did not end well."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _tell(theirs, held, trust, known, at, look)
    os.close(theirs)
    with os.fdopen(ours, "rb") as told:
        answer = told.read()
    _, status = os.waitpid(child, 0)
    if status != 0 or not answer:
        return None
    report: Report = pickle.loads(answer)  # noqa: S301 - from our own child, which ended well
    return report


def _tell(theirs: int, held: Held, trust: Trust, known: Known, at: datetime, look: page.Look) -> None:
    """Judge within limits, write the report, and end: nothing of a child returns to what its parent does."""
    code = 1
    try:
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        with os.fdopen(theirs, "wb") as told:
            told.write(pickle.dumps(judge(held, trust, known, at, look)))
        code = 0
    finally:
        os._exit(code)
