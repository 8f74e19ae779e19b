"""The two ways to a time-stamp: asking an authority over HTTP, and being the development authority.

Loads pyHanko, so it is imported late.
"""

import secrets
from datetime import datetime

from asn1crypto import algos, cms, core, tsp, x509
from cryptography import x509 as pyca_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper

from app.signing.chains import asn1, judge_stamp
from app.signing.errors import TimeStampUnavailableError
from app.signing.timekeys import Pair

DIGEST = "sha256"

# made from a UUID (ITU-T X.667), as nobody registers a policy on which nobody may rely
_POLICY = "2.25.221148390142461389107131240104187630917"


class AskingTimeStamper(HTTPTimeStamper):
    """Asks over HTTP, and looks at the answer before anybody relies on it."""

    def __init__(self, url: str, seconds: float, roots: tuple[pyca_x509.Certificate, ...]) -> None:
        super().__init__(url, timeout=seconds)
        self._roots = roots

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Return a token that is right in every respect, or raise TimeStampUnavailableError."""
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            signed = token["content"]
            moment = signed["encap_content_info"]["content"].parsed["gen_time"].native
            judged = await judge_stamp(
                signed, lambda name: message_digest if name == md_algorithm else b"", self._roots, moment
            )
        except Exception as failed:  # whatever comes over the network may break anything
            raise TimeStampUnavailableError("time_stamp_unavailable", why=_why(failed)) from failed
        if judged.fault is not None:
            raise TimeStampUnavailableError("time_stamp_unavailable", why=judged.fault.value)
        return token


def _why(failed: BaseException) -> str:
    """Name what went wrong without the address, which may hold a password."""
    return type(failed.__cause__ or failed).__name__


class OwnTimeStamper(TimeStamper):
    """The development authority: stamps with a key in the process, at the moment it is told."""

    def __init__(self, unit: Pair, at: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._key, self._certificate = unit.key, asn1(unit.certificate)
        self._at = at.replace(microsecond=0)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Answer a request as RFC 3161 says."""
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": _POLICY,
                "message_imprint": req["message_imprint"],
                "serial_number": secrets.randbits(63),
                "gen_time": self._at,
                "nonce": req["nonce"],
            }
        )
        token = cms.ContentInfo({"content_type": "signed_data", "content": self._signed(info.dump())})
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token})

    def _signed(self, info: bytes) -> cms.SignedData:
        values = {
            "content_type": "tst_info",
            "signing_time": cms.Time({"utc_time": core.UTCTime(self._at)}),
            "signing_certificate_v2": as_signing_certificate_v2(self._certificate),
            "message_digest": _sha256(info),
        }
        attributes = cms.CMSAttributes([{"type": name, "values": (value,)} for name, value in values.items()])
        algorithm = algos.DigestAlgorithm({"algorithm": DIGEST})
        certificate: x509.Certificate = self._certificate
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": {
                    "issuer_and_serial_number": {
                        "issuer": certificate.issuer,
                        "serial_number": certificate.serial_number,
                    }
                },
                "digest_algorithm": algorithm,
                "signature_algorithm": {"algorithm": "sha256_rsa"},
                "signed_attrs": attributes,
                "signature": self._key.sign(attributes.dump(), padding.PKCS1v15(), hashes.SHA256()),
            }
        )
        return cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [algorithm],
                "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(info)},
                "certificates": [certificate],
                "signer_infos": [signer],
            }
        )


def _sha256(content: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(content)
    return digest.finalize()
