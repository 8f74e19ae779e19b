"""Authorities outside of the service, for real: time-stamps, revocation lists and OCSP over loopback HTTP."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

KEYS = ("root", "issuing", "tsa", "ocsp", "seal")
REVOKED = datetime(2027, 6, 1, tzinfo=UTC)

_USAGE = "{id: key_usage, critical: true, smart-value: {schema: key-usage, params: [%s]}}"
_PURPOSE = "{id: extended_key_usage, critical: %s, value: [%s]}"
_CRL = "{id: crl_distribution_points, smart-value: {schema: crl-dist-url, params: {crl-repo-names: [%s]}}}"
_CA = "{id: basic_constraints, critical: true, value: {ca: true}}"
_AIA = (
    "{id: authority_information_access, smart-value: {schema: aia-urls, params: {ocsp-responder-names: [issuing]}}}"
)
_SIGNS = _USAGE % "key_cert_sign, crl_sign"
_VALID = "{valid-from: '2026-01-01T00:00:00+0000', valid-to: '%s-01-01T00:00:00+0000'}"


def _config(until: int, revoked: bool) -> str:
    """Return a house of two floors: a root, an issuing authority below it, and what that issued."""
    since = f"{REVOKED:%Y-%m-%dT%H:%M:%S+0000}"
    taken_back = f"\n        revocation: {{revoked-since: '{since}', reason: key_compromise}}" if revoked else ""
    return f"""
external-url-prefix: http://127.0.0.1:1
keysets:
  house:
    path-prefix: .
    keys: {{{", ".join(f"{name}: {{path: {name}.pem}}" for name in KEYS)}}}
pki-architectures:
  house:
    keyset: house
    entity-defaults: {{country-name: JP, organization-name: Outside}}
    entities:
      root: {{common-name: Outside Root}}
      issuing: {{common-name: Outside Issuing CA}}
      tsa: {{common-name: Outside TSA}}
      ocsp: {{common-name: Outside OCSP}}
      seal: {{common-name: Outside Seal}}
    certs:
      root:
        subject: root
        issuer: root
        validity: {_VALID % "2046"}
        extensions: [{_CA}, {_SIGNS}]
      issuing:
        issuer: root
        validity: {_VALID % "2046"}
        extensions: [{_CA}, {_SIGNS}, {_CRL % "root"}]
      tsa:
        issuer: issuing
        validity: {_VALID % until}
        extensions: [{_USAGE % "digital_signature"}, {_PURPOSE % ("true", "time_stamping")}, {_CRL % "issuing"}]
      ocsp:
        issuer: issuing
        validity: {_VALID % "2046"}
        extensions: [{_USAGE % "digital_signature"}, {_PURPOSE % ("false", "ocsp_signing")}, {{id: ocsp_no_check}}]
      seal:
        issuer: issuing
        validity: {_VALID % "2029"}
        extensions: [{_USAGE % "digital_signature, non_repudiation"}, {_CRL % "issuing"}, {_AIA}]{taken_back}
    services:
      ocsp:
        issuing: {{for-issuer: issuing, responder-cert: ocsp, signing-key: ocsp}}
      crl-repo:
        root: {{for-issuer: root, signing-key: root, simulated-update-schedule: P1D}}
        issuing: {{for-issuer: issuing, signing-key: issuing, simulated-update-schedule: P1D}}
      time-stamping:
        tsa: {{signing-cert: tsa, certs-to-embed: [issuing]}}
"""


class Quiet(WSGIRequestHandler):
    def log(self, *args: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def served(answer: Callable[..., Any]) -> Iterator[str]:
    """Serve a WSGI application on loopback and yield its address."""
    server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Outside:
    """A house of authorities as it stands now; ``asked`` counts the questions put to it, ``silent`` leaves them."""

    def __init__(self, folder: Path, until: int = 2036, revoked: bool = False) -> None:
        folder.mkdir()
        for name in KEYS:
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            (folder / f"{name}.pem").write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
            )
        self.folder, self.until, self.revoked, self.asked = folder, until, revoked, 0
        self.silent = False
        self._animator: Animator | None = None

    @contextlib.contextmanager
    def open(self) -> Iterator[str]:
        """Open the house at an address that its certificates name."""
        with served(self) as address:
            self._settle(address)
            self.url = f"{address}/house/tsa/tsa"
            yield address

    def _settle(self, address: str) -> None:
        self._address, file = address, self.folder / "certomancer.yml"
        file.write_text(_config(self.until, self.revoked).replace("http://127.0.0.1:1", address))
        config = CertomancerConfig.from_file(str(file), key_search_dir=str(self.folder))
        self.house = config.get_pki_arch(ArchLabel("house"))
        self._animator = Animator(AnimatorArchStore({ArchLabel("house"): self.house}), with_web_ui=False)

    def revoke(self) -> None:
        """Revoke the seal from REVOKED on, at the same address; certificates keep their numbers and dates."""
        self.revoked = True
        self._settle(self._address)

    def certificate(self, name: str) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.house.get_cert(CertLabel(name)).dump())

    def key(self, name: str) -> rsa.RSAPrivateKey:
        key = serialization.load_pem_private_key((self.folder / f"{name}.pem").read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return key

    def __call__(self, environ: dict, start: Callable[..., Any]) -> Any:
        self.asked += 1
        if self.silent:
            return Response(status=503)(environ, start)
        return self._animator(environ, start)


def slow(environ: dict, start: Callable[..., Any]) -> Any:
    time.sleep(1)
    return Response(b"")(environ, start)


def saying(content: bytes, media: str = "application/timestamp-reply", status: int = 200) -> Callable[..., Any]:
    """Return a server that says the same to everybody."""

    def answer(environ: dict, start: Callable[..., Any]) -> Any:
        Request(environ).get_data()
        return Response(content, status=status, content_type=media)(environ, start)

    return answer


def now() -> datetime:
    return datetime.now(UTC)
