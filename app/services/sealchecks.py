"""Trying the seals that serve: opened, used once, believed by verification, not taken back by their authority."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.people import OrganizationKind
from app.models import Organization
from app.services import seals
from app.services.inventory import Concern
from app.services.records import Premises
from app.signing import authority, fetching, keyfiles
from app.signing.errors import SealUnavailableError
from app.signing.keys import Seal, SealKey, in_charge, kept, open_seal
from app.signing.revocation import known_of

_TRIAL = b"flask seals check"


def examine(session: Session, premises: Premises, at: datetime) -> list[Concern]:
    """Return what is wrong with the keys that seal now or next, each opened and tried, and its authority asked.

    Tokens are visited and PINs told. A seal that its authority has revoked is recorded as revoked, so that it
    seals no more (RFC 5280, 6.3): commit afterwards. What was begun before is committed, so that nobody waits
    while authorities are asked.
    """
    concerns: list[Concern] = []
    institutions = select(Organization).filter_by(kind=OrganizationKind.INSTITUTION).order_by(Organization.code)
    for institution in session.scalars(institutions).all():
        for key in _serving(session, premises, institution, at):
            concerns += _tried(session, premises, institution, key, at)
    return concerns


def _serving(session: Session, premises: Premises, institution: Organization, at: datetime) -> list[SealKey]:
    try:
        keys = kept(premises.keys, institution.code)
    except SealUnavailableError:
        return []  # the inventory tells of a folder that cannot be read
    chosen = in_charge(keys, at)
    return [
        one
        for one in keys
        if (one == chosen or one.starts_at > at + authority.CLOCK_LEEWAY)
        and seals.revocation(session, premises.keys, institution.id, one.certificate) is None
    ]


def _tried(
    session: Session, premises: Premises, institution: Organization, key: SealKey, at: datetime
) -> Iterator[Concern]:
    code = institution.code
    if keyfiles.exposed(key.folder) and not premises.unlocking.strict:
        yield Concern(code, key.serial, "seal_exposed")
    try:
        seal = open_seal(key.folder, code, premises.unlocking)
        signature = seal.key.sign(_TRIAL, padding.PKCS1v15(), hashes.SHA256())
        seal.key.public_key().verify(signature, _TRIAL, padding.PKCS1v15(), hashes.SHA256())
    except SealUnavailableError as refused:
        if refused.reason != "seal_plain":  # the inventory tells that
            yield Concern(code, key.serial, refused.reason)
        return
    if not seal.development:
        found = _asked(session, premises, institution, seal, max(at, key.starts_at), at)
        if found:
            yield Concern(code, key.serial, found)


def _asked(
    session: Session, premises: Premises, institution: Organization, seal: Seal, serves_at: datetime, at: datetime
) -> str:
    """Return what is wrong with a bought seal by its authorities' word, empty for nothing."""
    chain = premises.believed().chain_of_seal(seal.certificate, seal.intermediates, serves_at)
    if not chain:
        return "seal_untrusted"
    session.commit()
    came = fetching.fetch(chain)
    for certificate, issuer in pairwise(chain):
        known = known_of(certificate, issuer, came)
        if known.revoked_at is not None:
            # authorities may name a moment that is still to come
            since, reason = min(known.revoked_at, at), known.reason or x509.ReasonFlags.unspecified
            seals.revoke(session, premises.keys, institution, seal.certificate, since, reason, at)
            return "revoked_by_authority"
        if known.known_at is None:
            return "authority_silent"
    return ""
