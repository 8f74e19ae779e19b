"""The development time-stamp authority: a root of its own, one unit that stamps, and revocation lists.

It makes itself on first use, beside the development authority that issues seals and valid since the
same day, and is nobody's proof of time: what it stamps is a sample. Each of its two keys lies in one
file with its certificate, so that a file is there whole or not at all.
"""

import contextlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.signing.errors import SealUnavailableError

TIME_AUTHORITY = "Kakunin development time-stamp CA (not for production)"
TIME_UNIT = "Kakunin development time-stamp unit (not for production)"

REVOCATION_PERIOD = timedelta(days=1)

_FOLDER = "time-stamping"
_KEY_BITS = 3072
_ROOT_DAYS = 20 * 365 + 5
_UNIT_DAYS = 10 * 365 + 2


@dataclass(frozen=True)
class Pair:
    """A key with its certificate."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate


@dataclass(frozen=True)
class Revoked:
    """A certificate that its authority took back, and from when on."""

    serial_number: int
    at: datetime


def make_time_authority(folder: Path, *, since: datetime, name: str = TIME_AUTHORITY) -> None:
    """Make a time-stamp authority in ``folder``, valid from ``since``, unless it is there.

    Two processes at once leave one whole authority.
    """
    place = folder / _FOLDER
    if not (place / "root.pem").exists():
        key = _new_key()
        subject = _name(name)
        certificate = (
            _unsigned(subject, subject, key.public_key(), since, _ROOT_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(authority=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        _keep(place / "root.pem", Pair(key, certificate))
    if not (place / "unit.pem").exists():
        root, key = _pair(place / "root.pem"), _new_key()
        certificate = (
            _unsigned(_name(TIME_UNIT), root.certificate.subject, key.public_key(), since, _UNIT_DAYS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(authority=False), critical=True)
            # RFC 3161, 2.3: this purpose alone, and critical
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()), critical=False
            )
            .sign(root.key, hashes.SHA256())
        )
        _keep(place / "unit.pem", Pair(key, certificate))


def load_time_unit(folder: Path) -> Pair:
    """Return what stamps: the key and certificate of the unit; ``authority_missing`` when there is none."""
    return _pair(folder / _FOLDER / "unit.pem")


def load_time_root(folder: Path) -> x509.Certificate:
    """Return the certificate of the time-stamp authority, which its verifier trusts for time alone."""
    return _pair(folder / _FOLDER / "root.pem").certificate


def time_revocations(folder: Path, at: datetime) -> bytes:
    """Return the revocation list (DER) that the time-stamp authority in ``folder`` issues at ``at``."""
    return revocation_list(_pair(folder / _FOLDER / "root.pem"), (), at)


def revocation_list(issuer: Pair, revoked: tuple[Revoked, ...], at: datetime) -> bytes:
    """Return a revocation list (RFC 5280, DER) issued at ``at`` and good for ``REVOCATION_PERIOD``."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(at)
        .next_update(at + REVOCATION_PERIOD)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
        .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
    )
    for each in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(each.serial_number).revocation_date(each.at)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _unsigned(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, since: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_cert_sign=authority,
        crl_sign=authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pair(path: Path) -> Pair:
    try:
        return _parsed(path, path.stat().st_mtime_ns)
    except OSError as gone:
        raise SealUnavailableError("authority_missing", folder=str(path.parent)) from gone


@lru_cache(maxsize=16)
def _parsed(path: Path, seen: int) -> Pair:  # noqa: ARG001 - a changed file is read anew
    content = path.read_bytes()
    key = serialization.load_pem_private_key(content, None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SealUnavailableError("seal_unreadable", code=path.stem)
    return Pair(key, x509.load_pem_x509_certificate(content[content.index(b"-----BEGIN CERTIFICATE") :]))


def _keep(path: Path, pair: Pair) -> None:
    """Write a pair durably for its owner alone; one that is there first stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = pair.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(private + pair.certificate.public_bytes(serialization.Encoding.PEM))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
