"""What is entered in the ledger: the kinds of entries, and the bytes each of them is in the tree.

Entries are public and say nothing about whom they concern: the holder of an attestation, who knows its
id and salt, finds its entries by name; everybody else learns how many there are.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from app.domain.attestation import canonical, commitment, sha256
from app.domain.errors import InvalidError


class Kind(StrEnum):
    """What happened to an attestation; ``h`` of the entry is the hash said here."""

    ISSUE = "issue"  # of the record's bytes
    SEAL = "seal"  # of the file as sealed, its first revision
    ARCHIVE = "archive"  # of a later file that has the sealed one as its beginning
    SUPERSEDE = "supersede"  # ``superseding``
    WITHDRAW = "withdraw"  # ``withdrawing``
    EXPIRE = "expire"  # ``expiring``


# canonical JSON has one way to write each entry, so that this is the whole grammar
_LEAF = re.compile(
    rb'{"h":"([0-9a-f]{64})","n":"([0-9a-f]{64})","t":"(%s)","v":1}' % "|".join(Kind).encode("ascii")
)


@dataclass(frozen=True)
class Entry:
    """One entry: what happened, to the attestation of which salted name, and the hash that says so."""

    kind: Kind
    name: str
    sha256: str

    @property
    def content(self) -> bytes:
        """Return the bytes of the leaf: ``{"v":1,"t":…,"n":…,"h":…}`` as canonical JSON (RFC 8785)."""
        return canonical({"v": 1, "t": self.kind.value, "n": self.name, "h": self.sha256})


def read(content: bytes) -> Entry:
    """Return the entry of a leaf; raise InvalidError unless these are exactly the bytes of one."""
    found = _LEAF.fullmatch(content)
    if found is None:
        raise InvalidError("ledger_entry")
    sha256, name, kind = (part.decode("ascii") for part in found.groups())
    return Entry(Kind(kind), name, sha256)


def name_of(salt: str, attestation_id: str) -> str:
    """Return the name under which an attestation is entered; both parts stand in its record."""
    return sha256(canonical(["kakunin-ledger/1", salt, attestation_id]))


def superseding(newer: str) -> str:
    """Return what a ``supersede`` entry holds: SHA-256 over the name of the newer attestation."""
    return sha256(canonical([newer]))


def withdrawing(salt: str, reason: str) -> str:
    """Return what a ``withdraw`` entry holds: a commitment to the reason, which tells an outsider nothing."""
    return commitment(salt, reason)


def expiring(valid_until: str) -> str:
    """Return what an ``expire`` entry holds: SHA-256 over the last day, ``YYYY-MM-DD``."""
    return sha256(canonical([valid_until]))
