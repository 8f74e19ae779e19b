"""Every door of verification, in both languages, for people and for machines."""

import io
import json
from dataclasses import dataclass
from datetime import datetime

import pypdfium2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask
from PIL import Image

from app.domain import paper, statuslist
from app.domain.attestation import Record
from app.domain.errors import BusyError
from app.domain.ledger import name_of
from app.models import Attestation
from app.pdf import drawing
from app.pdf.confirmation import Enclosed, attachments, markup
from app.services import attestations, ledger
from app.signing.keys import load_seal
from app.signing.seal import seal
from tests import walking
from tests.web.client import StrictClient
from tests.world import NOW, World

LANGUAGES = ("en", "ja")


@dataclass(frozen=True)
class Issued:
    """An attestation and its sealed file."""

    attestation: Attestation
    record: Record
    pdf: bytes

    @property
    def text(self) -> str:
        return paper.address(self.record, self.attestation.statement or "")


@pytest.fixture
def issued(people: World, app: Flask) -> Issued:
    _, attestation = walking.attested(people, app, "aoba")
    record = Record.model_validate_json(attestation.record)
    return Issued(attestation, record, attestations.file_of(attestation, walking.premises(app)))


def send(client: StrictClient, content: bytes, name: str = "a.pdf", **how):
    data = {"file": (io.BytesIO(content), name)}
    return client.post("/verify/file", data=data, content_type="multipart/form-data", **how)


def flattened(pdf: bytes) -> bytes:
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0].render(scale=150 / 72).to_pil().convert("RGB")
    out = io.BytesIO()
    page.save(out, "PDF", resolution=150)
    return out.getvalue()


