"""The confidential annex through the doors: who sees its button, who gets the file, and what strangers are told."""

import io
import json

import pikepdf
import pytest
from flask import Flask

from app.models import Attestation, Event
from tests import walking
from tests.web.client import StrictClient
from tests.world import World

LANGUAGES = ("en", "ja")
WORDS = {
    "button": {"en": "Read the confidential annex (PDF)", "ja": "非公開の別紙を読む（PDF）"},
    "told": {"en": "The agency asks for a confidential annex", "ja": "配分機関は非公開の別紙を求めています"},
    "before": {"en": "A confidential annex goes with it", "ja": "非公開の別紙を添えます"},
    "history": {"en": "Read the confidential annex", "ja": "非公開の別紙を閲覧"},
    "is": {"en": "This is the confidential annex of an attestation", "ja": "その非公開の別紙です"},
    "other": {"en": "This is a confidential annex, not an attestation", "ja": "確認書ではなく、非公開の別紙です"},
}


@pytest.fixture
def asked(people: World) -> None:
    people.requirement().annex = True
    people.session.commit()


def issued(people: World, app: Flask) -> tuple[str, Attestation, bytes]:
    submission_id, attestation = walking.attested(people, app, "aoba")
    content = walking.premises(app).store.get(attestation.annex_files[0].sha256)
    return f"/submissions/{submission_id}", attestation, content


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("asked")
def test_the_offices_that_read_all_find_it_and_others_learn_that_it_goes(
    app: Flask, people: World, language: str
) -> None:
    address, attestation, content = issued(people, app)
    for name, reads in (("office", True), ("attester", True), ("library", False), ("pi", False)):
        client = app.test_client().sign_in("aoba", name)
        client.language = language
        page = client.get(address).text
        assert (WORDS["button"][language] in page) is reads, name
        assert WORDS["told"][language] in page
        answer = client.get(f"{address}/revisions/1/annex.pdf")
        assert answer.status_code == (200 if reads else 403)
        assert (answer.data == content) is reads
    client = app.test_client().sign_in("aoba", "office")
    client.language = language
    answer = client.get(f"{address}/revisions/1/annex.pdf")
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="kakunin-JP26K00001-annex-{attestation.code[:11]}.pdf"'
    )
    assert "no-store" in answer.headers["Cache-Control"]
    assert WORDS["history"][language] in client.get(f"{address}/history").text
    assert people.count(Event, kind="annex:read") == 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("asked")
def test_the_attester_is_told_before_certifying(app: Flask, people: World, language: str) -> None:
    address = f"/submissions/{walking.approved(people, 'aoba')}"
    client = app.test_client().sign_in("aoba", "attester")
    client.language = language
    assert WORDS["before"][language] in client.get(f"{address}/attest").text


def test_where_none_is_asked_for_nobody_hears_of_one(app: Flask, people: World) -> None:
    submission_id, attestation = walking.attested(people, app, "aoba")
    client = app.test_client().sign_in("aoba", "office")
    assert "annex" not in client.get(f"/submissions/{submission_id}").text
    assert client.get(f"/submissions/{submission_id}/revisions/1/annex.pdf").status_code == 404
    officer = app.test_client().sign_in("jsps", "officer")
    assert "annex" not in officer.get(f"/agency/submissions/{attestation.id}").text
    assert officer.get(f"/agency/submissions/{attestation.id}/annex.pdf").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("asked")
def test_the_officer_of_the_programme_reads_it_and_it_is_logged(app: Flask, people: World, language: str) -> None:
    _, attestation, content = issued(people, app)
    officer = app.test_client().sign_in("jsps", "officer")
    officer.language = language
    page = officer.get(f"/agency/submissions/{attestation.id}").text
    assert WORDS["button"][language] in page
    assert officer.get(f"/agency/submissions/{attestation.id}/annex.pdf").data == content
    assert people.count(Event, kind="annex:read") == 1
    for code, name in (("jsps", "outsider"), ("jst", "officer")):
        client = app.test_client().sign_in(code, name)
        assert client.get(f"/agency/submissions/{attestation.id}/annex.pdf").status_code == 404
    publisher = app.test_client().sign_in("jsps", "publisher")
    assert publisher.get(f"/agency/submissions/{attestation.id}/annex.pdf").status_code == 403
    assert people.count(Event, kind="annex:read") == 1


def sent(client: StrictClient, content: bytes, accept: str = "text/html"):
    data = {"file": (io.BytesIO(content), "a.pdf")}
    headers = {"Accept": accept, "Accept-Language": client.language}
    return client.post("/verify/file", data=data, content_type="multipart/form-data", headers=headers)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("asked")
def test_verifying_it_names_the_attestation_and_shows_nothing_of_the_annex(
    client: StrictClient, app: Flask, people: World, language: str
) -> None:
    _, attestation, content = issued(people, app)
    client.language = language
    inside = [row["label"] for row in _rows(attestation)]
    by_code = client.get(f"/verify/{attestation.code}", headers={"Accept": "application/json"}).text
    answers = {
        "annex": sent(client, content).text,
        "json": sent(client, content, "application/json").text,
        "linked": sent(client, content, "application/ld+json").text,
        "code": client.get(f"/verify/{attestation.code}").text,
        "code as json": by_code,
    }
    assert WORDS["is"][language] in answers["annex"]
    assert attestation.code in answers["annex"]
    for page in answers.values():
        assert not any(label in page for label in inside)
    changed = sent(client, content + b"\n").text
    assert WORDS["other"][language] in changed
    assert attestation.code not in changed


def _rows(attestation: Attestation) -> list[dict[str, str]]:
    rows = json.loads(attestation.annex or b"")["rows"]
    assert rows
    return [row for row in rows if row["label"]]


@pytest.mark.usefixtures("asked")
def test_the_file_given_out_holds_what_the_record_names(app: Flask, people: World) -> None:
    _, attestation, content = issued(people, app)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.attachments["annex.json"].get_file().read_bytes() == attestation.annex
