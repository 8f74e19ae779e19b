"""What a file is follows from its bytes; its name, its age and its day are judged apart."""

import io
import zipfile
from datetime import UTC, date, datetime

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo.papers import paper
from app.domain.errors import InvalidError
from app.domain.evidence import NAME_LENGTH, check_day, media_of, tidy_name, too_old
from app.domain.rules import MEDIA, EvidenceRule

PDF, PNG, JPEG, CSV = (paper([media], "words", 1)[1] for media in MEDIA)
TODAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("run.js", "alert(1)")
    return packed.getvalue()


def locked(**how: object) -> bytes:
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(PDF)) as pdf:
        pdf.save(written, **how)
    return written.getvalue()


def verdict(content: bytes) -> str:
    try:
        return media_of(content)
    except InvalidError as refused:
        return refused.reason


def refusal(content: bytes) -> str:
    with pytest.raises(InvalidError) as refused:
        media_of(content)
    return refused.value.reason


@pytest.mark.parametrize(("media", "content"), list(zip(MEDIA, (PDF, PNG, JPEG, CSV), strict=True)))
def test_each_kind_is_known_by_its_content(media: str, content: bytes) -> None:
    assert media_of(content) == media


def test_what_the_demo_makes_is_what_it_says() -> None:
    """The samples are real files, not only look like ones."""
    from PIL import Image

    assert len(pikepdf.open(io.BytesIO(PDF)).pages) == 1
    for content, kind in ((PNG, "PNG"), (JPEG, "JPEG")):
        picture = Image.open(io.BytesIO(content))
        picture.load()
        assert picture.format == kind
    assert paper(["application/pdf"], "words", 2)[1] != PDF


@pytest.mark.parametrize(
    "text", ["a,b\r\n1,2\r\n", "\ufeffa,b\n", "項目,値\n届出,済", "a\tb\n", "one column only", "値\n①㈱髙\n"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_tables_are_utf8_or_shift_jis(text: str, encoding: str) -> None:
    if encoding == "cp932" and "\ufeff" in text:
        return
    assert media_of(text.encode(encoding)) == "text/csv"


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03",
        b"GIF89a/*<svg onload=alert(1)>*/",
        b"\x00\x01\x02",
        b"a,b\x001,2",
        b"a,b\x1b[31m",
        "a,b".encode("utf-16"),
        b"<!doctype html><script>alert(1)</script>",
        b"  \r\n<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\xef\xbb\xbf<html>",
        b"<html>" + PDF,
        b"junk\n" + PDF,
        archive(),
        b"{\\rtf1 \xff\xfe}",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    ],
)
def test_everything_else_is_refused_whatever_its_name(content: bytes) -> None:
    assert refusal(content) == "file_unknown"


def test_an_empty_file_is_no_file() -> None:
    assert refusal(b"") == "file_empty"


@pytest.mark.parametrize(
    "how",
    [
        {"encryption": pikepdf.Encryption(owner="o", user="u")},
        {"encryption": pikepdf.Encryption(owner="o", user="")},
        {
            "encryption": pikepdf.Encryption(owner="o", user="u"),
            "object_stream_mode": pikepdf.ObjectStreamMode.generate,
        },
        {"encryption": pikepdf.Encryption(owner="o", user="u", R=3, aes=False, metadata=False)},
    ],
)
def test_an_encrypted_pdf_is_refused_also_when_it_opens_without_a_password(how: dict) -> None:
    assert refusal(locked(**how)) == "file_encrypted"


def test_a_pdf_with_packed_objects_is_taken_and_one_that_speaks_of_encryption_too() -> None:
    assert media_of(locked(object_stream_mode=pikepdf.ObjectStreamMode.generate)) == "application/pdf"
    assert media_of(PDF.replace(b"SAMPLE", b"/Encrypt it")) == "application/pdf"


@pytest.mark.parametrize("content", [PDF, PNG, JPEG])
def test_a_file_that_is_also_an_archive_is_refused(content: bytes) -> None:
    packed = archive()
    assert refusal(content + packed + (b"%%EOF" if content is PDF else b"")) in {"file_two_kinds"}


@pytest.mark.parametrize("content", [PNG, JPEG])
@pytest.mark.parametrize("inside", [b"%PDF-1.7", b"<script>alert(1)</script>", b"< HTML>", b"<svg onload=x>"])
def test_a_picture_that_begins_as_something_else_too_is_refused(content: bytes, inside: bytes) -> None:
    assert refusal(paper([media_of(content)], inside.decode(), 1)[1]) == "file_two_kinds"


