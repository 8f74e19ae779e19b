"""The present status: what lists and entries tell, as of when, and what the record says of its own end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.domain import statuslist
from app.domain.attestation import AttestationStatus, Record
from app.domain.errors import InvalidError
from app.domain.ledger import Kind, name_of
from app.domain.statuslist import Statuses
from app.domain.texts import in_japan
from app.domain.verdicts import Aspect, Result
from app.offline.content import Read
from app.offline.entries import Proven
from app.offline.holding import Known, Trust
from app.offline.report import Check, Line

# an entry is never taken back, so that it tells more than a list of an earlier day
_ENTERED = (
    (Kind.WITHDRAW, AttestationStatus.WITHDRAWN),
    (Kind.SUPERSEDE, AttestationStatus.SUPERSEDED),
    (Kind.EXPIRE, AttestationStatus.EXPIRED),
)
# refusals that say nothing against a list: what it takes to tell is not held
_UNKNOWN = {"no_status_list", "no_ledger_key", "unknown_paper_key", "other_ledger"}


@dataclass(frozen=True)
class Standing:
    """The status, None where nothing tells it, with the lines and facts that it comes from."""

    status: AttestationStatus | None
    lines: tuple[Line, ...]
    facts: dict[str, Any] = field(default_factory=dict)


def standing(read: Read, proven: Sequence[Proven], known: Known, trust: Trust, at: datetime) -> Standing:
    """Return what is known of the status at a moment; "in force" is known from a list alone."""
    newest, reason = _newest(known, trust, read.ledger)
    listed, facts = None, {}
    if newest is not None:
        facts = {"as_of": newest.at, "list_size": newest.size}
        told = statuslist.known(newest, _name(read.record), at)
        listed, reason = told.status, "status_list_stale" if told.stale else ""
    entered = next((status for kind, status in _ENTERED if any(one.entry.kind is kind for one in proven)), None)
    status = entered or listed
    if status in {None, AttestationStatus.IN_FORCE} and _over(read, at):
        status = AttestationStatus.EXPIRED
    return Standing(status, (_list_line(newest, reason), _line(status, read.record, newest)), facts)


def _newest(known: Known, trust: Trust, ledger: str | None) -> tuple[Statuses | None, str]:
    """Return the newest list that a believed ledger signed, or why there is none."""
    found, reason = [], "no_status_list"
    for text in known.lists:
        try:
            found.append(_read(text, trust, ledger))
        except InvalidError as refused:
            reason = refused.reason
    return max(found, key=lambda one: (one.at, one.size), default=None), reason


def _read(text: str, trust: Trust, ledger: str | None) -> Statuses:
    if not trust.ledgers:
        raise InvalidError("no_ledger_key")
    found = statuslist.read(text, trust.paper_key)
    if not trust.named(found.origin):
        raise InvalidError("not_a_status_list")
    if ledger is not None and found.origin != ledger:
        raise InvalidError("other_ledger")
    return found


def _name(record: Record | None) -> str:
    """Return the name in the list; without a record there is none, and a list tells nothing."""
    return name_of(record.salt, record.id) if record else ""


def _over(read: Read, at: datetime) -> bool:
    last = read.record.valid_until if read.record else read.claims.until if read.claims else None
    return last is not None and in_japan(at).date() > date.fromisoformat(last)


def _list_line(newest: Statuses | None, reason: str) -> Line:
    result = Result.FAILED
    if newest is not None:
        result = Result.WARNING if reason else Result.PASSED
    elif reason in _UNKNOWN:
        result = Result.NOT_CHECKED
    return Line(Aspect.STATUS, Check.LIST, result, reason)


def _line(status: AttestationStatus | None, record: Record | None, newest: Statuses | None) -> Line:
    if status is None:
        reason = "status_unknown" if newest is None else "not_listed" if record else "no_record"
        return Line(Aspect.STATUS, Check.STANDING, Result.NOT_CHECKED, reason)
    if status is AttestationStatus.IN_FORCE:
        return Line(Aspect.STATUS, Check.STANDING, Result.PASSED)
    return Line(Aspect.STATUS, Check.STANDING, Result.WARNING, status.value)
