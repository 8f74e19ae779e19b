"""When it was: what is only claimed, and what a time-stamp over a checkpoint of the ledger proves."""

from collections.abc import Sequence
from datetime import datetime

from app.domain.checkpoints import Checkpoint, read_checkpoint
from app.domain.errors import InvalidError
from app.domain.verdicts import Aspect, Result
from app.offline.content import Read
from app.offline.entries import Proven
from app.offline.holding import Known, Trust
from app.offline.report import Check, Line
from app.offline.sealed import CLOCKS
from app.signing.timestamps import read as read_stamp

# refusals that say nothing against a time-stamp: another verifier may know its authority
_UNKNOWN = {"no_checkpoint_stamp", "no_anchors", "stamp_untrusted", "stamp_expired"}


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
    """Return whether a time-stamp shows that a checkpoint with one of the proven entries was there at its time.

    One good time-stamp is enough. One that nobody believes tells nothing; one about something else is wrong.
    """
    shown = {one.checkpoint for one in proven}
    reasons = {
        _refused(token, note, trust)
        for checkpoint, note, tokens in signed(known, trust)
        if checkpoint in shown
        for token in tokens
    }
    reason = "" if "" in reasons else min(reasons - _UNKNOWN, default=min(reasons, default="no_checkpoint_stamp"))
    result = Result.PASSED if not reason else Result.NOT_CHECKED if reason in _UNKNOWN else Result.FAILED
    return Line(Aspect.TIME, Check.CHECKPOINT, result, reason)


def _refused(token: bytes, note: str, trust: Trust) -> str:
    """Return why a token proves nothing about a note, or nothing."""
    if not trust.times:
        return "no_anchors"
    try:
        read_stamp(token, note.encode(), trust.times)
    except InvalidError as refused:
        return refused.reason
    return ""


def claimed(read: Read, at: datetime, *, proven: bool) -> Line:
    """Return whether the time that is claimed can be: nothing is attested tomorrow."""
    said = read.record.attested_at if read.record else read.claims.at if read.claims else None
    if said is None:
        return Line(Aspect.TIME, Check.ORDER, Result.NOT_CHECKED, "no_time")
    if datetime.fromisoformat(said) > at + CLOCKS:
        return Line(Aspect.TIME, Check.ORDER, Result.WARNING, "in_future")
    if proven:
        return Line(Aspect.TIME, Check.ORDER, Result.PASSED)
    return Line(Aspect.TIME, Check.ORDER, Result.NOT_CHECKED, "time_claimed")
