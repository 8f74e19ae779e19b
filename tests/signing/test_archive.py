"""Archived and renewed files, decades later, and as independent programs see them."""

import asyncio
import io
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import process_legacy_crl_input

from app.signing import authority, rotation
from app.signing.anchors import Anchors
from app.signing.archive import extend, newest_stamp
from app.signing.chains import asn1
from app.signing.errors import ArchiveUnavailableError, TimeStampUnavailableError
from app.signing.keys import load_seal
from app.signing.reasons import Note, Reason
from app.signing.revocation import Lists
from app.signing.seal import seal
from app.signing.timestamps import TimeAuthority
from app.signing.validate import validate
from tests.pdf.tools import said
from tests.signing.archives import ARCHIVED, RENEWED, own_lists
from tests.signing.conftest import AT, CODE, NAME


def year(number: int) -> datetime:
    return datetime(number, 12, 1, tzinfo=UTC)


def test_each_age_begins_with_the_one_before_byte_for_byte(aged):
    assert aged.sealed.pdf.startswith(aged.sealed.plain)
    assert aged.archived.startswith(aged.sealed.pdf)
    assert aged.renewed.startswith(aged.archived)


def test_an_archived_file_says_all_there_is_to_say(aged):
    report = validate(aged.archived, aged.sealed.anchors, ARCHIVED + timedelta(days=1))
    assert report.good
    assert report.notes == ()
    assert (report.sealed_at, report.proven_at) == (AT, AT)
    assert [stamp.at for stamp in report.stamps] == [AT, ARCHIVED]
    assert report.sealed_length == len(aged.sealed.pdf)
    assert report.record == aged.sealed.data
    assert newest_stamp(aged.archived).at == ARCHIVED


@pytest.mark.parametrize("number", [2027, 2030, 2035])
def test_an_archived_file_is_good_long_after_the_seal_expired(aged, number, time_machine):
    time_machine.move_to(year(number))
    report = validate(aged.archived, aged.sealed.anchors, year(number))
    assert report.reasons == ()
    assert report.proven_at == AT


@pytest.mark.parametrize("number", [2037, 2039])
def test_a_chain_that_nobody_renewed_says_so(aged, number):
    report = validate(aged.archived, aged.sealed.anchors, year(number))
    assert report.reasons == (Reason.TIME_EXPIRED,)
    assert report.proven_at is None
    assert report.intact


@pytest.mark.parametrize("number", [2035, 2037, 2039, 2044])
def test_renewed_under_another_authority_it_is_good_when_the_first_has_expired(aged, number, time_machine):
    time_machine.move_to(year(number))
    report = validate(aged.renewed, aged.anchors, year(number))
    assert report.reasons == ()
    assert report.notes == ()
    assert report.proven_at == AT
    assert [stamp.at for stamp in report.stamps] == [AT, ARCHIVED, RENEWED]
    assert report.good_until.year == 2045


def test_the_older_files_are_good_as_long_as_they_can(aged):
    for pdf in (aged.sealed.pdf, aged.archived, aged.renewed):
        assert validate(pdf, aged.anchors, year(2035)).good


def test_who_does_not_know_the_second_authority_believes_the_first_while_it_lasts(aged):
    early = validate(aged.renewed, aged.sealed.anchors, year(2035))
    assert early.good
    assert early.notes == (Note.STAMP_NOT_USED,)
    assert validate(aged.renewed, aged.sealed.anchors, year(2039)).reasons == (Reason.TIME_UNTRUSTED,)


def test_who_knows_only_the_second_authority_believes_its_time_and_no_earlier_one(aged):
    only_second = Anchors(aged.anchors.seals, aged.anchors.times[1:])
    report = validate(aged.renewed, only_second, year(2039))
    assert report.proven_at == RENEWED
    assert [stamp.at for stamp in report.stamps] == [RENEWED]
    # by then the seal's certificate had expired, and nothing this verifier believes says that it was older
    assert report.reasons == (Reason.SEAL_EXPIRED,)
    assert Note.STAMP_NOT_USED in report.notes


def test_a_renewal_by_who_lasts_no_longer_is_none(aged, keys):
    """Otherwise the file would grow day by day, and the proof would end when it did before."""
    same = aged.sealed.times.timestamper(RENEWED)
    with pytest.raises(ArchiveUnavailableError) as refusal:
        extend(aged.archived, aged.anchors, RENEWED, same, lambda chain: own_lists(keys, RENEWED))
    assert refusal.value.reason == "renewal_gains_nothing"


# the agreement of others


