"""Signed notes and the keys that verify them, as text (C2SP signed-note v1.0.0).

Parsing is strict: what is accepted is written back to the very same bytes. Ed25519 alone is spoken here,
plain (0x01) for a ledger and with a time (0x04, cosignature/v1) for a witness.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.domain.errors import InvalidError

# the specification asks for 16 at least; a note is not a place to store things
MOST_SIGNATURES = 32
LONGEST_NOTE = 64 * 1024
LATEST_TIME = 2**63 - 1

_KEY_LENGTH, _SIGNATURE_LENGTH, _TIME_LENGTH = 32, 64, 8
_DASH = "\u2014 "
# U+0085 and U+2028 end no line here: a line ends with U+000A alone
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_VKEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)")


class Algorithm(IntEnum):
    """How a key signs; the number is the type in its key id."""

    NOTE = 0x01
    COSIGNATURE = 0x04


def unbase64(text: str, length: int | None = None) -> bytes:
    """Return the bytes of standard base64 (RFC 4648, 4); raise InvalidError for any other way to write them."""
    try:
        found = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as wrong:
        raise InvalidError("note_base64") from wrong
    if tobase64(found) != text or length not in {None, len(found)}:
        raise InvalidError("note_base64")
    return found


def tobase64(data: bytes) -> str:
    """Return standard base64."""
    return base64.b64encode(data).decode("ascii")


def is_key_name(name: str) -> bool:
    """Return whether a key may be called so: not empty, no space, no plus, nothing unprintable."""
    return bool(name) and "+" not in name and name.isprintable() and not any(one.isspace() for one in name)


@dataclass(frozen=True)
class VerifierKey:
    """A public key with the name and the way it signs: what a verifier must know beforehand."""

    name: str
    algorithm: Algorithm
    public: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name) or len(self.public) != _KEY_LENGTH:
            raise InvalidError("note_key")

    @property
    def id(self) -> bytes:
        """Return the four bytes that name the key in a signature line."""
        named = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public
        return hashlib.sha256(named).digest()[:4]

    @property
    def text(self) -> str:
        """Return the key as a vkey, ``name+id+key``."""
        return f"{self.name}+{self.id.hex()}+{tobase64(bytes([self.algorithm]) + self.public)}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the key of a vkey; raise InvalidError for one that is not whole or names itself wrongly."""
        parts = _VKEY.fullmatch(text)
        if parts is None:
            raise InvalidError("note_key")
        material = unbase64(parts[3])
        try:
            key = cls(parts[1], Algorithm(material[0]), material[1:])
        except (ValueError, IndexError) as wrong:
            raise InvalidError("note_key") from wrong
        if key.text != text:
            raise InvalidError("note_key")
        return key

    def accepts(self, message: bytes, signature: bytes) -> bool:
        """Return whether ``signature`` is this key's Ed25519 signature of exactly ``message``."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Signature:
    """One signature line: the name and id of a key, and what it wrote."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """Return the line with its newline."""
        return f"{_DASH}{self.name} {tobase64(self.key_id + self.value)}\n"

    @property
    def time(self) -> int | None:
        """Return the time in a cosignature, seconds since 1970, or None where the bytes cannot be one."""
        if len(self.value) != _TIME_LENGTH + _SIGNATURE_LENGTH:
            return None
        return int.from_bytes(self.value[:_TIME_LENGTH], "big")


@dataclass(frozen=True)
class Note:
    """A text, whose newline at the end belongs to it, and the signatures under it."""

    text: str
    signatures: tuple[Signature, ...]

    @property
    def written(self) -> str:
        """Return the whole note."""
        return f"{self.text}\n{''.join(one.line for one in self.signatures)}"

    def signature(self, key: VerifierKey) -> Signature | None:
        """Return the signature of ``key``, or None where the key did not sign.

        Raise InvalidError when a line names the key and does not verify: such a note is refused as a whole.
        """
        found = None
        for one in self.signatures:
            if (one.name, one.key_id) == (key.name, key.id):
                if not _verified(self.text, one, key):
                    raise InvalidError("note_signature", name=key.name)
                found = found or one
        return found

    def with_lines(self, lines: Iterable[str]) -> "Note":
        """Return the note with more signature lines under it; a line that stands there already is left out."""
        more = [signature for line in lines if (signature := read_signature(line)) not in self.signatures]
        return Note(self.text, (*self.signatures, *dict.fromkeys(more)))


def _verified(text: str, signature: Signature, key: VerifierKey) -> bool:
    if key.algorithm is Algorithm.NOTE:
        return key.accepts(text.encode(), signature.value)
    at = signature.time
    return at is not None and at <= LATEST_TIME and key.accepts(cosigned(text, at), signature.value[_TIME_LENGTH:])


def cosigned(text: str, at: int) -> bytes:
    """Return what a witness signs of a checkpoint's text at a time, in seconds since 1970 (cosignature/v1)."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def cosignature(at: int, signature: bytes) -> bytes:
    """Return the value of a signature line from a time and an Ed25519 signature of ``cosigned``."""
    return at.to_bytes(_TIME_LENGTH, "big") + signature


def read_note(written: str | bytes) -> Note:
    """Return the note as written; raise InvalidError for anything but the exact form of one."""
    if len(written) > LONGEST_NOTE:
        raise InvalidError("note_form")
    try:
        whole = written.decode() if isinstance(written, bytes) else written
        whole.encode()
    except UnicodeError as wrong:
        raise InvalidError("note_form") from wrong
    end = whole.rfind("\n\n")
    if end < 0 or _CONTROL.search(whole) or not whole.endswith("\n"):
        raise InvalidError("note_form")
    lines = whole[end + 2 :].split("\n")[:-1]
    if not 1 <= len(lines) <= MOST_SIGNATURES or end == 0:
        raise InvalidError("note_form")
    return Note(whole[: end + 1], tuple(read_signature(f"{line}\n") for line in lines))


def read_signature(line: str) -> Signature:
    """Return the signature of one line with its newline; raise InvalidError for any other form."""
    parts = line.removesuffix("\n").split(" ")
    if not line.endswith("\n") or len(parts) != 3 or f"{parts[0]} " != _DASH or not is_key_name(parts[1]):
        raise InvalidError("note_form")
    value = unbase64(parts[2])
    if len(value) <= 4:
        raise InvalidError("note_form")
    return Signature(parts[1], value[:4], value[4:])
