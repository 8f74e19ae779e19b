"""The paper statement: what an attestation says in the space of a QR code, signed (RFC 7515, EdDSA of RFC 8037).

Whoever holds only paper checks it against the published key of the ledger. Reading is strict: what is
accepted is, byte for byte, what ``statement`` writes, so one statement has one spelling.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ConfigDict, Field, StringConstraints, ValidationError

from app.domain.acts import Day, Moment, Part
from app.domain.attestation import Code, Id, Number, Record, canonical, record_bytes, sha256
from app.domain.errors import InvalidError
from app.domain.texts import Name

TYPE = "kakunin-paper+jws"
# a QR code holds fewer than 3 000 bytes
LONGEST = 4096

_KID = re.compile(r"[0-9a-f]{8}")
_SIGNATURE_LENGTH = 64
_CHECKLIST_BYTES = 16


class Claims(Part):
    """What the statement claims, under the short names that fit a QR code.

    ``rec`` is the SHA-256 of the record and ``chkh`` the first 16 bytes of the checklist's content hash, both
    in base64url; ``name`` is the institution's in Japanese and in English; ``n`` counts the items answered,
    not applicable, unsure, not obtained and open, in this order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    v: Literal[1]
    id: Id
    code: Code
    rec: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
    iss: Name
    org: Name | None
    name: Annotated[list[Name], Field(min_length=2, max_length=2)]
    grant: Name | None
    fund: Name
    fy: Number
    chk: Annotated[Name, StringConstraints(pattern=r"^[^@]+@[^@]+$")]
    chkh: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22}$")]
    stage: Name
    at: Moment
    until: Day | None
    n: Annotated[list[Number], Field(min_length=5, max_length=5)]
    sample: bool

    @property
    def record_sha256(self) -> str:
        """Return the SHA-256 of the record in hex."""
        return unbase64url(self.rec, 32).hex()

    @property
    def checklist_sha256_start(self) -> str:
        """Return the first 32 hex digits of the checklist's content hash."""
        return unbase64url(self.chkh, _CHECKLIST_BYTES).hex()


def claims(record: Record) -> bytes:
    """Return the canonical claims of a record; a statement about the very same record has these bytes."""
    checklist, counts = record.checklist, record.counts
    made = Claims(
        v=1,
        id=record.id,
        code=record.code,
        rec=base64url(bytes.fromhex(sha256(record_bytes(record)))),
        iss=record.issuer.code,
        org=record.issuer.ror,
        name=[record.issuer.name.ja, record.issuer.name.en],
        grant=record.grant.number if record.grant else None,
        fund=record.funder.code,
        fy=record.funder.fiscal_year,
        chk=f"{checklist.family}@{checklist.version}",
        chkh=base64url(bytes.fromhex(checklist.sha256)[:_CHECKLIST_BYTES]),
        stage=record.stage,
        at=record.attested_at,
        until=record.valid_until,
        n=[counts.answered, counts.not_applicable, counts.unsure, counts.not_obtained, counts.open],
        sample=record.sample,
    )
    return canonical(made.model_dump(mode="json"))


def statement(record: Record, sign: Callable[[bytes], bytes], kid: str) -> str:
    """Return the statement about a record as compact JWS.

    ``sign`` gives the Ed25519 signature, 64 bytes, of what it is handed; ``kid`` is the id of its key in
    the ledger, 8 hex digits.
    """
    signed = f"{base64url(_header(kid))}.{base64url(claims(record))}"
    return f"{signed}.{base64url(sign(signed.encode()))}"


def read(jws: str, key: Callable[[str], Ed25519PublicKey | None]) -> Claims:
    """Return the claims of a statement that is well written and signed by the key of its ``kid``.

    ``key`` returns the public key under a kid, None for one that is not trusted. Raise InvalidError
    ``not_a_paper_statement`` for whatever ``statement`` would not write, ``unknown_paper_key``, and
    ``paper_signature_invalid``.
    """
    parts = jws.split(".") if len(jws) <= LONGEST else []
    if len(parts) != 3:
        raise InvalidError("not_a_paper_statement")
    kid, content, signature = kid_of(jws), unbase64url(parts[1]), unbase64url(parts[2], _SIGNATURE_LENGTH)
    public = key(kid)
    if public is None:
        raise InvalidError("unknown_paper_key")
    try:
        public.verify(signature, f"{parts[0]}.{parts[1]}".encode("ascii"))
    except InvalidSignature:
        raise InvalidError("paper_signature_invalid") from None
    try:
        found = Claims.model_validate(_parsed(content))
    except ValidationError:
        raise InvalidError("not_a_paper_statement") from None
    if canonical(found.model_dump(mode="json")) != content:
        raise InvalidError("not_a_paper_statement")
    return found


def kid_of(jws: str) -> str:
    """Return the kid a statement names, unproven; raise InvalidError unless the header is exactly ours."""
    content = unbase64url(jws.partition(".")[0])
    header = _parsed(content)
    kid = header.get("kid") if isinstance(header, dict) else None
    if not isinstance(kid, str) or not _KID.fullmatch(kid) or content != _header(kid):
        raise InvalidError("not_a_paper_statement")
    return kid


def address(record: Record, jws: str) -> str:
    """Return what the QR code of a page holds: the verification address, and the statement as its fragment.

    A browser sends no fragment to a server.
    """
    return f"{record.verify_url}#{jws}"


def base64url(data: bytes) -> str:
    """Return base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unbase64url(text: str, length: int | None = None) -> bytes:
    """Return the bytes of unpadded base64url; raise InvalidError for any other way to write them."""
    try:
        found = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise InvalidError("not_a_paper_statement") from None
    if base64url(found) != text or length not in {None, len(found)}:
        raise InvalidError("not_a_paper_statement")
    return found


def _header(kid: str) -> bytes:
    return canonical({"alg": "EdDSA", "kid": kid, "typ": TYPE})


def _parsed(content: bytes) -> Any:
    """Return the value of JSON; whether it is written canonically is seen by writing it again."""
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise InvalidError("not_a_paper_statement") from None
