"""Seals and who vouches for them: a development authority, the seals it issues, and loading either.

A seal is a folder named by the institution's code with ``key.pem`` (PKCS#8) and ``certificate.pem``
(the seal's certificate, then its intermediates). A purchased seal is put in the same place.
"""

import os
import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from app.domain.texts import Text
from app.signing.errors import SealUnavailableError

DEVELOPMENT_AUTHORITY = "Kakunin development CA (not for production)"

_DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
_KEY_BITS = 3072
_AUTHORITY_DAYS = 20 * 365 + 5
_SEAL_DAYS = 3 * 365
# certificates made now must serve a clock that is a little behind
_CLOCK_LEEWAY = timedelta(minutes=5)
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True)
class SealKey:
    """Where an issued seal lies, and its certificate."""

    folder: Path
    certificate: x509.Certificate


@dataclass(frozen=True)
class Seal:
    """An institution's seal, parsed once: checking an RSA key takes longer than signing with it."""

    code: str
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate
    intermediates: tuple[x509.Certificate, ...]

    @property
    def development(self) -> bool:
        """Tell whether the development authority issued it; what it seals is a sample."""
        names = self.certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
        return [name.value for name in names] == [DEVELOPMENT_AUTHORITY]

    def require_valid(self, at: datetime) -> None:
        """Refuse the seal outside of the dates of its certificate."""
        first, last = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        if at < first:
            raise SealUnavailableError("seal_not_yet_valid", code=self.code, first=first)
        if at > last:
            raise SealUnavailableError("seal_expired", code=self.code, last=last)


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate as 64 lower-case hex digits."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def make_authority(folder: Path, *, at: datetime | None = None) -> None:
    """Make the development authority in ``folder`` unless it is there; two at once leave one whole."""
    if (folder / "authority").is_dir():
        return
    now = at or datetime.now(UTC)
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DEVELOPMENT_AUTHORITY)])
    certificate = (
        _unsigned(name, name, key.public_key(), now, _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _store(folder / "authority", key, certificate)


def load_root(folder: Path) -> x509.Certificate:
    """Return the certificate of the development authority, the root its verifier trusts."""
    return _authority(folder)[1]


def make_seal(folder: Path, code: str, name: Text, *, at: datetime | None = None) -> SealKey:
    """Issue a seal for the institution ``code`` from the development authority, in place of any older one.

    The older seal is kept beside it under its serial number: what it sealed stays sealed.
    """
    place, now = _place(folder, code), at or datetime.now(UTC)
    authority_key, authority = _authority(folder)
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name.ja[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, name.en[:64]),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, code),
        ]
    )
    certificate = (
        _unsigned(subject, authority.subject, key.public_key(), now, _SEAL_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([_DOCUMENT_SIGNING]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
        )
        .sign(authority_key, hashes.SHA256())
    )
    if place.is_dir():
        older = load_seal(folder, code, at=None).certificate.serial_number
        place.rename(place.with_name(f"{code}.{older:x}"))
    _store(place, key, certificate)
    return SealKey(place, load_seal(folder, code, at=None).certificate)


def load_seal(folder: Path, code: str, *, at: datetime | None) -> Seal:
    """Return the seal of the institution ``code``; with ``at``, only if it is valid then."""
    place = _place(folder, code)
    try:
        seen = (place / "key.pem").stat().st_mtime_ns, (place / "certificate.pem").stat().st_mtime_ns
    except OSError as gone:
        raise SealUnavailableError("seal_missing", code=code) from gone
    seal = _parsed(place, code, seen)
    if at is not None:
        seal.require_valid(at)
    return seal


@lru_cache(maxsize=256)
def _parsed(place: Path, code: str, seen: tuple[int, int]) -> Seal:  # noqa: ARG001 - a changed file is read anew
    key, certificates = _read(place, code)
    if certificates[0].public_key() != key.public_key():
        raise SealUnavailableError("seal_mismatch", code=code)
    return Seal(code, key, certificates[0], tuple(certificates[1:]))


def _read(place: Path, code: str) -> tuple[rsa.RSAPrivateKey, list[x509.Certificate]]:
    try:
        key = serialization.load_pem_private_key((place / "key.pem").read_bytes(), None)
        certificates = x509.load_pem_x509_certificates((place / "certificate.pem").read_bytes())
    except (OSError, ValueError, TypeError) as broken:
        raise SealUnavailableError("seal_unreadable", code=code) from broken
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SealUnavailableError("seal_unreadable", code=code)
    return key, certificates


def _authority(folder: Path) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    if not (folder / "authority").is_dir():
        raise SealUnavailableError("authority_missing", folder=str(folder))
    key, certificates = _read(folder / "authority", "authority")
    return key, certificates[0]


def _place(folder: Path, code: str) -> Path:
    """Return the folder of a seal. Codes are refused, not rewritten: two must never share a seal."""
    if not _CODE.fullmatch(code):
        raise SealUnavailableError("seal_code", code=code)
    return folder / "seals" / code


def _unsigned(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_LEEWAY)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    """Return what a key may do: an authority signs certificates, a seal signs documents."""
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


def _store(place: Path, key: rsa.RSAPrivateKey, certificate: x509.Certificate) -> None:
    """Put key and certificate into ``place`` together or not at all; one that is there first stays."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
    draft.mkdir(mode=0o700)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(draft / "key.pem", private)
    _write(draft / "certificate.pem", certificate.public_bytes(serialization.Encoding.PEM))
    _settle(draft)
    try:
        draft.rename(place)
    except OSError:
        shutil.rmtree(draft)
        if not place.is_dir():
            raise
    _settle(place.parent)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Make the names in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
