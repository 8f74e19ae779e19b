"""The seal an institution may use now, the certificates it ever had, and those that were revoked."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import InvalidError, WrongStateError
from app.models import Organization, SealCertificate, SealRevocation
from app.services.records import Premises
from app.signing import authority
from app.signing.errors import SealUnavailableError
from app.signing.keys import Seal, fingerprint, is_development, load_seal


@dataclass(frozen=True)
class Revocation:
    """From when a certificate proves nothing, and why (a name of RFC 5280, 5.3.1, in lower case)."""

    at: datetime
    reason: str


def usable(
    session: Session, premises: Premises, organization_id: UUID, code: str, at: datetime, *, sample: bool
) -> Seal:
    """Return the seal of an institution, opened; raise SealUnavailableError unless it may seal at ``at``.

    Refused are a seal that is missing, not yet or no longer valid, revoked, or not opened by what this
    service was given, one of an authority that verification does not believe, and one of the development
    authority for what is no ``sample``.
    """
    seal = load_seal(premises.keys, code, at=at, unlocking=premises.unlocking)
    if seal.development and not sample:
        raise SealUnavailableError("seal_development", code=code)
    require_unrevoked(session, premises, organization_id, seal)
    if not seal.development and not premises.believed().chain_of_seal(seal.certificate, seal.intermediates, at):
        raise SealUnavailableError("seal_untrusted", code=code)
    return seal


def require_unrevoked(session: Session, premises: Premises, organization_id: UUID, seal: Seal) -> None:
    """Refuse a seal whose certificate is revoked, from whichever moment."""
    if revocation(session, premises.keys, organization_id, seal.certificate) is not None:
        raise SealUnavailableError("seal_revoked", code=seal.code)


def remember(session: Session, organization_id: UUID, certificate: x509.Certificate) -> SealCertificate:
    """Keep a certificate of an institution for ever, so that what it sealed verifies after rotation."""
    name = fingerprint(certificate)
    known = session.get(SealCertificate, (organization_id, name))
    if known is None:
        # two who seal with it first: the second sees what the first wrote
        session.execute(select(Organization.id).where(Organization.id == organization_id).with_for_update())
        known = session.get(SealCertificate, (organization_id, name))
    if known is None:
        known = SealCertificate(
            organization_id=organization_id,
            fingerprint=name,
            pem=certificate.public_bytes(Encoding.PEM).decode(),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
        )
        session.add(known)
        session.flush()
    return known


def revocation(
    session: Session, keys: Path, organization_id: UUID, certificate: x509.Certificate
) -> Revocation | None:
    """Return from when a certificate is revoked, the earliest known; None while it is not.

    What the development authority says of its own is asked too: a database that was restored from
    before the revocation does not undo it.
    """
    rows = session.scalars(
        select(SealRevocation).filter_by(organization_id=organization_id, fingerprint=fingerprint(certificate))
    )
    told = [Revocation(row.revoked_at, row.reason) for row in rows]
    if is_development(certificate):
        entry = authority.revoked(keys).get(certificate.serial_number)
        told += [Revocation(entry.at, entry.reason.name)] if entry else []
    return min(told, key=lambda one: one.at, default=None)


def revoke(
    session: Session,
    keys: Path,
    institution: Organization,
    certificate: x509.Certificate,
    at: datetime,
    reason: x509.ReasonFlags,
    now: datetime,
) -> Revocation:
    """Record that a certificate proves nothing from ``at`` on. Commit, then call ``publish_revocation``.

    Doing it twice changes nothing; a later moment than the one known is refused, an earlier one counts.
    """
    moment = at.astimezone(UTC).replace(microsecond=0)
    if moment > now:
        raise InvalidError("revocation_ahead")
    # two who revoke at once: the second sees what the first wrote
    session.execute(select(Organization.id).where(Organization.id == institution.id).with_for_update())
    known = revocation(session, keys, institution.id, certificate)
    if known is not None and known.at < moment:
        raise WrongStateError("revoked_earlier", since=known.at)
    remember(session, institution.id, certificate)
    name = fingerprint(certificate)
    rows = select(SealRevocation).filter_by(organization_id=institution.id, fingerprint=name, revoked_at=moment)
    if session.scalar(rows) is None:
        session.add(
            SealRevocation(
                organization_id=institution.id,
                fingerprint=name,
                revoked_at=moment,
                reason=reason.name,
                recorded_at=now,
            )
        )
        session.flush()
    return Revocation(moment, reason.name)


def publish_revocation(keys: Path, certificate: x509.Certificate, told: Revocation) -> bool:
    """Put a recorded revocation on the development authority's list; return False for a purchased seal.

    Other authorities publish their own: whoever bought the seal tells them.
    """
    if not is_development(certificate):
        return False
    authority.revoke(keys, certificate.serial_number, told.at, x509.ReasonFlags[told.reason])
    return True


def standing(told: Revocation | None, proven_at: datetime | None) -> str:
    """Return what a revocation means for something sealed at ``proven_at``, as a reason code.

    Empty without a revocation; ``revoked_later`` for what is proven to be older and stays good;
    ``revoked_before`` for what was sealed from then on; ``revoked_unproven`` when no time is proven.
    """
    if told is None:
        return ""
    if proven_at is None:
        return "revoked_unproven"
    return "revoked_later" if proven_at < told.at else "revoked_before"
