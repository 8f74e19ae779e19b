"""Publishers at their pages: bringing a version, proposing it, publishing as a second person, withdrawing."""

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from app.domain.workflow import FRESH
from app.models import ChecklistVersion, Event, ReferenceList, SessionRecord, VersionProposal, VersionStatus
from app.services import checklists, publishing
from tests import drafts
from tests.web.client import StrictClient, token
from tests.web.test_checklists import hash_of, propose, publish, queries
from tests.world import World

UPLOAD = "/publisher/upload"


def bring(client: StrictClient, text: str = "", *, file: bytes | None = None, name: str = "v.yaml", **fields: str):
    """Send a version as text, or as a file, to be checked."""
    data = {"csrf_token": token(client.get(UPLOAD)), "text": text.replace("\n", "\r\n"), "act": "check", **fields}
    if file is not None:
        data["file"] = FileStorage(io.BytesIO(file), name)
    # encoded in memory: the client would leave a temporary file of a large body to the collector
    body, length, boundary = stream_encode_multipart(data, threshold=2**30)
    kind = f'multipart/form-data; boundary="{boundary}"'
    return client.post(UPLOAD, input_stream=body, content_length=length, content_type=kind)


def area(page: str) -> str:
    """Return what stands in the textarea, as a browser would send it back."""
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found
    text = found[1]
    for entity, letter in (("&#34;", '"'), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, letter)
    return text


def checked(page: str) -> str:
    found = re.search(r'name="checked"\s+value="([^"]*)"', page)
    assert found
    return found[1]


def stored(people: World) -> int:
    return sum(people.count(table) for table in (VersionProposal, ChecklistVersion, VersionStatus, ReferenceList))


def stale(people: World) -> None:
    """Let every sign-in lie longer ago than the two acts allow."""
    for record in people.session.scalars(select(SessionRecord)):
        if record.signed_in_at:
            record.signed_in_at -= FRESH + timedelta(minutes=1)
    people.session.commit()


@pytest.fixture
def first(app: Flask, people: World) -> StrictClient:
    """A publisher of one agency, signed in."""
    return app.test_client().sign_in("jsps", "publisher")


@pytest.fixture
def second(app: Flask, people: World) -> StrictClient:
    """A publisher of another agency, signed in."""
    return app.test_client().sign_in("jst", "publisher2")


# bringing


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("as_file", [True, False])
def test_every_fault_is_told_at_its_place_and_what_was_brought_is_kept(
    first: StrictClient, people: World, language: str, as_file: bool
) -> None:
    first.language = language
    before = stored(people)
    text = drafts.faulty(drafts.next_version())
    answer = bring(first, file=text.encode()) if as_file else bring(first, text)
    assert answer.status_code == 422
    assert area(answer.text) == text
    for part in ("colour: blue", "disclosure: everything"):
        line = text[: text.index(part)].count("\n") + 1
        row = re.search(rf"<tr role=\"row\">(?:(?!</tr>).)*</span> {line}\s*</th>.*?</tr>", answer.text, re.DOTALL)
        assert row, line
        assert part in row[0]
    said = {"ja": "ここにcolourは書けません", "en": "the language has no colour here"}[language]
    assert said in answer.text
    assert checked(answer.text) == ""
    assert stored(people) == before


def test_a_mended_version_is_sound_and_proposed_as_it_was_checked(first: StrictClient, people: World) -> None:
    text = drafts.next_version()
    page = bring(first, drafts.mended(area(bring(first, drafts.faulty(text)).text)))
    assert page.status_code == 200
    assert "The version is sound." in page.text
    before = stored(people)
    sha256 = checked(page.text)
    answer = bring(first, area(page.text), act="propose", checked=sha256)
    assert answer.status_code == 302
    assert answer.location == f"/publisher/versions/{sha256}"
    assert stored(people) == before + 2, "the proposal and who made it"
    assert publishing.content(people.session, sha256)[0] == text.encode(), "its bytes are those that were brought"
    assert people.session.scalars(select(Event).where(Event.kind == "checklist:proposed")).all()
    again = bring(first, area(page.text), act="propose", checked=sha256)
    assert again.status_code == 302
    assert stored(people) == before + 2, "proposing the same again changes nothing"


def test_what_was_changed_after_the_check_is_checked_again_and_not_proposed(
    first: StrictClient, people: World
) -> None:
    page = bring(first, drafts.next_version())
    before = stored(people)
    changed = area(page.text).replace("同じ確認をしてください", "もう一度、同じ確認をしてください")
    answer = bring(first, changed, act="propose", checked=checked(page.text))
    assert answer.status_code == 200
    assert checked(answer.text) != checked(page.text)
    assert stored(people) == before


def test_a_version_is_held_to_what_is_published_here(first: StrictClient, people: World) -> None:
    claims_too_little = drafts.next_version().replace("change: minor", "change: patch", 1)
    assert "the change is minor, not patch" in bring(first, claims_too_little).text
    published = bring(first, drafts.text())
    assert published.status_code == 422
    assert "the number 2.0.0 is published already" in published.text
    skipped = drafts.next_version().replace('version: "2.1.0"', 'version: "2.7.0"', 1)
    assert "a minor change of 2.0.0 has the number 2.1.0" in bring(first, skipped).text


