"""The key of the ledger: it signs checkpoints and what stands on paper, and is kept apart from every seal.

It lies in ``ledger/`` among the keys: ``key.pem`` (Ed25519, PKCS#8) and ``origin``, the name of the ledger.
"""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.errors import InvalidError, LedgerError
from app.domain.notes import Algorithm, Signature, VerifierKey, cosignature, cosigned, is_key_name
from app.signing import keyfiles


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


def make_note_key(folder: Path, name: str) -> NoteKey:
    """Make a key called ``name`` in ``folder`` unless one is there, and return the one that is there.

    It is durable before it is returned; two at once leave one whole.
    """
    if not is_key_name(name):
        raise InvalidError("note_key")
    if not folder.is_dir():
        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        keyfiles.store(folder, {"key.pem": pem, "origin": f"{name}\n".encode()})
    return load_note_key(folder)


def load_note_key(folder: Path) -> NoteKey:
    """Return the key in ``folder``; raise LedgerError where there is none or it cannot be read."""
    try:
        private = serialization.load_pem_private_key((folder / "key.pem").read_bytes(), None)
        name = (folder / "origin").read_text("utf-8").removesuffix("\n")
    except FileNotFoundError as gone:
        raise LedgerError("ledger_key_missing") from gone
    except (OSError, ValueError, TypeError) as broken:
        raise LedgerError("ledger_key_unreadable") from broken
    if not isinstance(private, Ed25519PrivateKey) or not is_key_name(name):
        raise LedgerError("ledger_key_unreadable")
    return NoteKey(name, private)
