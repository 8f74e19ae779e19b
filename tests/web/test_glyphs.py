"""What no page could print is refused where it is typed, by character and code point, in both languages."""

import io
import json

import pytest
from flask import Flask

from app.domain.checklist import Kind
from app.domain.errors import InvalidError
from app.domain.people import OrganizationKind, Role
from app.domain.texts import Text
from app.models import User
from app.services import accounts, revisions
from tests import walking
from tests.web.client import StrictClient, token
from tests.world import NOW, World

ODD = "国✅葛\U000e01ef\u200b"
NAMED = "✅ (U+2705), 葛\U000e01ef (U+845B U+E01EF), U+200B"
SENTENCES = {"en": "These characters cannot be printed", "ja": "次の文字は確認書に印刷できません"}
GOOD = "髙﨑 邉\U000e010f𠮷 葛\U000e0100 か\u309a"


@pytest.fixture(params=["en", "ja"])
def office(app: Flask, people: World, request: pytest.FixtureRequest) -> StrictClient:
    client = app.test_client()
    client.language = request.param
    return client.sign_in("aoba", "office")


def refused(client: StrictClient, text: str) -> bool:
    return NAMED in text and SENTENCES[client.language] in text


@pytest.mark.parametrize("field", ["title_ja", "title_en"])
def test_of_a_grant(office: StrictClient, field: str) -> None:
    answer = office.press("/grants/new", {"number": "JP26K99999", field: ODD}, on="/grants/new")
    assert answer.status_code == 422
    assert refused(office, answer.text)
    assert "U+" not in office.press("/grants/new", {"number": "JP26K99999", field: GOOD}, on="/grants/new").text


@pytest.mark.parametrize("field", ["name", "name_latin", "affiliation", "post"])
def test_of_a_person(office: StrictClient, people: World, field: str) -> None:
    page = f"/grants/{people.grant('aoba').id}"
    typed = {"part": "co_investigator", "name": "山田", "affiliation": "青葉大学", field: ODD}
    answer = office.press(f"{page}/participants", typed, on=page)
    assert answer.status_code == 422
    assert refused(office, answer.text)


def test_of_an_answer_and_of_its_reason(office: StrictClient, people: World) -> None:
    submission_id = walking.draft(people, "aoba", "application")
    opened = revisions.find(people.session, people.actor("aoba", "office"), submission_id)
    key = next(
        key for key in opened.answers if opened.item(key).kind is Kind.SINGLE and key[0].startswith("scope.")
    )
    slot, address = opened.answers[key].id, f"/submissions/{submission_id}/sections/scope"
    typed = {f"q-{slot}": "0", f"s-{slot}": "unsure", f"r-{slot}": ODD}
    answer = office.press(address, typed, on=address)
    assert answer.status_code == 422
    assert refused(office, answer.text)
    headers = {"Accept": "application/json"}
    by_itself = office.post(address, data=typed | {"csrf_token": token(office.get(address))}, headers=headers)
    assert refused(office, json.dumps(by_itself.json, ensure_ascii=False))


@pytest.mark.parametrize("column", ["title_ja", "title_en", "name", "name_latin", "affiliation", "post"])
def test_of_a_list_of_grants(office: StrictClient, people: World, column: str) -> None:
    columns = ["award_number", "call", "title_ja", "title_en", "part", "name", "name_latin", "affiliation", "post"]
    cells = dict.fromkeys(columns, "x") | {"award_number": "JP26K88888", "part": "研究代表者", column: ODD}
    cells["call"] = people.grant("aoba").call.code
    content = f"{','.join(columns)}\n{','.join(cells.values())}\n".encode()
    data = {"csrf_token": token(office.get("/grants/import")), "file": (io.BytesIO(content), "list.csv")}
    answer = office.post("/grants/import", data=data, content_type="multipart/form-data")
    report = office.get(answer.headers["Location"]) if answer.status_code == 302 else answer
    assert NAMED in report.text


def test_of_institutions_people_and_posts(people: World) -> None:
    session, odd = people.session, Text(ja=ODD, en="x")
    person = session.get_one(User, people.actor("aoba", "office").user_id)
    for make in (
        lambda: accounts.create_organization(session, OrganizationKind.INSTITUTION, "odd", odd, None, NOW),
        lambda: accounts.create_user(session, "odd@aoba.example.jp", ODD, "a long enough password", NOW),
        lambda: accounts.join(session, person, people.organization("aoba"), odd, [Role.LIBRARY], NOW),
    ):
        with pytest.raises(InvalidError) as caught:
            make()
        assert caught.value.reason == "unprintable"
        assert caught.value.values["characters"] == NAMED
