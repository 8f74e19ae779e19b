"""Certifying through the door while the time-stamp authority is away: nothing is lost, nothing is given out."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app.models import Attestation
from app.services import attestations
from tests import walking
from tests.web.client import StrictClient
from tests.world import NOW, World

SAID = {
    "en": ("its PDF is still to come", "does not answer as it should"),
    "ja": ("PDF はこれから作られます", "時刻認証局から正しい応答がありません"),
}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_without_time_the_attester_is_told_that_the_pdf_follows(
    client: StrictClient, app: Flask, people: World, time_machine, language: str
) -> None:
    submission_id = walking.approved(people, "aoba")
    place = walking.premises(app)
    app.extensions["premises"] = replace(place, times=replace(place.times, url="http://127.0.0.1:1/"))
    time_machine.move_to(NOW + timedelta(hours=1))
    client.sign_in("aoba", "attester")
    client.language = language
    address = f"/submissions/{submission_id}"
    answer = client.press(f"{address}/attest", {"certify": "y"}, on=f"{address}/attest")
    assert answer.status_code == 302
    page = client.get(address)
    for words in SAID[language]:
        assert words in page.text
    assert "attestation.pdf" not in page.text
    assert client.get(f"{address}/revisions/1/attestation.pdf").status_code == 404
    app.extensions["premises"] = place
    (waiting,) = attestations.unfinished(people.session)
    attestations.issue(
        people.session, people.session.get_one(Attestation, waiting), place, NOW + timedelta(hours=2)
    )
    people.session.commit()
    assert "attestation.pdf" in client.get(address).text
