"""Seals: the keys of an institution, the one in charge, and sealing with it.

A seal is a folder named by the institution's code, the first ``CODE``, the others ``CODE.SERIAL``.
In it lie ``certificate.pem`` (the seal's certificate, then its intermediates) and the key: ``key.pem``
(PKCS#8) or, for one in a token, ``pkcs11.toml``. The file ``starts`` says from when it is in charge;
without it, it is from the first moment of its certificate.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import AsymmetricPadding
from cryptography.x509.oid import NameOID

from app.signing import keyfiles, tokens
from app.signing.authority import CLOCK_LEEWAY, DEVELOPMENT_AUTHORITY
from app.signing.errors import SealUnavailableError
from app.signing.unlocking import OPEN, Unlocking

STARTS = "starts"

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class SigningKey(Protocol):
    """What signs for a seal: a key of ``cryptography``, or one in a token that looks alike."""

    @property
    def key_size(self) -> int:
        """Return the size of the key in bits."""

    def public_key(self) -> rsa.RSAPublicKey:
        """Return the public half."""

    def sign(self, data: bytes, padding: AsymmetricPadding, algorithm: hashes.HashAlgorithm, /) -> bytes:
        """Return the signature of ``data``."""


@dataclass(frozen=True)
class SealKey:
    """Where a seal lies, its certificate, and from when it is in charge."""

    folder: Path
    certificate: x509.Certificate
    starts_at: datetime

    @property
    def serial(self) -> str:
        """Return the serial number of the certificate in lower-case hex, as commands take it."""
        return f"{self.certificate.serial_number:x}"


@dataclass(frozen=True)
class Seal:
    """An institution's seal, parsed once: checking an RSA key takes longer than signing with it."""

    code: str
    key: SigningKey = field(repr=False)
    certificate: x509.Certificate
    intermediates: tuple[x509.Certificate, ...]

    @property
    def development(self) -> bool:
        """Tell whether the development authority issued it; what it seals is a sample."""
        return is_development(self.certificate)

    def require_valid(self, at: datetime) -> None:
        """Refuse the seal outside of the dates of its certificate."""
        require_valid(self.code, self.certificate, at)


def is_development(certificate: x509.Certificate) -> bool:
    """Tell whether the development authority issued a certificate."""
    names = certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return [name.value for name in names] == [DEVELOPMENT_AUTHORITY]


def require_valid(code: str, certificate: x509.Certificate, at: datetime) -> None:
    """Refuse a certificate outside of its dates: ``seal_not_yet_valid``, ``seal_expired``."""
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if at < first:
        raise SealUnavailableError("seal_not_yet_valid", code=code, first=first)
    if at > last:
        raise SealUnavailableError("seal_expired", code=code, last=last)


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate as 64 lower-case hex digits."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def load_seal(folder: Path, code: str, *, at: datetime | None, unlocking: Unlocking = OPEN) -> Seal:
    """Return the seal in charge of the institution ``code``; with ``at``, the one then, only if valid then."""
    chosen = in_charge(kept(folder, code), at or datetime.now(UTC))
    if chosen is None:
        raise SealUnavailableError("seal_missing", code=code)
    if at is not None:
        require_valid(code, chosen.certificate, at)
        if at + CLOCK_LEEWAY < chosen.starts_at:
            raise SealUnavailableError("seal_not_yet_valid", code=code, first=chosen.starts_at)
    return open_seal(chosen.folder, code, unlocking)


def open_seal(place: Path, code: str, unlocking: Unlocking) -> Seal:
    """Return the seal in one folder, its key opened and found to fit its certificate."""
    certificates = keyfiles.read_certificates(place, code)
    key: SigningKey
    if tokens.in_token(place):
        if (place / keyfiles.KEY).exists():
            # two keys for one certificate: which one was meant is not guessed
            raise SealUnavailableError("seal_unreadable", code=code)
        key = tokens.open_key(place, code, unlocking)
    else:
        key = keyfiles.read_key(place, code, unlocking)
    if certificates[0].public_key() != key.public_key():
        raise SealUnavailableError("seal_mismatch", code=code)
    return Seal(code, key, certificates[0], certificates[1:])


def kept(folder: Path, code: str) -> Sequence[SealKey]:
    """Return every key of an institution by the moment it takes charge; retired and next ones too."""
    first = seal_place(folder, code)
    places = [first, *first.parent.glob(f"{code}.*")]
    found = [_known(place, code) for place in places if place.is_dir()]
    return sorted(found, key=lambda one: (one.starts_at, one.certificate.serial_number))


def _known(place: Path, code: str) -> SealKey:
    certificate = keyfiles.read_certificates(place, code)[0]
    try:
        starts = datetime.fromisoformat((place / STARTS).read_text("ascii").strip()).astimezone(UTC)
    except FileNotFoundError:
        starts = certificate.not_valid_before_utc
    except (OSError, ValueError):
        # no cause: it may quote what was written there by mistake
        raise SealUnavailableError("seal_unreadable", code=code) from None
    return SealKey(place, certificate, starts)


def in_charge(keys: Sequence[SealKey], at: datetime) -> SealKey | None:
    """Return the key that seals at a moment: the last that has started, else the first that will."""
    started = [one for one in keys if one.starts_at <= at]
    return started[-1] if started else next(iter(keys), None)


def seal_place(folder: Path, code: str) -> Path:
    """Return the folder of a seal. Codes are refused, not rewritten: two must never share a seal."""
    if not _CODE.fullmatch(code):
        raise SealUnavailableError("seal_code", code=code)
    return folder / "seals" / code
