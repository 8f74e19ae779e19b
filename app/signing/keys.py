"""Seals: the key of an institution and its certificate.

A seal is a folder named by the institution's code with ``key.pem`` (PKCS#8) and ``certificate.pem``
(the seal's certificate, then its intermediates). A purchased seal is put in the same place.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from app.domain.texts import Text
from app.signing import keyfiles
from app.signing.authority import DEVELOPMENT_AUTHORITY, load_authority, new_key, unsigned, usage
from app.signing.errors import SealUnavailableError

_DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
_SEAL_DAYS = 3 * 365
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


def make_seal(folder: Path, code: str, name: Text, *, at: datetime | None = None) -> SealKey:
    """Issue a seal for the institution ``code`` from the development authority, in place of any older one.

    The older seal is kept beside it under its serial number: what it sealed stays sealed.
    """
    place, now = _place(folder, code), at or datetime.now(UTC)
    certificate, key = _issued(folder, code, name, now)
    if place.is_dir():
        older = load_seal(folder, code, at=None).certificate.serial_number
        place.rename(place.with_name(f"{code}.{older:x}"))
    files = {keyfiles.KEY: keyfiles.key_pem(key), keyfiles.CERTIFICATE: certificate.public_bytes(Encoding.PEM)}
    keyfiles.store(place, files)
    return SealKey(place, load_seal(folder, code, at=None).certificate)


def _issued(folder: Path, code: str, name: Text, now: datetime) -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    authority_key, authority = load_authority(folder)
    key = new_key()
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name.ja[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, name.en[:64]),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, code),
        ]
    )
    certificate = (
        unsigned(subject, authority.subject, key.public_key(), now, _SEAL_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([_DOCUMENT_SIGNING]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
        )
        .sign(authority_key, hashes.SHA256())
    )
    return certificate, key


def load_seal(folder: Path, code: str, *, at: datetime | None) -> Seal:
    """Return the seal of the institution ``code``; with ``at``, only if it is valid then."""
    key, certificates = keyfiles.read(_place(folder, code), code)
    seal = Seal(code, key, certificates[0], certificates[1:])
    if at is not None:
        seal.require_valid(at)
    return seal


def _place(folder: Path, code: str) -> Path:
    """Return the folder of a seal. Codes are refused, not rewritten: two must never share a seal."""
    if not _CODE.fullmatch(code):
        raise SealUnavailableError("seal_code", code=code)
    return folder / "seals" / code
