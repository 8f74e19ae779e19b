"""The status list: what every attestation is worth, signed, for verifiers without the network.

Compact JWS (RFC 7515, EdDSA of RFC 8037) over canonical JSON. Attestations stand in it under the salted names
of the ledger: a holder finds his own, everybody else learns how many there are.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ConfigDict, Field, ValidationError

from app.domain.acts import Moment, Part, Sha256
from app.domain.attestation import AttestationStatus, canonical
from app.domain.errors import InvalidError
from app.domain.paper import base64url, unbase64url
from app.domain.texts import utc_text

TYPE = "kakunin-status+jws"
STALE_AFTER = timedelta(days=7)
"""How old a list may be before a verifier says that it may not know the newest changes."""


class Statuses(Part):
    """What the list claims: when, with how many entries in the ledger, and name → status."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    v: Literal[1] = 1
    origin: str
    at: Moment
    size: Annotated[int, Field(ge=0)]
    names: dict[Sha256, Literal["in_force", "superseded", "withdrawn", "expired"]]


@dataclass(frozen=True)
class Known:
    """What a list knows of one attestation. ``age`` is how old that knowledge is."""

    status: AttestationStatus | None
    age: timedelta

    @property
    def stale(self) -> bool:
        """Return whether newer changes may well be missing."""
        return self.age > STALE_AFTER


def written(
    origin: str, at: datetime, size: int, names: Mapping[str, str], sign: Callable[[bytes], bytes], kid: str
) -> str:
    """Return the list as compact JWS. ``sign`` gives the Ed25519 signature; ``kid`` is the id of its key."""
    content = canonical({"v": 1, "origin": origin, "at": utc_text(at), "size": size, "names": dict(names)})
    signed = f"{base64url(_header(kid))}.{base64url(content)}"
    return f"{signed}.{base64url(sign(signed.encode()))}"


def read(jws: str, key: Callable[[str], Ed25519PublicKey | None]) -> Statuses:
    """Return what a list claims; raise InvalidError unless it is well written and signed by the key it names."""
    parts = jws.strip().split(".")
    if len(parts) != 3:
        raise InvalidError("not_a_status_list")
    head, content, signature = (unbase64url(part) for part in parts)
    try:
        kid = json.loads(head)["kid"]
    except (ValueError, TypeError, KeyError):
        raise InvalidError("not_a_status_list") from None
    if not isinstance(kid, str) or head != _header(kid):
        raise InvalidError("not_a_status_list")
    public = key(kid)
    if public is None:
        raise InvalidError("unknown_paper_key")
    try:
        public.verify(signature, f"{parts[0]}.{parts[1]}".encode("ascii"))
        found = Statuses.model_validate_json(content)
    except (InvalidSignature, ValidationError):
        raise InvalidError("not_a_status_list") from None
    if canonical(found.model_dump(mode="json")) != content:
        raise InvalidError("not_a_status_list")
    return found


def known(statuses: Statuses, name: str, at: datetime) -> Known:
    """Return what a list knows of the attestation of a name, and how old that is."""
    status = statuses.names.get(name)
    return Known(AttestationStatus(status) if status else None, at - datetime.fromisoformat(statuses.at))


def _header(kid: str) -> bytes:
    return canonical({"alg": "EdDSA", "kid": kid, "typ": TYPE})
