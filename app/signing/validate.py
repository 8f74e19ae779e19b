"""Examining a sealed PDF: whole, genuine, whose, since when, and the record inside. Offline, and it never raises.

A good report says nothing about today: whether the attestation is in force, and whether every byte
is the one that was issued (padding inside the signature is covered by no signature), is known to
whoever kept the file's own SHA-256.
"""

import asyncio
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography import x509

from app.domain.persons import Person, shown
from app.signing.anchors import Anchors
from app.signing.keys import fingerprint
from app.signing.reasons import BROKEN, Fault, Note, Reason
from app.signing.revocation import NOTHING, Lists
from app.signing.timestamps import Stamp

if TYPE_CHECKING:
    # it loads pyHanko, which is read when the first file is
    from app.signing.timeline import Look, Personal, Timeline

LARGEST_PDF = 20 * 1024 * 1024


@dataclass(frozen=True)
class Signer:
    """Who sealed, as the certificate in the file says; believe it only of a trusted one."""

    subject: str
    organization: str | None
    fingerprint: str


@dataclass(frozen=True)
class SignatureReport:
    """What a PDF proves by itself.

    ``sealed_at`` is claimed by the seal. ``stamps`` are the time-stamps that can be relied upon, the oldest
    first: the seal's own, then those of the archive. ``proven_at`` is the time of the oldest, ``good_until``
    when the newest must have been renewed. ``sealed_length`` is how many bytes of
    the file are the one issued: what follows was added by persons who signed, and by archiving. ``persons`` stand
    in the order in which they signed. They speak neither for nor against the file, unless a signature is broken.
    """

    reasons: tuple[Reason, ...]
    notes: tuple[Note, ...] = ()
    intact: bool = False
    whole_file: bool = False
    trusted: bool = False
    signer: Signer | None = None
    sealed_at: datetime | None = None
    proven_at: datetime | None = None
    good_until: datetime | None = None
    revoked_at: datetime | None = None
    stamps: tuple[Stamp, ...] = ()
    sealed_length: int = 0
    persons: tuple[Person, ...] = ()
    record: bytes | None = field(default=None, repr=False)
    statement: bytes | None = field(default=None, repr=False)
    proof: bytes | None = field(default=None, repr=False)

    @property
    def good(self) -> bool:
        """Tell whether nothing speaks against the file."""
        return not self.reasons


def validate(
    pdf: bytes, anchors: Anchors, at: datetime, *, in_hand: Lists = NOTHING, kept: bool = False
) -> SignatureReport:
    """Report on ``pdf`` as of the moment ``at``, believing ``anchors`` and the revocation data ``in_hand``.

    Comparing the revisions of a file takes most of the time. ``kept`` spares it: say so of bytes you kept
    yourself, never of a file that only begins with them.

    Whatever is given, a report comes back: a file that cannot be read is ``unreadable``.
    """
    if len(pdf) > LARGEST_PDF:
        return SignatureReport((Reason.TOO_LARGE,))
    if not pdf.startswith(b"%PDF-"):
        return SignatureReport((Reason.NOT_PDF,))
    try:
        return _examined(pdf, anchors, at, in_hand, kept)
    except Exception:  # a hostile file may break the parser anywhere, and the answer is the same
        return SignatureReport((Reason.UNREADABLE,))


def _examined(pdf: bytes, anchors: Anchors, at: datetime, in_hand: Lists, kept: bool) -> SignatureReport:
    from pyhanko.pdf_utils.decode_limits import DecodeLimits, StreamDecodeLimits
    from pyhanko.pdf_utils.reader import PdfFileReader

    from app.signing import reading, timeline

    limits = DecodeLimits(per_stream=StreamDecodeLimits(max_output_size=LARGEST_PDF))
    reader = PdfFileReader(io.BytesIO(pdf), decode_limits=limits)
    if reader.encrypted:
        return SignatureReport((Reason.ENCRYPTED,))
    inside = reading.enclosed(reader)
    found, persons = reader.embedded_signatures, reading.invited(inside.parts.get("record"))
    misshapen = reading.misshapen(found, persons)
    if misshapen is not None:
        return SignatureReport((misshapen, *inside.faults), **inside.parts)  # type: ignore[arg-type]
    signatures = reading.sorted_out(found)
    seal = signatures.seal
    walked = asyncio.run(timeline.walk(signatures, anchors, at, in_hand))
    stamps = tuple(one.stamp for one in _all(walked) if one.fault is None)
    whole = reading.covers_all(found, pdf)
    reasons = [*reading.unlike_ours(reader, signatures, persons)]
    if not whole:
        reasons.append(Reason.NOT_WHOLE_FILE)
    elif found[1:] and not kept and not reading.only_ours(signatures):
        reasons.append(Reason.CHANGED_AFTERWARDS)
    if BROKEN & {one.judged.fault for one in walked.persons}:
        reasons.append(Reason.PERSON_BROKEN)
    intact = not BROKEN & {walked.seal.fault, *_faults(walked.later)}
    return SignatureReport(
        (*reasons, *_about_seal(walked), *_about_time(walked), *inside.faults),
        notes=tuple(_notes(walked)),
        intact=intact,
        whole_file=whole,
        trusted=walked.seal.fault is None,
        signer=_signer(walked.seal.signer),
        sealed_at=seal.self_reported_timestamp,
        proven_at=walked.proven_at,
        good_until=stamps[-1].good_until if stamps else None,
        revoked_at=walked.seal_revoked_at,
        stamps=stamps,
        sealed_length=reading.end_of(seal),
        persons=tuple(_person(one) for one in walked.persons),
        **inside.parts,
    )


