"""Key files: a private key and its certificates in one folder, written together or not at all."""

import os
import secrets
import shutil
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.signing.errors import SealUnavailableError

KEY = "key.pem"
CERTIFICATE = "certificate.pem"


def key_pem(key: rsa.RSAPrivateKey) -> bytes:
    """Return a private key as PKCS#8 in PEM."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def read(place: Path, code: str) -> tuple[rsa.RSAPrivateKey, tuple[x509.Certificate, ...]]:
    """Return key and certificates of a folder, parsed once while its files stay the same."""
    try:
        seen = (place / KEY).stat().st_mtime_ns, (place / CERTIFICATE).stat().st_mtime_ns
    except OSError as gone:
        raise SealUnavailableError("seal_missing", code=code) from gone
    return _parsed(place, code, seen)


@lru_cache(maxsize=256)
def _parsed(
    place: Path,
    code: str,
    seen: tuple[int, int],  # noqa: ARG001 - a changed file is read anew
) -> tuple[rsa.RSAPrivateKey, tuple[x509.Certificate, ...]]:
    try:
        key = serialization.load_pem_private_key((place / KEY).read_bytes(), None)
        certificates = x509.load_pem_x509_certificates((place / CERTIFICATE).read_bytes())
    except (OSError, ValueError, TypeError) as broken:
        raise SealUnavailableError("seal_unreadable", code=code) from broken
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SealUnavailableError("seal_unreadable", code=code)
    if certificates[0].public_key() != key.public_key():
        raise SealUnavailableError("seal_mismatch", code=code)
    return key, tuple(certificates)


def store(place: Path, files: Mapping[str, bytes]) -> bool:
    """Make the folder ``place`` with all of ``files`` or not at all; one that is there first stays.

    Return whether it was made now. Only the owner may look inside.
    """
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
    draft.mkdir(mode=0o700)
    try:
        for name, content in files.items():
            _write(draft / name, content)
        _settle(draft)
        draft.rename(place)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if not place.is_dir():
            raise
        return False
    _settle(place.parent)
    return True


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
