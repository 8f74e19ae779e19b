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
from pydantic import Field, StringConstraints, field_validator, model_validator

from app.domain.acts import MOST_PERSONS, Act, Day, Moment, Part, Sha256
from app.domain.texts import Name, Text

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){3}$")]
# whole numbers as far as JSON is exact (RFC 8785, 3.2.2.3)
Number = Annotated[int, Field(ge=0, le=2**53 - 1, strict=True)]

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


class Counts(Part):
    """How the items in force were answered; rule 3: each state is counted by itself."""

    answered: Number
    not_applicable: Number
    unsure: Number
    not_obtained: Number
    open: Number

    @property
    def total(self) -> int:
        """Return the number of item slots in force."""
        return self.answered + self.not_applicable + self.unsure + self.not_obtained + self.open


class Issuer(Part):
    """The institution that confirms about itself."""

    name: Text
    code: Name
    ror: Name | None


class Funder(Part):
    """The agency that asks, and its funding line; where it asks the institution itself there is none."""

    code: Name
    name: Text
    ror: Name | None
    programme: Name | None = None
    programme_name: Text | None = None
    call_name: Text | None = None
    fiscal_year: Number

    @model_validator(mode="after")
    def _whole_line_or_none(self) -> Self:
        if len({part is None for part in (self.programme, self.programme_name, self.call_name)}) > 1:
            raise ValueError("programme and call are both named or neither is")
        return self


class GrantPart(Part):
    """The project the attestation is about."""

    number: Name
    title: Text
    post_of_pi: Text
    participants: Number


class ChecklistPart(Part):
    """The exact version that was answered, named by its content hash."""

    family: Name
    version: Name
    sha256: Sha256
    title: Text


class ItemPart(Part):
    """One item as the page shows it: its state, and its answer only where the checklist discloses it.

    For an item inside repeating rows ``rows`` is the number of rows and ``counts`` the states over
    them; ``state`` and ``answer`` are then None. A computed item is "derived", in rows or not, and is
    not counted. ``files`` is how many files stand with the answers, written only where there are any.
    ``commitment`` is SHA-256 over the answers and the hashes of their files, salted with what stands inside alone:
    who holds the record cannot try out answers.
    """

    id: Name
    number: Name | None
    text: Text
    state: Literal["answered", "not_applicable", "unsure", "not_obtained", "open", "derived"] | None
    answer: Text | None
    rows: Number | None
    counts: Counts | None
    files: Number = Field(0, exclude_if=lambda number: number == 0)
    commitment: Sha256


class SectionPart(Part):
    """One section with its counts."""

    id: Name
    title: Text
    counts: Counts
    items: tuple[ItemPart, ...]


class ListEdition(Part):
    """A dated list that persons or bodies were checked against."""

    name: Text
    edition: Name


class Statement(Part):
    """The exact words certified, with their own version."""

    version: Name
    text: Text

    @property
    def sha256(self) -> str:
        """Return the SHA-256 over the canonical statement, the one an attester's act names."""
        return sha256(canonical(self.model_dump(mode="json")))


class TemplatePart(Part):
    """What drew the page."""

    id: Name
    version: Name
    sha256: Sha256


class AnnexPart(Part):
    """The confidential annex that goes with a record: SHA-256 of its canonical bytes."""

    sha256: Sha256


class Record(Part):
    """A whole attestation. ``sample`` is true for anything sealed with a development key.

    ``grant`` is None when it is about the institution itself, for the fiscal year that ``funder`` names.
    ``acts`` stand in the order prepared, reviewed, attested; the last certifies ``statement``, and whoever
    attests before does so too, or certifies words of their own, which are among the ``declarations``.
    ``ledger`` is the origin of the ledger that attestations are entered in, by which its key is found.
    ``personal_signatures`` is for how many persons a field is prepared to sign beside the seal. That,
    ``declarations`` and ``annex`` are written only where there are any.
    """

    format: Literal["kakunin-attestation/1"] = "kakunin-attestation/1"
    id: Id
    code: Code
    sample: Annotated[bool, Field(strict=True)]
    issuer: Issuer
    funder: Funder
    grant: GrantPart | None
    stage: Name
    stage_name: Text
    checklist: ChecklistPart
    sections: tuple[SectionPart, ...]
    counts: Counts
    lists: tuple[ListEdition, ...]
    acts: tuple[Act, ...]
    declarations: tuple[Statement, ...] = Field((), exclude_if=lambda words: not words)
    statement: Statement
    snapshot_sha256: Sha256
    supersedes: Id | None
    attested_at: Moment
    valid_until: Day | None
    verify_url: Name
    ledger: Name | None
    personal_signatures: Annotated[Number, Field(le=MOST_PERSONS)] = Field(0, exclude_if=lambda number: number == 0)
    template: TemplatePart
    annex: AnnexPart | None = Field(None, exclude_if=lambda part: part is None)
    salt: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] = Field(repr=False)

    @field_validator("annex", mode="before")
    @classmethod
    def _named_or_left_out(cls, part: Any) -> Any:
        if part is None:
            raise ValueError("an annex is named or left out")
        return part

    @model_validator(mode="after")
    def _grant_has_a_programme(self) -> Self:
        if (self.grant is None) != (self.funder.programme is None):
            raise ValueError("a grant, and only a grant, is funded by a programme")
        return self

    @model_validator(mode="after")
    def _acts_in_order(self) -> Self:
        order = [("prepared", "reviewed", "attested").index(one.act) for one in self.acts]
        if order != sorted(order) or order[-1:] != [2]:
            raise ValueError("acts stand in the order prepared, reviewed, attested, and somebody attests")
        own = [one.sha256 for one in self.declarations]
        certified = {one.statement_sha256 for one in self.acts} - {None, self.statement.sha256}
        if certified != set(own) or len(certified) != len(own):
            raise ValueError("whoever attests certifies the statement of the record, or one of its declarations")
        if self.acts[-1].statement_sha256 != self.statement.sha256:
            raise ValueError("the last who attests certifies the statement of the record")
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
