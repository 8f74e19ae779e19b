"""The institution's own submissions as people see them: no page asks for a grant, in either language."""

import io
import re

import pytest
from flask import Flask

from app.domain.checklist import Stage
from app.services import attestations, funding, submissions
from tests import own, walking
from tests.web.client import StrictClient
from tests.world import NOW, World

YEAR = {"ja": "令和8年度(2026年度)", "en": "FY2026 (Reiwa 8)"}
ITSELF = {"ja": "aoba大学(機関としての提出)", "en": "Aoba University as an institution"}
NAVIGATION = {"ja": "機関としての提出", "en": "Institution's submissions"}
TITLE = {"ja": "機関の体制の確認（見本）", "en": "How the institution is set up (sample)"}
LANGUAGES = pytest.mark.parametrize("language", ["ja", "en"])


def title(text: str) -> str:
    found = re.search(r"<title>(.*?)</title>", text, re.DOTALL)
    assert found
    return found[1]


@LANGUAGES
def test_from_the_navigation_to_the_submission_and_back(client: StrictClient, people: World, language: str) -> None:
    client.language = language
    own.required(people)
    client.sign_in("aoba", "office")
    assert NAVIGATION[language] in client.get("/grants").text.replace("&#39;", "'")
    page = client.get("/institution")
    for words in (YEAR[language], TITLE[language], "jst振興会" if language == "ja" else "JST"):
        assert words in page.text
    found = re.search(r'action="(/institution/requirements/[^"]+/open)"', page.text)
    assert found
    answer = client.press(found[1], on="/institution")
    assert answer.status_code == 302
    again = client.press(found[1], on=answer.location)
    assert again.location == answer.location
    submission = client.get(answer.location)
    assert ITSELF[language] in submission.text
    assert YEAR[language] in title(submission.text)
    assert 'href="/institution"' in submission.text
    assert answer.location in client.get("/institution").text


@LANGUAGES
def test_every_page_of_a_submission_says_the_year_where_a_grant_has_its_number(
    app: Flask, people: World, language: str
) -> None:
    submission_id = walking.draft(people, "aoba", "yearly")
    client = app.test_client()
    client.language = language
    client.sign_in("aoba", "office")
    for page in (f"sections/{own.SECTION}", "check", "history"):
        answer = client.get(f"/submissions/{submission_id}/{page}")
        assert YEAR[language] in title(answer.text), page
        assert "None" not in answer.text
    submission_id = walking.approved(people, "seto", "yearly")
    for name, page in (("office2", "review"), ("attester", "attest")):
        other = app.test_client()
        other.language = language
        answer = other.sign_in("seto", name).get(f"/submissions/{submission_id}/{page}")
        assert YEAR[language] in title(answer.text), page
        assert ITSELF[language].replace("aoba", "seto").replace("Aoba", "Seto") in answer.text


@LANGUAGES
def test_without_a_published_version_the_page_says_so_and_offers_nothing(
    client: StrictClient, people: World, language: str
) -> None:
    client.language = language
    agency = people.organization(own.AGENCY)
    made = funding.require_of_institutions(
        people.session, agency, "not-there-yet", Stage.YEARLY, 2026, NOW.date().replace(year=2027)
    )
    people.session.commit()
    client.sign_in("aoba", "office")
    page = client.get("/institution")
    assert "not-there-yet" in page.text
    assert ("まだ公開されていません" if language == "ja" else "is published yet") in page.text
    assert f"/requirements/{made.id}/open" not in page.text
    forced = client.press(f"/institution/requirements/{made.id}/open", on="/institution")
    assert forced.status_code == 422


def test_nothing_asked_is_said_and_a_requirement_of_a_call_is_not_found_here(
    client: StrictClient, people: World
) -> None:
    client.sign_in("aoba", "office")
    assert "Nothing is asked of the institution itself" in client.get("/institution").text
    award = people.requirement("award").id
    assert client.press(f"/institution/requirements/{award}/open", on="/grants").status_code == 404


def test_offices_see_it_without_a_button_and_researchers_not_even_the_way(app: Flask, people: World) -> None:
    own.required(people)
    attester = app.test_client().sign_in("aoba", "attester")
    page = attester.get("/institution")
    assert TITLE["en"] in page.text
    assert "/open" not in page.text
    submission_id = walking.draft(people, "aoba", "yearly")
    for name in ("pi", "researcher"):
        client = app.test_client().sign_in("aoba", name)
        assert "/institution" not in client.get("/grants").text
        assert client.get("/institution").status_code == 403
        assert client.get(f"/submissions/{submission_id}").status_code == 404


