"""Files with answers at the door: forms without scripts, errors at their place, downloads that are never run."""

import io
import re
from datetime import UTC, datetime
from uuid import UUID, uuid4

import html5lib
import pytest
from flask import Flask

from app.config import Settings
from app.domain.attestation import sha256
from app.domain.evidence import MEGABYTE
from app.domain.texts import in_japan
from app.models import Event, Evidence, SessionRecord
from app.services import answers, revisions
from app.services.opened import Opened
from tests import filing, walking
from tests.filing import CSV, PDF, PNG, key, typed
from tests.web.client import StrictClient, token
from tests.world import World


def now(people: World, submission_id: UUID, name: str = "office") -> Opened:
    people.session.expire_all()
    return revisions.find(people.session, people.actor("aoba", name), submission_id)


def page(submission_id: UUID, section: str = "papers") -> str:
    return f"/submissions/{submission_id}/sections/{section}"


def tree_of(text: str):
    return html5lib.parse(text, namespaceHTMLElements=False)


def by_id(text: str, name: str):
    return next(node for node in tree_of(text).iter() if node.get("id") == name)


def words(node) -> str:
    return " ".join("".join(node.itertext()).split())


def post(client: StrictClient, address: str, data: dict):
    """Send a form with a file; what the client kept of a large body beside the memory is thrown away."""
    answer = client.post(address, data=data, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()
    return answer


class Place:
    """One evidence rule on a section's page, as a browser without scripts meets it."""

    def __init__(self, people: World, client: StrictClient, submission_id: UUID, item: str, rule: str):
        self.client, self.address = client, page(submission_id)
        self.answer_id = now(people, submission_id).answers[(item, None)].id
        self.key = f"{self.answer_id}-{rule}"
        self.item = f"item-{self.answer_id}"
        self.action = f"/submissions/{submission_id}/answers/{self.answer_id}/evidence/{rule}"

    def fields(self) -> dict[str, str]:
        """Return what the form of its own would send besides a file: found through the form= of each field."""
        text = self.client.get(self.address).text
        tree = tree_of(text)
        form = by_id(text, f"attach-{self.key}")
        assert form.get("action") == self.action
        assert form.get("enctype") == "multipart/form-data"
        own = {node.get("name"): node.get("value") for node in form.iter("input")}
        named = [node for node in tree.iter("input") if node.get("form") == f"attach-{self.key}"]
        assert {node.get("type") for node in named} <= {"file", "hidden", "date"}
        return own | {node.get("name"): node.get("value", "") for node in named if node.get("type") != "file"}

    def send(self, content: bytes, name: str = "写し.pdf", **more: str):
        file = (io.BytesIO(content), name) if name else (io.BytesIO(b""), "")
        return self.post(self.fields() | more | {"file": file})

    def post(self, data: dict):
        return post(self.client, self.action, data)


@pytest.fixture
def submission_id(people: World) -> UUID:
    return filing.draft(people)


@pytest.fixture(params=["ja", "en"])
def office(client: StrictClient, request: pytest.FixtureRequest, submission_id: UUID) -> StrictClient:
    client.language = request.param
    return client.sign_in("aoba", "office")


def test_a_file_is_attached_without_scripts_and_the_page_comes_back_to_the_item(
    people: World, office: StrictClient, submission_id: UUID
) -> None:
    place = Place(people, office, submission_id, "filing.done", "copy")
    answer = place.send(PDF)
    assert answer.status_code == 302
    assert answer.location.endswith(f"{page(submission_id)}#{place.item}")
    text = office.get(answer.location.partition("#")[0]).text
    shown = words(by_id(text, f"evidence-{place.key}"))
    assert "写し.pdf" in shown
    assert "1 kB" in shown
    assert people.actor("aoba", "office").name in shown
    assert {"ja": "ファイルを添付しました。", "en": "The file is attached."}[office.language] in text
    assert {"ja": "届出の写し", "en": "Copy of the notice"}[office.language] in shown


def test_a_file_is_removed_by_its_button_and_kept(people: World, office: StrictClient, submission_id: UUID) -> None:
    place = Place(people, office, submission_id, "filing.done", "copy")
    place.send(PDF)
    made = people.session.query(Evidence).one()
    text = office.get(place.address).text
    action = by_id(text, f"remove-{made.id}").get("action")
    assert office.press(action, on=place.address).status_code == 302
    assert "写し.pdf" not in office.get(place.address).text
    assert people.count(Evidence) == 1


@pytest.mark.parametrize(
    ("content", "name", "english"),
    [
        (b"", "", "Choose a file."),
        (b"", "empty.pdf", "The file is empty."),
        (b"MZ\x90\x00", "copy.pdf", "This is no PDF"),
        (CSV, "copy.pdf", "A file of this kind is not taken here."),
        (PDF[:-40], "copy.pdf", "The file is not whole"),
    ],
)
def test_what_is_not_taken_is_told_at_its_place(
    people: World, client: StrictClient, submission_id: UUID, content: bytes, name: str, english: str
) -> None:
    client.sign_in("aoba", "office")
    place = Place(people, client, submission_id, "filing.done", "copy")
    answer = place.send(content, name)
    assert answer.status_code == 422
    assert english in words(by_id(answer.text, f"x-{place.key}"))
    assert by_id(answer.text, f"f-{place.key}").get("aria-invalid") == "true"
    summary = by_id(answer.text, "error-summary-title")
    assert f'href="#f-{place.key}"' in answer.text
    assert summary is not None
    assert "<title>" in answer.text
    assert words(next(tree_of(answer.text).iter("title"))).startswith("Error:")
    assert people.count(Evidence) == 0


def test_a_date_is_asked_for_where_age_counts_from_it_and_comes_back_when_it_is_wrong(
    people: World, office: StrictClient, submission_id: UUID
) -> None:
    place = Place(people, office, submission_id, "filing.certificate", "certificate")
    assert "document_on" in place.fields()
    assert "document_on" not in Place(people, office, submission_id, "filing.done", "copy").fields()
    for day, status in (("", 422), ("31 Feb", 422), ("2020-01-01", 422), ("2999-01-01", 422)):
        answer = place.send(PDF, document_on=day)
        assert answer.status_code == status, day
        assert by_id(answer.text, f"d-{place.key}").get("value", "") == day
        assert words(by_id(answer.text, f"x-{place.key}"))
    # the clock at the door is today's, that of the world is not
    day = in_japan(datetime.now(UTC)).date().isoformat()
    assert place.send(PDF, document_on=day).status_code == 302
    assert people.session.query(Evidence).one().document_on.isoformat() == day


def test_the_same_file_twice_is_told_with_the_name_it_has(
    people: World, client: StrictClient, submission_id: UUID
) -> None:
    client.sign_in("aoba", "office")
    place = Place(people, client, submission_id, "filing.done", "copy")
    place.send(PDF, "first.pdf")
    answer = place.send(PDF, "second.pdf")
    assert answer.status_code == 422
    assert "“first.pdf”" in words(by_id(answer.text, f"x-{place.key}"))


def test_a_file_attached_to_what_somebody_else_answered_meanwhile_is_a_clash_told_at_its_place(
    people: World, client: StrictClient, submission_id: UUID
) -> None:
    client.sign_in("aoba", "office")
    place = Place(people, client, submission_id, "filing.plan", "plan")
    fields = place.fields()
    two = people.actor("aoba", "office2")
    there = now(people, submission_id)
    none = typed(there, "filing.plan", state="not_applicable", reason="ありません。")
    answers.save(people.session, two, there, none)
    people.session.commit()
    data = fields | {"file": (io.BytesIO(PDF), "plan.pdf")}
    answer = place.post(data)
    assert answer.status_code == 409
    assert "Somebody else changed" in words(by_id(answer.text, f"x-{place.key}"))
    assert place.send(PDF, "plan.pdf").status_code == 302


def test_a_large_file_is_taken_up_to_the_limit_and_told_beyond(
    people: World, app: Flask, client: StrictClient, submission_id: UUID
) -> None:
    client.sign_in("aoba", "office")
    place = Place(people, client, submission_id, "filing.done", "copy")
    large = PDF.replace(b"%%EOF", b"%" + b"x" * (5 * MEGABYTE) + b"\n%%EOF")
    assert place.send(large, "large.pdf").status_code == 302
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"largest_file": 4})
    answer = place.send(large.replace(b"xx", b"yy", 1), "larger.pdf")
    assert answer.status_code == 422
    assert "larger than 4 MB" in words(by_id(answer.text, f"x-{place.key}"))
    answer = place.send(b"%PDF-1.7" + b"x" * (7 * MEGABYTE), "far.pdf")
    assert answer.status_code == 413


