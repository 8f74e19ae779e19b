"""Persons sign beside the seal, in fields prepared for them, and whatever else is added is refused."""

import io
import subprocess
from dataclasses import dataclass, replace
from datetime import timedelta

import pikepdf
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields

from app.signing.anchors import Anchors
from app.signing.archive import extend
from app.signing.reasons import Fault, Note, Reason
from app.signing.revocation import Lists
from app.signing.validate import validate
from tests.pdf.tools import conformance, said
from tests.signing import people
from tests.signing.archives import RENEWED, own_lists
from tests.signing.conftest import AT, Sealed

FIRST, SECOND, ARCHIVED = (AT + timedelta(hours=hours) for hours in (1, 2, 30))
REVOKED = AT + timedelta(hours=3)
SINCE_SEALED, SINCE_ARCHIVED = SECOND + timedelta(hours=1), ARCHIVED + timedelta(hours=1)


@dataclass(frozen=True)
class Signed:
    """One file signed by one person, by two, then archived, and whom to believe."""

    house: people.House
    persons: tuple[people.Person, people.Person]
    invited: Sealed
    anchors: Anchors
    one: bytes
    two: bytes
    archived: bytes


@pytest.fixture(scope="session")
def signed(invited, keys) -> Signed:
    house = people.House()
    persons = house.issue("Hanako Aoki"), house.issue("Jiro Baba", (ExtendedKeyUsageOID.CLIENT_AUTH,))
    anchors = replace(invited.anchors, persons=(house.root,))
    one = people.sign(invited.pdf, persons[0], 1, FIRST)
    stamper = invited.times.timestamper(SECOND)
    pades = fields.SigSeedSubFilter.PADES
    two = people.sign(one, persons[1], 2, SECOND, timestamper=stamper, subfilter=pades)
    lists = own_lists(keys, ARCHIVED) + Lists(crls=(house.crl(ARCHIVED),))
    archived = extend(two, anchors, ARCHIVED, invited.times.timestamper(ARCHIVED), lambda chain: lists)
    return Signed(house, persons, invited, anchors, one, two, archived)


def reasons(pdf: bytes, signed: Signed):
    return validate(pdf, signed.anchors, SINCE_SEALED).reasons


def updated(pdf: bytes, change) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_file_for_persons_is_good_before_anybody_signed(signed):
    report = validate(signed.invited.pdf, signed.anchors, SINCE_SEALED)
    assert report.good
    assert report.persons == ()
    with pikepdf.open(io.BytesIO(signed.invited.pdf)) as pdf:
        found = {str(field.T): [int(side) for side in field.Rect] for field in pdf.Root.AcroForm.Fields}
    assert found == {name: [0, 0, 0, 0] for name in ("sig-seal", "sig-person-1", "sig-person-2")}


def test_persons_are_named_with_who_vouches_for_them_and_when(signed):
    report = validate(signed.two, signed.anchors, SINCE_SEALED)
    assert report.reasons == ()
    assert [(one.name, one.organization, one.fault) for one in report.persons] == [
        ("Hanako Aoki", "Seiran University", None),
        ("Jiro Baba", "Seiran University", None),
    ]
    assert {one.authority for one in report.persons} == {signed.house.root.subject.rfc4514_string()}
    # the first only claims a time, the second brought a time-stamp
    assert [(one.claimed_at, one.proven_at) for one in report.persons] == [(FIRST, None), (SECOND, SECOND)]
    assert report.sealed_length == len(signed.invited.pdf)
    assert report.proven_at == AT


def test_the_archive_covers_persons_and_proves_their_time(signed):
    report = validate(signed.archived, signed.anchors, SINCE_ARCHIVED)
    assert (report.reasons, report.notes) == ((), ())
    assert [one.proven_at for one in report.persons] == [ARCHIVED, SECOND]
    assert all(one.known for one in report.persons)
    late = validate(signed.archived, signed.anchors, RENEWED)
    assert late.good
    assert [one.fault for one in late.persons] == [None, None]


def test_each_state_begins_with_the_one_before_and_is_good_when_cut_back_to_it(signed):
    """What is cut off is known by the ledger alone: an earlier state stays good."""
    assert signed.archived.startswith(signed.two)
    assert signed.two.startswith(signed.one)
    assert signed.one.startswith(signed.invited.pdf)
    for pdf in (signed.invited.pdf, signed.one, signed.two):
        assert reasons(signed.archived[: len(pdf)], signed) == ()


def test_the_confined_reader_says_the_same(signed, desk):
    found = desk.read(signed.archived, signed.anchors, SINCE_ARCHIVED)
    assert found.report == validate(signed.archived, signed.anchors, SINCE_ARCHIVED)


def test_a_person_of_an_authority_not_believed_says_nothing_against_the_file(signed):
    for anchors in (signed.invited.anchors, replace(signed.anchors, persons=signed.anchors.seals)):
        report = validate(signed.two, anchors, SINCE_SEALED)
        assert report.good
        assert [(one.fault, one.authority) for one in report.persons] == [(Fault.UNTRUSTED, "")] * 2


