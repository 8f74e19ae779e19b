"""Verification by print, picture, QR text and code: what each proves, and what stays unknown."""

import base64
import io
from dataclasses import dataclass

import pypdfium2
import pytest
from flask import Flask
from PIL import Image, ImageDraw

from app.domain import paper
from app.domain.attestation import Record
from app.domain.errors import InvalidError
from app.domain.verdicts import Asked, Check, Verdict
from app.models import Attestation
from app.services import attestations, ledger, verification
from app.signing.ledgerkeys import make_note_key
from tests import walking
from tests.world import NOW, World


@dataclass(frozen=True)
class Case:
    """An attestation, what its QR code holds, and its sealed file."""

    people: World
    app: Flask
    attestation: Attestation
    record: Record
    pdf: bytes

    @property
    def text(self) -> str:
        assert self.attestation.statement is not None
        return paper.address(self.record, self.attestation.statement)

    def by_file(self, content: bytes) -> Verdict:
        return verification.by_file(self.people.session, content, walking.premises(self.app), NOW)

    def by_text(self, text: str) -> Verdict | None:
        return verification.by_text(self.people.session, text, walking.premises(self.app), NOW)


@pytest.fixture
def case(people: World, app: Flask) -> Case:
    _, attestation = walking.attested(people, app, "aoba")
    record = Record.model_validate_json(attestation.record)
    return Case(people, app, attestation, record, attestations.file_of(attestation, walking.premises(app)))


def outcomes(verdict: Verdict | None) -> list[str]:
    assert verdict is not None
    return [found.value for found in verdict.outcomes.values()]


def line(verdict: Verdict | None, check: Check) -> tuple[str, str]:
    assert verdict is not None
    found = next(one for one in verdict.lines if one.check is check)
    return found.result.value, found.reason


def printed(pdf: bytes, dpi: int = 150) -> Image.Image:
    """Return the first page as a printer or a portal makes a picture of it."""
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].render(scale=dpi / 72).to_pil().convert("RGB")