def test_a_stranger_may_not_send_a_large_body(app: Flask, client: StrictClient, submission_id: UUID) -> None:
    body = {"file": (io.BytesIO(b"x" * 3 * MEGABYTE), "x.pdf"), "csrf_token": "x"}
    answer = post(client, f"/submissions/{submission_id}/answers/{uuid4()}/evidence/copy", body)
    assert answer.status_code == 413


def test_an_award_list_may_be_larger_than_other_forms(app: Flask, client: StrictClient, people: World) -> None:
    client.sign_in("aoba", "office")
    body = {"file": (io.BytesIO("課題番号\r\n".encode() * 200_000), "grants.csv")}
    body["csrf_token"] = token(client.get("/grants/import"))
    assert post(client, "/grants/import", body).status_code in {302, 422}


def test_the_limit_is_a_setting_with_bounds() -> None:
    assert Settings().largest_file == 20
    for wrong in (0, 201):
        with pytest.raises(ValueError, match="largest_file"):
            Settings(largest_file=wrong)


@pytest.mark.parametrize(
    ("name", "latin", "exact"),
    [
        ("同意書 (写し).pdf", "_.pdf", "%E5%90%8C%E6%84%8F%E6%9B%B8%20%28%E5%86%99%E3%81%97%29.pdf"),
        ("plain-name.pdf", "plain-name.pdf", ""),
        ('x"; filename="evil.html', "x_filename_evil.html.pdf", "x_%3B%20filename%3D_evil.html.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_x_1.pdf", "aSet-Cookie_%20x%3D1.pdf"),
        ("<script>.pdf", "_script_.pdf", ""),
    ],
)
def test_a_download_is_saved_under_a_tidy_name_and_never_run(
    people: World, app: Flask, client: StrictClient, submission_id: UUID, name: str, latin: str, exact: str
) -> None:
    made = filing.attach(
        people, app, people.actor("aoba", "office"), submission_id, "filing.plan", "plan", name=name
    )
    answer = client.sign_in("aoba", "office").get(f"/submissions/{submission_id}/evidence/{made.id}")
    assert answer.status_code == 200
    assert answer.data == PDF
    headers = answer.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"] == "no-store"
    more = f"; filename*=UTF-8''{exact}" if exact else ""
    assert headers["Content-Disposition"] == f'attachment; filename="{latin}"{more}'
    line = people.session.query(Event).filter_by(kind="evidence:read").one()
    assert line.data["file"] == sha256(PDF)