def test_a_version_pins_lists_that_are_published_or_lie_in_the_folder(
    first: StrictClient, people: World, app: Flask, tmp_path
) -> None:
    text = drafts.next_version()
    sha256 = re.search(r"file: countries-[0-9-]+.*?sha256: ([0-9a-f]{64})", text)
    assert sha256
    other = bring(first, text.replace(sha256[1], "0" * 64))
    assert other.status_code == 422
    assert f"has the hash {sha256[1]}" in other.text
    unknown = bring(first, re.sub(r"file: countries-[0-9-]+", "file: no-such-list", text))
    assert "there is no list no-such-list" in unknown.text
    # with the folder gone, the list published here by its hash is enough
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"checklists_folder": tmp_path})
    assert bring(first, text).status_code == 200


def test_a_warning_is_shown_and_does_not_stop(first: StrictClient, people: World) -> None:
    text = drafts.next_version()
    item = '          en: "What is your nationality?"\n'
    changed = re.sub(
        r"(- id: scope\.designated\n(?:.*\n)*?        text:\n.*\n).*\n", rf"\g<1>{item}", text, count=1
    )
    assert item in changed
    page = bring(first, changed.replace("change: minor", "change: major", 1).replace('"2.1.0"', '"3.0.0"', 1))
    assert "speaks of origin" in page.text
    assert page.status_code == 200, page.text[:3000]


