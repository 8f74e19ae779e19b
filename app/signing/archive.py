"""Keeping a sealed PDF provable for decades: revocation data and one more time-stamp, appended (PAdES B-LTA).

What is there is never touched: the older file is the beginning of the newer one, byte for byte.
"""

import asyncio
import io
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from cryptography import x509

from app.signing.anchors import Anchors
from app.signing.errors import ArchiveUnavailableError
from app.signing.revocation import Lists, known_of, sayings
from app.signing.timestamps import DIGEST, Stamp, stamp_of

# gives fresh revocation data for a chain, signer first
Gather = Callable[[Sequence[x509.Certificate]], Lists]


def extend(pdf: bytes, anchors: Anchors, at: datetime, timestamper: Any, gather: Gather) -> bytes:
    """Return a sealed file of ours with fresh revocation data and a time-stamp around all of it.

    The first time that makes it PAdES B-LTA; done again, before the newest time-stamp's certificate expires,
    it renews the proof, also under another authority. ``gather`` is asked about each chain that nobody has
    vouched for since it was used: the seal's, its time-stamp's, the newest time-stamp's.

    Raise ArchiveUnavailableError: ``archive_unsound`` for a file that is not good now,
    ``renewal_gains_nothing`` when whoever stamps now lasts no longer than who stamped before,
    ``revocation_unavailable`` when what came does not speak of the time after sealing (try again after the
    authority's next list), ``revoked`` when it says that the file proves nothing; and
    TimeStampUnavailableError. Of persons who signed what there is is kept: nothing waits for their authorities.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfTimeStamper
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    from app.signing import timeline
    from app.signing.chains import asn1
    from app.signing.reading import ARCHIVE_FIELD, sorted_out

    signatures = sorted_out(_reader(pdf).embedded_signatures)
    stamps = signatures.stamps
    walked = asyncio.run(timeline.walk(signatures, anchors, at, Lists()))
    if walked.seal.fault or walked.first is None or walked.proven_at is None:
        raise ArchiveUnavailableError("archive_unsound", why=walked.seal.fault or "time")
    looks = [walked.first, *walked.later]
    asked = [(walked.seal.chain, walked.proven_at)] if not walked.seal_known else []
    asked += [(one.chain, one.stamp.at) for one in looks if one.fault is None and not one.known]
    kept, certificates = Lists(), [each for chain, _ in asked for each in chain]
    for chain, since in asked:
        kept += _fresh(chain, since, gather(chain))
    for chain in (one.judged.chain for one in walked.persons if one.judged.fault is None and not one.known):
        kept += _newest(chain, gather(chain))
        certificates += chain
    own = asyncio.run(_chain_of(timestamper, anchors))
    if stamps and own[0].not_valid_after_utc <= looks[-1].stamp.good_until:
        raise ArchiveUnavailableError("renewal_gains_nothing", until=own[0].not_valid_after_utc)
    certificates += own
    # of the authority that stamps now only what there is: nobody can speak of a stamp that is not made yet
    kept += _newest(own, gather(own))
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[asn1(each) for each in dict.fromkeys(certificates)],
        crls=[_loaded("crl", each) for each in kept.crls],
        ocsps=[_loaded("ocsp", each) for each in kept.ocsps],
    )
    field = ARCHIVE_FIELD.format(len(stamps) + 1)
    out: io.BytesIO = PdfTimeStamper(timestamper, field_name=field, readable_field_name=field).timestamp_pdf(
        writer, DIGEST
    )
    return out.getvalue()


def newest_stamp(pdf: bytes) -> Stamp | None:
    """Return what the newest time-stamp of one of our own files says, None for a seal without one.

    It is read, not judged: for files that were made here a moment ago.
    """
    from pyhanko.sign.general import extract_certificate_info
    from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

    from app.signing.chains import ours

    signature = _reader(pdf).embedded_signatures[-1]
    is_stamp = signature.sig_object_type == "/DocTimeStamp"
    tokens = [signature.signed_data] if is_stamp else extract_tst_data_iter(signature.signer_info, signed=False)
    signed = next(iter(tokens), None)
    if signed is None:
        return None
    moment = signed["encap_content_info"]["content"].parsed["gen_time"].native
    return stamp_of(ours(extract_certificate_info(signed).signer_cert), moment)


def _reader(pdf: bytes) -> Any:
    from pyhanko.pdf_utils.reader import PdfFileReader

    return PdfFileReader(io.BytesIO(pdf))


def _fresh(chain: Sequence[x509.Certificate], since: datetime, came: Lists) -> Lists:
    """Return of what came the newest that speaks of each certificate after ``since``; refuse without it."""
    for certificate, issuer in pairwise(chain):
        known = known_of(certificate, issuer, came)
        name = certificate.subject.rfc4514_string()
        if known.revoked_at is not None and known.revoked_at <= since:
            raise ArchiveUnavailableError("revoked", certificate=name, since=known.revoked_at)
        if known.known_at is None or known.known_at <= since:
            raise ArchiveUnavailableError("revocation_unavailable", certificate=name)
    return _newest(chain, came)


def _newest(chain: Sequence[x509.Certificate], came: Lists) -> Lists:
    """Return the newest word about each certificate: a file need not carry every list that was fetched."""
    kept = Lists()
    for certificate, issuer in pairwise(chain):
        words = sorted(sayings(certificate, issuer, came), key=lambda one: one.known_at)
        kept += words[-1].lists if words else Lists()
    return kept


async def _chain_of(timestamper: Any, anchors: Anchors) -> tuple[x509.Certificate, ...]:
    """Return the chain of the authority that will stamp, learnt from the trial answer pyHanko needs anyway."""
    from pyhanko.sign.timestamps.common_utils import dummy_digest

    from app.signing.chains import judge_stamp

    signed = (await timestamper.async_dummy_response(DIGEST))["content"]
    moment = signed["encap_content_info"]["content"].parsed["gen_time"].native
    judged = await judge_stamp(signed, lambda _name: dummy_digest(DIGEST), anchors.times, moment)
    if judged.fault is not None:
        raise ArchiveUnavailableError("archive_unsound", why=judged.fault)
    return judged.chain


def _loaded(kind: str, der: bytes) -> Any:
    from asn1crypto import crl, ocsp

    return crl.CertificateList.load(der) if kind == "crl" else ocsp.OCSPResponse.load(der)