def test_a_table_is_handed_out_as_it_came_without_a_guess_at_its_letters(
    people: World, app: Flask, client: StrictClient, submission_id: UUID
) -> None:
    made = filing.attach(
        people, app, people.actor("aoba", "office"), submission_id, "filing.plan", "plan", CSV, name="表.csv"
    )
    answer = client.sign_in("aoba", "office").get(f"/submissions/{submission_id}/evidence/{made.id}")
    assert answer.data == CSV
    assert answer.headers["Content-Type"] == "text/csv"


def test_a_damaged_file_is_a_message(people: World, app: Flask, client: StrictClient, submission_id: UUID) -> None:
    made = filing.attach(people, app, people.actor("aoba", "office"), submission_id, "filing.plan", "plan")
    store = walking.premises(app).store
    (store.folder / made.sha256[:2] / made.sha256[2:]).write_bytes(b"other")
    answer = client.sign_in("aoba", "office").get(f"/submissions/{submission_id}/evidence/{made.id}")
    assert answer.status_code == 503
    assert "damaged or missing" in answer.text
    assert people.count(Event, kind="evidence:read") == 0


def test_a_principal_investigator_meets_only_what_is_theirs_to_read(
    people: World, app: Flask, client: StrictClient, submission_id: UUID
) -> None:
    """The answers about the project are read, an officer's record is not; nothing can be attached to either."""
    office, integrity = people.actor("aoba", "office"), people.actor("aoba", "integrity")
    plan = filing.attach(people, app, office, submission_id, "filing.plan", "plan", name="plan.pdf")
    record = filing.attach(people, app, integrity, submission_id, "filing.judged", "record", name="record.pdf")
    client.sign_in("aoba", "pi")
    text = client.get(page(submission_id)).text
    assert "plan.pdf" in text
    assert sha256(PDF) in text
    assert 'type="file"' not in text
    assert "record.pdf" not in client.get(f"/submissions/{submission_id}/check").text
    assert client.get(f"/submissions/{submission_id}/evidence/{plan.id}").status_code == 200
    assert client.get(f"/submissions/{submission_id}/evidence/{record.id}").status_code == 404
    action = f"/submissions/{submission_id}/answers/{plan.answer_id}/evidence/plan"
    data = {"file": (io.BytesIO(PNG), "x.png"), "seq": "1", "csrf_token": token(client.get("/confirm"))}
    answer = client.post(action, data=data, content_type="multipart/form-data")
    assert answer.status_code == 403
    assert client.press(f"/submissions/{submission_id}/evidence/{plan.id}/remove").status_code == 403


