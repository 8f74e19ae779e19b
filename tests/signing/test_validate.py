"""What is done to a sealed PDF shows in the report, and whatever is given, a report comes back."""

import io
from datetime import timedelta

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from app.signing import seal as seal_module
from app.signing import validate as validate_module
from app.signing.anchors import Anchors
from app.signing.authority import load_root, make_authority
from app.signing.keys import fingerprint, load_seal
from app.signing.reasons import Note, Reason
from app.signing.rotation import make_seal
from app.signing.seal import seal
from app.signing.validate import SignatureReport, validate
from tests.signing.conftest import AT, CODE, NAME

NOW = AT + timedelta(hours=1)


def examined(pdf, sealed) -> SignatureReport:
    return validate(pdf, sealed.anchors, NOW)


def reasons(pdf, sealed) -> tuple[Reason, ...]:
    return examined(pdf, sealed).reasons


def updated(pdf: bytes, change) -> bytes:
    """Return ``pdf`` with an incremental update made by ``change``."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def signed_otherwise(plain: bytes, sealed, **claims) -> bytes:
    """Return ``plain`` signed with the right key but not in our way."""
    signer_class, _ = seal_module._classes()
    claims = {"subfilter": fields.SigSeedSubFilter.PADES, "md_algorithm": "sha256"} | claims
    timestamper = sealed.times.timestamper(AT)
    signer = PdfSigner(PdfSignatureMetadata(**claims), signer_class(sealed.seal), timestamper=timestamper)
    return signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(plain))).getvalue()


def test_a_sealed_pdf_is_good_and_says_whose_it_is_and_since_when(sealed):
    report = examined(sealed.pdf, sealed)
    assert report == SignatureReport(
        reasons=(),
        notes=(Note.REVOCATION_UNKNOWN,),
        intact=True,
        whole_file=True,
        trusted=True,
        signer=report.signer,
        sealed_at=AT,
        proven_at=AT,
        good_until=report.stamps[0].good_until,
        stamps=report.stamps,
        sealed_length=len(sealed.pdf),
        record=sealed.data,
        statement=report.statement,
        proof=report.proof,
    )
    assert report.good
    assert report.statement.count(b".") == 2
    assert report.proof.startswith(b"c2sp.org/tlog-proof@v1\n")
    assert report.signer.fingerprint == fingerprint(sealed.seal.certificate)
    assert report.signer.organization == NAME.ja
    assert [stamp.at for stamp in report.stamps] == [AT]


def test_the_clock_of_the_machine_says_nothing(sealed, time_machine):
    time_machine.move_to(AT + timedelta(days=50 * 365))
    assert reasons(sealed.pdf, sealed) == ()


def test_it_is_still_good_after_the_seal_expired_and_no_more_when_its_time_did(sealed):
    assert validate(sealed.pdf, sealed.anchors, AT + timedelta(days=9 * 365)).good
    late = validate(sealed.pdf, sealed.anchors, AT + timedelta(days=15 * 365))
    assert late.reasons == (Reason.TIME_EXPIRED,)
    assert late.proven_at is None
    assert late.intact


def test_without_a_trusted_root_it_is_intact_but_untrusted(sealed):
    report = validate(sealed.pdf, Anchors((), sealed.anchors.times), NOW)
    assert report.reasons == (Reason.UNTRUSTED,)
    assert report.intact
    assert report.proven_at == AT
    assert not report.good


def test_roots_of_seals_say_nothing_about_time_and_the_reverse(sealed):
    swapped = validate(sealed.pdf, Anchors(sealed.anchors.times, sealed.anchors.seals), NOW)
    assert swapped.reasons == (Reason.UNTRUSTED, Reason.TIME_UNTRUSTED)
    no_time = validate(sealed.pdf, Anchors(sealed.anchors.seals, ()), NOW)
    assert no_time.reasons == (Reason.TIME_UNTRUSTED,)
    assert no_time.trusted
    assert no_time.proven_at is None


def test_without_a_time_stamp_its_time_is_only_claimed(sealed):
    report = examined(seal(sealed.plain, sealed.seal, AT, timestamper=None), sealed)
    assert report.reasons == (Reason.TIME_MISSING,)
    assert (report.sealed_at, report.proven_at, report.trusted) == (AT, None, True)


def test_a_time_that_is_claimed_and_another_that_is_proven_are_told_apart(sealed):
    later = AT + timedelta(days=3)
    pdf = seal(sealed.plain, sealed.seal, AT, timestamper=sealed.times.timestamper(later))
    report = validate(pdf, sealed.anchors, later)
    assert report.good
    assert (report.sealed_at, report.proven_at) == (AT, later)


def test_a_stamp_from_the_future_proves_nothing(sealed):
    pdf = seal(sealed.plain, sealed.seal, AT, timestamper=sealed.times.timestamper(AT + timedelta(days=3)))
    assert reasons(pdf, sealed) == (Reason.TIME_INVALID,)


def test_the_stamp_of_another_seal_proves_nothing(sealed):
    """The same token in another seal: it is about other bytes."""
    stamper = sealed.times.timestamper(AT)

    class Replaying(type(stamper)):
        async def async_timestamp(self, message_digest, md_algorithm):
            return await super().async_timestamp(bytes(32), md_algorithm)

    stamper.__class__ = Replaying
    forged = seal(sealed.plain, sealed.seal, AT, timestamper=stamper)
    report = examined(forged, sealed)
    assert report.reasons == (Reason.TIME_INVALID,)
    assert report.proven_at is None


def test_the_seal_of_another_authority_with_the_same_names_is_untrusted(sealed, tmp_path):
    make_authority(tmp_path, at=AT)
    make_seal(tmp_path, CODE, NAME, at=AT)
    stamper = sealed.times.timestamper(AT)
    forged = seal(sealed.plain, load_seal(tmp_path, CODE, at=AT), AT, timestamper=stamper)
    assert reasons(forged, sealed) == (Reason.UNTRUSTED,)
    assert validate(forged, Anchors((load_root(tmp_path),), sealed.anchors.times), NOW).good


@pytest.mark.parametrize("tail", [b"%junk\n", b"\0" * 10])
def test_bytes_appended_are_detected(sealed, tail):
    assert Reason.NOT_WHOLE_FILE in reasons(sealed.pdf + tail, sealed)


@pytest.mark.parametrize("tail", [b"\n", b" ", b"\r\n\r\n"])
def test_white_space_at_the_end_is_no_change(sealed, tail):
    """Some who pass a file on add a line end. That it is not the very file issued is told by its hash."""
    report = examined(sealed.pdf + tail, sealed)
    assert report.good
    assert report.sealed_length == len(sealed.pdf)


def test_bytes_cut_off_are_detected(sealed):
    for cut in (1, 10, 1000, len(sealed.pdf) // 2):
        assert not examined(sealed.pdf[:-cut], sealed).good


def test_an_attachment_swapped_by_an_update_is_detected(sealed):
    def swap(writer):
        file = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]["/EF"].raw_get("/F").get_object()
        file._data, file._encoded_data = b"{}", None
        writer.mark_update(file.container_ref)

    report = examined(updated(sealed.pdf, swap), sealed)
    assert report.record == b"{}"
    assert Reason.NOT_WHOLE_FILE in report.reasons


def test_a_page_changed_by_an_update_is_detected(sealed):
    def turn(writer):
        page = writer.root["/Pages"]["/Kids"][0]
        page["/Rotate"] = generic.NumberObject(90)
        writer.mark_update(page.container_ref)

    assert Reason.NOT_WHOLE_FILE in reasons(updated(sealed.pdf, turn), sealed)


def test_a_removed_signature_is_missed(sealed):
    def remove(writer):
        field = writer.root["/AcroForm"]["/Fields"][0]
        del field["/V"]
        writer.mark_update(field.container_ref)

    assert reasons(updated(sealed.pdf, remove), sealed) == (Reason.NO_SIGNATURE,)
    assert reasons(sealed.plain, sealed) == (Reason.NO_SIGNATURE,)


def test_the_file_saved_anew_is_detected(sealed):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(sealed.pdf)) as pdf:
        pdf.save(out)
    assert not examined(out.getvalue(), sealed).good


def test_a_second_signature_is_one_too_many(sealed):
    first = signed_otherwise(sealed.plain, sealed, field_name="sig-seal")
    second = signed_otherwise(first, sealed, field_name="other")
    assert reasons(second, sealed) == (Reason.SEVERAL_SIGNATURES,)


def test_an_approval_in_our_field_is_no_certification(sealed):
    approved = signed_otherwise(sealed.plain, sealed, field_name="sig-seal")
    assert reasons(approved, sealed) == (Reason.NOT_CERTIFIED,)


def test_a_certification_that_allows_changes_is_not_ours(sealed):
    lax = signed_otherwise(
        sealed.plain,
        sealed,
        field_name="sig-seal",
        certify=True,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
    )
    assert reasons(lax, sealed) == (Reason.NOT_CERTIFIED,)


def test_a_signature_in_another_field_is_not_ours(sealed):
    other = signed_otherwise(
        sealed.plain, sealed, field_name="other", certify=True, docmdp_permissions=fields.MDPPerm.NO_CHANGES
    )
    assert reasons(other, sealed) == (Reason.WRONG_FIELD,)


def test_another_kind_of_signature_is_not_ours(sealed):
    older = signed_otherwise(
        sealed.plain,
        sealed,
        field_name="sig-seal",
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED,
    )
    assert reasons(older, sealed) == (Reason.WRONG_FORMAT,)


def test_a_claimed_time_outside_of_the_seals_dates_is_untrusted(sealed):
    signer_class, pdf_signer_class = seal_module._classes()
    signer = pdf_signer_class(
        PdfSignatureMetadata(
            field_name="sig-seal",
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        ),
        signer_class(sealed.seal),
    )
    signer.claimed_time = AT + timedelta(days=4 * 365)
    late = signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(sealed.plain))).getvalue()
    assert reasons(late, sealed) == (Reason.SEAL_EXPIRED, Reason.TIME_MISSING)


def with_attachments(sealed, *names: str, content: bytes = b"{}") -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(sealed.plain)) as pdf:
        for name in ("attestation.json", "attestation.jws", "attestation.tlog-proof"):
            del pdf.attachments[name]
        for name in names:
            pdf.attachments[name] = content
        pdf.save(out)
    return seal(out.getvalue(), sealed.seal, AT, timestamper=sealed.times.timestamper(AT))


def test_a_missing_record_and_a_second_attachment_are_told(sealed):
    assert reasons(with_attachments(sealed), sealed) == (Reason.RECORD_MISSING,)
    assert reasons(with_attachments(sealed, "other.json"), sealed) == (Reason.RECORD_MISSING,)
    alone = with_attachments(sealed, "attestation.json", "attestation.jws")
    assert reasons(alone, sealed) == ()
    both = with_attachments(sealed, "attestation.json", "b.json")
    assert reasons(both, sealed) == (Reason.SEVERAL_RECORDS,)


def test_an_attachment_that_unfolds_without_end_is_not_unfolded(sealed):
    bomb = with_attachments(sealed, "attestation.json", content=bytes(30 * 1024 * 1024))
    assert len(bomb) < len(sealed.pdf) + 200_000
    assert reasons(bomb, sealed) == (Reason.UNREADABLE,)


def test_an_encrypted_file_is_told(sealed):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(sealed.plain)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user=""))
    assert reasons(out.getvalue(), sealed) == (Reason.ENCRYPTED,)


@pytest.mark.parametrize("junk", [b"", b"PK\x03\x04", b"<html>", b"\xef\xbb\xbf%PDF-1.7"])
def test_what_is_no_pdf_is_told(sealed, junk):
    assert reasons(junk, sealed) == (Reason.NOT_PDF,)


@pytest.mark.parametrize("junk", [b"%PDF-1.7", b"%PDF-1.7\n" + b"\0" * 500, b"%PDF-1.7\nstartxref\n0\n%%EOF"])
def test_what_cannot_be_read_is_told_and_nothing_is_raised(sealed, junk):
    assert reasons(junk, sealed) == (Reason.UNREADABLE,)


def test_a_huge_file_is_not_even_opened(sealed, monkeypatch):
    monkeypatch.setattr(validate_module, "LARGEST_PDF", len(sealed.pdf) - 1)
    assert reasons(sealed.pdf, sealed) == (Reason.TOO_LARGE,)


def test_codes_of_reasons_are_stable():
    assert {reason.value for reason in Reason} == {
        "too_large",
        "not_pdf",
        "unreadable",
        "encrypted",
        "no_signature",
        "several_signatures",
        "wrong_field",
        "wrong_format",
        "not_certified",
        "not_whole_file",
        "digest_mismatch",
        "signature_invalid",
        "changed_afterwards",
        "untrusted",
        "seal_expired",
        "seal_revoked",
        "time_missing",
        "time_invalid",
        "time_untrusted",
        "time_expired",
        "time_revoked",
        "record_missing",
        "several_records",
        "annex",
        "person_locks",
        "person_broken",
    }
