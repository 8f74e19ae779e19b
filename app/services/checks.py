"""Single checks of a verification against what the service itself keeps; each gives its line."""

from cryptography.x509 import load_pem_x509_certificate
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.attestation import AttestationStatus, Record, record_bytes, sha256
from app.domain.checkpoints import Proof
from app.domain.errors import InvalidError, LedgerError
from app.domain.ledger import Entry, Kind, name_of
from app.domain.pages import Compared, Likeness
from app.domain.paper import Claims
from app.domain.verdicts import OF_PAGE, Check, Line, Result, judged, passed, unchecked
from app.models import Attestation, AttestationFile, ChecklistVersion, Organization, SealCertificate
from app.sandbox.found import Found
from app.services import ledger, seals
from app.services.records import Premises
from app.signing.reasons import CONTENT, ISSUER, TIME, Note, Reason
from app.signing.validate import SignatureReport

_OF_OTHER_LINES = {Reason.NOT_WHOLE_FILE, Reason.RECORD_MISSING, Reason.SEVERAL_RECORDS, Reason.ANNEX}


def by_code(session: Session, code: str) -> Attestation | None:
    """Return the attestation of a code, once it was issued."""
    found = session.scalar(select(Attestation).filter_by(code=code))
    return None if found is None or found.status == AttestationStatus.ISSUING else found


def of_record(session: Session, data: bytes | None) -> Attestation | None:
    """Find the attestation that an embedded record names; its bytes are compared later."""
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


def issued(attestation: Attestation | None, ours: AttestationFile | None) -> Line:
    """Tell whether a file is one that was given out: as issued, archived or renewed."""
    same = attestation is not None and ours in attestation.files
    return judged(Check.ISSUED, "" if same else "other_file")


def signature(report: SignatureReport) -> Line:
    """Tell whether there is exactly our kind of seal and the content is what it sealed."""
    return judged(Check.SIGNATURE, min((CONTENT - _OF_OTHER_LINES) & set(report.reasons), default=""))


