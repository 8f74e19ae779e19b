"""The development time-stamp authority: a root of its own, one unit that stamps, and its revocation list.

It lies beside the development authority that issues seals, and is nobody's proof of time: what it
stamps is a sample.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.signing import keyfiles
from app.signing.authority import CRL_PERIOD, new_key, unsigned, usage
from app.signing.errors import SealUnavailableError

TIME_AUTHORITY = "Kakunin development time-stamp CA (not for production)"
TIME_UNIT = "Kakunin development time-stamp unit (not for production)"

_ROOT_DAYS = 20 * 365 + 5
_UNIT_DAYS = 10 * 365 + 2


@dataclass(frozen=True)
class Pair:
    """A key with its certificate."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate


def make_time_authority(folder: Path, *, at: datetime, name: str = TIME_AUTHORITY) -> None:
    """Make a time-stamp authority in ``folder``, valid from ``at``, unless it is there.

    Two processes at once leave one whole authority.
    """
    if not _place(folder, "root").is_dir():
        key, subject = new_key(), _name(name)
        certificate = (
            unsigned(subject, subject, key.public_key(), at, _ROOT_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage(authority=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        _store(_place(folder, "root"), key, certificate)
    if not _place(folder, "unit").is_dir():
        root, key = _load(folder, "root"), new_key()
        certificate = (
            unsigned(_name(TIME_UNIT), root.certificate.subject, key.public_key(), at, _UNIT_DAYS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage(authority=False), critical=True)
            # RFC 3161, 2.3: this purpose alone, and critical
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()), critical=False
            )
            .sign(root.key, hashes.SHA256())
        )
        _store(_place(folder, "unit"), key, certificate)


def load_time_unit(folder: Path) -> Pair:
    """Return what stamps: the key and certificate of the unit; refuse with ``authority_missing``."""
    return _load(folder, "unit")


def load_time_root(folder: Path) -> x509.Certificate:
    """Return the certificate of the time-stamp authority, which its verifier trusts for time alone."""
    return _load(folder, "root").certificate


def time_crl(folder: Path, at: datetime) -> bytes:
    """Return the revocation list of the time-stamp authority in ``folder`` as of ``at`` (RFC 5280, DER).

    It is empty: a sample need not be taken back.
    """
    root, now = _load(folder, "root"), at.astimezone(UTC).replace(microsecond=0)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.certificate.subject)
        .last_update(now)
        .next_update(now + CRL_PERIOD)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()), critical=False)
    )
    return builder.sign(root.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _place(folder: Path, name: str) -> Path:
    return folder / "time-stamping" / name


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _load(folder: Path, name: str) -> Pair:
    place = _place(folder, name)
    if not place.is_dir():
        raise SealUnavailableError("authority_missing", folder=str(folder))
    return Pair(keyfiles.read_key(place, name), keyfiles.read_certificates(place, name)[0])


def _store(place: Path, key: rsa.RSAPrivateKey, certificate: x509.Certificate) -> None:
    pem = certificate.public_bytes(Encoding.PEM)
    keyfiles.store(place, {keyfiles.KEY: keyfiles.key_pem(key), keyfiles.CERTIFICATE: pem})
