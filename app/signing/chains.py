"""What a CMS signature proves at a moment: digest, signature, and a chain to a root that is believed.

Loads pyHanko, so it is imported late. Revocation is looked at elsewhere, and nothing is fetched.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import cms_basic_validation, validate_tst_signed_data
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

from app.signing.reasons import Fault

# what certificates of persons are for: signing in, mail, and documents, as RFC 9336, Adobe and Microsoft name that
_PERSONAL = {
    ExtendedKeyUsageOID.CLIENT_AUTH,
    ExtendedKeyUsageOID.EMAIL_PROTECTION,
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    *map(x509.ObjectIdentifier, ("1.3.6.1.5.5.7.3.36", "1.2.840.113583.1.1.5", "1.3.6.1.4.1.311.10.3.12")),
}
_EXPIRED = {AdESIndeterminate.OUT_OF_BOUNDS_NO_POE, AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED}


@dataclass(frozen=True)
class Judged:
    """A signature judged at a moment. ``chain`` goes from the signer to the root, when there is one."""

    fault: Fault | None
    signer: x509.Certificate | None = None
    chain: tuple[x509.Certificate, ...] = ()


async def judge_stamp(
    signed: cms.SignedData,
    digest: Callable[[str], bytes],
    roots: Iterable[x509.Certificate],
    moment: datetime,
    known: Iterable[x509.Certificate] = (),
) -> Judged:
    """Judge the signed data of a time-stamp token at ``moment``; ``digest`` gives the hash expected, by algorithm.

    The certificate must be for time-stamping alone, and say so critically (RFC 3161, 2.3).
    """
    try:
        found = await validate_tst_signed_data(signed, _believing(roots, moment, known), digest)
    except SignatureValidationError:
        return Judged(Fault.UNREADABLE)
    judged = _judged(found)
    if judged.fault is None and not _for_time_alone(judged.signer):
        return Judged(Fault.UNTRUSTED, judged.signer, judged.chain)
    return judged


async def judge_seal(
    signed: cms.SignedData,
    digest: bytes,
    roots: Iterable[x509.Certificate],
    moment: datetime,
    known: Iterable[x509.Certificate] = (),
) -> Judged:
    """Judge a detached signature over what has ``digest`` at ``moment``; its key must be for commitment."""
    return await _detached(signed, digest, _believing(roots, moment, known), {"non_repudiation"})


async def judge_person(
    signed: cms.SignedData,
    digest: bytes,
    roots: Iterable[x509.Certificate],
    moment: datetime,
    known: Iterable[x509.Certificate] = (),
) -> Judged:
    """Judge the signature of a person: the certificate may be for mail or for signing in, but not a machine's."""
    usage = {"non_repudiation", "digital_signature"}
    judged = await _detached(signed, digest, _believing(roots, moment, known), usage)
    if judged.fault is None and not _of_a_person(judged.signer):
        return Judged(Fault.UNTRUSTED, judged.signer, judged.chain)
    return judged


def chain_to_root(
    certificate: x509.Certificate,
    known: Iterable[x509.Certificate],
    roots: Iterable[x509.Certificate],
    moment: datetime,
) -> tuple[x509.Certificate, ...]:
    """Return the chain from a certificate to a root that is believed at ``moment``, empty where there is none."""
    intermediates = [asn1(each) for each in known]
    validator = CertificateValidator(asn1(certificate), intermediates, _believing(roots, moment, known))
    try:
        path = asyncio.run(validator.async_validate_path())
    except (PathBuildingError, PathValidationError):
        return ()
    return tuple(reversed([ours(each) for each in path]))


async def _detached(
    signed: cms.SignedData, digest: bytes, believing: ValidationContext, one_usage_of: set[str]
) -> Judged:
    try:
        found = await cms_basic_validation(
            signed,
            raw_digest=digest,
            validation_context=believing,
            key_usage_settings=KeyUsageConstraints(key_usage=one_usage_of),
        )
    except SignatureValidationError:
        return Judged(Fault.UNREADABLE)
    return _judged(found)


def asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """Return a certificate as pyHanko wants it."""
    loaded: asn1_x509.Certificate = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    return loaded


def ours(certificate: asn1_x509.Certificate) -> x509.Certificate:
    """Return a certificate of pyHanko's as ours."""
    return x509.load_der_x509_certificate(certificate.dump())


def _believing(
    roots: Iterable[x509.Certificate], moment: datetime, known: Iterable[x509.Certificate]
) -> ValidationContext:
    return ValidationContext(
        trust_roots=[asn1(each) for each in roots],
        other_certs=[asn1(each) for each in known],
        moment=moment,
        allow_fetching=False,
        # asked of the lists in hand by ourselves: here a list that is old would be no list
        revocation_mode="soft-fail",
    )


def _judged(found: dict) -> Judged:  # type: ignore[type-arg]
    signer = ours(found["signing_cert"])
    problem, path = found["trust_problem_indic"], found["validation_path"]
    fault = None
    if not found["intact"]:
        fault = Fault.DIGEST
    elif not found["valid"]:
        fault = Fault.SIGNATURE
    elif problem in _EXPIRED:
        fault = Fault.EXPIRED
    elif problem is not None or path is None:
        fault = Fault.UNTRUSTED
    chain = tuple(reversed([ours(each) for each in path])) if path is not None else ()
    return Judged(fault, signer, chain)


def _for_time_alone(certificate: x509.Certificate | None) -> bool:
    purposes = _purposes(certificate)
    return (
        purposes is not None and purposes.critical and list(purposes.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
    )


def _of_a_person(certificate: x509.Certificate | None) -> bool:
    """Tell whether a certificate may be a person's; one that says nothing of its purposes may."""
    purposes = _purposes(certificate)
    return purposes is None or bool(_PERSONAL & set(purposes.value))


def _purposes(certificate: x509.Certificate | None) -> x509.Extension[x509.ExtendedKeyUsage] | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage) if certificate else None
    except x509.ExtensionNotFound:
        return None