def test_two_people_on_one_answer_get_a_page_with_both_texts(app: Flask, people: World) -> None:
    submission_id = walking.draft(people, "aoba", "yearly")
    opened = walking.found(people, "aoba", submission_id)
    slot = opened.answers["duty.rules", None].id
    address = f"/submissions/{submission_id}/sections/{own.SECTION}"
    one, two = app.test_client().sign_in("aoba", "office"), app.test_client().sign_in("aoba", "office2")
    fields = {f"q-{slot}": "0", f"s-{slot}": "answered"}
    first = {**fields, f"v-{slot}": "yes", f"r-{slot}": "first text"}
    assert one.press(address, first, on=address).status_code == 302
    clash = two.press(address, {**fields, f"v-{slot}": "no", f"r-{slot}": "second text"}, on=address)
    assert clash.status_code == 409
    assert "first text" in clash.text
    assert "second text" in clash.text
    assert YEAR["en"] in title(clash.text)


@LANGUAGES
def test_the_agency_lists_and_reads_it(app: Flask, people: World, language: str) -> None:
    _, attestation = walking.attested(people, app, "aoba", "yearly")
    officer = app.test_client()
    officer.language = language
    officer.sign_in(own.AGENCY, "officer")
    listed = officer.get("/agency/submissions?q=aoba")
    assert str(attestation.id) in listed.text
    assert YEAR[language] in listed.text
    page = officer.get(f"/agency/submissions/{attestation.id}")
    assert ITSELF[language] in page.text
    assert YEAR[language] in title(page.text)
    for words in ("研究代表者", "Principal investigator", "None"):
        assert words not in page.text
    pdf = officer.get(f"/agency/submissions/{attestation.id}/attestation.pdf")
    assert f"kakunin-aoba-FY2026-{attestation.code[:11]}.pdf" in pdf.headers["Content-Disposition"]


@LANGUAGES
def test_anybody_verifies_it_by_code_and_by_file(
    app: Flask, client: StrictClient, people: World, language: str
) -> None:
    submission_id, attestation = walking.attested(people, app, "aoba", "yearly")
    client.language = language
    by_code = client.get(f"/verify/{attestation.code}")
    content = attestations.file_of(attestation, walking.premises(app))
    by_file = client.post(
        "/verify/file", data={"file": (io.BytesIO(content), "a.pdf")}, content_type="multipart/form-data"
    )
    for page in (by_code, by_file):
        assert page.status_code == 200
        assert ITSELF[language] in page.text
        assert YEAR[language] in page.text
        assert ("課題番号" if language == "ja" else "Award number") not in page.text
    told = client.get(f"/verify/{attestation.code}", headers={"Accept": "application/json"}).json
    assert told is not None
    about = told["attestation"]
    assert (about["grant"], about["programme"], about["funder"]) == (None, None, own.AGENCY)
    assert (about["fiscal_year"], about["institution"]["code"]) == (2026, "aoba")
    client.sign_in("aoba", "attester")
    pdf = client.get(f"/submissions/{submission_id}/revisions/1/attestation.pdf")
    assert pdf.data == content
    assert "kakunin-aoba-FY2026-" in pdf.headers["Content-Disposition"]


def test_the_office_renews_what_is_known_about_the_institution(client: StrictClient, people: World) -> None:
    submission_id = walking.draft(people, "aoba", "yearly")
    institution = people.organization("aoba")
    institution.facts = {**institution.facts, "institution.national_agency": "yes"}
    people.session.commit()
    client.sign_in("aoba", "office")
    page = client.get(f"/submissions/{submission_id}")
    assert "What is known about the institution has changed" in page.text
    client.press(f"/submissions/{submission_id}/facts", on=f"/submissions/{submission_id}")
    page = client.get(f"/submissions/{submission_id}")
    assert "has changed" not in page.text
    section = client.get(f"/submissions/{submission_id}/sections/{own.SECTION}")
    assert "the institution is a national research and development agency" in section.text


def test_a_year_that_no_version_fits_says_why_not(client: StrictClient, people: World) -> None:
    own.required(people, 2025)
    (line,) = submissions.required_of_institution(people.session, people.actor("aoba", "office"))
    assert line.choice.verdict is False
    client.sign_in("aoba", "office")
    page = client.get("/institution")
    assert "no published version fits what is known about your institution" in page.text
    assert "“fiscal year” is FY2025 (Reiwa 7)." in page.text
