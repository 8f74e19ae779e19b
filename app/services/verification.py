"""Verification: is this genuine, unchanged and in force? Each check is a line of its own, never one tick."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography.x509 import load_pem_x509_certificate
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.attestation import AttestationStatus, Record, read_code, record_bytes, sha256
from app.models import Attestation, AttestationFile, ChecklistVersion, Organization, SealCertificate
from app.services import seals
from app.services.records import Premises
from app.services.statuses import status_of
from app.signing.reasons import ISSUER, Reason
from app.signing.validate import SignatureReport


class Check(StrEnum):
    """What is looked at, in this order."""

    FILE = "file"
    SIGNATURE = "signature"
    WHOLE = "whole"
    ISSUER = "issuer"
    RECORD = "record"
    ISSUED = "issued"
    CHECKLIST = "checklist"
    STATUS = "status"


class Result(StrEnum):
    """The outcome of one check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"
    WARNING = "warning"


@dataclass(frozen=True)
class Line:
    """One check with its outcome and, where there is one, the reason code."""

    check: Check
    result: Result
    reason: str = ""


@dataclass(frozen=True)
class Verdict:
    """What was found. ``record`` is what the institution certified, from our own keeping, if it is known."""

    lines: Sequence[Line]
    record: Record | None = None
    status: AttestationStatus | None = None
    file_sha256: str | None = None
    record_sha256: str | None = None
    issued_at: datetime | None = None

    @property
    def authentic(self) -> bool:
        """Return whether nothing but the present status could speak against it."""
        lines = [line for line in self.lines if line.check is not Check.STATUS]
        return bool(lines) and all(line.result in {Result.PASSED, Result.WARNING} for line in lines)

    @property
    def in_force(self) -> bool:
        """Return whether it is authentic or known, and in force today."""
        return self.status is AttestationStatus.IN_FORCE

    def reasons(self) -> list[str]:
        """Return the reason codes of what failed."""
        return [line.reason or line.check.value for line in self.lines if line.result is Result.FAILED]


def by_file(session: Session, content: bytes, premises: Premises, at: datetime) -> Verdict:
    """Return the verdict on an uploaded PDF; whatever the bytes are, a verdict comes back."""
    digest = sha256(content)
    # the comparison of revisions is spared for what was made here, byte for byte
    ours = session.scalar(select(AttestationFile).filter_by(sha256=digest))
    found = premises.desk.read(content, premises.believed(), at, kept=ours is not None)
    report = found.report
    if found.trouble or report is None:
        reason = found.trouble.value if found.trouble else "not_pdf"
        return Verdict([Line(Check.FILE, Result.FAILED, reason)], file_sha256=digest)
    reasons = {reason.value for reason in report.reasons}
    unreadable = reasons & {"too_large", "not_pdf", "unreadable", "encrypted"}
    if unreadable:
        return Verdict([Line(Check.FILE, Result.FAILED, min(unreadable))], file_sha256=digest)
    attestation = _of_record(session, report.record)
    record = Record.model_validate_json(attestation.record) if attestation else None
    lines = [
        Line(Check.FILE, Result.PASSED),
        _signature(reasons),
        Line(Check.WHOLE, Result.FAILED, "not_whole_file")
        if not report.whole_file
        else Line(Check.WHOLE, Result.PASSED),
        _issuer(session, premises, report, attestation),
        _record(report, attestation),
        _issued(attestation, ours),
        _checklist(session, record),
        _status(attestation, at),
    ]
    return _verdict(lines, attestation, record, digest, at)


def by_code(session: Session, typed: str, at: datetime) -> Verdict | None:
    """Return what is known under a verification code, None for a code that is none or unknown.

    Without the file nothing can be said about its signature: those lines are "not checked".
    """
    code = read_code(typed)
    attestation = session.scalar(select(Attestation).filter_by(code=code)) if code else None
    if attestation is None or attestation.status == AttestationStatus.ISSUING:
        return None
    record = Record.model_validate_json(attestation.record)
    unchecked = (Check.FILE, Check.SIGNATURE, Check.WHOLE)
    lines = [
        *(Line(check, Result.NOT_CHECKED) for check in unchecked),
        _known_issuer(session, attestation, record),
        Line(Check.RECORD, Result.PASSED)
        if _kept_well(attestation)
        else Line(Check.RECORD, Result.FAILED, "damaged"),
        _checklist(session, record),
        _status(attestation, at),
    ]
    return _verdict(lines, attestation, record, None, at)


def _verdict(
    lines: list[Line], attestation: Attestation | None, record: Record | None, digest: str | None, at: datetime
) -> Verdict:
    return Verdict(
        lines=lines,
        record=record,
        status=status_of(attestation, at) if attestation else None,
        file_sha256=digest,
        record_sha256=attestation.record_sha256 if attestation else None,
        issued_at=attestation.issued_at if attestation else None,
    )


