"""Persons who sign beside the seal: who did, and taking back a file that one more of them signed elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.attestation import AttestationStatus, Record
from app.domain.errors import InvalidError, NotAllowedError, WrongStateError
from app.domain.ledger import Kind
from app.domain.people import Actor, Author, Role
from app.domain.permissions import Permission, allows
from app.domain.texts import in_japan
from app.models import Attestation, AttestationFile, Membership, User
from app.services import checks, events, ledger
from app.services.archiving import FOR_PERSONS, OPEN, File, FileKind, keep
from app.services.records import Premises
from app.signing.validate import SignatureReport

# a signature with its certificates and a time-stamp takes some tens of kilobytes
LARGEST_ADDITION = 1024 * 1024


@dataclass(frozen=True)
class Brought:
    """A file as it came, with its examination and the attestation that it says it is."""

    content: bytes
    report: SignatureReport
    attestation: Attestation


@dataclass(frozen=True)
class Signed:
    """One signature that was taken back: when, and who by the certificate; None where that was not kept."""

    at: datetime
    person: dict[str, Any] | None


@dataclass(frozen=True)
class Invited:
    """How an attestation stands that persons may sign: who has, how many may, and where the next one signs.

    ``closed`` is the reason why nobody can any more, empty while somebody can, surely until ``open_until``.
    """

    signed: Sequence[Signed]
    allowed: int
    field: str
    open_until: datetime
    closed: str

    @property
    def left(self) -> int:
        """Return how many more may sign."""
        return self.allowed - len(self.signed)


def invited(attestation: Attestation | None, at: datetime) -> Invited | None:
    """Return how an issued attestation stands with persons, None where it invites nobody."""
    if attestation is None or attestation.issued_at is None:
        return None
    allowed = Record.model_validate_json(attestation.record).personal_signatures
    if not allowed:
        return None
    signed = [Signed(one.at, one.person) for one in attestation.files if one.kind == FileKind.PERSONAL]
    return Invited(
        signed,
        allowed,
        f"sig-person-{len(signed) + 1}",
        attestation.issued_at + FOR_PERSONS,
        _closed(attestation, allowed, at),
    )


def _closed(attestation: Attestation, allowed: int, at: datetime) -> str:
    """Return why no person can sign the newest file of an attestation, empty when one can."""
    over = attestation.valid_until is not None and attestation.valid_until < in_japan(at).date()
    if attestation.status != AttestationStatus.IN_FORCE or over:
        return "not_in_force"
    newest = attestation.files[-1]
    if newest.kind not in OPEN:
        return "already_archived"
    return "nobody_more_signs" if newest.revision > allowed else ""


def read(session: Session, content: bytes, premises: Premises, at: datetime) -> Brought:
    """Examine a file that somebody brings; raise InvalidError when it is none of an attestation kept here.

    Raise BusyError when too many files are being read.
    """
    report = premises.desk.read(content, premises.believed(), at).report
    attestation = checks.of_record(session, report.record) if report else None
    if report is None or attestation is None:
        raise InvalidError("not_ours")
    return Brought(content, report, attestation)


def member(session: Session, email: str, institution: UUID, at: datetime) -> tuple[Author, frozenset[Role]]:
    """Return for whom an account writes at an institution and with which roles; NotAllowedError for a stranger."""
    today = in_japan(at).date()
    found = session.scalar(
        select(Membership)
        .join(Membership.user)
        .where(
            Membership.organization_id == institution,
            User.email == email,
            User.disabled_at.is_(None),
            Membership.valid_from <= today,
            Membership.valid_until.is_(None) | (Membership.valid_until >= today),
        )
    )
    if found is None:
        raise NotAllowedError("no_permission")
    return Author(institution, found.user_id, at), frozenset(Role(role) for role in found.roles)


def bring(
    session: Session, author: Actor | Author, roles: frozenset[Role], brought: Brought, premises: Premises
) -> File:
    """Keep a file that one more person signed as the newest on offer, and enter it in the ledger.

    Raise InvalidError for what is wrong with the file, WrongStateError when no person can sign any more,
    NotAllowedError for whoever neither reviews nor certifies at the institution.
    """
    attestation, report, content = brought.attestation, brought.report, brought.content
    own = author.organization_id == attestation.organization_id
    if not own or not allows(roles, Permission.ATTESTATION_BRING):
        raise NotAllowedError("no_permission")
    session.refresh(attestation, with_for_update=True)
    record = Record.model_validate_json(attestation.record)
    closed = _closed(attestation, record.personal_signatures, author.at)
    if closed:
        raise WrongStateError(closed)
    newest = attestation.files[-1]
    _require_one_more(report, newest, content, premises.store.get(newest.sha256))
    # a person's tool may have stamped time as well: the seal's own is what the file is kept provable by
    stamp, person = report.stamps[0], report.persons[-1].as_data()
    kept = keep(attestation, FileKind.PERSONAL, content, stamp, premises, author.at, person=person)
    session.flush()
    events.record(session, author, "attestation:signed_personally", attestation.id, file=kept.sha256)
    ledger.append(session, Kind.ARCHIVE, attestation.organization_id, record, kept.sha256)
    return kept


def _require_one_more(report: SignatureReport, newest: AttestationFile, content: bytes, before: bytes) -> None:
    if content == before:
        raise InvalidError("not_signed_yet")
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
        raise InvalidError(f"person_{fault}")
