"""Examining a sealed PDF: whole, genuine, whose, and the record inside. Offline, and it never raises.

A good report says nothing about today: whether the attestation is in force, and whether every byte
is the one that was issued (padding inside the signature is covered by no signature), is known to
whoever kept the file's own SHA-256.
"""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from app.signing.keys import fingerprint
from app.signing.seal import SEAL_FIELD

LARGEST_PDF = 20 * 1024 * 1024
RECORD_NAME = "attestation.json"
# what a file of ours attaches, in this order: the record, then what is enclosed with it
_NAMES = (RECORD_NAME, "attestation.jws", "attestation.tlog-proof")

_SUBFILTER = "/ETSI.CAdES.detached"
_NO_CHANGES = 1
_HEX = re.compile(rb"<[0-9A-Fa-f]+>")


class Reason(StrEnum):
    """Why a PDF is not accepted."""

    TOO_LARGE = "too_large"
    NOT_PDF = "not_pdf"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    NO_SIGNATURE = "no_signature"
    SEVERAL_SIGNATURES = "several_signatures"
    WRONG_FIELD = "wrong_field"
    WRONG_FORMAT = "wrong_format"
    NOT_CERTIFIED = "not_certified"
    NOT_WHOLE_FILE = "not_whole_file"
    DIGEST_MISMATCH = "digest_mismatch"
    SIGNATURE_INVALID = "signature_invalid"
    UNTRUSTED = "untrusted"
    RECORD_MISSING = "record_missing"
    SEVERAL_RECORDS = "several_records"


@dataclass(frozen=True)
class Signer:
    """Who sealed, as the certificate in the file says; believe it only of a trusted one."""

    subject: str
    organization: str | None
    fingerprint: str


@dataclass(frozen=True)
class SignatureReport:
    """What a PDF proves by itself. ``sealed_at`` is claimed by the seal, not by a time-stamp authority."""

    reasons: tuple[Reason, ...]
    intact: bool = False
    whole_file: bool = False
    trusted: bool = False
    signer: Signer | None = None
    sealed_at: datetime | None = None
    record: bytes | None = field(default=None, repr=False)

    @property
    def good(self) -> bool:
        """Tell whether nothing speaks against the file."""
        return not self.reasons


def validate(pdf: bytes, trusted: Iterable[x509.Certificate]) -> SignatureReport:
    """Report on ``pdf``, believing seals that chain to ``trusted`` at the time they claim.

    Whatever is given, a report comes back: a file that cannot be read is ``unreadable``.
    """
    if len(pdf) > LARGEST_PDF:
        return SignatureReport((Reason.TOO_LARGE,))
    if not pdf.startswith(b"%PDF-"):
        return SignatureReport((Reason.NOT_PDF,))
    try:
        return _examined(pdf, tuple(trusted))
    except Exception:  # a hostile file may break the parser anywhere, and the answer is the same
        return SignatureReport((Reason.UNREADABLE,))


def _examined(pdf: bytes, trusted: tuple[x509.Certificate, ...]) -> SignatureReport:
    from pyhanko.pdf_utils.decode_limits import DecodeLimits, StreamDecodeLimits
    from pyhanko.pdf_utils.reader import PdfFileReader

    limits = DecodeLimits(per_stream=StreamDecodeLimits(max_output_size=LARGEST_PDF))
    reader = PdfFileReader(io.BytesIO(pdf), decode_limits=limits)
    if reader.encrypted:
        return SignatureReport((Reason.ENCRYPTED,))
    record, record_reasons = _record(reader)
    signatures = reader.embedded_signatures
    if len(signatures) != 1:
        reason = Reason.SEVERAL_SIGNATURES if signatures else Reason.NO_SIGNATURE
        return SignatureReport((reason, *record_reasons), record=record)
    signature = signatures[0]
    status = _status(signature, trusted)
    whole = _covers_all(signature, pdf)
    reasons = [*_shape(reader, signature)]
    if not whole:
        reasons.append(Reason.NOT_WHOLE_FILE)
    if not status.intact:
        reasons.append(Reason.DIGEST_MISMATCH)
    elif not status.valid:
        reasons.append(Reason.SIGNATURE_INVALID)
    if not status.trusted:
        reasons.append(Reason.UNTRUSTED)
    return SignatureReport(
        (*reasons, *record_reasons),
        intact=bool(status.intact and status.valid),
        whole_file=whole,
        trusted=bool(status.trusted),
        signer=_signer(signature),
        sealed_at=signature.self_reported_timestamp,
        record=record,
    )


def _status(signature: Any, trusted: tuple[x509.Certificate, ...]) -> Any:
    """Return pyHanko's verdict on digest, signature and chain; one revision needs no comparison."""
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    roots = [asn1_x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in trusted]
    context = ValidationContext(trust_roots=roots, moment=signature.self_reported_timestamp, allow_fetching=False)
    return validate_pdf_signature(signature, signer_validation_context=context, skip_diff=True)


def _shape(reader: Any, signature: Any) -> Iterable[Reason]:
    """Yield what is wrong with the kind of signature: ours is one certification by name, no changes after."""
    if signature.field_name != SEAL_FIELD:
        yield Reason.WRONG_FIELD
    if signature.sig_object_type != "/Sig" or _entry(signature.sig_object, "/SubFilter", None) != _SUBFILTER:
        yield Reason.WRONG_FORMAT
    permissions, level = _entry(reader.root, "/Perms", {}), signature.docmdp_level
    certifies = "/DocMDP" in permissions and _is_same(permissions, "/DocMDP", signature.sig_field, "/V")
    if not certifies or level is None or level.value != _NO_CHANGES:
        yield Reason.NOT_CERTIFIED


def _entry(dictionary: Any, name: str, default: Any) -> Any:
    """Return an entry with references followed, which pyHanko's own ``get`` does not do."""
    return dictionary[name] if name in dictionary else default  # noqa: SIM401


def _is_same(one: Any, name: str, other: Any, other_name: str) -> bool:
    return bool(one.raw_get(name).reference == other.raw_get(other_name).reference)


def _covers_all(signature: Any, pdf: bytes) -> bool:
    """Tell whether every byte is signed but the hex digits of the signature itself."""
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    if signature.evaluate_signature_coverage() != SignatureCoverageLevel.ENTIRE_FILE:
        return False
    start, first, second, rest = (int(number) for number in signature.byte_range)
    gap = pdf[first:second]
    return start == 0 and second + rest == len(pdf) and _HEX.fullmatch(gap) is not None


def _signer(signature: Any) -> Signer:
    certificate = x509.load_der_x509_certificate(signature.signer_cert.dump())
    organizations = certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)
    return Signer(
        subject=certificate.subject.rfc4514_string(),
        organization=str(organizations[0].value) if organizations else None,
        fingerprint=fingerprint(certificate),
    )


def _record(reader: Any) -> tuple[bytes | None, tuple[Reason, ...]]:
    """Return the bytes of the attached record; our files attach it first, in a flat list of names."""
    files = _entry(_entry(reader.root, "/Names", {}), "/EmbeddedFiles", {})
    names = _entry(files, "/Names", [])
    found = tuple(str(names[place]["/UF"]) for place in range(1, len(names), 2))
    if "/Kids" in files:
        return None, (Reason.SEVERAL_RECORDS,)
    if found[:1] != (RECORD_NAME,):
        return None, (Reason.RECORD_MISSING,)
    if found != _NAMES[: len(found)]:
        return None, (Reason.SEVERAL_RECORDS,)
    return bytes(names[1]["/EF"]["/F"].data), ()