def test_roots_of_persons_vouch_for_no_seal_and_no_time(signed):
    for anchors in (Anchors(signed.anchors.persons, signed.anchors.times), Anchors((), (), signed.anchors.seals)):
        assert Reason.UNTRUSTED in validate(signed.invited.pdf, anchors, SINCE_SEALED).reasons


@pytest.mark.parametrize(
    ("purposes", "fault"),
    [
        ((ExtendedKeyUsageOID.SERVER_AUTH,), Fault.UNTRUSTED),
        ((ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH), None),
        ((), None),
    ],
)
def test_a_certificate_of_a_machine_is_nobodys(signed, purposes, fault):
    pdf = people.sign(signed.invited.pdf, signed.house.issue("X", purposes), 1, FIRST)
    report = validate(pdf, signed.anchors, SINCE_SEALED)
    assert report.good
    assert [one.fault for one in report.persons] == [fault]


def test_a_revocation_counts_unless_the_signature_is_proven_to_be_older(signed):
    lists = Lists(crls=(signed.house.crl(ARCHIVED, *((one, REVOKED) for one in signed.persons)),))
    report = validate(signed.two, signed.anchors, ARCHIVED, in_hand=lists)
    assert report.good
    # only the second brought a time-stamp
    assert [one.fault for one in report.persons] == [Fault.REVOKED, None]
    assert [one.revoked_at for one in report.persons] == [REVOKED, REVOKED]


def test_an_expired_certificate_counts_unless_the_signature_is_proven_to_be_older(signed):
    short = signed.house.issue("Short", until=SECOND)
    pdf = people.sign(signed.invited.pdf, short, 1, FIRST)
    assert [one.fault for one in validate(pdf, signed.anchors, FIRST).persons] == [None]
    assert [one.fault for one in validate(pdf, signed.anchors, SINCE_SEALED).persons] == [Fault.EXPIRED]
    stamped = people.sign(signed.invited.pdf, short, 1, FIRST, timestamper=signed.invited.times.timestamper(FIRST))
    assert [one.fault for one in validate(stamped, signed.anchors, SINCE_SEALED).persons] == [None]


def test_archiving_waits_for_no_authority_of_persons(signed, keys):
    own = own_lists(keys, ARCHIVED)
    pdf = extend(
        signed.two, signed.anchors, ARCHIVED, signed.invited.times.timestamper(ARCHIVED), lambda chain: own
    )
    report = validate(pdf, signed.anchors, SINCE_ARCHIVED)
    assert report.good
    assert [one.known for one in report.persons] == [False, False]


# what is refused


def test_a_personal_signature_where_the_record_invites_nobody(sealed, signed):
    person = signed.persons[0]
    assert reasons(people.sign(sealed.pdf, person, 1, FIRST), signed) == (Reason.SEVERAL_SIGNATURES,)


def test_the_permission_follows_the_record(sealed, invited, signed, keys):
    """Whoever seals otherwise than the record says has not sealed as we do."""
    from app.signing.seal import seal

    stamper = invited.times.timestamper(AT)
    lax = seal(sealed.plain, sealed.seal, AT, timestamper=stamper, persons=True)
    strict = seal(invited.plain, invited.seal, AT, timestamper=stamper)
    assert reasons(lax, signed) == (Reason.NOT_CERTIFIED,)
    assert reasons(strict, signed) == (Reason.NOT_CERTIFIED,)


def test_a_third_person_in_a_file_for_two(signed):
    third = people.sign(signed.two, signed.house.issue("Third"), 3, SECOND)
    assert reasons(third, signed) == (Reason.SEVERAL_SIGNATURES,)


def test_fields_are_filled_in_order(signed):
    second_first = people.sign(signed.invited.pdf, signed.persons[0], 2, FIRST)
    assert reasons(second_first, signed) == (Reason.WRONG_FIELD,)
    other = people.sign(signed.invited.pdf, signed.persons[0], 1, FIRST, field_name="other")
    assert reasons(other, signed) == (Reason.WRONG_FIELD,)


def test_nobody_signs_after_the_archive(signed, keys):
    lists = own_lists(keys, ARCHIVED)
    stamper = signed.invited.times.timestamper(ARCHIVED)
    archived = extend(signed.one, signed.anchors, ARCHIVED, stamper, lambda chain: lists)
    late = people.sign(archived, signed.persons[1], 2, ARCHIVED)
    assert validate(archived, signed.anchors, SINCE_ARCHIVED).good
    assert validate(late, signed.anchors, SINCE_ARCHIVED).reasons == (Reason.WRONG_FIELD,)


def test_a_person_who_locks_the_file_leaves_no_room_for_the_archive(signed):
    spec = fields.FieldMDPSpec(fields.FieldMDPAction.ALL)

    def lock(writer):
        field = writer.root["/AcroForm"]["/Fields"][1]
        field["/Lock"] = spec.as_sig_field_lock()
        writer.update_container(field)

    locked = people.sign(updated(signed.invited.pdf, lock), signed.persons[0], 1, FIRST)
    assert Reason.PERSON_LOCKS in reasons(locked, signed)