def test_the_check_page_names_each_file_that_is_missing_with_a_link_to_its_place(
    people: World, office: StrictClient, submission_id: UUID
) -> None:
    there = now(people, submission_id)
    saved = typed(there, "filing.done", "yes") | typed(there, "filing.certificate", "No. 1")
    answers.save(people.session, people.actor("aoba", "office"), there, saved)
    people.session.commit()
    text = office.get(f"/submissions/{submission_id}/check").text
    for item, ja, en in (
        ("filing.done", "届出の写し", "Copy of the notice"),
        ("filing.certificate", "画面の写し", "A picture of the screen"),
    ):
        href = f"{page(submission_id)}#item-{there.answers[key(there, item)].id}"
        link = next(
            node for node in tree_of(text).iter("a") if node.get("href") == href and words(node) in {ja, en}
        )
        assert words(link) == {"ja": ja, "en": en}[office.language]
    said = {"ja": "あと 2 件のファイルが必要です", "en": "2 files are still missing"}[office.language]
    assert said in text


def test_the_pages_for_reading_show_names_and_hashes_and_the_agency_only_a_number(
    people: World, app: Flask, client: StrictClient
) -> None:
    submission_id = filing.approved(people, app)
    for name, where in (("office2", "review"), ("attester", "attest"), ("office", "check")):
        text = app.test_client().sign_in("aoba", name).get(f"/submissions/{submission_id}/{where}").text
        assert "sample-1.pdf" in text
        assert f"SHA-256 {now(people, submission_id).evidence[('filing.done', None)][0].sha256}" in text
        assert "Remove this file" not in text
        assert "Not decided yet" in text or "Computed from other answers" in text
    attestation = walking.attest(people, app, "aoba", submission_id)
    agency = client.sign_in("jsps", "officer").get(f"/agency/submissions/{attestation.id}")
    assert agency.status_code == 200
    assert "1 file with it" in agency.text
    assert "sample-1.pdf" not in agency.text
    assert "Computed" in agency.text