def by_pyhanko(pdf: bytes, anchors: Anchors, at: datetime, crls: list[bytes]):
    """Validate by the letter of ETSI EN 319 102-1, offline, with today's list of the outermost authority."""
    policy = {"revinfo_policy": CertRevTrustPolicy(REQUIRE_REVINFO)}

    def believing(roots):
        manager = SimpleTrustManager.build(trust_roots=[asn1(each) for each in roots])
        return CertValidationPolicySpec(trust_manager=manager, **policy)

    spec = SignatureValidationSpec(
        cert_validation_policy=believing(anchors.seals),
        ts_cert_validation_policy=believing(anchors.times),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(
            online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY,
            certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH,
        ),
        local_knowledge=LocalKnowledge(known_crls=process_legacy_crl_input(crls)),
    )
    timing = ValidationTimingInfo(at, at, point_in_time_validation=True)
    embedded = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    return asyncio.run(ades_lta_validation(embedded, PdfSignatureValidationSpec(spec), timing_info=timing))


@pytest.mark.parametrize("number", [2027, 2030, 2035])
def test_the_algorithm_of_etsi_agrees_on_archived_files(aged, keys, number, time_machine):
    time_machine.move_to(year(number))
    found = by_pyhanko(aged.archived, aged.anchors, year(number), list(own_lists(keys, year(number)).crls[1:]))
    assert found.ades_subindic == AdESPassed.OK
    assert found.api_status.bottom_line


@pytest.mark.parametrize("number", [2037, 2039])
def test_the_algorithm_of_etsi_agrees_on_renewed_files_and_on_those_that_were_not(aged, keys, number, time_machine):
    time_machine.move_to(year(number))
    fresh = list(own_lists(keys, year(number), aged.second).crls[2:])
    found = by_pyhanko(aged.renewed, aged.anchors, year(number), fresh)
    assert found.ades_subindic == AdESPassed.OK
    assert found.api_status.bottom_line
    assert by_pyhanko(aged.archived, aged.anchors, year(number), fresh).ades_subindic != AdESPassed.OK


@pytest.fixture(scope="session", params=["sealed", "archived", "renewed"])
def path(request, aged, tmp_path_factory):
    pdf = {"sealed": aged.sealed.pdf, "archived": aged.archived, "renewed": aged.renewed}[request.param]
    path = tmp_path_factory.mktemp("age") / f"{request.param}.pdf"
    path.write_bytes(pdf)
    return path


def test_poppler_finds_the_seal_valid_at_each_age(path):
    first, *later = said("pdfsig", "-nocert", path).split("Signature #")[1:]
    assert "Signature Field Name: sig-seal" in first
    assert "Signature is Valid" in first
    assert ("Not total document signed" in first) == (path.stem != "sealed")
    # of a time-stamp around the document it only knows how far it reaches
    assert len(later) == {"sealed": 0, "archived": 1, "renewed": 2}[path.stem]
    assert "- Total document signed" in [first, *later][-1]


def test_mupdf_finds_the_seal_valid_at_each_age(path):
    words = said("mutool", "sign", "-v", path).split("Verifying signature")[1]
    if path.stem == "sealed":
        assert "The document is unchanged since signing" in words
    else:
        assert "The signature is valid but there have been edits since signing" in words


def test_qpdf_finds_nothing_wrong(path):
    assert "No syntax or stream encoding errors" in said("qpdf", "--check", path)


