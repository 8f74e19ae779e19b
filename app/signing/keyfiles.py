"""Key files: a private key and its certificates in one folder, written together or not at all."""

import os
import secrets
import shutil
import stat
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from pydantic import SecretStr

from app.signing.errors import SealUnavailableError
from app.signing.unlocking import OPEN, Unlocking

KEY = "key.pem"
CERTIFICATE = "certificate.pem"

# RFC 7468, 11; keys in the older form say "Proc-Type: 4,ENCRYPTED" inside
_ENCRYPTED = (b"-----BEGIN ENCRYPTED PRIVATE KEY-----", b"Proc-Type: 4,ENCRYPTED")
# a group may read, as files of secrets handed in by orchestrators are; nobody else may, and only the owner writes
_EXPOSED = stat.S_IWGRP | stat.S_IRWXO


def key_pem(key: rsa.RSAPrivateKey | Ed25519PrivateKey, passphrase: SecretStr | None = None) -> bytes:
    """Return a private key as PKCS#8 in PEM, encrypted if there is a passphrase."""
    locked: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        locked = serialization.BestAvailableEncryption(passphrase.get_secret_value().encode())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)


def encrypted(place: Path) -> bool:
    """Tell whether the key file of a folder is encrypted; False where there is none."""
    file = place / KEY
    return file.is_file() and _locked(file.read_bytes())


def _locked(pem: bytes) -> bool:
    return any(mark in pem for mark in _ENCRYPTED)


def exposed(place: Path) -> bool:
    """Tell whether others than its owner may write the key file of a folder, or strangers read it."""
    file = place / KEY
    return file.is_file() and bool(file.stat().st_mode & _EXPOSED)


def read_key(place: Path, code: str, unlocking: Unlocking = OPEN) -> rsa.RSAPrivateKey:
    """Return the private key of a folder, parsed once while its file says the same.

    Raise SealUnavailableError: ``seal_missing``, ``seal_exposed`` and ``seal_plain`` if unlocking is
    strict, ``seal_encrypted`` without a passphrase, ``seal_passphrase`` with a wrong one, ``seal_unreadable``.
    """
    pem = _content(place / KEY, code)
    if unlocking.strict and exposed(place):
        raise SealUnavailableError("seal_exposed", code=code)
    locked = _locked(pem)
    if unlocking.strict and not locked:
        raise SealUnavailableError("seal_plain", code=code)
    if locked and unlocking.passphrase is None:
        raise SealUnavailableError("seal_encrypted", code=code)
    try:
        key = parsed(pem, unlocking.passphrase if locked else None)
    except (ValueError, TypeError) as broken:
        raise SealUnavailableError("seal_passphrase" if locked else "seal_unreadable", code=code) from broken
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SealUnavailableError("seal_unreadable", code=code)
    return key


@lru_cache(maxsize=256)
def parsed(pem: bytes, passphrase: SecretStr | None) -> PrivateKeyTypes:
    """Return a private key, once for the same file and passphrase: checking one of RSA takes a tenth of a second.

    Raise ValueError or TypeError for what is no key, or is not opened by the passphrase.
    """
    opening = None if passphrase is None else passphrase.get_secret_value().encode()
    return serialization.load_pem_private_key(pem, opening)


def read_certificates(place: Path, code: str) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a folder, its own first; parsed once while the file says the same."""
    try:
        return _parsed_certificates(_content(place / CERTIFICATE, code))
    except ValueError as broken:
        raise SealUnavailableError("seal_unreadable", code=code) from broken


@lru_cache(maxsize=256)
def _parsed_certificates(pem: bytes) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_pem_x509_certificates(pem))


def _content(file: Path, code: str) -> bytes:
    try:
        return file.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as gone:
        raise SealUnavailableError("seal_missing", code=code) from gone
    except OSError as broken:
        raise SealUnavailableError("seal_unreadable", code=code) from broken


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


def replace(file: Path, content: bytes) -> None:
    """Put ``content`` in place of a file, whole or not at all."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        _write(draft, content)
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    _settle(file.parent)


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