def test_the_history_tells_of_files(people: World, app: Flask, office: StrictClient, submission_id: UUID) -> None:
    made = filing.attach(people, app, people.actor("aoba", "office"), submission_id, "filing.plan", "plan")
    office.get(f"/submissions/{submission_id}/evidence/{made.id}")
    office.press(f"/submissions/{submission_id}/evidence/{made.id}/remove", on=page(submission_id))
    text = office.get(f"/submissions/{submission_id}/history").text
    told = {
        "ja": ("ファイルを添付しました", "ファイルを取り出しました", "ファイルを外しました"),
        "en": ("Attached a file", "Took a file to read it", "Removed a file"),
    }
    for words_ in told[office.language]:
        assert words_ in text
    assert sha256(PDF) in text


def test_what_is_typed_beside_a_file_is_another_form(
    people: World, office: StrictClient, submission_id: UUID
) -> None:
    """The section's form carries no field of a file, and an item of files sends nothing by itself."""
    text = office.get(page(submission_id)).text
    form = by_id(text, "section-form")
    inside = {node.get("name"): node for node in form.iter("input") if node.get("form") is None}
    assert not {"file", "document_on", "seq"} & set(inside)
    there = now(people, submission_id)
    plan, agreements = (there.answers[key(there, item)].id for item in ("filing.plan", "filing.agreements"))
    assert f"q-{plan}" in inside
    assert f"q-{agreements}" not in inside
    assert f"v-{plan}" not in inside


def test_the_new_kinds_are_typed_without_scripts(people: World, office: StrictClient, submission_id: UUID) -> None:
    there = now(people, submission_id)
    ids = {
        item: there.answers[key(there, item)].id for item in ("filing.share", "filing.contact", "filing.promise")
    }
    text = office.get(page(submission_id)).text
    share, contact, promise = (by_id(text, f"v-{one}") for one in ids.values())
    assert (share.get("inputmode"), share.get("type")) == ("decimal", "text")
    assert contact.get("list") == "people"
    people_ = [node.get("value") for node in by_id(text, "people").iter("option")]
    assert any("𠮷田 邦彦" in one for one in people_)
    assert any("係長" in one or "Section chief" in one for one in people_)
    assert (promise.get("type"), promise.get("value")) == ("checkbox", "confirmed")
    fields = {f"q-{one}": "0" for one in ids.values()} | {f"s-{one}": "answered" for one in ids.values()}
    given = {f"v-{ids['filing.share']}": "12.55", f"v-{ids['filing.contact']}": "高木 智子"}
    given[f"v-{ids['filing.promise']}"] = "confirmed"
    answer = office.press(page(submission_id), fields | given, on=page(submission_id))
    assert answer.status_code == 422
    assert "12.55" in answer.text
    given[f"v-{ids['filing.share']}"] = "12.5"
    assert office.press(page(submission_id), fields | given, on=page(submission_id)).status_code == 302
    text = office.get(page(submission_id)).text
    assert by_id(text, f"v-{ids['filing.promise']}").get("checked") is not None
    # ticked off again, it is no answer any more
    fields = {f"q-{ids['filing.promise']}": "1", f"s-{ids['filing.promise']}": "answered"}
    office.press(page(submission_id), fields, on=page(submission_id))
    assert now(people, submission_id).answers[key(there, "filing.promise")].state == "cleared"


def test_a_researcher_is_not_offered_the_names_of_the_whole_house(
    people: World, client: StrictClient, submission_id: UUID
) -> None:
    """Whom one may name is who one may see: the people of the grant."""
    member = people.member("aoba", "pi")
    member.roles = ["researcher", "export_control_officer"]
    people.session.commit()
    text = client.sign_in("aoba", "pi").get(page(submission_id)).text
    assert 'id="people"' not in text


def test_a_computed_item_shows_what_it_amounts_to_and_why(
    people: World, office: StrictClient, submission_id: UUID
) -> None:
    undecided = {"ja": "未確定", "en": "Not decided yet"}[office.language]
    text = office.get(page(submission_id)).text
    assert undecided in words(by_id(text, "item-filing-scope"))
    there = now(people, submission_id)
    answers.save(people.session, people.actor("aoba", "office"), there, typed(there, "filing.done", "yes"))
    people.session.commit()
    shown = words(by_id(office.get(page(submission_id)).text, "item-filing-scope"))
    assert {"ja": "はい", "en": "Yes"}[office.language] in shown
    assert {"ja": "届出を済ませましたか。", "en": "Has the notice been filed?"}[office.language] in shown
    text = office.get(f"/submissions/{submission_id}/check").text
    assert f'href="{page(submission_id)}#item-filing-scope"' in text
    rows = office.get(page(submission_id, "each")).text
    assert len(re.findall(r'id="item-people-agreed-[0-9a-f-]{36}"', rows)) == 2


def test_the_page_is_told_what_is_computed_and_which_files_are_needed_now(
    people: World, client: StrictClient, submission_id: UUID
) -> None:
    client.sign_in("aoba", "office")
    there = now(people, submission_id)
    done = there.answers[key(there, "filing.done")].id
    data = {f"q-{done}": "0", f"s-{done}": "answered", f"v-{done}": "yes"}
    data["csrf_token"] = token(client.get(page(submission_id)))
    answer = client.post(page(submission_id), data=data, headers={"Accept": "application/json"})
    told = answer.get_json()
    assert told["computed"]["filing-scope"] == {
        "text": "Yes",
        "why": "“Has the notice been filed?” was answered “Yes”.",
    }
    assert told["needed"][f"{done}-copy"] is True
    plan = there.answers[key(there, "filing.plan")].id
    assert told["needed"][f"{plan}-plan"] is True
    assert told["shown"]["filing-scope"] is True


@pytest.mark.parametrize("field", ["seq", "document_on", "file", "csrf_token", "other"])
@pytest.mark.parametrize(
    "hostile", ["a\x00b", "1" * 23, "-1", "0000-00-00", "９", '"><script>', "x" * 30_000, "🧪"]
)
def test_no_field_of_the_form_for_files_can_break_the_service(
    people: World, client: StrictClient, submission_id: UUID, field: str, hostile: str
) -> None:
    client.sign_in("aoba", "office")
    place = Place(people, client, submission_id, "filing.certificate", "certificate")
    data = place.fields() | {"file": (io.BytesIO(PDF), "x.pdf"), "document_on": "2026-11-01", field: hostile}
    if field == "file":
        data["file"] = (io.BytesIO(PDF), hostile)
    answer = place.post(data)
    assert answer.status_code in {302, 400, 413, 422}, answer.status_code


def test_a_broken_body_is_refused(people: World, client: StrictClient, submission_id: UUID) -> None:
    client.sign_in("aoba", "office")
    place = Place(people, client, submission_id, "filing.done", "copy")
    for body, kind in ((b"--x\r\nbroken", "multipart/form-data; boundary=x"), (b"{}", "application/json")):
        assert client.post(place.action, data=body, content_type=kind).status_code == 400
    sent = place.fields() | {"file": "a text where a file should be"}
    assert client.post(place.action, data=sent).status_code == 422


def test_sending_while_a_session_ends_leads_to_signing_in_and_keeps_nothing(
    people: World, client: StrictClient, submission_id: UUID
) -> None:
    client.sign_in("aoba", "office")
    place = Place(people, client, submission_id, "filing.done", "copy")
    fields = place.fields()
    people.session.query(SessionRecord).delete()
    people.session.commit()
    data = fields | {"file": (io.BytesIO(PDF), "x.pdf")}
    answer = place.post(data)
    assert answer.status_code in {302, 400}
    assert people.count(Evidence) == 0
