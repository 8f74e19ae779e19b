"""The inventory of seals: every key with its owner, dates and state, and what somebody has to tend to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.people import OrganizationKind
from app.models import Organization, SealCertificate
from app.services import seals
from app.services.records import Premises
from app.services.seals import Revocation
from app.signing import authority, keyfiles, tokens
from app.signing.errors import SealUnavailableError
from app.signing.keys import SealKey, fingerprint, in_charge, is_development, kept

# days before the end of a seal at which somebody is told, more loudly each time
WARNINGS = (7, 30, 90)


class State(StrEnum):
    """What a seal does: it seals now, it will, it did, or it must not."""

    CURRENT = "current"
    NEXT = "next"
    RETIRED = "retired"
    REVOKED = "revoked"


class Keeping(StrEnum):
    """How the key of a seal is kept; ``none`` for a certificate that is remembered without its key."""

    TOKEN = "token"  # noqa: S105 - no secret
    ENCRYPTED = "encrypted"
    PLAIN = "plain"
    NONE = "none"


@dataclass(frozen=True)
class Entry:
    """One seal of one institution. All of them serve one purpose: sealing attestations."""

    institution: str
    certificate: x509.Certificate
    state: State
    keeping: Keeping
    starts_at: datetime | None
    revocation: Revocation | None

    @property
    def serial(self) -> str:
        """Return the serial number in lower-case hex, as commands take it."""
        return f"{self.certificate.serial_number:x}"

    @property
    def development(self) -> bool:
        """Tell whether the development authority issued it."""
        return is_development(self.certificate)


@dataclass(frozen=True)
class Concern:
    """Something to tend to. ``serial`` is empty where an institution as a whole is meant.

    ``reason`` is a reason code of SealUnavailableError, or ``expires`` with the days that are left,
    ``none_in_charge``, ``not_on_list``, ``foreign_authority``, ``revoked_by_authority``, ``authority_silent``.
    """

    institution: str
    serial: str
    reason: str
    days: int | None = None

    @property
    def within(self) -> int | None:
        """Return the warning that is due: the smallest of ``WARNINGS`` the days are within."""
        return None if self.days is None else next(one for one in WARNINGS if self.days <= one)


@dataclass(frozen=True)
class Inventory:
    """All seals, and all concerns about them; none means that nobody has to do anything."""

    entries: Sequence[Entry]
    concerns: Sequence[Concern]


def inventory(session: Session, premises: Premises, at: datetime) -> Inventory:
    """Return the seals of all institutions at a moment; no key is opened, and nobody is asked."""
    entries: list[Entry] = []
    concerns: list[Concern] = []
    institutions = select(Organization).filter_by(kind=OrganizationKind.INSTITUTION).order_by(Organization.code)
    for institution in session.scalars(institutions):
        try:
            keys = kept(premises.keys, institution.code)
            own = list(_entries(session, premises, institution, keys, at))
        except SealUnavailableError as broken:
            concerns.append(Concern(institution.code, "", broken.reason))
            continue
        entries += own
        concerns += _lacking(institution.code, own, at)
        for entry in own:
            concerns += _about(entry, premises)
    return Inventory(entries, concerns)


def _entries(
    session: Session, premises: Premises, institution: Organization, keys: Sequence[SealKey], at: datetime
) -> Iterator[Entry]:
    chosen = in_charge(keys, at)

    def entry(certificate: x509.Certificate, state: State, keeping: Keeping, starts: datetime | None) -> Entry:
        told = seals.revocation(session, premises.keys, institution.id, certificate)
        state = State.REVOKED if told else state
        return Entry(institution.code, certificate, state, keeping, starts, told)

    for key in keys:
        state = State.RETIRED
        if key.starts_at > at + authority.CLOCK_LEEWAY:
            state = State.NEXT
        elif key == chosen:
            state = State.CURRENT
        yield entry(key.certificate, state, _keeping(key), key.starts_at)
    there = {fingerprint(key.certificate) for key in keys}
    remembered = select(SealCertificate).filter_by(organization_id=institution.id)
    for row in session.scalars(remembered.order_by(SealCertificate.not_before, SealCertificate.fingerprint)):
        if row.fingerprint not in there:
            certificate = x509.load_pem_x509_certificate(row.pem.encode())
            yield entry(certificate, State.RETIRED, Keeping.NONE, None)


def _keeping(key: SealKey) -> Keeping:
    if tokens.in_token(key.folder):
        return Keeping.TOKEN
    if not (key.folder / keyfiles.KEY).is_file():
        return Keeping.NONE
    return Keeping.ENCRYPTED if keyfiles.encrypted(key.folder) else Keeping.PLAIN


def _lacking(institution: str, entries: Sequence[Entry], at: datetime) -> Iterator[Concern]:
    """Tell when nothing seals, or when what seals ends with nothing to follow."""
    current = next((one for one in entries if one.state is State.CURRENT), None)
    if current is None:
        yield Concern(institution, "", "none_in_charge")
        return
    last = current.certificate.not_valid_after_utc
    if last < at:
        yield Concern(institution, current.serial, "seal_expired")
    elif not any(_follows(one, last) for one in entries):
        days = (last - at).days
        if days <= max(WARNINGS):
            yield Concern(institution, current.serial, "expires", days)


def _follows(one: Entry, last: datetime) -> bool:
    """Tell whether a seal is in charge before another ends, and outlives it."""
    begins = one.state is State.NEXT and one.starts_at is not None and one.starts_at <= last
    return begins and one.certificate.not_valid_after_utc > last


def _about(entry: Entry, premises: Premises) -> Iterator[Concern]:
    """Tell what is wrong with one seal, without its key."""
    told = entry.revocation
    if told and entry.development and entry.certificate.serial_number not in authority.revoked(premises.keys):
        yield Concern(entry.institution, entry.serial, "not_on_list")
    if entry.state not in {State.CURRENT, State.NEXT}:
        return
    if entry.development and not premises.sample:
        yield Concern(entry.institution, entry.serial, "seal_development")
    if entry.keeping is Keeping.PLAIN and premises.unlocking.strict:
        yield Concern(entry.institution, entry.serial, "seal_plain")
    if entry.development and not _ours(entry.certificate, premises):
        yield Concern(entry.institution, entry.serial, "foreign_authority")


def _ours(certificate: x509.Certificate, premises: Premises) -> bool:
    """Tell whether the development authority that is here issued it, not one of the same name."""
    try:
        certificate.verify_directly_issued_by(authority.load_root(premises.keys))
    except (SealUnavailableError, InvalidSignature, ValueError, TypeError):
        return False
    return True
