"""A sealed PDF, as independent programs see it."""

import io
from datetime import timedelta

import pikepdf
import pytest

from app.domain.attestation import sha256
from app.signing.errors import SealUnavailableError, UnsealableError
from app.signing.seal import seal
from tests.pdf.records import a_record
from tests.pdf.tools import said, squeezed
from tests.signing.conftest import AT


@pytest.fixture(scope="session")
def path(sealed, tmp_path_factory):
    path = tmp_path_factory.mktemp("sealed") / "sealed.pdf"
    path.write_bytes(sealed.pdf)
    return path


def test_poppler_finds_one_valid_signature_over_the_whole_document(path):
    words = said("pdfsig", "-nocert", path)
    assert words.count("Signature #") == 1
    assert "Signature Field Name: sig-seal" in words
    assert "Signature Type: ETSI.CAdES.detached" in words
    assert "Total document signed" in words
    assert "Signature is Valid" in words


def test_mupdf_finds_the_document_unchanged(path):
    assert "The document is unchanged since signing" in said("mutool", "sign", "-v", path)


def test_qpdf_finds_nothing_wrong(path):
    assert "No syntax or stream encoding errors" in said("qpdf", "--check", path)


def test_sealing_only_appends(sealed):
    assert sealed.pdf.startswith(sealed.plain)


def test_what_is_printed_is_as_before(path, sealed):
    text = squeezed(said("pdftotext", "-raw", path, "-"))
    assert squeezed(a_record().issuer.name.ja) in text
    with pikepdf.open(path) as pdf:
        fingerprint = sha256(sealed.data)
        assert text.count(f"SHA-256{fingerprint[:16]}…") == len(pdf.pages)
        assert text.count(fingerprint) == 1


def test_the_seal_is_a_certification_that_allows_no_change(path):
    with pikepdf.open(path) as pdf:
        signature = pdf.Root.Perms.DocMDP
        assert signature.SubFilter == "/ETSI.CAdES.detached"
        assert int(signature.Reference[0].TransformParams.P) == 1
        assert [int(side) for side in pdf.Root.AcroForm.Fields[0].Rect] == [0, 0, 0, 0]


def test_an_expired_seal_seals_nothing(sealed):
    with pytest.raises(SealUnavailableError):
        seal(sealed.plain, sealed.seal, AT + timedelta(days=4 * 365), timestamper=None)


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7 nothing"])
def test_what_is_no_pdf_cannot_be_sealed(sealed, pdf):
    with pytest.raises(UnsealableError):
        seal(pdf, sealed.seal, AT, timestamper=None)


def test_what_is_sealed_cannot_be_sealed_again(sealed):
    with pytest.raises(UnsealableError):
        seal(sealed.pdf, sealed.seal, AT, timestamper=None)


def test_a_pdf_without_our_field_cannot_be_sealed(sealed):
    with pikepdf.open(io.BytesIO(sealed.plain)) as pdf:
        pdf.Root.AcroForm.Fields[0].T = "other"
        out = io.BytesIO()
        pdf.save(out)
    with pytest.raises(UnsealableError):
        seal(out.getvalue(), sealed.seal, AT, timestamper=None)
