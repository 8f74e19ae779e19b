"""The development authority: it issues seals that nobody outside trusts, revokes them, and says so in a CRL.

Its key always lies open beside it: what it vouches for is a sample.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from app.signing import keyfiles
from app.signing.errors import SealUnavailableError

DEVELOPMENT_AUTHORITY = "Kakunin development CA (not for production)"

# how long a revocation list is good for: the next one is there by then
CRL_PERIOD = timedelta(days=1)

_KEY_BITS = 3072
_AUTHORITY_DAYS = 20 * 365 + 5
# certificates made now must serve a clock that is a little behind
CLOCK_LEEWAY = timedelta(minutes=5)


@dataclass(frozen=True)
class Revoked:
    """A certificate the authority no longer vouches for, from a moment, for a reason of RFC 5280, 5.3.1."""

    serial: int
    at: datetime
    reason: x509.ReasonFlags


def new_key() -> rsa.RSAPrivateKey:
    """Return a new private key of the size all of ours have."""
    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)


def make_authority(folder: Path, *, at: datetime | None = None) -> None:
    """Make the development authority in ``folder`` unless it is there; two at once leave one whole."""
    if (folder / "authority").is_dir():
        return
    now, key = at or datetime.now(UTC), new_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DEVELOPMENT_AUTHORITY)])
    certificate = (
        unsigned(name, name, key.public_key(), now, _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage(authority=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = {keyfiles.KEY: keyfiles.key_pem(key), keyfiles.CERTIFICATE: certificate.public_bytes(Encoding.PEM)}
    keyfiles.store(folder / "authority", files)


def load_root(folder: Path) -> x509.Certificate:
    """Return the certificate of the development authority, the root its verifier trusts."""
    return load_authority(folder)[1]


def load_authority(folder: Path) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """Return key and certificate of the development authority; refuse with ``authority_missing``."""
    if not (folder / "authority").is_dir():
        raise SealUnavailableError("authority_missing", folder=str(folder))
    place = folder / "authority"
    return keyfiles.read_key(place, "authority"), keyfiles.read_certificates(place, "authority")[0]


def revoke(folder: Path, serial: int, at: datetime, reason: x509.ReasonFlags) -> None:
    """Put a certificate on the authority's list from the moment ``at``; doing it twice changes nothing.

    Nothing is taken off the list. An earlier moment for the same certificate is added beside the
    later one and counts.
    """
    load_authority(folder)
    moment = at.astimezone(UTC).replace(microsecond=0)
    line = {"serial": f"{serial:x}", "at": moment.isoformat(), "reason": reason.value}
    name = f"{serial:x}-{moment:%Y%m%dT%H%M%SZ}"
    keyfiles.store(_list(folder) / name, {"revoked.json": json.dumps(line).encode()})


def revoked(folder: Path) -> Mapping[int, Revoked]:
    """Return what the development authority has revoked, by serial number, from the earliest moment told.

    A damaged entry is refused with ``seal_unreadable``.
    """
    found: dict[int, Revoked] = {}
    for file in sorted(_list(folder).glob("[0-9a-f]*/revoked.json")):
        one = _revoked(file)
        if one.serial not in found or one.at < found[one.serial].at:
            found[one.serial] = one
    return found


def _revoked(file: Path) -> Revoked:
    try:
        line = json.loads(file.read_bytes())
        return Revoked(
            int(line["serial"], 16), datetime.fromisoformat(line["at"]), x509.ReasonFlags(line["reason"])
        )
    except (OSError, ValueError, KeyError, TypeError) as damaged:
        # what was revoked is not guessed: nothing is believed until the list is whole again
        raise SealUnavailableError("seal_unreadable", code="authority") from damaged


def crl(folder: Path, at: datetime) -> bytes:
    """Return the development authority's revocation list as of ``at``, in DER (RFC 5280, 5).

    It is good for ``CRL_PERIOD``, names what was revoked until ``at``, and is the same bytes for the
    same moment.
    """
    key, root = load_authority(folder)
    now = at.astimezone(UTC).replace(microsecond=0)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.subject)
        .last_update(now)
        .next_update(now + CRL_PERIOD)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    for _, one in sorted(revoked(folder).items()):
        if one.at <= now:
            entry = x509.RevokedCertificateBuilder().serial_number(one.serial).revocation_date(one.at)
            entry = entry.add_extension(x509.CRLReason(one.reason), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def unsigned(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    """Return the beginning of a certificate of the development authority, good for ``days`` from ``now``."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_LEEWAY)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def usage(*, authority: bool) -> x509.KeyUsage:
    """Return what a key may do: an authority signs certificates and lists, a seal signs documents."""
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _list(folder: Path) -> Path:
    return folder / "authority" / "revoked"
