"""The present status: what lists and entries tell, as of when, and what the record says of its own end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.domain.attestation import AttestationStatus
from app.domain.ledger import Kind
from app.domain.texts import in_japan
from app.offline.content import Read
from app.offline.entries import Proven
from app.offline.holding import Known, Trust
from app.offline.report import Check, Line, Result, Verdict

# an entry is never taken back, so that it tells more than a list of an earlier day
_ENTERED = (
    (Kind.WITHDRAW, AttestationStatus.WITHDRAWN),
    (Kind.SUPERSEDE, AttestationStatus.SUPERSEDED),
    (Kind.EXPIRE, AttestationStatus.EXPIRED),
)


@dataclass(frozen=True)
class Standing:
    """The status, None where nothing tells it, with the lines and facts that it comes from."""

    status: AttestationStatus | None
    lines: tuple[Line, ...]
    facts: dict[str, Any] = field(default_factory=dict)


def standing(read: Read, proven: Sequence[Proven], known: Known, trust: Trust, at: datetime) -> Standing:
    """Return what is known of the status at a moment; "in force" is known from a list alone."""
    listed: AttestationStatus | None = None
    found = next((status for kind, status in _ENTERED if any(one.entry.kind is kind for one in proven)), None)
    status = found or listed
    if status in {None, AttestationStatus.IN_FORCE} and _over(read, at):
        status = AttestationStatus.EXPIRED
    return Standing(status, (_list_line(), _line(status)))


def _over(read: Read, at: datetime) -> bool:
    last = read.record.valid_until if read.record else read.claims.until if read.claims else None
    return last is not None and in_japan(at).date() > date.fromisoformat(last)


def _list_line() -> Line:
    return Line(Verdict.STATUS, Check.LIST, Result.NOT_CHECKED, "no_status_list")


def _line(status: AttestationStatus | None) -> Line:
    if status is None:
        return Line(Verdict.STATUS, Check.STANDING, Result.NOT_CHECKED, "status_unknown")
    if status is AttestationStatus.IN_FORCE:
        return Line(Verdict.STATUS, Check.STANDING, Result.PASSED)
    return Line(Verdict.STATUS, Check.STANDING, Result.WARNING, status.value)