WORDS = {
    "unchanged": {"en": "The file is exactly as it was issued", "ja": "発行時のままです"},
    "compare": {"en": "The statement in the QR code is genuine.", "ja": "QR コードの記載内容は真正です。"},
    "only code": {"en": "Only the code was given.", "ja": "コードだけの検証です。"},
    "content": {"en": "Content", "ja": "内容の完全性"},
    "issuer": {"en": "Issuer", "ja": "発行者"},
    "time": {"en": "Time", "ja": "時刻"},
    "status": {"en": "Present status", "ja": "現在の状態"},
    "changed": {"en": "Not as it was issued", "ja": "発行時のものではありません"},
    "not a text": {
        "en": "This is not the text of an attestation",
        "ja": "確認書の QR コードの文字列ではありません",
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_door_gives_four_answers_in_both_languages(
    client: StrictClient, issued: Issued, language: str
) -> None:
    client.language = language
    pages = {
        "unchanged": send(client, issued.pdf),
        "compare": send(client, flattened(issued.pdf)),
        "only code": client.get(f"/verify/{issued.record.code}"),
    }
    text = client.post("/verify/text", data={"text": issued.text})
    for name, page in (*pages.items(), ("compare", text)):
        assert page.status_code == 200
        for words in (name, "content", "issuer", "time", "status"):
            assert WORDS[words][language] in page.text, (name, words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_bad_input_is_told_at_its_place_in_both_languages(
    client: StrictClient, issued: Issued, language: str
) -> None:
    client.language = language
    changed = send(client, issued.pdf.replace(b"/Producer", b"/Producez", 1))
    assert WORDS["changed"][language] in changed.text
    wrong = client.post("/verify/text", data={"text": "hello"})
    assert wrong.status_code == 422
    assert WORDS["not a text"][language] in wrong.text
    assert client.post("/verify/text", data={"text": ""}).status_code == 422
    assert client.post("/verify/text", data={"text": "x", "y": "z"}).status_code == 422
    unknown = client.post("/verify/text", data={"text": "https://a.jp/verify/00000-00000-00000-00000"})
    assert unknown.status_code == 404
    assert send(client, b"").status_code == 422


def reissued(app: Flask, issued: Issued, *change: str) -> bytes:
    """Return what somebody sealed with the institution's real key, with other words on its page."""
    enclosed = Enclosed(issued.attestation.statement or "", issued.attestation.proof)
    page = markup(issued.record, issued.attestation.record_sha256, enclosed)
    assert change[0] in page
    at, place = datetime.fromisoformat(issued.record.attested_at), walking.premises(app)
    attached = attachments(issued.attestation.record, enclosed)
    drawn = drawing.draw(page.replace(*change), attached, at=at, identifier=bytes(16))
    return seal(drawn, load_seal(place.keys, "aoba", at=NOW), NOW, timestamper=place.times.timestamper(NOW))


DIFFERENT = {
    "en": ("The page says something else than the record inside.", "Title of the grant", "By the record"),
    "ja": ("紙面の記載が、中の記録と異なります。", "課題名", "記録の記載"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_page_says_otherwise_than_its_record_is_shown_and_never_run(
    client: StrictClient, app: Flask, issued: Issued, language: str
) -> None:
    client.language = language
    title = issued.record.grant.title.ja
    page = send(client, reissued(app, issued, title, "&lt;b&gt;別の課題&lt;/b&gt;")).text
    for words in (*DIFFERENT[language], "grant.title.ja", "&lt;b&gt;別の課題&lt;/b&gt;"):
        assert words in page
    assert title in page


def test_a_busy_desk_is_told_as_such(client: StrictClient, issued: Issued, app: Flask, monkeypatch) -> None:
    def busy(*_given, **_more):
        raise BusyError("busy_reading")

    monkeypatch.setattr(walking.premises(app).desk, "read", busy)
    answer = send(client, issued.pdf)
    assert answer.status_code == 503
    assert "Many files are being verified" in answer.text


def test_without_an_account_nothing_is_shown_that_the_paper_does_not_show(
    client: StrictClient, issued: Issued
) -> None:
    for page in (send(client, issued.pdf).text, client.get(f"/verify/{issued.record.code}").text):
        assert issued.record.salt not in page
        for item in (item for section in issued.record.sections for item in section.items):
            assert item.commitment not in page


def test_machines_get_the_four_answers_as_json(client: StrictClient, issued: Issued) -> None:
    told = send(client, issued.pdf, headers={"Accept": "application/json"}).json
    assert told["format"] == "kakunin-verdict/2"
    assert told["verdicts"] == {"content": "good", "issuer": "note", "time": "good", "status": "good"}
    assert {line["verdict"] for line in told["checks"]} == set(told["verdicts"])
    assert told["authentic"] is True


def test_machines_get_linked_data_with_the_institution_by_its_ror(
    client: StrictClient, people: World, issued: Issued
) -> None:
    answer = client.get(f"/verify/{issued.record.code}", headers={"Accept": "application/ld+json"})
    assert answer.mimetype == "application/ld+json"
    told = json.loads(answer.text)
    assert told["@context"][0] == "https://schema.org"
    assert told["@type"] == "Certification"
    assert told["@id"] == issued.record.verify_url
    assert told["certificationStatus"] == "https://schema.org/CertificationActive"
    assert told["issuedBy"]["name"][0]["@language"] == "ja"
    assert told["issuedBy"].get("@id") == issued.record.issuer.ror
    assert told["about"]["identifier"] == issued.record.grant.number
    assert told["kakunin:authentic"] is False
    unknown = client.get("/verify/00000-00000-00000-00000", headers={"Accept": "application/ld+json"})
    assert unknown.status_code == 404


def test_the_status_list_is_signed_and_tells_outsiders_only_counts(
    client: StrictClient, app: Flask, people: World, issued: Issued
) -> None:
    answer = client.get("/status")
    assert answer.mimetype == "application/jose"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    key = ledger.verifier_of(walking.premises(app))
    public = Ed25519PublicKey.from_public_bytes(key.public)
    statuses = statuslist.read(answer.text, lambda kid: public if kid == key.id.hex() else None)
    assert statuses.names == {name_of(issued.record.salt, issued.record.id): "in_force"}
    assert statuses.size == 2
    assert client.get("/status").text == answer.text
    walking.attested(people, app, "seto")
    more = statuslist.read(client.get("/status").text, lambda _: public)
    assert len(more.names) == 2


def test_the_camera_is_open_to_the_page_of_verification_alone(client: StrictClient, issued: Issued) -> None:
    assert client.get("/verify").headers["Permissions-Policy"].startswith("camera=(self)")
    for address in (f"/verify/{issued.record.code}", "/sign-in"):
        assert client.get(address).headers["Permissions-Policy"].startswith("camera=()")


def test_a_code_is_looked_up_with_the_statement_ready_to_be_sent(client: StrictClient, issued: Issued) -> None:
    page = client.get(f"/verify/{issued.record.code}").text
    assert 'action="/verify/text"' in page
    assert "data-statement" in page


def test_a_picture_without_a_code_says_what_to_do(client: StrictClient, people: World) -> None:
    out = io.BytesIO()
    Image.new("RGB", (200, 200), "white").save(out, "PNG")
    page = send(client, out.getvalue(), "a.png").text
    assert "No QR code of an attestation can be read in the picture." in page
