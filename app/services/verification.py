"""Verification: is it unchanged, whose, since when, and what is it worth today? By file, print, QR text or code."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import paper, scanned
from app.domain.attestation import AttestationStatus, Record, read_code, sha256
from app.domain.errors import InvalidError, LedgerError
from app.domain.paper import Claims
from app.domain.scanned import Scanned
from app.domain.verdicts import Asked, Check, Line, Result, Verdict, judged, passed, unchecked
from app.models import AnnexFile, Attestation, AttestationEvent, AttestationFile
from app.sandbox.found import Found, Media
from app.services import checks, ledger, statuses
from app.services.archiving import FileKind
from app.services.records import Premises
from app.signing.validate import SignatureReport

_UNREADABLE = {"too_large", "not_pdf", "unreadable", "encrypted"}
# on paper there is none of these; by code nothing is in hand at all
_OF_FILES = (Check.SIGNATURE, Check.WHOLE, Check.ISSUED)


def by_file(session: Session, content: bytes, premises: Premises, at: datetime) -> Verdict:
    """Return the verdict on an uploaded PDF or picture; whatever the bytes are, a verdict comes back.

    A file without a seal of ours is verified by the QR code that it shows, as the print that it is. Raise
    BusyError when too many files are being read.
    """
    digest = sha256(content)
    annex = session.scalar(select(AnnexFile).filter_by(sha256=digest))
    if annex is not None:
        # what it is of may be told, not what it holds; whether it is unchanged is for those who hold both
        named = session.get_one(Attestation, (annex.organization_id, annex.attestation_id))
        return _of_known(session, named, premises, at, Asked.FILE, digest)
    # the comparison of revisions is spared for what was made here, byte for byte
    ours = session.scalar(select(AttestationFile).filter_by(sha256=digest))
    found = premises.desk.read(content, premises.believed(), at, kept=ours is not None)
    of_print = _of_codes(session, found.codes, premises, at, digest)
    if of_print is not None:
        return of_print
    failure = _unread(found)
    if failure or found.report is None:
        return Verdict(Asked.FILE, [Line(Check.FILE, Result.FAILED, failure)], file_sha256=digest)
    attestation = checks.of_record(session, found.report.record)
    page = checks.page(found, content, attestation, ours)
    return _of_seal(session, found.report, attestation, ours, page, premises, at, digest)


def _unread(found: Found) -> str:
    """Return why nothing can be said about a file, empty when something can."""
    if found.trouble:
        return found.trouble.value
    if found.report is None:
        return "no_code" if found.media is Media.PICTURE else "not_pdf"
    return min({reason.value for reason in found.report.reasons} & _UNREADABLE, default="")


def _of_seal(
    session: Session,
    report: SignatureReport,
    attestation: Attestation | None,
    ours: AttestationFile | None,
    page: Line,
    premises: Premises,
    at: datetime,
    digest: str,
) -> Verdict:
    record = _record(attestation)
    lines = [
        passed(Check.FILE),
        checks.signature(report),
        judged(Check.WHOLE, "" if report.whole_file else "not_whole_file"),
        checks.embedded(report, attestation),
        page,
        checks.issued(attestation, ours),
        *checks.kept(attestation),
        checks.checklist(session, record),
        checks.issuer(session, premises, report, attestation),
        *checks.sample(record),
        checks.stamped(report),
        checks.entered(premises, attestation),
    ]
    found = _verdict(session, Asked.FILE, lines, attestation, at, digest, stamped_at=report.proven_at)
    # a file tells who signed it, and that is all that is told: others may have signed a newer one
    return replace(found, persons=report.persons, persons_signed=len(report.persons))


def _of_codes(
    session: Session, codes: Sequence[str], premises: Premises, at: datetime, digest: str
) -> Verdict | None:
    """Return the verdict on the first QR code of ours that a page or picture shows."""
    for text in codes:
        read = scanned.read(text)
        if read is not None:
            return _of_scanned(session, read, premises, at, Asked.PRINT, digest)
    return None


def by_text(session: Session, text: str, premises: Premises, at: datetime) -> Verdict | None:
    """Return the verdict on the text of a QR code, None for a code that is unknown.

    Raise InvalidError ``not_a_qr_text`` for a text that is none of an attestation.
    """
    read = scanned.read(text)
    if read is None:
        raise InvalidError("not_a_qr_text")
    if read.statement is None:
        return by_code(session, read.code or "", premises, at)
    return _of_scanned(session, read, premises, at, Asked.TEXT, None)


def _of_scanned(
    session: Session, read: Scanned, premises: Premises, at: datetime, asked: Asked, digest: str | None
) -> Verdict:
    claims, failure = _claims(read, premises)
    code = claims.code if claims else read.code
    attestation = checks.by_code(session, code) if code else None
    record = _record(attestation)
    lines = [
        *([passed(Check.FILE)] if asked is Asked.PRINT else []),
        *(unchecked(check, "on_paper") for check in _OF_FILES),
        Line(Check.STATEMENT, Result.NOT_CHECKED, "no_statement")
        if read.statement is None
        else judged(Check.STATEMENT, failure),
        checks.stated(claims, attestation) if claims else unchecked(Check.RECORD, "no_statement"),
        *checks.kept(attestation),
        checks.checklist(session, record),
        unchecked(Check.ISSUER, "on_paper"),
        checks.keeper(session, attestation, record),
        *checks.sample(record),
        checks.stamp_of_issued(attestation),
        checks.entered(premises, attestation),
    ]
    return _verdict(session, asked, lines, attestation, at, digest, claims)


def _claims(read: Scanned, premises: Premises) -> tuple[Claims | None, str]:
    """Return what a statement claims where it is signed by the ledger's key, or why it is not believed."""
    if read.statement is None:
        return None, ""

    def key(kid: str) -> Ed25519PublicKey | None:
        own = ledger.verifier_of(premises)
        return Ed25519PublicKey.from_public_bytes(own.public) if kid == own.id.hex() else None

    try:
        claims = paper.read(read.statement, key)
    except (InvalidError, LedgerError) as refused:
        return None, refused.reason
    return claims, "" if read.code in {None, claims.code} else "other_code"