def issuer(
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
    return judged(Check.ISSUER, standing)


def keeper(session: Session, attestation: Attestation | None, record: Record | None) -> Line:
    """Tell whether the institution named in the record is the one for which it is kept here."""
    if attestation is None or record is None:
        return unchecked(Check.KEEPER, "unknown_record")
    institution = session.get_one(Organization, attestation.organization_id)
    return judged(Check.KEEPER, "" if institution.code == record.issuer.code else "other_institution")


def sample(record: Record | None) -> list[Line]:
    """Warn of what was sealed with a development key; of anything else there is nothing to say."""
    found = [Line(Check.SAMPLE, Result.WARNING, "sample")] if record and record.sample else []
    ink = record is not None and any(act.ink for act in record.acts)
    return [*found, Line(Check.INK, Result.WARNING, "signed_in_ink")] if ink else found


def embedded(report: SignatureReport, attestation: Attestation | None) -> Line:
    """Tell whether the record inside a file is byte for byte the one certified."""
    about = {reason.value for reason in report.reasons} & {"record_missing", "several_records", "annex"}
    if about:
        return Line(Check.RECORD, Result.FAILED, min(about))
    if attestation is None:
        return Line(Check.RECORD, Result.FAILED, "unknown_record")
    return judged(Check.RECORD, "" if report.record == attestation.record else "record_differs")


def page(found: Found, content: bytes, attestation: Attestation | None, ours: AttestationFile | None) -> Line:
    """Tell whether the page says what the record inside says. A file kept here was drawn here from its record.

    So was one that begins with the file issued, where nothing but archiving was added; of any other the reader
    compared the words.
    """
    report = found.report
    if report is None or report.record is None:
        return unchecked(Check.PAGE, "record_missing")
    if attestation is not None and (ours in attestation.files or _continues(report, content, attestation)):
        compared = Compared(Likeness.DRAWN_HERE)
    else:
        compared = found.page or Compared(Likeness.NOT_COMPARED)
    return Line(Check.PAGE, OF_PAGE[compared.likeness], compared.likeness.value, compared.difference)


def _continues(report: SignatureReport, content: bytes, attestation: Attestation) -> bool:
    whole = report.intact and report.whole_file and Reason.CHANGED_AFTERWARDS not in report.reasons
    issued = attestation.files[0].sha256 if attestation.files else None
    return whole and report.sealed_length > 0 and sha256(content[: report.sealed_length]) == issued


def stated(claims: Claims, attestation: Attestation | None) -> Line:
    """Tell whether a statement on paper is about the very record that is kept under its code."""
    if attestation is None:
        return Line(Check.RECORD, Result.FAILED, "unknown_record")
    same = (claims.record_sha256, claims.id) == (attestation.record_sha256, str(attestation.id))
    return judged(Check.RECORD, "" if same else "record_differs")


def kept(attestation: Attestation | None) -> list[Line]:
    """Tell whether our own copy of the record still has its hash and reads back to the same bytes."""
    if attestation is None:
        return []
    record = Record.model_validate_json(attestation.record)
    well = sha256(attestation.record) == attestation.record_sha256 and record_bytes(record) == attestation.record
    return [judged(Check.KEPT, "" if well else "damaged")]


def checklist(session: Session, record: Record | None) -> Line:
    """Tell whether the version named is a published one with this content."""
    if record is None:
        return unchecked(Check.CHECKLIST, "unknown_record")
    named = record.checklist
    version = session.get(ChecklistVersion, named.sha256)
    known = version is not None and (version.family, version.version) == (named.family, named.version)
    return judged(Check.CHECKLIST, "" if known else "unknown_version")


def stamped(report: SignatureReport) -> Line:
    """Tell whether a trusted time-stamp authority vouches for the time of a file in hand."""
    wrong = min(TIME & set(report.reasons), default="")
    if wrong or report.proven_at is None:
        return Line(Check.STAMP, Result.FAILED, wrong or Reason.TIME_MISSING)
    if Note.REVOCATION_UNKNOWN in report.notes:
        return passed(Check.STAMP, Note.REVOCATION_UNKNOWN)
    return passed(Check.STAMP)


def stamp_of_issued(attestation: Attestation | None) -> Line:
    """Tell whether the file that was issued carries a time-stamp, as seen when it was made; no file is in hand."""
    if attestation is None:
        return unchecked(Check.STAMP, "unknown_record")
    if not attestation.files or attestation.files[0].time_stamped_at is None:
        return Line(Check.STAMP, Result.WARNING, "not_stamped")
    return passed(Check.STAMP, "as_kept")


def entered(premises: Premises, attestation: Attestation | None) -> Line:
    """Tell whether the record is proven to stand in the public ledger, under a head that the ledger signed."""
    if attestation is None:
        return unchecked(Check.LEDGER, "unknown_record")
    if attestation.proof is None:
        return Line(Check.LEDGER, Result.WARNING, "not_entered")
    record = Record.model_validate_json(attestation.record)
    entry = Entry(Kind.ISSUE, name_of(record.salt, record.id), attestation.record_sha256)
    try:
        Proof.read(attestation.proof).verify(entry.content, ledger.verifier_of(premises))
    except InvalidError:
        return Line(Check.LEDGER, Result.FAILED, "proof_wrong")
    except LedgerError:
        return unchecked(Check.LEDGER, "ledger_away")
    return passed(Check.LEDGER)


def status(worth: AttestationStatus | None) -> Line:
    """Tell what it is worth today; what no longer counts is a note, not a fault of the copy."""
    if worth is None:
        return unchecked(Check.STATUS, "unknown_record")
    if worth is AttestationStatus.IN_FORCE:
        return passed(Check.STATUS)
    return Line(Check.STATUS, Result.WARNING, worth.value)