@pytest.mark.parametrize("content", [PDF, PNG, JPEG])
def test_a_file_cut_off_is_refused_wherever_it_is_cut(content: bytes) -> None:
    for end in range(16, len(content) - 8):
        assert refusal(content[:end]) in {"file_cut", "file_unknown", "file_two_kinds"}, end


def test_photographs_with_something_of_the_camera_after_the_picture_are_taken() -> None:
    assert media_of(JPEG + b"SEFH" + b"\0" * 500 + b"SEFT") == "image/jpeg"
    assert media_of(JPEG + JPEG) == "image/jpeg"


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff" + b"\xff" * 3_000_000,
        b"\xff\xd8\xff\xd0" + b"\xff\xd0" * 2_000_000,
        b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0tEXt\0\0\0\0" * 200_000,
        b"\x89PNG\r\n\x1a\n" + b"\xff\xff\xff\xfftEXt",
        b"%PDF-1.7\n" + b"/Encrypt " * 300_000 + b"%%EOF",
        b"PK\x05\x06" * 500_000,
        b"a" * 5_000_000 + b"\x00",
    ],
)
def test_files_made_to_keep_us_busy_are_judged_at_once(content: bytes) -> None:
    assert verdict(content)


@given(
    st.binary(max_size=400), st.sampled_from([b"", b"%PDF-1.7", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", PDF[:40]])
)
def test_any_bytes_are_a_kind_or_a_reason(content: bytes, head: bytes) -> None:
    assert verdict(head + content).startswith("file_") or verdict(head + content) in MEDIA


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("同意書.pdf", "同意書.pdf"),
        ("C:\\Users\\me\\同意書.PDF", "同意書.PDF"),
        ("../../etc/passwd", "passwd.pdf"),
        ("/etc/cron.d/x.pdf", "x.pdf"),
        ("page.html", "page.html.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("a\r\nSet-Cookie: x=y.pdf", "aSet-Cookie_ x=y.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ('say "hi" <b>.pdf', "say _hi_ _b_.pdf"),
        ("..", "file.pdf"),
        ("", "file.pdf"),
        (".pdf", "pdf.pdf"),
        ("か\u3099.pdf", "が.pdf"),
        ("  two   spaces .pdf", "two spaces.pdf"),
        ("\ud800.pdf", "pdf.pdf"),
        ("葛󠄀城.pdf", "葛󠄀城.pdf"),
    ],
)
def test_a_name_is_tidied_and_ends_as_its_kind(given_: str, kept: str) -> None:
    assert tidy_name(given_, "application/pdf") == kept


@given(st.text(max_size=400), st.sampled_from(MEDIA))
def test_any_name_becomes_one_that_can_be_kept(name: str, media: str) -> None:
    kept = tidy_name(name, media)
    assert 0 < len(kept) <= NAME_LENGTH
    assert not set(kept) & set('/\\<>:"|?*\r\n\0')
    assert tidy_name(kept, media) == kept
    kept.encode()


def rule(**more: object) -> EvidenceRule:
    return EvidenceRule.model_validate({"id": "copy", "label": {"ja": "写し", "en": "Copy"}, **more})


def test_age_counts_from_the_day_the_rule_names() -> None:
    by_document = rule(max_age_days=10, age_from="document_date")
    assert not too_old(by_document, date(2026, 11, 13), AT, TODAY)
    assert too_old(by_document, date(2026, 11, 12), AT, TODAY)
    assert too_old(by_document, None, AT, TODAY)
    by_upload = rule(max_age_days=10, age_from="uploaded_at")
    assert not too_old(by_upload, None, AT, date(2026, 12, 3))
    assert too_old(by_upload, None, AT, date(2026, 12, 4))
    assert not too_old(rule(), None, AT, date(2100, 1, 1))


def test_the_day_of_the_upload_is_the_day_in_japan() -> None:
    late = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
    assert not too_old(rule(max_age_days=1, age_from="uploaded_at"), None, late, date(2026, 11, 24))
    assert too_old(rule(max_age_days=1, age_from="uploaded_at"), None, late, date(2026, 11, 25))


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (None, "document_date_needed"),
        (date(2026, 11, 24), "document_date_ahead"),
        (date(2026, 1, 1), "document_too_old"),
    ],
)
def test_a_day_that_cannot_be_is_refused(day: date | None, reason: str) -> None:
    with pytest.raises(InvalidError, match=reason):
        check_day(rule(max_age_days=10, age_from="document_date"), day, AT, TODAY)
