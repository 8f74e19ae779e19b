"""Withdrawing by clicking: two people, both languages, and what each reader is told."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask

from app.domain.workflow import FRESH
from app.models import Attestation
from tests import walking
from tests.web.client import StrictClient
from tests.world import World

WHY = "分担者の所属に誤りがありました。"


@pytest.fixture
def issued(people: World, app: Flask) -> tuple[UUID, Attestation]:
    return walking.attested(people, app, "aoba")


def place(issued: tuple[UUID, Attestation], more: str = "") -> str:
    return f"/submissions/{issued[0]}/revisions/1/withdrawal{more}"


def test_the_office_proposes_the_attester_confirms_and_everybody_is_told(
    app: Flask, client: StrictClient, issued: tuple[UUID, Attestation]
) -> None:
    client.sign_in("aoba", "office")
    assert f'href="{place(issued)}"' in client.get(f"/submissions/{issued[0]}").text
    answer = client.press(place(issued), {"reason": WHY})
    assert (answer.status_code, answer.location) == (302, place(issued))
    page = client.get(place(issued)).text
    assert WHY in page
    assert "/confirm" not in page
    attester = app.test_client().sign_in("aoba", "attester")
    assert WHY in attester.get(place(issued)).text
    assert attester.press(place(issued, "/confirm")).status_code == 302
    page = attester.get(place(issued)).text
    assert 'class="tag tag--withdrawn"' in page
    code = issued[1].code
    told = {"en": "The institution has withdrawn it.", "ja": "研究機関が取り下げました。"}
    for language, words in told.items():
        page = app.test_client().get(f"/verify/{code}", headers={"Accept-Language": language}).text
        assert words in page
        assert WHY not in page
    officer = app.test_client().sign_in("jsps", "officer")
    assert WHY in officer.get(f"/agency/submissions/{issued[1].id}").text


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Fill in this field."), ("ja", "この欄を入力してください。")]
)
def test_without_a_reason_nothing_is_proposed_and_the_field_says_so(
    client: StrictClient, people: World, issued: tuple[UUID, Attestation], language: str, words: str
) -> None:
    client.language = language
    client.sign_in("aoba", "office")
    answer = client.press(place(issued), {"reason": " "})
    assert answer.status_code == 422
    assert words in answer.text


def test_who_proposed_it_is_told_why_they_cannot_confirm(
    client: StrictClient, issued: tuple[UUID, Attestation]
) -> None:
    client.sign_in("aoba", "attester")
    client.press(place(issued), {"reason": WHY})
    page = client.get(place(issued))
    assert "/confirm" not in page.text
    assert "/keep" in page.text
    assert client.press(place(issued, "/confirm")).status_code == 403
    assert client.press(place(issued, "/keep")).status_code == 302
    assert client.get(f"/verify/{issued[1].code}").status_code == 200


def test_confirming_after_a_while_asks_for_a_sign_in_and_comes_back(
    app: Flask, client: StrictClient, issued: tuple[UUID, Attestation], time_machine
) -> None:
    client.sign_in("aoba", "office")
    client.press(place(issued), {"reason": WHY})
    attester = app.test_client().sign_in("aoba", "attester")
    time_machine.move_to(datetime.now(UTC) + FRESH + timedelta(minutes=1))
    assert "/confirm?" in attester.get(place(issued)).text
    answer = attester.press(place(issued, "/confirm"))
    assert answer.status_code == 302
    assert answer.location.startswith("/confirm?")


def test_deciding_what_was_decided_meanwhile_is_a_message_and_no_error(
    app: Flask, client: StrictClient, issued: tuple[UUID, Attestation]
) -> None:
    client.sign_in("aoba", "office")
    for path in ("/keep", "/confirm"):
        attester = app.test_client().sign_in("aoba", "attester")
        assert attester.press(place(issued, path)).status_code == 409
    client.press(place(issued), {"reason": WHY})
    assert client.press(place(issued), {"reason": WHY}).status_code == 409


@pytest.mark.parametrize("number", [0, 2, 10_001, 99_999_999_999])
def test_a_revision_that_is_none_is_not_found(
    client: StrictClient, issued: tuple[UUID, Attestation], number: int
) -> None:
    client.sign_in("aoba", "office")
    assert client.get(f"/submissions/{issued[0]}/revisions/{number}/withdrawal").status_code == 404


def test_a_draft_has_no_attestation_to_withdraw(client: StrictClient, people: World) -> None:
    submission_id = walking.draft(people, "aoba")
    client.sign_in("aoba", "office")
    assert client.get(f"/submissions/{submission_id}/revisions/1/withdrawal").status_code == 404