def by_code(session: Session, typed: str, premises: Premises, at: datetime) -> Verdict | None:
    """Return what is known under a verification code, None for a code that is none or unknown.

    Without a copy nothing can be said about one: those lines are "not checked".
    """
    code = read_code(typed)
    attestation = checks.by_code(session, code) if code else None
    if attestation is None:
        return None
    return _of_known(session, attestation, premises, at, Asked.CODE, None)


def _of_known(
    session: Session, attestation: Attestation, premises: Premises, at: datetime, asked: Asked, digest: str | None
) -> Verdict:
    """Return what is known of an attestation of which no copy is in hand: a code is, or its confidential annex."""
    record, of_annex = _record(attestation), asked is Asked.FILE
    why = "annex" if of_annex else "only_code"
    lines = [
        Line(Check.FILE, Result.WARNING if of_annex else Result.NOT_CHECKED, why),
        *(unchecked(check, why) for check in (*_OF_FILES, Check.STATEMENT)),
        *checks.kept(attestation),
        checks.checklist(session, record),
        unchecked(Check.ISSUER, why),
        checks.keeper(session, attestation, record),
        *checks.sample(record),
        checks.stamp_of_issued(attestation),
        checks.entered(premises, attestation),
    ]
    return _verdict(session, asked, lines, attestation, at, digest)


def _record(attestation: Attestation | None) -> Record | None:
    return Record.model_validate_json(attestation.record) if attestation else None


def _verdict(
    session: Session,
    asked: Asked,
    lines: list[Line],
    attestation: Attestation | None,
    at: datetime,
    digest: str | None,
    claims: Claims | None = None,
    stamped_at: datetime | None = None,
) -> Verdict:
    worth = statuses.status_of(attestation, at) if attestation else None
    lines.append(checks.status(worth))
    if attestation is None:
        return Verdict(asked, lines, file_sha256=digest, claims=claims, stamped_at=stamped_at)
    return Verdict(
        asked,
        lines,
        record=_record(attestation),
        status=worth,
        file_sha256=digest,
        record_sha256=attestation.record_sha256,
        issued_at=attestation.issued_at,
        claims=claims,
        stamped_at=stamped_at or (attestation.files[0].time_stamped_at if attestation.files else None),
        changed_at=_since(session, attestation, worth),
        persons_signed=sum(one.kind == FileKind.PERSONAL for one in attestation.files),
    )


def _since(session: Session, attestation: Attestation, worth: AttestationStatus | None) -> datetime | None:
    """Return since when an attestation has been superseded or withdrawn; an expired one tells its last day."""
    if worth not in {AttestationStatus.SUPERSEDED, AttestationStatus.WITHDRAWN}:
        return None
    of = {"organization_id": attestation.organization_id, "attestation_id": attestation.id, "status": worth}
    query = select(AttestationEvent.at).filter_by(**of).order_by(AttestationEvent.at.desc()).limit(1)
    return session.scalar(query)