def saved(picture: Image.Image, kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def photographed(picture: Image.Image) -> Image.Image:
    """Return a page lying crooked on a table, in poor light."""
    table = Image.new("RGB", (picture.width + 300, picture.height + 300), (90, 80, 70))
    table.paste(picture.point(lambda value: 40 + value * 3 // 5), (150, 150))
    return table.rotate(4, expand=True, resample=Image.Resampling.BICUBIC)


PRINTS = {
    "png": lambda page: saved(page, "PNG"),
    "jpeg": lambda page: saved(page, "JPEG", quality=70),
    "flattened pdf": lambda page: saved(page, "PDF", resolution=150),
    "photograph": lambda page: saved(photographed(page), "JPEG", quality=80),
    "upside down": lambda page: saved(page.rotate(180), "PNG"),
}


@pytest.mark.parametrize("how", PRINTS)
def test_a_print_is_verified_by_its_qr_code_and_said_to_be_one(case: Case, how: str) -> None:
    verdict = case.by_file(PRINTS[how](printed(case.pdf)))
    assert verdict.asked is Asked.PRINT
    assert outcomes(verdict) == ["partly", "note", "good", "good"]
    assert not verdict.authentic
    assert verdict.record == case.record
    assert verdict.claims is not None
    assert verdict.claims.record_sha256 == case.attestation.record_sha256
    assert line(verdict, Check.SIGNATURE) == ("not_checked", "on_paper")
    assert line(verdict, Check.STATEMENT) == ("passed", "")


def test_a_print_of_somebody_elses_text_still_shows_what_was_stated(case: Case) -> None:
    page = printed(case.pdf)
    ImageDraw.Draw(page).rectangle((60, page.height // 2, page.width - 60, page.height - 60), fill="white")
    verdict = case.by_file(saved(page, "PNG"))
    assert outcomes(verdict)[0] == "partly"
    assert verdict.record == case.record


def test_a_file_whose_seal_is_broken_is_not_taken_for_a_print(case: Case) -> None:
    changed = case.pdf.replace(b"/Producer", b"/Producez", 1)
    verdict = case.by_file(changed)
    assert verdict.asked is Asked.FILE
    assert outcomes(verdict)[0] == "bad"


def test_a_picture_without_a_code_and_a_file_of_another_kind_say_so(case: Case) -> None:
    blank = case.by_file(saved(Image.new("RGB", (300, 300), "white"), "PNG"))
    assert line(blank, Check.FILE) == ("failed", "no_code")
    assert outcomes(blank) == ["bad", "unknown", "unknown", "unknown"]
    assert line(case.by_file(b"hello"), Check.FILE) == ("failed", "not_pdf")


def test_the_text_of_the_qr_code_proves_what_it_states(case: Case) -> None:
    verdict = case.by_text(case.text)
    assert outcomes(verdict) == ["partly", "note", "good", "good"]
    wrapped = case.text[:80] + "\n " + case.text[80:] + "\n"
    assert outcomes(case.by_text(wrapped)) == outcomes(verdict)
    assert case.attestation.statement is not None
    assert outcomes(case.by_text(case.attestation.statement)) == outcomes(verdict)


def test_a_text_with_only_a_code_is_the_code(case: Case) -> None:
    verdict = case.by_text(case.record.verify_url)
    assert verdict is not None
    assert verdict.asked is Asked.CODE
    assert outcomes(verdict) == ["unknown", "note", "good", "good"]
    assert line(verdict, Check.FILE) == ("not_checked", "only_code")


def changed_claims(jws: str, old: bytes, new: bytes) -> str:
    head, body, signature = jws.split(".")
    content = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).replace(old, new)
    return ".".join((head, paper.base64url(content), signature))


def test_a_statement_with_other_counts_is_refused_with_its_reason(case: Case) -> None:
    assert case.attestation.statement is not None
    forged = changed_claims(case.attestation.statement, b'"sample":true', b'"sample":false')
    assert forged != case.attestation.statement
    verdict = case.by_text(f"{case.record.verify_url}#{forged}")
    assert outcomes(verdict)[0] == "bad"
    assert line(verdict, Check.STATEMENT) == ("failed", "paper_signature_invalid")
    assert verdict is not None
    assert verdict.claims is None


def test_a_statement_of_another_service_is_refused(case: Case, tmp_path) -> None:
    other = make_note_key(tmp_path / "ledger", "elsewhere.example.jp/ledger")
    foreign = paper.statement(case.record, other.sign, other.verifier.id.hex())
    assert line(case.by_text(foreign), Check.STATEMENT) == ("failed", "unknown_paper_key")


def test_a_genuine_statement_under_another_address_is_told(case: Case, people: World, app: Flask) -> None:
    _, second = walking.attested(people, app, "seto")
    other = Record.model_validate_json(second.record)
    verdict = case.by_text(f"{other.verify_url}#{case.attestation.statement}")
    assert line(verdict, Check.STATEMENT) == ("failed", "other_code")


def test_a_signed_statement_that_the_service_no_longer_knows_is_shown_with_doubt(case: Case) -> None:
    key = ledger.key_of(walking.premises(case.app))
    lost = case.record.model_copy(update={"code": "00000-00000-00000-00000"})
    verdict = case.by_text(paper.statement(lost, key.sign, key.verifier.id.hex()))
    assert verdict is not None
    assert verdict.record is None
    assert verdict.claims is not None
    assert line(verdict, Check.RECORD) == ("failed", "unknown_record")
    assert outcomes(verdict) == ["bad", "unknown", "unknown", "unknown"]


@pytest.mark.parametrize("text", ["", "hello", "https://example.jp/", "a.b.c/d", "x" * 9000, "\ud800"])
def test_what_is_no_text_of_ours_is_refused(case: Case, text: str) -> None:
    with pytest.raises(InvalidError, match="not_a_qr_text"):
        case.by_text(text)