HOSTILE = {
    "nothing": b"",
    "ten megabytes": b"x" * 10_000_000,
    "a megabyte and one": b"a: 1\n" * 200_001,
    "not YAML": b"a: [b\n c: }",
    "a scalar": b"hello",
    "a list": b"- a\n- b\n",
    "two documents": b"a: 1\n---\nb: 2\n",
    "aliases": b"a: &a [x, x]\nb: [*a, *a]\n",
    "many aliases": b"a: &a [x]\n" + b"".join(b"b%d: &b%d [*a, *a]\n" % (n, n) for n in range(50)),
    "a tag": b"a: !!python/object/apply:os.system ['id']\n",
    "deep": b"[" * 5000,
    "deep and closed": b"[" * 200 + b"]" * 200,
    "binary": bytes(range(256)) * 10,
    "a spreadsheet's beginning": b"PK\x03\x04" + b"\x00" * 100,
    "UTF-16": "a: 1\n".encode("utf-16"),
    "Shift_JIS": "題: 確認\n".encode("shift_jis"),
    "a byte order mark": b"\xef\xbb\xbfformat: checklist/1\n",
    "carriage returns": b"format: checklist/1\r\nfamily: a\r\n",
    "a NUL": b"a: b\x00c\n",
    "a surrogate": b"a: \xed\xa0\x80\n",
    "markup": b'"</textarea><script>alert(1)</script>{{7*7}}": 1\n',
    "numbers": b"format: 99999999999999999999999999\nversion: 1e400\n",
    "a long key": b"a" * 100_000 + b": 1\n",
    "wrong shapes": b"format: checklist/1\nfamily: []\nversion: {}\nsections: 7\nsources: [1, 2]\n",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_whatever_is_brought_is_answered_with_a_message(first: StrictClient, people: World, what: str) -> None:
    before = stored(people)
    answer = bring(first, file=HOSTILE[what], name="x\x00</y>.yaml" if what == "markup" else "version.yaml")
    assert answer.status_code == 422, what
    assert "<script>alert" not in answer.text
    assert "There is a problem" in answer.text or "fault" in answer.text
    assert stored(people) == before


def test_more_than_the_house_takes_is_refused_as_too_large(first: StrictClient, people: World) -> None:
    assert bring(first, file=b"x" * 20_000_000).status_code == 413


def test_fields_that_are_not_the_forms_change_nothing(first: StrictClient, people: World) -> None:
    assert bring(first, drafts.next_version(), organization_id="x").status_code == 422


# a second person


def test_a_version_takes_two_people(first: StrictClient, second: StrictClient, people: World) -> None:
    sha256 = propose(people, drafts.next_version())
    own = first.get(f"/publisher/versions/{sha256}")
    assert "Whoever proposed a version cannot publish it." in own.text.replace("&#39;", "'")
    assert f'href="/publisher/versions/{sha256}/publish"' not in own.text
    page = first.get(f"/publisher/versions/{sha256}/publish")
    assert "You cannot publish this one" in page.text
    refused = first.press(f"/publisher/versions/{sha256}/publish", on=UPLOAD)
    assert refused.status_code == 403
    assert people.count(ChecklistVersion, sha256=sha256) == 0

    assert f'href="/publisher/versions/{sha256}/publish"' in second.get(f"/publisher/versions/{sha256}").text
    done = second.press(f"/publisher/versions/{sha256}/publish", on=f"/publisher/versions/{sha256}/publish")
    assert done.status_code == 302
    people.session.commit()
    assert people.count(ChecklistVersion, sha256=sha256) == 1
    assert second.get(f"/checklists/{drafts.FAMILY}/{drafts.NEXT}").location == f"/checklists/{sha256}"
    again = second.press(f"/publisher/versions/{sha256}/publish", on=UPLOAD)
    assert again.status_code == 409


def test_publishing_needs_a_fresh_sign_in(second: StrictClient, people: World) -> None:
    sha256 = propose(people, drafts.next_version())
    address = f"/publisher/versions/{sha256}/publish"
    stale(people)
    assert "Sign in again to publish" in second.get(address).text
    asked = second.press(address, on=UPLOAD)
    assert asked.status_code == 302
    assert asked.location.startswith("/confirm?next=")
    people.session.commit()
    assert people.count(ChecklistVersion, sha256=sha256) == 0


def test_of_two_proposals_with_one_number_one_is_published(second: StrictClient, people: World) -> None:
    one, two = propose(people, drafts.next_version()), propose(people, drafts.next_version() + "# another\n")
    assert one == two, "a comment changes no content"
    other = propose(people, drafts.next_version().replace("同じ確認", "おなじ確認"))
    publish(people, one)
    address = f"/publisher/versions/{other}/publish"
    assert "published already" in second.get(address).text
    assert second.press(address, on=UPLOAD).status_code == 409


# withdrawing


def test_a_version_is_withdrawn_with_a_reason_and_once(first: StrictClient, people: World) -> None:
    sha256 = hash_of(people)
    address = f"/publisher/versions/{sha256}/withdraw"
    empty = first.press(address, {"reason": " "}, on=address)
    assert empty.status_code == 422
    assert 'href="#reason"' in empty.text
    done = first.press(address, {"reason": "A clause was misread."}, on=address)
    assert done.status_code == 302
    page = first.get(f"/publisher/versions/{sha256}").text
    assert "A clause was misread." in page
    assert "There is nothing left to decide." in page
    assert "Only a published version can be withdrawn" in first.get(address).text
    assert first.press(address, {"reason": "again"}, on=UPLOAD).status_code == 409
    people.session.commit()
    assert sha256 not in {one.sha256 for each in checklists.versions(people.session).values() for one in each}


def test_withdrawing_needs_a_fresh_sign_in_and_a_published_version(first: StrictClient, people: World) -> None:
    proposed = propose(people, drafts.next_version())
    page = first.get(f"/publisher/versions/{proposed}/withdraw")
    assert "Only a published version can be withdrawn" in page.text
    assert first.press(f"/publisher/versions/{proposed}/withdraw", {"reason": "x"}, on=UPLOAD).status_code == 404
    stale(people)
    address = f"/publisher/versions/{hash_of(people)}/withdraw"
    assert "Sign in again to withdraw" in first.get(address).text
    assert first.press(address, {"reason": "x"}, on=UPLOAD).location.startswith("/confirm?next=")


# looking


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_publishers_see_every_version_and_who_did_what(
    first: StrictClient, people: World, language: str
) -> None:
    first.language = language
    proposed = propose(people, drafts.next_version())
    page = first.get("/publisher").text
    for standing in publishing.standings(people.session):
        assert f"/publisher/versions/{standing.sha256}" in page
    for sha256 in (proposed, hash_of(people)):
        text = first.get(f"/publisher/versions/{sha256}").text
        assert sha256 in text
        assert f"/publisher/versions/{sha256}/preview" in text
        assert f"/publisher/versions/{sha256}/coverage" in text
    compare = f"/checklists/{hash_of(people)}/compare/{proposed}"
    assert compare in first.get(f"/publisher/versions/{proposed}").text
    assert first.get(compare).status_code == 200


def test_the_list_takes_the_same_number_of_queries_however_many_versions_there_are(
    app: Flask, first: StrictClient, people: World
) -> None:
    before = queries(app, first, "/publisher")
    propose(people, drafts.next_version())
    first.get("/publisher")
    assert queries(app, first, "/publisher") <= before


@pytest.mark.parametrize("language", ["ja", "en"])
def test_coverage_names_clauses_without_items_and_items_on_nothing_confirmed(
    first: StrictClient, people: World, language: str
) -> None:
    first.language = language
    sha256 = hash_of(people)
    checklist = checklists.compiled(people.session, sha256).checklist
    page = first.get(f"/publisher/versions/{sha256}/coverage").text
    for source in checklist.sources:
        assert f'id="source-{source.id}"' in page
    for item in checklist.items.values():
        assert f"/checklists/{sha256}#item-{item.id}" in page


def test_others_find_no_publishers_pages(app: Flask, people: World) -> None:
    for code, name in (("aoba", "office"), ("jsps", "officer")):
        client = app.test_client().sign_in(code, name)
        assert client.get("/publisher").status_code == 403
        assert "/publisher" not in client.get("/checklists").text
    publisher = app.test_client().sign_in("jsps", "publisher")
    assert publisher.get("/").location == "/publisher"
    assert publisher.get("/agency/submissions").status_code == 403
    assert 'href="/agency/submissions"' not in publisher.get("/publisher").text
