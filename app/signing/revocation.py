"""What revocation lists and OCSP answers in hand say of a certificate. Nothing is fetched here.

A list counts only if the issuer of the certificate signed it, or for OCSP somebody whom that issuer
named for it (RFC 5280, 6.3; RFC 6960, 4.2.2.2). How old it may be is the caller's question: ``known_at``
tells until when it speaks.
"""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

# RFC 3161, 4: a stamp from before the revocation stays good only for these reasons
HARMLESS = frozenset(
    {
        x509.ReasonFlags.unspecified,
        x509.ReasonFlags.affiliation_changed,
        x509.ReasonFlags.superseded,
        x509.ReasonFlags.cessation_of_operation,
    }
)


# whoever can make two lists with one hash has the authority sign the other
_WEAK = (hashes.MD5, hashes.SHA1)


@dataclass(frozen=True)
class Lists:
    """Revocation lists and OCSP answers in hand, as they came (DER)."""

    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()

    def __add__(self, other: "Lists") -> "Lists":
        return Lists(tuple(dict.fromkeys(self.crls + other.crls)), tuple(dict.fromkeys(self.ocsps + other.ocsps)))


NOTHING = Lists()


@dataclass(frozen=True)
class Known:
    """What is known of one certificate: until when somebody says so, and since when it is revoked."""

    known_at: datetime | None = None
    revoked_at: datetime | None = None
    reason: x509.ReasonFlags | None = None


@dataclass(frozen=True)
class Saying:
    """One word about one certificate, said at ``known_at``, with the list that says it, which may be kept."""

    known_at: datetime
    revoked_at: datetime | None = None
    reason: x509.ReasonFlags | None = None
    lists: Lists = field(default_factory=Lists, repr=False)


def known_of(certificate: x509.Certificate, issuer: x509.Certificate, lists: Lists) -> Known:
    """Return what ``lists`` say of ``certificate``: the newest word, and the earliest revocation."""
    said = list(sayings(certificate, issuer, lists))
    newest = max((one.known_at for one in said), default=None)
    revoked = [(one.revoked_at, one.reason) for one in said if one.revoked_at is not None]
    return Known(newest, *min(revoked, key=lambda one: one[0], default=(None, None)))


def sayings(certificate: x509.Certificate, issuer: x509.Certificate, lists: Lists) -> Iterator[Saying]:
    """Yield every word of ``lists`` about ``certificate``, each with the list that says it."""
    for der in lists.crls:
        said = _in_crl(certificate, issuer, der)
        if said is not None:
            yield replace(said, lists=Lists(crls=(der,)))
    for der in lists.ocsps:
        said = _in_ocsp(certificate, issuer, der)
        if said is not None:
            yield replace(said, lists=Lists(ocsps=(der,)))


def _in_crl(certificate: x509.Certificate, issuer: x509.Certificate, der: bytes) -> Saying | None:
    try:
        found = x509.load_der_x509_crl(der)
        if found.issuer != issuer.subject or not _may(issuer, "crl_sign") or not _covers(found, certificate):
            return None
        if isinstance(found.signature_hash_algorithm, _WEAK):
            return None
        key = issuer.public_key()
        if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) or not found.is_signature_valid(key):
            return None
        entry = found.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is None:
            return Saying(found.last_update_utc)
        return Saying(found.last_update_utc, entry.revocation_date_utc, _reason(entry))
    except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension):
        return None


def _reason(entry: x509.RevokedCertificate) -> x509.ReasonFlags | None:
    with contextlib.suppress(x509.ExtensionNotFound):
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    return None


def _covers(found: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Tell whether a list is about certificates like this one (RFC 5280, 5.2.5 and 5.2.4)."""
    for extension in found.extensions:
        scope = extension.value
        if isinstance(scope, x509.DeltaCRLIndicator):
            return False
        if isinstance(scope, x509.IssuingDistributionPoint):
            authority = _is_authority(certificate)
            other = scope.only_contains_user_certs if authority else scope.only_contains_ca_certs
            if other or scope.indirect_crl or scope.only_some_reasons or scope.only_contains_attribute_certs:
                return False
            if scope.full_name is not None and not set(places(certificate)) & set(_addresses(scope.full_name)):
                return False
        elif extension.critical:
            return False
    return True


def places(certificate: x509.Certificate) -> Sequence[str]:
    """Return the addresses at which the certificate says that its revocation list is."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return ()
    return [address for point in points if not point.reasons for address in _addresses(point.full_name or ())]


def _addresses(names: Iterable[x509.GeneralName]) -> list[str]:
    return [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _may(issuer: x509.Certificate, usage: str) -> bool:
    try:
        return bool(getattr(issuer.extensions.get_extension_for_class(x509.KeyUsage).value, usage))
    except x509.ExtensionNotFound:
        return True


def _in_ocsp(certificate: x509.Certificate, issuer: x509.Certificate, der: bytes) -> Saying | None:
    try:
        answer = ocsp.load_der_ocsp_response(der)
        if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL or not _signed(answer, issuer):
            return None
        for one in answer.responses:
            if not _is_about(one, certificate, issuer):
                continue
            if one.certificate_status is ocsp.OCSPCertStatus.GOOD:
                return Saying(one.this_update_utc)
            if one.certificate_status is ocsp.OCSPCertStatus.REVOKED:
                return Saying(one.this_update_utc, one.revocation_time_utc, one.revocation_reason)
    except (ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature):
        return None
    return None


def _is_about(one: ocsp.OCSPSingleResponse, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    # the key as RFC 6960 hashes it: the bits alone, without algorithm
    digest = hashes.Hash(one.hash_algorithm)
    digest.update(key_bits(issuer))
    return one.serial_number == certificate.serial_number and one.issuer_key_hash == digest.finalize()


def key_bits(certificate: x509.Certificate) -> bytes:
    """Return the bits of a public key as RFC 6960, 4.1.1 hashes them."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    raise TypeError("a key of another kind")


def _signed(answer: ocsp.OCSPResponse, issuer: x509.Certificate) -> bool:
    """Tell whether the issuer signed an answer, or somebody whom it named for that."""
    for signer in (issuer, *answer.certificates):
        if signer is not issuer and not _is_responder(signer, issuer, answer.produced_at_utc):
            continue
        with contextlib.suppress(InvalidSignature):
            _verify(signer, answer)
            return True
    return False


def _is_responder(signer: x509.Certificate, issuer: x509.Certificate, at: datetime) -> bool:
    try:
        signer.verify_directly_issued_by(issuer)
        purposes = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    valid = signer.not_valid_before_utc <= at <= signer.not_valid_after_utc
    return valid and ExtendedKeyUsageOID.OCSP_SIGNING in purposes


def _verify(signer: x509.Certificate, answer: ocsp.OCSPResponse) -> None:
    key, algorithm = signer.public_key(), answer.signature_hash_algorithm
    if algorithm is None or isinstance(algorithm, _WEAK):
        raise InvalidSignature
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(algorithm))
    else:
        raise InvalidSignature
