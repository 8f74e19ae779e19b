"""What a QR code of an attestation reads as: an address with a code and a signed statement, or parts of these."""

from dataclasses import dataclass

from app.domain.attestation import read_code
from app.domain.paper import LONGEST

_PLACE = "/verify/"


@dataclass(frozen=True)
class Scanned:
    """What was found in a text, nothing of it proven. Whose address it is matters not: the statement is signed."""

    code: str | None = None
    statement: str | None = None


def read(text: str) -> Scanned | None:
    """Return what a text of a QR code holds, None when it is none of an attestation.

    A statement alone and a code alone are taken too; line breaks from copying are forgiven.
    """
    joined = "".join(text.split())
    if len(joined) > 2 * LONGEST:
        return None
    address, _, fragment = joined.partition("#")
    if joined.count(".") == 2 and "/" not in joined and "#" not in joined:
        address, fragment = "", joined
    code = read_code(address.rpartition(_PLACE)[2]) if address else None
    statement = fragment if fragment.count(".") == 2 else None
    return Scanned(code, statement) if code or statement else None
