"""Trusted time: where time-stamps (RFC 3161) come from, and reading what one proves.

They come from an authority at an address, or from the development authority's own, in the process.
Whatever goes wrong with asking (away, slow, wrong) is one refusal, ``time_stamp_unavailable``:
nothing is given out unstamped, so the work waits and is tried again.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509

from app.domain.errors import InvalidError
from app.signing.authority import CLOCK_LEEWAY, load_root
from app.signing.errors import SealUnavailableError
from app.signing.keys import fingerprint
from app.signing.timekeys import load_time_unit, make_time_authority

DIGEST = "sha256"


@dataclass(frozen=True)
class Stamp:
    """What a time-stamp proves: the content was there at ``at`` (UTC), by the word of ``authority``.

    ``good_until`` is when the certificate that stamped expires: renew well before.
    """

    at: datetime
    authority: str
    fingerprint: str
    good_until: datetime


@dataclass(frozen=True)
class TimeAuthority:
    """Where time-stamps come from: ``url``, or when that is empty the development authority in ``keys``.

    An answer from the address may take ``seconds`` and must chain to one of ``roots``.
    """

    keys: Path
    url: str = ""
    roots: tuple[x509.Certificate, ...] = ()
    seconds: float = 10.0

    def timestamper(self, at: datetime) -> Any:
        """Return a pyHanko ``TimeStamper``. The development authority stamps ``at``, a real one by its own clock.

        Asking it raises TimeStampUnavailableError for whatever is wrong with the answer.
        """
        if self.url:
            return _asking(self.url, self.seconds, self.roots)
        from app.signing.asking import OwnTimeStamper

        self._prepare(at)
        return OwnTimeStamper(load_time_unit(self.keys), at)

    def stamp(self, content: bytes, at: datetime) -> bytes:
        """Return a time-stamp token (RFC 3161, DER) over the SHA-256 of ``content``."""
        digest = hashlib.sha256(content).digest()
        token = asyncio.run(self.timestamper(at).async_timestamp(digest, DIGEST))
        return bytes(token.dump())

    def _prepare(self, at: datetime) -> None:
        """Make the development authority on first use, valid since the one that issues seals."""
        try:
            since = load_root(self.keys).not_valid_before_utc + CLOCK_LEEWAY
        except SealUnavailableError:
            since = at
        make_time_authority(self.keys, at=since)


def read(token: bytes, content: bytes, roots: tuple[x509.Certificate, ...]) -> Stamp:
    """Return what ``token`` (DER) proves about ``content``, believing authorities that chain to ``roots``.

    Raises InvalidError: ``stamp_unreadable``, ``stamp_digest``, ``stamp_signature``, ``stamp_untrusted``
    or ``stamp_expired``. The chain is judged at the moment of the stamp, and nothing is fetched.
    """
    from asn1crypto import cms

    from app.signing.chains import judge_stamp

    try:
        signed = cms.ContentInfo.load(token, strict=True)["content"]
        moment = signed["encap_content_info"]["content"].parsed["gen_time"].native
        judged = asyncio.run(judge_stamp(signed, lambda name: hashlib.new(name, content).digest(), roots, moment))
    except Exception as broken:  # a token from outside may break the parser anywhere
        raise InvalidError("stamp_unreadable") from broken
    if judged.fault is not None or judged.signer is None:
        raise InvalidError(f"stamp_{judged.fault}")
    return stamp_of(judged.signer, moment)


def stamp_of(signer: x509.Certificate, moment: datetime) -> Stamp:
    """Return what a judged time-stamp proves."""
    return Stamp(moment, signer.subject.rfc4514_string(), fingerprint(signer), signer.not_valid_after_utc)


@lru_cache(maxsize=4)
def _asking(url: str, seconds: float, roots: tuple[x509.Certificate, ...]) -> Any:
    """Return the client for an address, kept: the first time it asks once more, to learn the size of a token."""
    from app.signing.asking import AskingTimeStamper

    return AskingTimeStamper(url, seconds, roots)