def openssl(folder, *command: str) -> str:
    done = subprocess.run(["openssl", *command], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_openssl_verifies_seal_and_time_stamps_over_the_ranges_they_name(path, aged, tmp_path):
    (tmp_path / "seals.pem").write_bytes(aged.anchors.seals[0].public_bytes(Encoding.PEM))
    times = b"".join(each.public_bytes(Encoding.PEM) for each in aged.anchors.times)
    (tmp_path / "times.pem").write_bytes(times)
    pdf = path.read_bytes()
    for signature in PdfFileReader(io.BytesIO(pdf)).embedded_signatures:
        start, first, second, rest = (int(number) for number in signature.byte_range)
        (tmp_path / "content").write_bytes(pdf[start:first] + pdf[second : second + rest])
        if signature.field_name == "sig-seal":
            (tmp_path / "seal").write_bytes(bytes(signature.pkcs7_content))
            words = openssl(
                tmp_path, "cms", "-verify", "-inform", "DER", "-in", "seal", "-content", "content", "-binary",
                "-purpose", "any", "-CAfile", "seals.pem", "-out", "out",
            )  # fmt: skip
            assert "successful" in words, words
            token = next(extract_tst_data_iter(signature.signer_info, signed=False))
            (tmp_path / "content").write_bytes(signature.signer_info["signature"].native)
            (tmp_path / "token").write_bytes(wrapped(token))
        else:
            (tmp_path / "token").write_bytes(bytes(signature.pkcs7_content).rstrip(b"\0"))
        words = openssl(
            tmp_path, "ts", "-verify", "-token_in", "-in", "token", "-data", "content", "-CAfile", "times.pem"
        )
        if signature.field_name == "archive-2":  # whose certificate is of 2035
            assert "not yet valid" in words or "Verification: OK" in words, words
        else:
            assert "Verification: OK" in words, words


def wrapped(signed) -> bytes:
    from asn1crypto import cms

    return cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()


def test_the_archive_says_no_more_on_the_page_than_the_seal(path):
    with pikepdf.open(path) as pdf:
        for field in pdf.Root.AcroForm.Fields:
            assert [int(side) for side in field.Rect] == [0, 0, 0, 0]


# what is done to an archived file


def updated(pdf: bytes, change) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def turn(writer):
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = generic.NumberObject(90)
    writer.mark_update(page.container_ref)


def overlay(writer):
    page = writer.root["/Pages"]["/Kids"][0]
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Contents"): generic.TextStringObject("accepted"),
            generic.pdf_name("/Rect"): generic.ArrayObject(generic.NumberObject(n) for n in (0, 0, 300, 300)),
        }
    )
    page["/Annots"].append(writer.add_object(note))
    writer.mark_update(page.container_ref)
    writer.update_container(page["/Annots"])


def swap(writer):
    file = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]["/EF"].raw_get("/F").get_object()
    file._data, file._encoded_data = b"{}", None
    writer.mark_update(file.container_ref)


def strip(writer):
    field = writer.root["/AcroForm"]["/Fields"][0]
    del field["/V"]
    writer.mark_update(field.container_ref)


def no_range(writer):
    value = writer.root["/AcroForm"]["/Fields"][0]["/V"]
    value["/ByteRange"] = generic.NullObject()
    writer.mark_update(value.container_ref)


ATTACKS = {"turn": turn, "overlay": overlay, "swap": swap, "strip": strip, "no range": no_range}


@pytest.mark.parametrize("change", ATTACKS.values(), ids=ATTACKS)
def test_an_update_after_the_archive_is_detected(aged, change):
    report = validate(updated(aged.archived, change), aged.anchors, year(2027))
    expected = {strip: {Reason.SEVERAL_SIGNATURES, Reason.NO_SIGNATURE}, no_range: {Reason.SEVERAL_SIGNATURES}}
    assert set(report.reasons) & expected.get(change, {Reason.NOT_WHOLE_FILE})


