"""Sealing: one PAdES certification signature that allows no change after it, or persons to sign after it."""

import io
from datetime import datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding

from app.signing.errors import UnsealableError
from app.signing.keys import Seal

SEAL_FIELD = "sig-seal"
# of persons, numbered from 1
PERSON_FIELD = "sig-person-{}"

_REASON = "研究機関による確認 / Confirmed by the institution"
_LOCATION = "JP"


def seal(pdf: bytes, seal: Seal, at: datetime, *, timestamper: Any, persons: bool = False) -> bytes:
    """Return ``pdf`` sealed: its bytes, then one revision with the signature over the whole file.

    ``at`` is the time the seal claims; ``timestamper`` (see ``TimeAuthority.timestamper``) proves when it
    was there: PAdES B-T. With None the time is only claimed (B-B), which the service never gives out.
    ``persons`` may fill the fields prepared for them afterwards (DocMDP 2); else nobody may change anything.

    A seal that is not valid at ``at`` is refused with SealUnavailableError, a PDF that cannot take the
    seal with UnsealableError, and TimeStampUnavailableError says that no time-stamp is to be had now.
    """
    seal.require_valid(at)
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.signers import PdfSignatureMetadata
    from pyhanko.stamp import NoOpStampStyle

    claims = PdfSignatureMetadata(
        field_name=SEAL_FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.FILL_FORMS if persons else MDPPerm.NO_CHANGES,
        reason=_REASON,
        location=_LOCATION,
    )
    signer_class, pdf_signer_class = _classes()
    signer = pdf_signer_class(claims, signer_class(seal), timestamper=timestamper, stamp_style=NoOpStampStyle())
    signer.claimed_time = at
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        out: io.BytesIO = signer.sign_pdf(writer, existing_fields_only=True)
    except (PdfError, SigningError) as refused:
        raise UnsealableError("pdf_unsealable", why=str(refused)) from refused
    return out.getvalue()


@cache
def _classes() -> tuple[Any, Any]:
    """Return our two changes to pyHanko: it parses the key anew each time, and asks the clock itself."""
    from pyhanko.sign.signers import PdfSigner, Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class SealSigner(Signer):
        """Signs with a key that was parsed once."""

        def __init__(self, seal: Seal):
            store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
            store.register_multiple([_asn1(each) for each in seal.intermediates])
            super().__init__(signing_cert=_asn1(seal.certificate), cert_registry=store)
            self._key = seal.key

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            if digest_algorithm != "sha256":
                raise ValueError(digest_algorithm)
            return (
                bytes(self._key.key_size // 8)
                if dry_run
                else self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
            )

    class ClaimingSigner(PdfSigner):
        """Claims the time it is told."""

        claimed_time: datetime

        def init_signing_session(self, *args: Any, **options: Any) -> Any:
            session = super().init_signing_session(*args, **options)
            session.system_time = self.claimed_time
            return session

    return SealSigner, ClaimingSigner


def _asn1(certificate: x509.Certificate) -> Any:
    from asn1crypto import x509 as asn1_x509

    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
