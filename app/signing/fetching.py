"""Fetching fresh revocation data from where certificates say it is: for the job that archives, never to verify."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from app.signing.revocation import Lists, places

LARGEST_ANSWER = 20 * 1024 * 1024

_SCHEMES = ("http://", "https://")


def fetch(chain: Sequence[x509.Certificate], seconds: float = 10.0) -> Lists:
    """Return the revocation data of a chain, signer first, root last: lists, and OCSP of the signer.

    Others are asked about by OCSP where they name no list.

    What cannot be had is left out; whoever needs it looks at what came. Only chains that are believed
    should be asked about, since the addresses are theirs.
    """
    crls: dict[str, bytes] = {}
    ocsps = []
    for place, (certificate, issuer) in enumerate(pairwise(chain)):
        for address in places(certificate):
            if address.startswith(_SCHEMES) and address not in crls:
                crls[address] = _got(urllib.request.Request(address), seconds)  # noqa: S310 - schemes are looked at
        if place == 0 or not places(certificate):
            ocsps += [_answer(address, certificate, issuer, seconds) for address in _responders(certificate)]
    return Lists(tuple(each for each in crls.values() if each), tuple(each for each in ocsps if each))


def _responders(certificate: x509.Certificate) -> list[str]:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    named = [one for one in access if one.access_method == AuthorityInformationAccessOID.OCSP]
    found = [one.access_location.value for one in named]
    return [each for each in found if isinstance(each, str) and each.startswith(_SCHEMES)]


def _answer(address: str, certificate: x509.Certificate, issuer: x509.Certificate, seconds: float) -> bytes:
    # SHA-1 names the certificate and proves nothing; many responders know no other (RFC 5019, 2.1.1)
    question = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303
    asked = urllib.request.Request(  # noqa: S310 - schemes are looked at
        address,
        question.build().public_bytes(Encoding.DER),
        {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"},
    )
    return _got(asked, seconds)


def _got(asked: urllib.request.Request, seconds: float) -> bytes:
    """Return what an address answers, nothing when it does not or is too long."""
    try:
        with _opener().open(asked, timeout=seconds) as answer:
            content: bytes = answer.read(LARGEST_ANSWER + 1)
    except (OSError, ValueError, urllib.error.URLError, http.client.HTTPException):
        return b""
    return content if len(content) <= LARGEST_ANSWER else b""


@cache
def _opener() -> urllib.request.OpenerDirector:
    """Return what opens HTTP alone: an address must not name a file of this machine."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener
