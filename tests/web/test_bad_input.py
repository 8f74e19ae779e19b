"""Hostile input in every field of every form a person can reach: a message, never an error of ours."""

import io
import re
from urllib.parse import quote_from_bytes
from uuid import uuid4

import html5lib
import pytest
from flask import Flask

from app.demo.filling import fill
from app.domain.checklist import Kind
from app.services import revisions
from tests import walking
from tests.web.client import StrictClient, token
from tests.world import World

HOSTILE = {
    "a NUL": b"a\x00b",
    "a lone surrogate": b"a\xed\xa0\x80b",
    "23 digits": b"1" * 23,
    "no such day": b"0000-00-00",
    "a stranger's id": str(uuid4()).encode(),
    "markup": b'"><script>alert(1)</script>{{7*7}}',
    "far too long": b"x" * 30_000,
    "direction marks": "\u202eabc\u2066".encode(),
    "an emoji": "🧪".encode(),
    "nothing": b"",
}
_MOST_FIELDS = 6


class Forms:
    """The forms of a page: address, and what they would send."""

    def __init__(self, text: str, path: str):
        tree = html5lib.parse(text, namespaceHTMLElements=False)
        self.found = []
        for form in tree.iter("form"):
            if form.get("method", "get").lower() == "post" and form.get("enctype") is None:
                fields = {}
                for node in form.iter():
                    name = node.get("name")
                    if name and node.tag in {"input", "textarea", "select"} and node.get("type") != "file":
                        fields.setdefault(name, node.get("value") or (node.text or ""))
                self.found.append((form.get("action") or path, fields))


def send(client: StrictClient, address: str, fields: dict[str, str], name: str, hostile: bytes):
    pairs = [
        quote_from_bytes(key.encode()) + "=" + quote_from_bytes(hostile if key == name else value.encode())
        for key, value in fields.items()
    ]
    return client.post(address, data="&".join(pairs), content_type="application/x-www-form-urlencoded")


@pytest.mark.parametrize(("name", "paths"), [
    ("office", ["/grants/new", "/grants/{grant}", "/submissions/{draft}/sections/scope",
                "/submissions/{draft}/sections/declarations", "/submissions/{draft}/check", "/confirm"]),
    ("office2", ["/submissions/{review}/review"]),
    ("attester", ["/submissions/{approved}/attest"]),
])  # fmt: skip
def test_no_field_of_any_form_can_break_the_service(app: Flask, people: World, name: str, paths: list[str]) -> None:
    places = {"grant": people.grant("aoba").id}
    if name == "office":
        places["draft"] = walking.draft(people, "aoba")
    if name == "office2":
        places["review"] = walking.in_review(people, "aoba")
    if name == "attester":
        places["approved"] = walking.approved(people, "aoba")
    client = app.test_client().sign_in("aoba", name)
    tried = 0
    for path in [one.format(**places) for one in paths]:
        page = client.get(path)
        if page.status_code == 404:
            continue
        for address, fields in Forms(page.text, path).found:
            if address.startswith(("/sign-out", "/language")) or address.endswith("/remove"):
                continue
            typed = [one for one in fields if one != "csrf_token"]
            for field in typed[:_MOST_FIELDS] + typed[-2:]:
                for what, hostile in HOSTILE.items():
                    answer = send(client, address, fields, field, hostile)
                    assert answer.status_code < 500, (path, address, field, what)
                    tried += 1
                    if answer.mimetype == "text/html":
                        assert "<script>alert" not in answer.text, (address, field)
    assert tried > 15


@pytest.mark.parametrize("path", ["/grants/{}", "/submissions/{}", "/grants/import/{}", "/agency/submissions/{}"])
@pytest.mark.parametrize("thing", ["1" * 23, "%00", "..%2f..", "x", "0", "-1", "%ed%a0%80"])
def test_an_id_that_is_none_is_not_found(client: StrictClient, people: World, path: str, thing: str) -> None:
    client.sign_in("aoba" if "agency" not in path else "jsps", "office" if "agency" not in path else "officer")
    assert client.get(path.format(thing)).status_code == 404


@pytest.mark.parametrize(
    "query", ["page=99999999999999999999999", "page=-1", "page=x", "q=%00", "q=%ed%a0%80", "state=x"]
)
def test_nonsense_behind_the_question_mark_is_as_if_it_were_not_there(
    client: StrictClient, people: World, query: str
) -> None:
    client.sign_in("aoba", "office")
    assert client.get(f"/grants?{query}").status_code == 200


def test_a_form_with_fields_that_are_not_its_own_changes_nothing(client: StrictClient, people: World) -> None:
    client.sign_in("aoba", "office")
    data = {"number": "JP26K77777", "organization_id": str(uuid4()), "title_ja": "題", "title_en": "T"}
    answer = client.press("/grants/new", data, on="/grants/new")
    assert answer.status_code == 422
    assert "JP26K77777" not in client.get("/grants").text


def test_a_wrong_form_keeps_what_was_typed_and_says_where(client: StrictClient, people: World) -> None:
    client.sign_in("aoba", "office")
    call = people.requirement().call_id
    data = {
        "number": "not a number!",
        "call": str(call),
        "title_ja": "量子測定の𠮷田法",
        "title_en": "Kept",
        "starts_on": "0000-00-00",
        "ends_on": "",
        "foreign": "",
        "partners": "",
    }
    answer = client.press("/grants/new", data, on="/grants/new")
    assert answer.status_code == 422
    for kept in ("not a number!", "量子測定の𠮷田法", "Kept", "0000-00-00"):
        assert kept in answer.text.replace("notanumber!", "not a number!")
    assert re.search(r'href="#number"', answer.text)
    assert re.search(r'href="#starts_on"', answer.text)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_name_that_cannot_be_printed_is_refused_with_the_character(
    client: StrictClient, people: World, language: str
) -> None:
    client.language = language
    client.sign_in("aoba", "office")
    grant = people.grant("aoba").id
    data = {"part": "participant", "member": "", "name": "山田 🧪", "affiliation": "見本大学"}
    answer = client.press(f"/grants/{grant}/participants", data, on=f"/grants/{grant}")
    assert answer.status_code == 422
    assert "🧪" in answer.text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100,
        b"\xff\xfe\x00",
        b"a,b\n1",
        b"%PDF-1.7",
        "課題番号\n".encode(),
        b'"' * 1000,
        b"x," * 100_000,
    ],
)
def test_a_file_that_is_no_award_list_is_reported_and_imports_nothing(
    client: StrictClient, people: World, content: bytes
) -> None:
    client.sign_in("aoba", "office")
    page = client.get("/grants/import")
    data = {"csrf_token": token(page), "file": (io.BytesIO(content), "x\x00y.csv")}
    answer = client.post("/grants/import", data=data, content_type="multipart/form-data")
    assert answer.status_code in {302, 422}
    if answer.status_code == 302:
        report = client.get(answer.location)
        assert report.status_code == 200
        forced = client.post(answer.location, data={"csrf_token": token(report)})
        assert forced.status_code == 422


@pytest.mark.parametrize("content", [b"", b"x", b"%PDF-1.7\n" + b"\x00" * 1000, b"%PDF-" + b"(" * 100_000])
def test_any_bytes_given_to_verification_get_a_verdict(client: StrictClient, people: World, content: bytes) -> None:
    data = {"file": (io.BytesIO(content), "a.pdf")}
    answer = client.post("/verify/file", data=data, content_type="multipart/form-data")
    assert answer.status_code in {200, 422}


@pytest.mark.parametrize("code", ["", "x", "I" * 20, "０" * 20, "\x00" * 20, "a" * 5000])
def test_a_code_that_is_none_is_answered_at_its_field(client: StrictClient, people: World, code: str) -> None:
    answer = client.post("/verify/code", data={"code": code})
    assert answer.status_code in {302, 422}
    if answer.status_code == 302:
        assert client.get(answer.location).status_code == 404


def test_a_stranger_reads_nothing_of_another_participant(client: StrictClient, people: World) -> None:
    """A principal investigator sees neither other persons' rows nor the officers' judgements."""
    submission_id = walking.draft(people, "aoba", "application")
    fill(people.session, walking.fillers(people, "aoba"), submission_id)
    people.session.commit()
    principal = people.actor("aoba", "pi")
    opened = revisions.find(people.session, principal, submission_id)
    others = [
        key for key in opened.answers
        if key[1] and opened.participant_of[key[1]] not in {None, opened.standing.participant_id}
    ]  # fmt: skip
    assert others
    assert not any(opened.readable(key) for key in others)
    client.sign_in("aoba", "pi")
    for section in opened.compiled.checklist.sections:
        page = client.get(f"/submissions/{submission_id}/sections/{section.id}")
        if page.status_code == 200:
            for key in others:
                assert str(opened.answers[key].id) not in page.text


def test_two_people_on_one_answer_get_a_page_with_both_texts(app: Flask, people: World) -> None:
    submission_id = walking.draft(people, "aoba", "application")
    opened = revisions.find(people.session, people.actor("aoba", "office"), submission_id)
    key = next(k for k in opened.answers if opened.item(k).kind is Kind.SINGLE and k[0] == "scope.designated")
    slot = opened.answers[key].id
    address = f"/submissions/{submission_id}/sections/scope"
    one, two = app.test_client().sign_in("aoba", "office"), app.test_client().sign_in("aoba", "office2")
    fields = {f"q-{slot}": "0", f"s-{slot}": "answered", f"r-{slot}": ""}
    assert (
        one.press(address, fields | {f"v-{slot}": "yes", f"r-{slot}": "first text"}, on=address).status_code == 302
    )
    clash = two.press(address, fields | {f"v-{slot}": "no", f"r-{slot}": "second text"}, on=address)
    assert clash.status_code == 409
    assert "first text" in clash.text
    assert "second text" in clash.text
    again = two.press(
        address, fields | {f"q-{slot}": "1", f"v-{slot}": "no", f"r-{slot}": "second text"}, on=address
    )
    assert again.status_code == 302


def test_autosave_tells_what_shows_now_and_keeps_the_right_ones_when_one_is_wrong(
    client: StrictClient, people: World
) -> None:
    submission_id = walking.draft(people, "aoba", "application")
    office = people.actor("aoba", "office")
    opened = revisions.find(people.session, office, submission_id)
    areas = opened.answers["scope.areas", None]
    year = opened.answers["scope.designated", None]
    client.sign_in("aoba", "office")
    address = f"/submissions/{submission_id}/sections/scope"
    data = {
        f"q-{areas.id}": "0", f"s-{areas.id}": "answered", f"v-{areas.id}": "no such area",
        f"q-{year.id}": "0", f"s-{year.id}": "answered", f"v-{year.id}": "no",
    }  # fmt: skip
    page = client.get(address)
    answer = client.post(address, data=data | {"csrf_token": token(page)}, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    told = answer.json
    assert told["saved"] is True
    assert told["seqs"] == {str(year.id): 1}
    assert list(told["errors"]) == [str(areas.id)]
    assert told["progress"]["done"] == 1
