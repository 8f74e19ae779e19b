"""What somebody holds about one attestation, whom they believe, and what they know of the day it was last told."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate

from app.domain.attestation import sha256
from app.domain.notes import VerifierKey


@dataclass(frozen=True)
class Held:
    """What is to be judged; any part may be missing.

    ``proofs`` are tlog-proofs, each with the bytes of the entry it is about, or None where that follows from
    the record or the file.
    """

    name: str = ""
    pdf: bytes | None = field(default=None, repr=False)
    record: bytes | None = None
    statement: str | None = None
    proofs: tuple[tuple[str, bytes | None], ...] = ()


@dataclass(frozen=True)
class Trust:
    """Whom the holder believes: roots of seals, of time-stamps, of persons, and keys of ledgers. No others."""

    seals: tuple[Certificate, ...] = ()
    times: tuple[Certificate, ...] = ()
    ledgers: tuple[VerifierKey, ...] = ()
    persons: tuple[Certificate, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Return one number for all of it, by which anchors that came along are compared with published ones."""
        roots = [f"seal {one.fingerprint(SHA256()).hex()}" for one in self.seals]
        roots += [f"time-stamp {one.fingerprint(SHA256()).hex()}" for one in self.times]
        roots += [f"person {one.fingerprint(SHA256()).hex()}" for one in self.persons]
        lines = sorted({*roots, *(f"ledger {key.text}" for key in self.ledgers)})
        return sha256("".join(f"{line}\n" for line in lines).encode())

    def paper_key(self, kid: str) -> Ed25519PublicKey | None:
        """Return the key that signs statements under a kid, the key id of its ledger in hex."""
        found = next((key for key in self.ledgers if key.id.hex() == kid), None)
        return Ed25519PublicKey.from_public_bytes(found.public) if found else None

    def named(self, origin: str | None) -> tuple[VerifierKey, ...]:
        """Return the keys of the ledger of a name, of any ledger for None."""
        return tuple(key for key in self.ledgers if origin in {None, key.name})


@dataclass(frozen=True)
class Known:
    """What is known beside: status lists, and checkpoints, each note with the time-stamp tokens over it."""

    lists: tuple[str, ...] = ()
    checkpoints: tuple[tuple[str, tuple[bytes, ...]], ...] = ()


def statement_of(text: str) -> str:
    """Return the statement in what a QR code says: what stands after the ``#``, or all where there is none."""
    head, there, fragment = text.strip().partition("#")
    return fragment if there else head