def test_what_lies_over_the_page_is_refused_though_forms_may_be_filled(signed):
    def overlay(writer):
        page = writer.root["/Pages"]["/Kids"][0]
        note = {"/Type": "/Annot", "/Subtype": "/FreeText"}
        made = generic.DictionaryObject(
            {generic.pdf_name(key): generic.pdf_name(value) for key, value in note.items()}
            | {
                generic.pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (50, 50, 500, 800))),
                generic.pdf_name("/Contents"): generic.pdf_string("all is well"),
            }
        )
        page["/Annots"].append(writer.add_object(made))
        writer.update_container(page["/Annots"])

    for pdf in (signed.invited.pdf, signed.one):
        over = people.sign(updated(pdf, overlay), signed.persons[1], 1 if pdf is signed.invited.pdf else 2, SECOND)
        assert reasons(over, signed) == (Reason.CHANGED_AFTERWARDS,)


def test_a_prepared_field_is_not_made_visible(signed):
    def enlarge(writer):
        field = writer.root["/AcroForm"]["/Fields"][1]
        field["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (50, 50, 500, 800)))
        writer.update_container(field)

    shown = people.sign(updated(signed.invited.pdf, enlarge), signed.persons[0], 1, FIRST)
    assert reasons(shown, signed) == (Reason.CHANGED_AFTERWARDS,)


def test_a_seal_removed_under_persons_is_missed(signed):
    def remove(writer):
        field = writer.root["/AcroForm"]["/Fields"][0]
        del field["/V"]
        writer.update_container(field)

    assert not validate(updated(signed.two, remove), signed.anchors, SINCE_SEALED).good
    without = people.sign(signed.invited.plain, signed.persons[0], 1, FIRST)
    assert reasons(without, signed) == (Reason.WRONG_FIELD,)


def test_a_broken_signature_of_a_person_is_told_of_the_person_and_refused(signed):
    """Its digest is of other bytes; all that the seal covers is as it was."""
    start = signed.one.rindex(b"/Contents <") + len(b"/Contents <")
    other = people.sign(signed.invited.pdf, signed.persons[0], 1, FIRST, reason="another")
    begin = other.rindex(b"/Contents <") + len(b"/Contents <")
    length = signed.one.index(b">", start) - start
    assert other.index(b">", begin) - begin == length
    broken = signed.one[:start] + other[begin : begin + length] + signed.one[start + length :]
    report = validate(broken, signed.anchors, SINCE_SEALED)
    assert report.reasons == (Reason.PERSON_BROKEN,)
    assert [one.fault for one in report.persons] == [Fault.DIGEST]
    assert report.intact
    assert Note.REVOCATION_UNKNOWN in report.notes


# as others see it


@pytest.fixture(scope="session", params=["one", "two", "archived"])
def path(request, signed, tmp_path_factory):
    path = tmp_path_factory.mktemp("persons") / f"{request.param}.pdf"
    path.write_bytes(getattr(signed, request.param))
    return path


def test_poppler_finds_each_signature_valid(path):
    told = said("pdfsig", "-nocert", path).split("Signature #")[1:]
    number = 1 if path.stem == "one" else 2
    names = ["sig-seal", *(f"sig-person-{one}" for one in range(1, number + 1))]
    for name, words in zip(names, told, strict=False):
        assert f"Signature Field Name: {name}" in words
        assert "Signature is Valid" in words
    filled = [words for words in told if "is not signed" not in words]
    assert len(filled) == number + (2 if path.stem == "archived" else 1)
    assert "- Total document signed" in filled[-1]


def test_mupdf_finds_each_signature_valid(path):
    told = said("mutool", "sign", "-v", path)
    number = 2 if path.stem == "one" else 3
    assert told.count("The signature is valid but there have been edits since signing") >= number - 1, told
    assert ("The document is unchanged since signing" in told) == (path.stem != "archived"), told


def test_qpdf_finds_nothing_wrong(path):
    assert "No syntax or stream encoding errors" in said("qpdf", "--check", path)


def test_openssl_verifies_persons_over_the_ranges_they_name(signed, tmp_path):
    (tmp_path / "people.pem").write_bytes(signed.house.root.public_bytes(Encoding.PEM))
    _, *persons = PdfFileReader(io.BytesIO(signed.two)).embedded_signatures
    for one in persons:
        start, first, second, rest = (int(number) for number in one.byte_range)
        (tmp_path / "content").write_bytes(signed.two[start:first] + signed.two[second : second + rest])
        (tmp_path / "signature").write_bytes(bytes(one.pkcs7_content))
        command = "cms -verify -inform DER -in signature -content content -binary -purpose any"
        done = subprocess.run(
            ["openssl", *command.split(), "-CAfile", "people.pem", "-out", "out"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "successful" in done.stderr, done.stderr


def test_files_conform_with_persons_as_without(signed, tmp_path):
    names = ("one", "two", "archived")
    files = {tmp_path / f"{name}.pdf": getattr(signed, name) for name in names}
    files[tmp_path / "invited.pdf"] = signed.invited.pdf
    for path, content in files.items():
        path.write_bytes(content)
    assert conformance(*files) == {path: [] for path in files}