def _of_record(session: Session, data: bytes | None) -> Attestation | None:
    """Find the attestation that the embedded record names; its bytes are compared later."""
    if data is None:
        return None
    same = session.scalar(select(Attestation).filter_by(record_sha256=sha256(data)))
    if same is not None:
        return same
    try:
        code = Record.model_validate_json(data).code
    except (ValidationError, ValueError):
        return None
    return session.scalar(select(Attestation).filter_by(code=code))


def _line(check: Check, failure: str) -> Line:
    """Return a failed line with its reason, or a passed one when there is none."""
    return Line(check, Result.FAILED, failure) if failure else Line(check, Result.PASSED)


def _signature(reasons: set[str]) -> Line:
    elsewhere = {Reason.NOT_WHOLE_FILE, Reason.RECORD_MISSING, Reason.SEVERAL_RECORDS, *ISSUER}
    return _line(Check.SIGNATURE, min(reasons - elsewhere, default=""))


def _issuer(
    session: Session,
    premises: Premises,
    report: SignatureReport,
    attestation: Attestation | None,
) -> Line:
    """Tell whose seal it is, and whether it was revoked; a time that is only claimed proves nothing then."""
    if report.signer is None or not report.trusted:
        return Line(Check.ISSUER, Result.FAILED, min(ISSUER & set(report.reasons), default="untrusted"))
    if attestation is None:
        return Line(Check.ISSUER, Result.FAILED, "unknown_record")
    owner = attestation.organization_id
    own = session.get(SealCertificate, (owner, report.signer.fingerprint))
    if own is None:
        return Line(Check.ISSUER, Result.FAILED, "other_institution")
    told = seals.revocation(session, premises.keys, owner, load_pem_x509_certificate(own.pem.encode()))
    standing = seals.standing(told, report.proven_at)
    if standing == "revoked_later":
        return Line(Check.ISSUER, Result.WARNING, standing)
    return _line(Check.ISSUER, standing)


def _known_issuer(session: Session, attestation: Attestation, record: Record) -> Line:
    institution = session.get_one(Organization, attestation.organization_id)
    same = institution.code == record.issuer.code
    return _line(Check.ISSUER, "" if same else "other_institution")


def _record(report: SignatureReport, attestation: Attestation | None) -> Line:
    about = {reason.value for reason in report.reasons} & {"record_missing", "several_records"}
    if about:
        return Line(Check.RECORD, Result.FAILED, min(about))
    if attestation is None:
        return Line(Check.RECORD, Result.FAILED, "unknown_record")
    if report.record != attestation.record:
        return Line(Check.RECORD, Result.FAILED, "record_differs")
    return (
        Line(Check.RECORD, Result.PASSED)
        if _kept_well(attestation)
        else Line(Check.RECORD, Result.FAILED, "damaged")
    )


def _kept_well(attestation: Attestation) -> bool:
    """Return whether the stored record still has its hash and reads back to the same bytes."""
    record = Record.model_validate_json(attestation.record)
    return sha256(attestation.record) == attestation.record_sha256 and record_bytes(record) == attestation.record


def _issued(attestation: Attestation | None, ours: AttestationFile | None) -> Line:
    """Tell whether the file is one that was handed out: as issued, archived or renewed."""
    same = attestation is not None and ours in attestation.files
    return _line(Check.ISSUED, "" if same else "other_file")


def _checklist(session: Session, record: Record | None) -> Line:
    if record is None:
        return Line(Check.CHECKLIST, Result.NOT_CHECKED)
    version = session.get(ChecklistVersion, record.checklist.sha256)
    known = version is not None and (version.family, version.version) == (
        record.checklist.family,
        record.checklist.version,
    )
    return (
        Line(Check.CHECKLIST, Result.PASSED) if known else Line(Check.CHECKLIST, Result.FAILED, "unknown_version")
    )


def _status(attestation: Attestation | None, at: datetime) -> Line:
    if attestation is None:
        return Line(Check.STATUS, Result.NOT_CHECKED)
    status = status_of(attestation, at)
    if status is AttestationStatus.IN_FORCE:
        return Line(Check.STATUS, Result.PASSED)
    return Line(Check.STATUS, Result.WARNING, status.value)


def as_data(verdict: Verdict) -> dict[str, object]:
    """Return a verdict for machines: each check, the status, and what is public of the record."""
    record = verdict.record
    return {
        "format": "kakunin-verdict/1",
        "authentic": verdict.authentic,
        "status": verdict.status.value if verdict.status else None,
        "checks": [
            {"check": line.check.value, "result": line.result.value, "reason": line.reason or None}
            for line in verdict.lines
        ],
        "attestation": None
        if record is None
        else {
            "id": record.id,
            "code": record.code,
            "sample": record.sample,
            "institution": record.issuer.model_dump(mode="json"),
            "grant": record.grant.number if record.grant else None,
            "funder": record.funder.code,
            "programme": record.funder.programme,
            "fiscal_year": record.funder.fiscal_year,
            "stage": record.stage,
            "checklist": record.checklist.model_dump(mode="json", exclude={"title"}),
            "attested_at": record.attested_at,
            "valid_until": record.valid_until,
            "record_sha256": verdict.record_sha256,
        },
        "file_sha256": verdict.file_sha256,
    }