@pytest.mark.parametrize("change", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("age", ["sealed", "archived"])
def test_an_update_that_somebody_stamped_is_detected(aged, age, change):
    """A time-stamp authority stamps whatever it is handed: it is no witness that nothing was changed."""
    pdf = aged.sealed.pdf if age == "sealed" else aged.archived
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    number = 1 if age == "sealed" else 2
    stamper = PdfTimeStamper(aged.sealed.times.timestamper(year(2026)), field_name=f"archive-{number}")
    forged = stamper.timestamp_pdf(writer, "sha256").getvalue()
    report = validate(forged, aged.anchors, year(2027))
    assert not report.good
    if change in {turn, overlay, swap}:
        assert report.reasons == (Reason.CHANGED_AFTERWARDS,)


def test_whoever_kept_the_bytes_need_not_compare_revisions(aged):
    assert validate(aged.archived, aged.anchors, year(2027), kept=True).good


def test_a_time_stamp_in_a_field_of_another_name_is_not_ours(aged):
    writer = IncrementalPdfFileWriter(io.BytesIO(aged.sealed.pdf))
    stamper = PdfTimeStamper(aged.sealed.times.timestamper(year(2026)), field_name="Timestamp")
    assert validate(stamper.timestamp_pdf(writer, "sha256").getvalue(), aged.anchors, year(2027)).reasons == (
        Reason.WRONG_FIELD,
    )


def test_a_byte_changed_anywhere_is_detected(aged):
    for place in range(50, len(aged.archived), 1499):
        changed = bytearray(aged.archived)
        changed[place] ^= 4
        report = validate(bytes(changed), aged.anchors, year(2027), kept=True)
        inside_the_newest = aged.archived.rindex(b"/Contents <") < place
        assert not report.good or inside_the_newest, place


def test_the_file_cut_back_to_an_earlier_age_is_that_age(aged):
    assert validate(aged.archived[: len(aged.sealed.pdf)], aged.anchors, year(2027)).good


# revocation


@pytest.fixture
def taken_back(sealed, tmp_path):
    """A house of its own whose seal is revoked at will."""
    authority.make_authority(tmp_path, at=AT)
    rotation.make_seal(tmp_path, CODE, NAME, at=AT)
    own = load_seal(tmp_path, CODE, at=AT)
    times = TimeAuthority(tmp_path)
    pdf = seal(sealed.plain, own, AT + timedelta(hours=1), timestamper=times.timestamper(AT + timedelta(hours=1)))
    from app.signing.anchors import load_anchors

    return replace(sealed, pdf=pdf, seal=own, times=times, anchors=load_anchors(None, tmp_path)), tmp_path


def archive(house, keys, at=ARCHIVED, gather=None):
    gather = gather or (lambda chain: own_lists(keys, at))
    return extend(house.pdf, house.anchors, at, house.times.timestamper(at), gather)


def revoke(house, keys, at):
    serial = house.seal.certificate.serial_number
    authority.revoke(keys, serial, at, x509.ReasonFlags.key_compromise)


def test_a_seal_revoked_before_it_was_used_is_told_by_whoever_knows_the_list(taken_back):
    house, keys = taken_back
    revoke(house, keys, AT + timedelta(minutes=30))
    assert validate(house.pdf, house.anchors, ARCHIVED).good
    known = validate(house.pdf, house.anchors, ARCHIVED, in_hand=own_lists(keys, ARCHIVED))
    assert known.reasons == (Reason.SEAL_REVOKED,)
    assert known.revoked_at == AT + timedelta(minutes=30)
    with pytest.raises(ArchiveUnavailableError) as refusal:
        archive(house, keys)
    assert refusal.value.reason == "revoked"


def test_a_seal_revoked_after_the_proven_time_has_sealed_what_it_sealed(taken_back):
    house, keys = taken_back
    revoke(house, keys, AT + timedelta(hours=5))
    known = validate(house.pdf, house.anchors, ARCHIVED, in_hand=own_lists(keys, ARCHIVED))
    assert known.good
    assert Note.SEAL_REVOKED_AFTERWARDS in known.notes
    archived = validate(archive(house, keys), house.anchors, year(2030))
    assert archived.good
    assert archived.notes == (Note.SEAL_REVOKED_AFTERWARDS,)


def test_a_list_from_before_the_sealing_is_not_enough(taken_back):
    house, keys = taken_back
    with pytest.raises(ArchiveUnavailableError) as refusal:
        archive(house, keys, gather=lambda chain: own_lists(keys, AT))
    assert refusal.value.reason == "revocation_unavailable"


def test_a_list_by_a_stranger_counts_for_nothing(taken_back, keys):
    house, its_keys = taken_back
    strangers = own_lists(keys, ARCHIVED)
    assert validate(house.pdf, house.anchors, ARCHIVED, in_hand=strangers).notes == (Note.REVOCATION_UNKNOWN,)
    with pytest.raises(ArchiveUnavailableError):
        archive(house, its_keys, gather=lambda chain: strangers)


def test_noise_instead_of_a_list_counts_for_nothing(taken_back):
    house, keys = taken_back
    noise = Lists((b"", b"noise", b"\x30\x00"), (b"", b"noise", b"\x30\x00"))
    assert validate(house.pdf, house.anchors, ARCHIVED, in_hand=noise).good
    assert archive(house, keys, gather=lambda chain: own_lists(keys, ARCHIVED) + noise)


def test_what_is_not_good_now_is_not_archived(aged, keys):
    for anchors in (Anchors(), Anchors(aged.anchors.seals, ()), Anchors((), aged.anchors.times)):
        with pytest.raises(ArchiveUnavailableError) as refusal:
            extend(aged.sealed.pdf, anchors, ARCHIVED, aged.sealed.times.timestamper(ARCHIVED), lambda _: Lists())
        assert refusal.value.reason == "archive_unsound"


def test_without_time_nothing_is_archived(aged, keys):
    away = TimeAuthority(keys, "http://127.0.0.1:1/").timestamper(ARCHIVED)
    with pytest.raises(TimeStampUnavailableError):
        extend(aged.sealed.pdf, aged.anchors, ARCHIVED, away, lambda chain: own_lists(keys, ARCHIVED))