def _all(walked: "Timeline") -> "list[Look]":
    return ([walked.first] if walked.first else []) + list(walked.later)


def _faults(looks: "Sequence[Look]") -> set[Fault | None]:
    return {one.fault for one in looks}


def _about_seal(walked: "Timeline") -> Iterator[Reason]:
    """Yield what is wrong with the seal, and with the digests that later time-stamps hold of the document."""
    told = {
        Fault.DIGEST: Reason.DIGEST_MISMATCH,
        Fault.SIGNATURE: Reason.SIGNATURE_INVALID,
        Fault.UNREADABLE: Reason.SIGNATURE_INVALID,
        Fault.UNTRUSTED: Reason.UNTRUSTED,
        Fault.EXPIRED: Reason.SEAL_EXPIRED,
        Fault.REVOKED: Reason.SEAL_REVOKED,
    }
    if walked.seal.fault is not None:
        yield told[walked.seal.fault]
    if _faults(walked.later) & BROKEN and walked.seal.fault is not Fault.DIGEST:
        yield Reason.DIGEST_MISMATCH


def _about_time(walked: "Timeline") -> Iterator[Reason]:
    """Yield why no time is proven. One good time-stamp is enough; of several bad ones the outermost says why."""
    told = {
        Fault.UNTRUSTED: Reason.TIME_UNTRUSTED,
        Fault.EXPIRED: Reason.TIME_EXPIRED,
        Fault.REVOKED: Reason.TIME_REVOKED,
    }
    if walked.first is None:
        yield Reason.TIME_MISSING
    elif walked.first.fault in BROKEN | {Fault.ORDER}:
        yield Reason.TIME_INVALID
    elif walked.proven_at is None:
        outermost = next(one.fault for one in reversed(_all(walked)) if one.fault is not None)
        yield told.get(outermost, Reason.TIME_INVALID)


def _notes(walked: "Timeline") -> Iterator[Note]:
    looks = _all(walked)
    # of the newest nobody can have said anything in the file: whatever covers it would be newer
    known = walked.seal_known and all(one.known for one in looks[:-1])
    if not walked.later or not known:
        yield Note.REVOCATION_UNKNOWN
    if walked.seal_revoked_at is not None and walked.seal.fault is None:
        yield Note.SEAL_REVOKED_AFTERWARDS
    if any(one.fault is not None for one in looks):
        yield Note.STAMP_NOT_USED


def _signer(certificate: x509.Certificate | None) -> Signer | None:
    if certificate is None:
        return None
    return Signer(
        subject=certificate.subject.rfc4514_string(),
        organization=_named(certificate, x509.NameOID.ORGANIZATION_NAME),
        fingerprint=fingerprint(certificate),
    )


def _person(one: "Personal") -> Person:
    certificate, chain = one.judged.signer, one.judged.chain
    organization = _named(certificate, x509.NameOID.ORGANIZATION_NAME)
    return Person(
        name=shown(_named(certificate, x509.NameOID.COMMON_NAME) or ""),
        organization=shown(organization) if organization else None,
        subject=certificate.subject.rfc4514_string() if certificate else "",
        fingerprint=fingerprint(certificate) if certificate else "",
        authority=chain[-1].subject.rfc4514_string() if chain else "",
        claimed_at=one.claimed_at,
        proven_at=one.proven_at,
        revoked_at=one.revoked_at,
        known=one.known,
        fault=one.judged.fault,
    )


def _named(certificate: x509.Certificate | None, what: x509.ObjectIdentifier) -> str | None:
    found = certificate.subject.get_attributes_for_oid(what) if certificate else ()
    return str(found[0].value) if found else None
