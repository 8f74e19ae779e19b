"""Judging what somebody holds: the policy, in the order of ``docs/verification``, with nothing fetched."""

from datetime import datetime, timedelta
from typing import Any

from app.domain.attestation import sha256
from app.domain.checkpoints import Checkpoint, read_checkpoint
from app.domain.errors import InvalidError
from app.domain.ledger import Kind
from app.offline.content import Read, line, read_record, read_statement
from app.offline.entries import About, Proven, ledger_line, prove
from app.offline.holding import Held, Known, Trust
from app.offline.report import Check, Line, Report, Result, Verdict, in_order
from app.offline.standing import standing

# how far two honest clocks may be apart
_CLOCKS = timedelta(minutes=10)


def judge(held: Held, trust: Trust, known: Known, at: datetime) -> Report:
    """Return the report on what is held, as it can be known at ``at``; whatever the bytes are, one comes back."""
    record, record_line = read_record(held.record)
    claims, statement_line = read_statement(held.statement, held.record, trust)
    proven, entry_lines = prove(held.proofs, About(held.record, record), trust)
    read = Read(record, claims)
    signed = [one for one, _ in _checkpoints(known, trust)]
    status = standing(read, proven, at)
    lines = [
        line(Check.FILE, "no_file", unknown=True),
        record_line,
        statement_line,
        *entry_lines,
        ledger_line(proven, claims is not None, trust, signed),
        *_sample(read),
        _claimed(read, at),
        *status.lines,
    ]
    return Report(in_order(lines), _bound(read, proven), status.status, _facts(held, read, proven) | status.facts)


def _bound(read: Read, proven: list[Proven]) -> frozenset[str]:
    bound = set()
    if read.claims is not None:
        bound.add("statement")
    if any(one.entry.kind is Kind.ISSUE for one in proven):
        bound.add("entry")
    return frozenset(bound)


def _checkpoints(known: Known, trust: Trust) -> list[tuple[Checkpoint, str]]:
    """Return the checkpoints that are believed, each with its note; others tell nothing."""
    found = []
    for note, _ in known.checkpoints:
        for key in trust.ledgers:
            try:
                found.append((read_checkpoint(note, key)[0], note))
            except InvalidError:
                continue
    return found


def _sample(read: Read) -> list[Line]:
    return [Line(Verdict.ISSUER, Check.SAMPLE, Result.WARNING, "sample")] if read.sample else []


def _claimed(read: Read, at: datetime) -> Line:
    """Return whether the time that is claimed can be: nothing is attested tomorrow."""
    said = read.record.attested_at if read.record else read.claims.at if read.claims else None
    if said is None:
        return Line(Verdict.TIME, Check.ORDER, Result.NOT_CHECKED, "no_time")
    if datetime.fromisoformat(said) > at + _CLOCKS:
        return Line(Verdict.TIME, Check.ORDER, Result.WARNING, "in_future")
    return Line(Verdict.TIME, Check.ORDER, Result.NOT_CHECKED, "time_claimed")


def _facts(held: Held, read: Read, proven: list[Proven]) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": held.name}
    if held.record is not None:
        facts["record_sha256"] = sha256(held.record)
    if read.record is not None:
        record = read.record
        facts |= {
            "id": record.id,
            "code": record.code,
            "institution": record.issuer.name.model_dump(),
            "about": record.about,
            "attested_at": record.attested_at,
            "valid_until": record.valid_until,
        }
    elif read.claims is not None:
        claims = read.claims
        facts |= {
            "id": claims.id,
            "code": claims.code,
            "record_sha256": claims.record_sha256,
            "institution": dict(zip(("ja", "en"), claims.name, strict=True)),
            "about": claims.grant or f"{claims.iss}-FY{claims.fy}",
            "attested_at": claims.at,
            "valid_until": claims.until,
        }
    if proven:
        newest = max(proven, key=lambda one: one.checkpoint.size)
        facts["ledger"] = {"origin": newest.checkpoint.origin, "size": newest.checkpoint.size}
    return facts
