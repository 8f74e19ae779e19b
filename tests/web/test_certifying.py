"""Certifying through the door, before the attester: whose turn it is, their own words, and what comes after."""

from datetime import timedelta

import pytest
from flask import Flask

from tests import signers
from tests.web.client import StrictClient
from tests.world import NOW, World

SAID = {
    "en": {
        "turn": "Certifies next",
        "later": "Comes later",
        "done": "Has certified",
        "partly": "You see what you may read",
        "not yet": "Others certify this before the attester",
        "not yours": "somebody else",
        "again": "Sign in again to certify",
    },
    "ja": {
        "turn": "次に確認",
        "later": "この後に確認",
        "done": "確認済み",
        "partly": "読むことができる範囲",
        "not yet": "責任者より先に",
        "not yours": "ほかの人の番",
        "again": "もう一度サインイン",
    },
}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_each_certifies_from_the_submissions_page_in_turn(
    client: StrictClient, app: Flask, people: World, time_machine, language: str
) -> None:
    submission_id, said = signers.approved(people), SAID[language]
    time_machine.move_to(NOW + timedelta(hours=1))
    client.language = language
    address = f"/submissions/{submission_id}"
    client.sign_in("aoba", "attester")
    page = client.get(f"{address}/attest")
    assert said["not yet"] in page.text
    assert 'name="certify"' not in page.text
    certifiers = {"pi": "I have declared what there is to declare.", "export": "The institution confirms."}
    for name, words in certifiers.items():
        client.press("/sign-out")
        client.sign_in("aoba", name)
        page = client.get(address)
        assert f"{address}/certify" in page.text
        assert page.text.count(said["turn"]) == 1
        page = client.get(f"{address}/certify")
        assert words in page.text
        assert (said["partly"] in page.text) is (name == "pi")
        refused = client.press(f"{address}/certify", {}, on=f"{address}/certify")
        assert refused.status_code == 422
        assert client.press(f"{address}/certify", {"certify": "y"}, on=f"{address}/certify").status_code == 302
        page = client.get(address)
        assert said["done"] in page.text
        assert f'href="{address}/certify"' not in page.text
    client.press("/sign-out")
    client.sign_in("aoba", "attester")
    assert client.press(f"{address}/attest", {"certify": "y"}, on=f"{address}/attest").status_code == 302
    page = client.get(address)
    assert page.text.count(said["done"]) == 3
    assert "attestation.pdf" in page.text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_whose_turn_it_is_not_is_told_so_and_a_stale_sign_in_is_asked_for_again(
    client: StrictClient, people: World, time_machine, language: str
) -> None:
    submission_id, said = signers.approved(people), SAID[language]
    client.language = language
    address = f"/submissions/{submission_id}"
    time_machine.move_to(NOW + timedelta(hours=1))
    client.sign_in("aoba", "export")
    page = client.get(f"{address}/certify")
    assert said["not yours"] in page.text
    assert 'name="certify"' not in page.text
    assert client.press(f"{address}/certify", {"certify": "y"}).status_code == 403
    client.press("/sign-out")
    client.sign_in("aoba", "pi")
    time_machine.move_to(NOW + timedelta(hours=1, minutes=30))
    assert said["again"] in client.get(f"{address}/certify").text
    answer = client.press(f"{address}/certify", {"certify": "y"})
    assert answer.status_code == 302
    assert answer.location.startswith("/confirm")
