"""Judging what somebody holds: the policy, in the order of ``docs/verification``, with nothing fetched."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.domain.attestation import sha256
from app.domain.ledger import Kind
from app.domain.verdicts import Aspect, Result
from app.offline import page
from app.offline.content import Read, line, read_record, read_statement
from app.offline.entries import About, Proven, ledger_line, prove
from app.offline.holding import Held, Known, Trust
from app.offline.moments import checkpoint_line, claimed, signed
from app.offline.report import Check, Line, Report, in_order
from app.offline.sealed import Examined, examine, institution, order
from app.offline.standing import standing


def judge(held: Held, trust: Trust, known: Known, at: datetime, look: page.Look = page.look) -> Report:
    """Return the report on what is held, as it can be known at ``at``; whatever the bytes are, one comes back.

    ``look`` is how the page of a file is looked at.
    """
    examined = examine(held.pdf, trust, at) if held.pdf is not None else None
    shown = look(held.pdf, examined.report) if held.pdf is not None and examined and examined.readable else None
    held, faults = _together(held, examined)
    record, record_line = read_record(held.record)
    claims, statement_line = read_statement(held.statement, held.record, trust)
    about = About(held.record, record, examined.states if examined else ())
    proven, entry_lines = prove(held.proofs, about, trust)
    read = Read(record, claims)
    status = standing(read, proven, known, trust, at)
    lines = [
        *(examined.lines if examined else [line(Check.FILE, "no_file", unknown=True)]),
        faults.get(Check.RECORD, record_line),
        *([shown] if shown else []),
        faults.get(Check.STATEMENT, statement_line),
        *entry_lines,
        *_issuer(read, examined, proven, known, trust),
        *_time(read, examined, proven, known, trust, at),
        *status.lines,
    ]
    bound = _bound(read, proven, examined)
    return Report(in_order(lines), bound, status.status, _facts(held, examined, read, proven) | status.facts)


def _together(held: Held, examined: Examined | None) -> tuple[Held, dict[Check, Line]]:
    """Return what is held with what the file encloses, and the lines of what contradicts between them."""
    if examined is None:
        return held, {}
    report, faults = examined.report, {}
    if examined.record_fault and report.record is None:
        faults[Check.RECORD] = line(Check.RECORD, examined.record_fault)
    elif held.record is not None and report.record is not None and held.record != report.record:
        faults[Check.RECORD] = line(Check.RECORD, "record_differs")
    inside = report.statement.decode("utf-8", "replace") if report.statement is not None else None
    if held.statement is not None and inside is not None and held.statement != inside:
        faults[Check.STATEMENT] = line(Check.STATEMENT, "statement_differs")
    proofs = held.proofs
    if report.proof is not None:
        proofs = ((report.proof.decode("utf-8", "replace"), None), *proofs)
    record = report.record if report.record is not None else held.record
    return replace(held, record=record, statement=inside or held.statement, proofs=proofs), faults


def _issuer(
    read: Read, examined: Examined | None, proven: Sequence[Proven], known: Known, trust: Trust
) -> list[Line]:
    more = [one for one, _, _ in signed(known, trust)]
    lines = [ledger_line(proven, read.claims is not None, trust, more)]
    if examined and examined.report.signer:
        issued = any(one.entry.kind is Kind.SEAL for one in proven)
        lines.append(institution(examined, read.record, issued))
    if read.sample:
        lines.append(Line(Aspect.ISSUER, Check.SAMPLE, Result.WARNING, "sample"))
    if read.record is not None and any(act.ink for act in read.record.acts):
        lines.append(Line(Aspect.ISSUER, Check.INK, Result.WARNING, "signed_in_ink"))
    return lines


def _time(
    read: Read, examined: Examined | None, proven: Sequence[Proven], known: Known, trust: Trust, at: datetime
) -> list[Line]:
    early = order(examined, read.record) if examined and read.record else None
    stamped = examined is not None and examined.report.proven_at is not None
    return [checkpoint_line(proven, known, trust), early or claimed(read, at, proven=stamped)]


def _bound(read: Read, proven: Sequence[Proven], examined: Examined | None) -> frozenset[str]:
    """Return what vouches for all that is held. The page of a file is more than its record: of what is enclosed,
    neither statement nor entry speaks of the page, so that they are not enough for a file.
    """
    if examined is not None:
        issued = any(one.entry.kind is Kind.SEAL for one in proven)
        found = {"seal": examined.vouches and read.record is not None, "issued": issued and examined.intact}
    else:
        entered = any(one.entry.kind is Kind.ISSUE for one in proven)
        found = {"statement": read.claims is not None, "entry": entered}
    return frozenset(name for name, there in found.items() if there)


def _facts(held: Held, examined: Examined | None, read: Read, proven: Sequence[Proven]) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": held.name} | (examined.facts if examined else {})
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
            "counts": claims.n,
        }
    if proven:
        newest = max(proven, key=lambda one: one.checkpoint.size)
        facts["ledger"] = {"origin": newest.checkpoint.origin, "size": newest.checkpoint.size}
    return facts
