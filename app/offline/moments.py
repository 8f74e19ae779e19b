"""When it was: what is only claimed, and what a time-stamp over a checkpoint of the ledger proves."""

from collections.abc import Sequence
from datetime import datetime

from app.domain.checkpoints import Checkpoint, read_checkpoint
from app.domain.errors import InvalidError
from app.offline.content import Read
from app.offline.entries import Proven
from app.offline.holding import Known, Trust
from app.offline.report import Check, Line, Result, Verdict
from app.offline.sealed import CLOCKS
from app.signing.timestamps import read as read_stamp


def signed(known: Known, trust: Trust) -> list[tuple[Checkpoint, str, tuple[bytes, ...]]]:
    """Return the checkpoints that a believed ledger signed, with note and tokens; others tell nothing."""
    found = []
    for note, tokens in known.checkpoints:
        for key in trust.ledgers:
            try:
                found.append((read_checkpoint(note, key)[0], note, tokens))
            except InvalidError:
                continue
    return found


def checkpoint_line(proven: Sequence[Proven], known: Known, trust: Trust) -> Line:
    """Return whether a time-stamp shows that a checkpoint with one of the proven entries was there at its time."""
    reason = "no_checkpoint_stamp"
    shown = {one.checkpoint for one in proven}
    for checkpoint, note, tokens in signed(known, trust):
        for token in tokens if checkpoint in shown else ():
            if not trust.times:
                reason = "no_anchors"
                continue
            try:
                read_stamp(token, note.encode(), trust.times)
            except InvalidError as refused:
                return Line(Verdict.TIME, Check.CHECKPOINT, Result.FAILED, refused.reason)
            return Line(Verdict.TIME, Check.CHECKPOINT, Result.PASSED)
    return Line(Verdict.TIME, Check.CHECKPOINT, Result.NOT_CHECKED, reason)


def claimed(read: Read, at: datetime, *, proven: bool) -> Line:
    """Return whether the time that is claimed can be: nothing is attested tomorrow."""
    said = read.record.attested_at if read.record else read.claims.at if read.claims else None
    if said is None:
        return Line(Verdict.TIME, Check.ORDER, Result.NOT_CHECKED, "no_time")
    if datetime.fromisoformat(said) > at + CLOCKS:
        return Line(Verdict.TIME, Check.ORDER, Result.WARNING, "in_future")
    if proven:
        return Line(Verdict.TIME, Check.ORDER, Result.PASSED)
    return Line(Verdict.TIME, Check.ORDER, Result.NOT_CHECKED, "time_claimed")
