"""The key of the ledger: it signs checkpoints and what stands on paper, and is kept apart from every seal.

It lies in ``ledger/`` among the keys: ``key.pem`` (Ed25519, PKCS#8, encrypted in production) and ``origin``, the
name of the ledger.
"""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from app.domain.errors import InvalidError, LedgerError
from app.domain.notes import Algorithm, Signature, VerifierKey, cosignature, cosigned, is_key_name
from app.signing import keyfiles
from app.signing.unlocking import OPEN, Unlocking

_ORIGIN = "origin"


@dataclass(frozen=True)
class NoteKey:
    """A private key that signs notes under a name; a printed one shows the name and never the key."""

    name: str
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> bytes:
        """Return the public key, 32 bytes (RFC 8032)."""
        return self.private.public_key().public_bytes_raw()

    @property
    def verifier(self) -> VerifierKey:
        """Return what verifies the notes it signs."""
        return VerifierKey(self.name, Algorithm.NOTE, self.public)

    @property
    def cosigner(self) -> VerifierKey:
        """Return what verifies the cosignatures it gives, which carry a time."""
        return VerifierKey(self.name, Algorithm.COSIGNATURE, self.public)

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of any bytes, 64 bytes."""
        return self.private.sign(message)

    def sign_note(self, text: str) -> Signature:
        """Return the signature line of a note's text, which ends with a newline."""
        return Signature(self.name, self.verifier.id, self.sign(text.encode()))

    def cosign(self, text: str, at: int) -> Signature:
        """Return a cosignature of a checkpoint's text at a time, in seconds since 1970 (cosignature/v1)."""
        return Signature(self.name, self.cosigner.id, cosignature(at, self.sign(cosigned(text, at))))


def origin_of(address: str) -> str:
    """Return what a ledger under a public address is called: the address without its scheme, and ``/ledger``."""
    parts = urlsplit(address)
    return f"{parts.netloc}{parts.path.rstrip('/')}/ledger"


def make_note_key(folder: Path, name: str, unlocking: Unlocking = OPEN) -> NoteKey:
    """Make a key called ``name`` in ``folder`` unless one is there, and return the one that is there.

    It is encrypted where there is a passphrase, and durable before it is returned; two at once leave one whole.
    """
    if not is_key_name(name):
        raise InvalidError("note_key")
    if not folder.is_dir():
        if unlocking.strict and unlocking.passphrase is None:
            raise LedgerError("ledger_key_locked")
        pem = keyfiles.key_pem(Ed25519PrivateKey.generate(), unlocking.passphrase)
        keyfiles.store(folder, {keyfiles.KEY: pem, _ORIGIN: f"{name}\n".encode()})
    return load_note_key(folder, unlocking)


def load_note_key(folder: Path, unlocking: Unlocking = OPEN) -> NoteKey:
    """Return the key in ``folder``, parsed once while its file says the same.

    Raise LedgerError: ``ledger_key_missing``, ``ledger_key_unreadable``; ``ledger_key_locked`` or
    ``ledger_key_passphrase`` without the right passphrase; ``ledger_key_exposed`` or ``ledger_key_plain`` where
    unlocking is strict.
    """
    try:
        pem = (folder / keyfiles.KEY).read_bytes()
        name = (folder / _ORIGIN).read_text("utf-8").removesuffix("\n")
    except FileNotFoundError as gone:
        raise LedgerError("ledger_key_missing") from gone
    except (OSError, ValueError) as broken:
        raise LedgerError("ledger_key_unreadable") from broken
    locked = keyfiles.encrypted(folder)
    if unlocking.strict and keyfiles.exposed(folder):
        raise LedgerError("ledger_key_exposed")
    if unlocking.strict and not locked:
        raise LedgerError("ledger_key_plain")
    if locked and unlocking.passphrase is None:
        raise LedgerError("ledger_key_locked")
    try:
        private = keyfiles.parsed(pem, unlocking.passphrase if locked else None)
    except (ValueError, TypeError) as broken:
        raise LedgerError("ledger_key_passphrase" if locked else "ledger_key_unreadable") from broken
    if not isinstance(private, Ed25519PrivateKey) or not is_key_name(name):
        raise LedgerError("ledger_key_unreadable")
    return NoteKey(name, private)


def encrypt_note_key(folder: Path, new: SecretStr, old: SecretStr | None = None) -> bool:
    """Encrypt the key file of a ledger with ``new``; return False if it opens with that already.

    It may lie open or be encrypted with ``old``. A crash leaves the old file or the new one, whole.
    """
    if keyfiles.encrypted(folder):
        try:
            load_note_key(folder, Unlocking(passphrase=new))
        except LedgerError:
            if old is None:
                raise
        else:
            return False
    key = load_note_key(folder, Unlocking(passphrase=old))
    keyfiles.replace(folder / keyfiles.KEY, keyfiles.key_pem(key.private, new))
    return True
