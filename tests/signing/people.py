"""Persons with certificates of their own, and the tool that they sign with: theirs, not ours."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
_CA_USAGE = {"key_cert_sign": True, "crl_sign": True}
_ALL_USAGES = (
    "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign "
    "encipher_only decipher_only"
)


@dataclass(frozen=True)
class Person:
    """A certificate with its key, as a card or a file of the person's has it."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


class House:
    """An authority that issues certificates to persons."""

    def __init__(self, name: str = "People CA") -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.root = self._issued(_name(name), _name(name), self.key, UNTIL + timedelta(days=3650), None)

    def issue(
        self,
        name: str,
        purposes: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.EMAIL_PROTECTION,),
        until: datetime = UNTIL,
    ) -> Person:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return Person(self._issued(_name(name), self.root.subject, key, until, purposes), key)

    def crl(self, at: datetime, *revoked: tuple[Person, datetime]) -> bytes:
        """Return the revocation list of a moment."""
        made = x509.CertificateRevocationListBuilder(self.root.subject, at, at + timedelta(days=1))
        for person, since in revoked:
            entry = x509.RevokedCertificateBuilder(person.certificate.serial_number, since).build()
            made = made.add_revoked_certificate(entry)
        return made.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _issued(self, subject, issuer, key, until, purposes) -> x509.Certificate:
        usage = {"digital_signature": True, "key_encipherment": True} if purposes is not None else _CA_USAGE
        made = (
            x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number(), SINCE, until)
            .add_extension(x509.BasicConstraints(ca=purposes is None, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**dict.fromkeys(_ALL_USAGES.split(), False) | usage), critical=True)
        )
        if purposes:
            made = made.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        return made.sign(self.key, hashes.SHA256())


def _name(common: str) -> x509.Name:
    parts = ((NameOID.COUNTRY_NAME, "JP"), (NameOID.ORGANIZATION_NAME, "Seiran University"))
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in (*parts, (NameOID.COMMON_NAME, common))])


def sign(
    pdf: bytes,
    person: Person,
    number: int,
    at: datetime,
    *,
    house: House | None = None,
    timestamper=None,
    subfilter: SigSeedSubFilter = SigSeedSubFilter.ADOBE_PKCS7_DETACHED,
    **claims,
) -> bytes:
    """Return ``pdf`` signed by a person in the field of a number, by a tool that is not ours."""
    store = SimpleCertificateStore()
    store.register_multiple([_asn1(each) for each in (house and [house.root]) or []])
    private = person.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    own = SimpleSigner(
        signing_cert=_asn1(person.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=store,
    )
    asked = {"field_name": f"sig-person-{number}", "md_algorithm": "sha256", "subfilter": subfilter} | claims
    signer = _Claiming(PdfSignatureMetadata(**asked), own, timestamper=timestamper)
    signer.at = at
    out: io.BytesIO = signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)))
    return out.getvalue()


class _Claiming(PdfSigner):
    """Claims the time it is told, and signs also where the seal forbids it."""

    at: datetime

    def _enforce_certification_constraints(self, reader) -> None:
        pass

    def init_signing_session(self, *args, **options):
        session = super().init_signing_session(*args, **options)
        session.system_time = self.at
        return session


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
