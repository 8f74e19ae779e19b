"""Who signed beside the seal, as the certificate in the file says, and what is to be thought of it."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.texts import utc_text

# what would rewrite the line it stands in, or that a database does not take
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def shown(name: str) -> str:
    """Return a name of a stranger's certificate as it may stand in a line: what nobody sees is replaced."""
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _UNSEEN else c for c in name)


@dataclass(frozen=True)
class Person:
    """Who signed beside the seal, as the certificate says. ``fault`` is what is wrong with that, None for nothing.

    ``authority`` is the root that vouches for the person, empty where none that is believed does.
    ``proven_at`` is when a time-stamp shows the signature to have been there, ``claimed_at`` is what it says
    itself; ``known`` tells that something was said of revocation after the signing.
    """

    name: str
    organization: str | None
    subject: str
    fingerprint: str
    authority: str
    claimed_at: datetime | None
    proven_at: datetime | None
    revoked_at: datetime | None
    known: bool
    fault: str | None

    def as_data(self) -> dict[str, Any]:
        """Return what is told of a person to machines, and kept with a file: the same everywhere."""
        return {
            "name": self.name,
            "organization": self.organization,
            "fingerprint": self.fingerprint,
            "authority": self.authority,
            "claimed_at": utc_text(self.claimed_at) if self.claimed_at else None,
            "proven_at": utc_text(self.proven_at) if self.proven_at else None,
            "fault": self.fault,
        }
