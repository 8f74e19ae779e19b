"""Persons who sign beside the seal: taking back a file that one more of them signed with a tool of their own."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.attestation import AttestationStatus, Record
from app.domain.errors import InvalidError, NotAllowedError, WrongStateError
from app.domain.ledger import Kind
from app.domain.people import Author, Role
from app.domain.permissions import PERMISSIONS, Permission
from app.domain.texts import in_japan
from app.models import Attestation, AttestationFile, Membership, User
from app.services import checks, events, ledger
from app.services.archiving import OPEN, File, FileKind, keep
from app.services.records import Premises
from app.signing.validate import SignatureReport

# a signature with its certificates and a time-stamp takes some tens of kilobytes
LARGEST_ADDITION = 1024 * 1024

_BRINGS = {Permission.ATTESTATION_ATTEST, Permission.SUBMISSION_REVIEW}


def bring(session: Session, email: str, content: bytes, premises: Premises, at: datetime) -> File:
    """Keep a file that one more person signed as the newest on offer, and enter it in the ledger.

    ``email`` is the account of the member who brings it: one who reviews or certifies. Raise InvalidError for
    what is wrong with the file, WrongStateError when no person can sign any more, NotAllowedError for others,
    BusyError when too many files are being read.
    """
    report = premises.desk.read(content, premises.believed(), at).report
    attestation = checks.of_record(session, report.record) if report else None
    if report is None or attestation is None:
        raise InvalidError("not_ours")
    author = _author(session, email, attestation, at)
    session.refresh(attestation, with_for_update=True)
    record = Record.model_validate_json(attestation.record)
    newest = _open_file(attestation, record, at)
    _require_one_more(report, newest, content, premises.store.get(newest.sha256))
    # a person's tool may have stamped time as well: the seal's own is what the file is kept provable by
    kept = keep(attestation, FileKind.PERSONAL, content, report.stamps[0], premises, at)
    session.flush()
    events.record(session, author, "attestation:signed_personally", attestation.id, file=kept.sha256)
    ledger.append(session, Kind.ARCHIVE, attestation.organization_id, record, kept.sha256)
    return kept


def _author(session: Session, email: str, attestation: Attestation, at: datetime) -> Author:
    today = in_japan(at).date()
    member = session.scalar(
        select(Membership)
        .join(Membership.user)
        .where(
            Membership.organization_id == attestation.organization_id,
            User.email == email,
            User.disabled_at.is_(None),
            Membership.valid_from <= today,
            Membership.valid_until.is_(None) | (Membership.valid_until >= today),
        )
    )
    if member is None or not any(PERMISSIONS[Role(role)] & _BRINGS for role in member.roles):
        raise NotAllowedError("not_allowed")
    return Author(attestation.organization_id, member.user_id, at)


def _open_file(attestation: Attestation, record: Record, at: datetime) -> AttestationFile:
    """Return the newest file of an attestation, which one more person may sign."""
    over = attestation.valid_until is not None and attestation.valid_until < in_japan(at).date()
    if attestation.status != AttestationStatus.IN_FORCE or over:
        raise WrongStateError("not_in_force")
    newest = attestation.files[-1]
    if newest.kind not in OPEN:
        raise WrongStateError("already_archived")
    if newest.revision > record.personal_signatures:
        raise WrongStateError("nobody_more_signs")
    return newest


def _require_one_more(report: SignatureReport, newest: AttestationFile, content: bytes, before: bytes) -> None:
    if not content.startswith(before):
        raise InvalidError("not_the_newest_file")
    if len(content) - len(before) > LARGEST_ADDITION:
        raise InvalidError("too_much_added")
    if not report.good:
        raise InvalidError("file_not_good", found=report.reasons[0].value)
    if len(report.persons) != newest.revision:
        raise InvalidError("not_one_more_person")
    fault = report.persons[-1].fault
    if fault is not None:
        raise InvalidError("person_not_believed", found=fault.value)
