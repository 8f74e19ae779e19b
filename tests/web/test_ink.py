"""Ink through the door: the sheet to print, taking in its scan, what is refused stays typed, the mark it leaves."""

import io
from datetime import timedelta

import pytest
from flask import Flask

from tests import walking
from tests.services.test_ink import SCAN
from tests.web.client import StrictClient
from tests.world import NOW, World

SAID = {
    "en": (
        "Choose a file.",
        "Nothing is taken in without it",
        "An officer of the institution compared",
        "Signed in ink",
    ),
    "ja": ("ファイルを選んで", "原本を確かめてから", "担当者が写しを原本と照合", "紙面に署名"),
}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_sheet_is_printed_signed_taken_in_and_told_of_ever_after(
    client: StrictClient, app: Flask, people: World, time_machine, language: str
) -> None:
    submission_id = walking.approved(people, "aoba")
    no_file, not_seen, told, in_ink = SAID[language]
    time_machine.move_to(NOW + timedelta(hours=1))
    client.language = language
    client.sign_in("aoba", "integrity")
    address = f"/submissions/{submission_id}"
    assert f"{address}/ink" in client.get(address).text
    snapshot = walking.found(people, "aoba", submission_id)
    page = client.get(f"{address}/sheet")
    assert page.status_code == 200
    assert "署名又は押印" in page.text
    attester = str(people.member("aoba", "attester").id)
    typed = {"attester": attester, "signed_on": "2026-11-23"}
    refused = client.press(f"{address}/ink", typed, on=f"{address}/ink")
    assert refused.status_code == 422
    assert no_file in refused.text
    assert not_seen in refused.text
    assert 'value="2026-11-23"' in refused.text
    for wrong in ({"attester": ""}, {"attester": "x"}, {"signed_on": ""}, {"signed_on": "2026-02-30"}):
        given = {"file": (io.BytesIO(SCAN), "a.pdf"), "seen": "y", **typed, **wrong}
        assert client.press(f"{address}/ink", given, on=f"{address}/ink").status_code == 422, wrong
    given = {"file": (io.BytesIO(b"a,b"), "a.csv"), "seen": "y", **typed}
    assert client.press(f"{address}/ink", given, on=f"{address}/ink").status_code == 422
    given = {"file": (io.BytesIO(SCAN), "sheet.pdf"), "seen": "y", **typed}
    assert client.press(f"{address}/ink", given, on=f"{address}/ink").status_code == 302
    assert "attestation.pdf" in client.get(address).text
    scan = client.get(f"{address}/revisions/1/scan")
    assert scan.data == SCAN
    found = people.session.get_one(
        type(snapshot.revision), (snapshot.revision.organization_id, snapshot.revision.id)
    )
    assert found.state == "submitted"
    code = client.get(address).text.split('href="/verify/')[1].split('"')[0]
    assert told in client.get(f"/verify/{code}").text
    client.press("/sign-out")
    client.sign_in("aoba", "library")
    assert client.get(f"{address}/revisions/1/scan").status_code == 403
    client.press("/sign-out")
    client.sign_in("jsps", "officer")
    listed = client.get("/agency/submissions").text
    at = "/agency/submissions/" + listed.split('href="/agency/submissions/')[1].split('"')[0]
    assert in_ink in client.get(at).text
    assert client.get(f"{at}/scan").data == SCAN
