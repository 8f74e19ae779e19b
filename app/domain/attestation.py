"""The attestation record: what a 確認書 says, as canonical JSON (RFC 8785) that page and proof share.

Rule 8 of the house: the record shows status, not suspicion. It carries versions, counts, list
editions, posts and hashes; personal content stays inside, present only as a salted commitment.
"""

import hashlib
import secrets
import unicodedata
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.domain.texts import Plain, Text

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Moment = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]

# Crockford's base 32: no I, L, O, U, so a code read from paper has one reading
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 20


class AttestationStatus(StrEnum):
    """What an attestation is worth today; ``issuing`` means that its PDF is not given out yet."""

    ISSUING = "issuing"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


def worth(status: AttestationStatus, last: date | None, today: date) -> AttestationStatus:
    """Return what is left of ``status`` on a day in Japan: past its last day, what was in force has expired."""
    over = status is AttestationStatus.IN_FORCE and last is not None and today > last
    return AttestationStatus.EXPIRED if over else status


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Counts(_Part):
    """How the items in force were answered; rule 3: each state is counted by itself."""

    answered: int
    not_applicable: int
    unsure: int
    not_obtained: int
    open: int

    @property
    def total(self) -> int:
        """Return the number of item slots in force."""
        return self.answered + self.not_applicable + self.unsure + self.not_obtained + self.open


class Issuer(_Part):
    """The institution that confirms about itself."""

    name: Text
    code: str
    ror: str | None


class Funder(_Part):
    """The agency that asks, and its funding line; where it asks the institution itself there is none."""

    code: str
    name: Text
    programme: str | None = None
    programme_name: Text | None = None
    call_name: Text | None = None
    fiscal_year: int

    @model_validator(mode="after")
    def _whole_line_or_none(self) -> Self:
        if len({part is None for part in (self.programme, self.programme_name, self.call_name)}) > 1:
            raise ValueError("programme and call are both named or neither is")
        return self


class GrantPart(_Part):
    """The project the attestation is about."""

    number: str
    title: Text
    post_of_pi: Text
    participants: int


class ChecklistPart(_Part):
    """The exact version that was answered, named by its content hash."""

    family: str
    version: str
    sha256: Sha256
    title: Text


class ItemPart(_Part):
    """One item as the page shows it: its state, and its answer only where the checklist discloses it.

    For an item inside repeating rows ``rows`` is the number of rows and ``counts`` the states over
    them; ``state`` and ``answer`` are then None. A computed item is "derived", in rows or not, and is
    not counted. ``files`` is how many files stand with the answers, written only where there are any.
    ``commitment`` is SHA-256 over the salted answers and the hashes of their files.
    """

    id: str
    number: str | None
    text: Text
    state: Literal["answered", "not_applicable", "unsure", "not_obtained", "open", "derived"] | None
    answer: Text | None
    rows: int | None
    counts: Counts | None
    # left out at none, so that a record of before there were files is still written as it was
    files: int = Field(0, ge=0, exclude_if=lambda number: number == 0)
    commitment: Sha256


class SectionPart(_Part):
    """One section with its counts."""

    id: str
    title: Text
    counts: Counts
    items: tuple[ItemPart, ...]


class ListEdition(_Part):
    """A dated list that persons or bodies were checked against."""

    name: Text
    edition: str


class Act(_Part):
    """One person's act by post, not by name: who prepared, reviewed, attested, when, signed in how."""

    act: Literal["prepared", "reviewed", "attested"]
    role: str
    role_name: Text
    post: Text
    at: Moment
    method: str
    seen_sha256: Sha256


class Statement(_Part):
    """The exact words certified, with their own version."""

    version: str
    text: Text


class TemplatePart(_Part):
    """What drew the page."""

    id: str
    version: str
    sha256: Sha256


class Record(_Part):
    """A whole attestation. ``sample`` is true for anything sealed with a development key.

    ``grant`` is None when it is about the institution itself, for the fiscal year that ``funder`` names.
    """

    format: Literal["kakunin-attestation/1"] = "kakunin-attestation/1"
    id: str
    code: str
    sample: bool
    issuer: Issuer
    funder: Funder
    grant: GrantPart | None
    stage: str
    stage_name: Text
    checklist: ChecklistPart
    sections: tuple[SectionPart, ...]
    counts: Counts
    lists: tuple[ListEdition, ...]
    acts: tuple[Act, ...]
    statement: Statement
    snapshot_sha256: Sha256
    supersedes: str | None
    attested_at: Moment
    valid_until: Day | None
    verify_url: str
    template: TemplatePart
    salt: Annotated[Plain, StringConstraints(pattern=r"^[0-9a-f]{32}$")] = Field(repr=False)

    @model_validator(mode="after")
    def _grant_has_a_programme(self) -> Self:
        if (self.grant is None) != (self.funder.programme is None):
            raise ValueError("a grant, and only a grant, is funded by a programme")
        return self

    @property
    def about(self) -> str:
        """Return what the attestation is about, in letters for names of files: award number or fiscal year."""
        return self.grant.number if self.grant else f"{self.issuer.code}-FY{self.funder.fiscal_year}"


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 canonical JSON of ``value`` as UTF-8 bytes: equal data, equal bytes."""
    return rfc8785.dumps(value)


def record_bytes(record: Record) -> bytes:
    """Return the canonical bytes of a record, the ones stored, embedded and hashed."""
    return canonical(record.model_dump(mode="json"))


def sha256(data: bytes) -> str:
    """Return the SHA-256 of ``data`` as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def commitment(salt: str, value: Any) -> str:
    """Return a salted commitment to ``value``: binds the institution, tells an outsider nothing."""
    return sha256(canonical([salt, value]))


def new_salt() -> str:
    """Return 128 fresh random bits in hex."""
    return secrets.token_hex(16)


def new_code() -> str:
    """Return a fresh verification code of 100 random bits, grouped for reading: ``XXXXX-XXXXX-…``."""
    raw = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
    return "-".join(raw[i : i + 5] for i in range(0, _CODE_LENGTH, 5))


def read_code(typed: str) -> str | None:
    """Return the code a person meant, or None.

    Forgiven are case, width (full-width letters of a Japanese keyboard), spaces, hyphens, O/0 and I, L/1.
    """
    # U+30FC is what the hyphen key gives in Japanese input
    narrow = unicodedata.normalize("NFKC", typed).upper().replace("\u30fc", "")
    raw = "".join(c for c in narrow if c.isalnum()).translate(str.maketrans("OIL", "011"))
    if len(raw) != _CODE_LENGTH or any(c not in _ALPHABET for c in raw):
        return None
    return "-".join(raw[i : i + 5] for i in range(0, _CODE_LENGTH, 5))
