"""The sealed PDF: the report of its examination as lines, and what it encloses."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.domain.attestation import Record, sha256
from app.domain.texts import utc_text
from app.domain.verdicts import Aspect, Result
from app.offline.content import line
from app.offline.holding import Trust
from app.offline.report import Check, Line
from app.signing.anchors import Anchors
from app.signing.reasons import ISSUER, TIME, Reason
from app.signing.validate import SignatureReport, validate

_FILE = {Reason.TOO_LARGE, Reason.NOT_PDF, Reason.UNREADABLE, Reason.ENCRYPTED}
_WHOLE = {Reason.NOT_WHOLE_FILE, Reason.CHANGED_AFTERWARDS}
_RECORD = {Reason.RECORD_MISSING, Reason.SEVERAL_RECORDS, Reason.ANNEX}
# how far the clocks of an honest service and an honest authority may be apart
CLOCKS = timedelta(minutes=10)


@dataclass(frozen=True)
class Examined:
    """A file as it was found. ``states`` are the file as sealed and, where it was archived, as it is now."""

    report: SignatureReport
    lines: tuple[Line, ...]
    record_fault: str = ""
    states: tuple[bytes, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def readable(self) -> bool:
        """Tell whether it is a file that can be read at all."""
        return any(one.check is Check.FILE and one.result is Result.PASSED for one in self.lines)

    @property
    def intact(self) -> bool:
        """Tell whether it is a file of ours, unchanged and whole, whoever sealed it."""
        about = (Check.FILE, Check.SEAL, Check.WHOLE)
        return [one.result for one in self.lines if one.check in about] == [Result.PASSED] * len(about)

    @property
    def vouches(self) -> bool:
        """Tell whether the seal, intact and of an authority that is believed, vouches for what is enclosed."""
        return self.intact and any(
            one.check is Check.AUTHORITY and one.result is Result.PASSED for one in self.lines
        )


def examine(pdf: bytes, trust: Trust, at: datetime) -> Examined:
    """Return what a PDF proves at a moment; whatever the bytes are, an answer comes back."""
    report = validate(pdf, Anchors(trust.seals, trust.times, trust.persons), at)
    reasons = set(report.reasons)
    facts: dict[str, Any] = {"file_sha256": sha256(pdf)}
    broken = _first(report, _FILE)
    if broken:
        return Examined(report, (line(Check.FILE, broken),), facts=facts)
    if report.signer:
        facts["sealed_by"] = {"subject": report.signer.subject, "fingerprint": report.signer.fingerprint}
    if report.proven_at:
        facts["proven_at"] = utc_text(report.proven_at)
    if report.persons:
        facts["persons"] = [one.as_data() for one in report.persons]
    if report.notes:
        facts["notes"] = [note.value for note in report.notes]
    sealed = pdf[: report.sealed_length] if report.sealed_length else pdf
    content = reasons - ISSUER - TIME - _FILE - _WHOLE - _RECORD
    lines = (
        line(Check.FILE),
        line(Check.SEAL, _first(report, content)),
        line(Check.WHOLE, _first(report, _WHOLE)),
        _authority(report, trust),
        _stamp(report, trust),
    )
    states = (sealed,) if len(sealed) == len(pdf) else (sealed, pdf)
    return Examined(report, lines, _first(report, _RECORD), states, facts)


def _first(report: SignatureReport, among: set[Reason] | frozenset[Reason]) -> str:
    return next((one.value for one in report.reasons if one in among), "")


def _authority(report: SignatureReport, trust: Trust) -> Line:
    if not trust.seals:
        return Line(Aspect.ISSUER, Check.AUTHORITY, Result.NOT_CHECKED, "no_anchors")
    reason = _first(report, ISSUER)
    if reason or report.trusted:
        return Line(Aspect.ISSUER, Check.AUTHORITY, Result.FAILED if reason else Result.PASSED, reason)
    # a seal that is not there or broken says nothing about who made it
    return Line(Aspect.ISSUER, Check.AUTHORITY, Result.NOT_CHECKED, "no_seal")


def _stamp(report: SignatureReport, trust: Trust) -> Line:
    reason = _first(report, TIME)
    if not trust.times:
        return Line(
            Aspect.TIME, Check.STAMP, Result.NOT_CHECKED, reason if reason == "time_missing" else "no_anchors"
        )
    if reason:
        return Line(Aspect.TIME, Check.STAMP, Result.FAILED, reason)
    if report.proven_at is None:
        return Line(Aspect.TIME, Check.STAMP, Result.NOT_CHECKED, "no_seal")
    return Line(Aspect.TIME, Check.STAMP, Result.PASSED)


def institution(examined: Examined, record: Record | None, issued: bool) -> Line:
    """Return whether the certificate names the institution of the record: what another sealed is no proof.

    ``issued`` tells that the ledger has this very file: then the service vouches for who owns the seal, and
    a name that is written otherwise is something to read.
    """
    signer = examined.report.signer
    if record is None or signer is None:
        return Line(Aspect.ISSUER, Check.INSTITUTION, Result.NOT_CHECKED, "no_record")
    if _plain(signer.organization or "") in {_plain(record.issuer.name.ja), _plain(record.issuer.name.en)}:
        return Line(Aspect.ISSUER, Check.INSTITUTION, Result.PASSED)
    if issued:
        return Line(Aspect.ISSUER, Check.INSTITUTION, Result.WARNING, "name_differs")
    return Line(Aspect.ISSUER, Check.INSTITUTION, Result.FAILED, "other_institution")


def _plain(name: str) -> str:
    """Return a name as far as it tells institutions apart: certificates end after 64 characters (RFC 5280)."""
    return unicodedata.normalize("NFKC", name[:64]).casefold().replace(" ", "")


def order(examined: Examined, record: Record) -> Line | None:
    """Return the line of a time-stamp that is older than what it is on, None where the order is right."""
    proven = examined.report.proven_at
    if proven is None or proven >= datetime.fromisoformat(record.attested_at) - CLOCKS:
        return None
    return Line(Aspect.TIME, Check.ORDER, Result.FAILED, "stamped_before_attested")
