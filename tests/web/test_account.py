"""Signing in and out, proving it again, languages, and where links lead."""

import argon2
import pytest
from flask import Flask

from app.services import accounts
from app.web.account import safe_next
from tests.web.client import StrictClient, token
from tests.world import PASSWORD, World


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_door_and_the_first_page_open_in_both_languages(
    client: StrictClient, people: World, language: str
) -> None:
    client.language = language
    assert client.get("/").location == "/sign-in"
    client.sign_in("aoba", "office")
    page = client.get("/grants")
    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.text
    assert "JP26K00001" in page.text


def test_an_agency_officer_is_led_to_her_submissions(client: StrictClient, people: World) -> None:
    client.sign_in("jsps", "officer")
    assert client.get("/").location == "/agency/submissions"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("office@aoba.example.jp", "wrong password here"),
        ("nobody@aoba.example.jp", PASSWORD),
        ("", ""),
        ("a" * 300, "b" * 300),
        ("x\x00@example.jp", "\x00"),
    ],
)
def test_a_wrong_address_or_password_is_refused_without_telling_which(
    client: StrictClient, people: World, email: str, password: str
) -> None:
    page = client.get("/sign-in")
    data = {"email": email, "password": password, "next": "/", "csrf_token": token(page)}
    answer = client.post("/sign-in", data=data)
    assert answer.status_code == 422
    assert "sid" not in {cookie.key for cookie in client._cookies.values() if cookie.value == ""}
    assert client.get("/grants").status_code == 302


def test_ten_failures_close_an_account_for_a_while_even_to_the_right_password(
    client: StrictClient, people: World
) -> None:
    for _ in range(accounts.FAILURES_ALLOWED):
        client.press("/sign-in", {"email": "office@aoba.example.jp", "password": "x" * 20}, on="/sign-in")
    data = {"email": "office@aoba.example.jp", "password": PASSWORD}
    answer = client.press("/sign-in", data, on="/sign-in")
    assert answer.status_code == 429
    assert client.get("/grants").status_code == 302


def test_a_copied_cookie_is_worth_nothing_after_signing_out(
    app: Flask, client: StrictClient, people: World
) -> None:
    client.sign_in("aoba", "office")
    copied = client.get_cookie("sid")
    assert copied is not None
    assert client.press("/sign-out").status_code == 302
    thief = app.test_client()
    thief.set_cookie("sid", copied.value)
    assert thief.get("/grants").status_code == 302


def test_a_key_known_before_signing_in_is_worth_nothing_after(
    app: Flask, client: StrictClient, people: World
) -> None:
    client.get("/sign-in")
    before = client.get_cookie("sid")
    client.sign_in("aoba", "office")
    after = client.get_cookie("sid")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    other = app.test_client()
    other.set_cookie("sid", before.value)
    assert other.get("/grants").status_code == 302


def test_proving_it_again_changes_the_key_and_keeps_the_person_in(client: StrictClient, people: World) -> None:
    client.sign_in("aoba", "attester")
    before = client.get_cookie("sid")
    answer = client.press("/confirm", {"password": PASSWORD, "next": "/grants"})
    assert answer.status_code == 302
    assert answer.location == "/grants"
    assert client.get_cookie("sid") != before
    assert client.get("/grants").status_code == 200
    assert client.press("/confirm", {"password": "not it, not it", "next": "/"}).status_code == 422


def test_a_session_ends_when_nobody_uses_it(client: StrictClient, people: World) -> None:
    import time_machine

    client.sign_in("aoba", "office")
    from datetime import UTC, datetime

    with time_machine.travel(datetime.now(UTC) + accounts.IDLE_LIMIT * 1.1, tick=True):
        assert client.get("/grants").status_code == 302


@pytest.mark.parametrize(
    "target",
    ["/\\evil.test", "\\\\evil.test", "///evil.test", "//evil.test", "/\t/evil.test", "https:evil.test", "", "x"],
)
def test_no_link_leads_to_another_site(app: Flask, target: str) -> None:
    with app.test_request_context():
        assert safe_next(target) == "/"
        assert safe_next("/grants?page=2") == "/grants?page=2"


def test_a_person_chooses_a_language_and_keeps_it(client: StrictClient, people: World) -> None:
    client.language = "ja"
    assert 'lang="ja"' in client.get("/verify").text
    answer = client.post("/language", data={"language": "en", "next": "/verify"})
    assert answer.location == "/verify"
    assert 'html lang="en"' in client.get("/verify").text


def test_bodies_without_a_length_are_refused(client: StrictClient, people: World) -> None:
    answer = client.post("/verify/code", data={"code": "x"}, headers={"Transfer-Encoding": "chunked"})
    assert answer.status_code == 411


def test_bodies_that_are_too_large_are_refused(client: StrictClient, people: World) -> None:
    client.sign_in("aoba", "office")
    answer = client.post("/grants/new", data={"title_ja": "x" * (3 * 2**20)})
    assert answer.status_code == 413


def test_requests_from_other_sites_are_refused(client: StrictClient, people: World) -> None:
    answer = client.post("/verify/code", data={"code": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_asking_too_often_is_answered_with_429(app: Flask, people: World) -> None:
    from app.web import create_app

    limited = create_app(app.extensions["settings"].model_copy(update={"limits": True}), TESTING=True)
    limited.test_client_class = StrictClient
    client = limited.test_client()
    answers = [client.post("/verify/code", data={"code": "x"}).status_code for _ in range(25)]
    assert answers[:20] == [422] * 20
    assert answers[20:] == [429] * 5


def test_passwords_are_kept_as_the_standard_says() -> None:
    """RFC 9106, 4: the second recommended choice. The tests' own hashes are weaker, this one is not."""
    found = argon2.extract_parameters(accounts._NOBODY)
    assert (found.type, found.time_cost, found.memory_cost, found.parallelism) == (argon2.Type.ID, 3, 65536, 4)
