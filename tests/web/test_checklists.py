"""Checklists as anybody reads them: by family, by number, and by the hash that an attestation prints."""

import hashlib
import json
import re

import pytest
from flask import Flask
from sqlalchemy import event

from app.catalog.strict import parse
from app.catalog.versions import lists_in, read_version
from app.domain.attestation import canonical
from app.domain.checklist import Stage
from app.domain.explaining import stages_in_force
from app.extensions import db
from app.services import checklists, publishing
from tests import drafts, walking
from tests.web.client import StrictClient
from tests.world import PUBLISHERS, World

LANGUAGES = pytest.mark.parametrize("language", ["ja", "en"])


def hash_of(people: World, number: str = drafts.BEFORE, family: str = drafts.FAMILY) -> str:
    return publishing.numbered(people.session, family, number)


def propose(people: World, text: str) -> str:
    """Propose a version as the first publisher; return its hash."""
    file = read_version(text.encode(), "next", lists_in(drafts.CHECKLISTS))
    publishing.propose(people.session, people.actor("jsps", PUBLISHERS[0]), file)
    people.session.commit()
    return file.sha256


def publish(people: World, sha256: str) -> None:
    publishing.publish(people.session, people.actor("jst", PUBLISHERS[1]), sha256)
    people.session.commit()


def queries(app: Flask, client: StrictClient, address: str) -> int:
    """Return how many statements a page takes."""
    counted = []
    with app.app_context():
        engine = db.engine

    def count(_connection, _cursor, statement: str, *_rest) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            counted.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    answer = client.get(address)
    event.remove(engine, "before_cursor_execute", count)
    assert answer.status_code == 200
    return len(counted)


# the list


@LANGUAGES
def test_the_list_shows_every_published_version_and_no_proposed_one(
    client: StrictClient, people: World, language: str
) -> None:
    client.language = language
    proposed = propose(people, drafts.next_version())
    page = client.get("/checklists").text
    for standing in publishing.standings(people.session):
        assert (f"/checklists/{standing.sha256}" in page) == (standing.sha256 != proposed)
    assert drafts.NEXT not in page
    assert ("令和8年" if language == "ja" else "Reiwa 8") in page


def test_the_list_takes_the_same_number_of_queries_however_many_versions_there_are(
    app: Flask, client: StrictClient, people: World
) -> None:
    first = queries(app, client, "/checklists")
    publish(people, propose(people, drafts.next_version()))
    checklists._COMPILED.clear()
    assert queries(app, client, "/checklists") <= first + 3, "a version that is new costs the same as all"
    assert queries(app, client, "/checklists") == queries(app, client, "/checklists") <= first


# one version


@LANGUAGES
def test_a_version_reads_in_full(client: StrictClient, people: World, language: str) -> None:
    client.language = language
    sha256 = hash_of(people)
    checklist = checklists.compiled(people.session, sha256).checklist
    page = client.get(f"/checklists/{sha256}").text
    shown = (
        page.replace("&#39;", "'")
        .replace("&#34;", '"')
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
    )
    assert checklist.title.in_(language) in shown
    assert sha256 in shown
    for text in (checklist.attestation.statement.text.ja, checklist.attestation.statement.text.en):
        assert text in shown, "the statement stands there in both languages"
    for item in checklist.items.values():
        assert f'id="item-{item.id}"' in page
        assert item.text.in_(language) in shown, item.id
        assert item.help.in_(language) in shown, item.id
        assert all(option.label.in_(language) in shown for option in item.choices)
        assert all(rule.message.in_(language) in shown for rule in item.rules)
    for source in checklist.sources:
        assert source.title.in_(language) in shown
        assert all(clause.title.in_(language) in shown for clause in source.clauses)
    for use in checklist.lists:
        assert use.sha256 in page
        assert use.edition in page


def test_every_address_within_the_page_leads_somewhere(client: StrictClient, people: World) -> None:
    page = client.get(f"/checklists/{hash_of(people)}").text
    ids = set(re.findall(r' id="([^"]+)"', page))
    anchors = set(re.findall(r'href="#([^"]+)"', page))
    assert len(anchors) > 50
    assert anchors <= ids


@pytest.mark.parametrize("stage", list(Stage))
def test_a_stage_leaves_out_what_is_not_asked_then(client: StrictClient, people: World, stage: Stage) -> None:
    sha256 = hash_of(people)
    checklist = checklists.compiled(people.session, sha256).checklist
    page = client.get(f"/checklists/{sha256}?stage={stage.value}").text
    for item in checklist.items.values():
        asked = stage in stages_in_force(checklist, item)
        assert (f'id="item-{item.id}"' in page) == asked, item.id


@pytest.mark.parametrize("query", ["stage=x", "stage=", "stage=%00", "stage=%ed%a0%80", "class=x"])
def test_nonsense_behind_the_question_mark_is_as_if_it_were_not_there(
    client: StrictClient, people: World, query: str
) -> None:
    sha256 = hash_of(people)
    answer = client.get(f"/checklists/{sha256}?{query}")
    assert answer.status_code == 200
    assert answer.text.count('class="outline-section"') == client.get(f"/checklists/{sha256}").text.count(
        'class="outline-section"'
    )


@pytest.mark.parametrize(
    "path",
    ["/checklists/" + "0" * 64, "/checklists/x", "/checklists/%00", "/checklists/" + "A" * 64,
     "/checklists/no/1.0.0", "/checklists/research-security-integrity/9.9.9", "/checklists/%00/%00",
     "/checklists/" + "a" * 5000 + "/1.0.0",
     "/checklists/" + "0" * 64 + "/checklist.yaml", "/checklists/" + "0" * 64 + "/lists/countries.json",
     "/checklists/" + "0" * 64 + "/compare/" + "1" * 64],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client: StrictClient, people: World, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_number_leads_to_its_content(client: StrictClient, people: World) -> None:
    answer = client.get(f"/checklists/{drafts.FAMILY}/{drafts.BEFORE}")
    assert answer.status_code == 302
    assert answer.location == f"/checklists/{hash_of(people)}"


def test_a_proposed_version_is_for_publishers_only_and_kept_by_nobody(app: Flask, people: World) -> None:
    sha256 = propose(people, drafts.next_version())
    paths = [f"/checklists/{sha256}{rest}" for rest in ("", "/checklist.yaml", "/content.json", "/compiled.json")]
    paths += [f"/checklists/{hash_of(people)}/compare/{sha256}", f"/checklists/{sha256}/lists/countries.json"]
    strangers = [app.test_client(), app.test_client().sign_in("jsps", "officer")]
    strangers.append(app.test_client().sign_in("aoba", "office"))
    for client in strangers:
        for path in paths:
            assert client.get(path).status_code == 404, path
        missing = client.get("/checklists/" + "0" * 64)
        assert _without_reference(client.get(paths[0]).text) == _without_reference(missing.text).replace(
            "0" * 64, sha256
        )
    publisher = app.test_client().sign_in("jst", "publisher")
    for path in paths:
        answer = publisher.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Cache-Control"] == "no-store"
    assert "Only publishers can read it here" in publisher.get(paths[0]).text
    assert publisher.get(f"/checklists/{drafts.FAMILY}/{drafts.NEXT}").status_code == 404, "a number is taken later"


def _without_reference(text: str) -> str:
    """Return a page without what differs each time."""
    return re.sub(r'[0-9a-f]{16}|name="csrf_token"\s+value="[^"]+"', "", text)


def test_a_withdrawn_version_stays_readable_with_the_reason(client: StrictClient, people: World) -> None:
    sha256 = hash_of(people, "1.0.0")
    publishing.withdraw(people.session, people.actor("jsps", "publisher"), sha256, "A clause was misread.")
    people.session.commit()
    for path in (f"/checklists/{sha256}", "/checklists"):
        page = client.get(path)
        assert page.status_code == 200
        assert "A clause was misread." in page.text
        assert "Withdrawn" in page.text
    assert client.get(f"/checklists/{sha256}/checklist.yaml").status_code == 200


def test_names_of_publishers_are_for_publishers(app: Flask, people: World) -> None:
    """Who published is on the publishers' pages; the public reads when."""
    people.member("jsps", "publisher").user.name = "𠮷野 咲"
    people.session.commit()
    sha256 = hash_of(people)
    anybody, publisher = app.test_client(), app.test_client().sign_in("jsps", "publisher2")
    assert "𠮷野 咲" not in anybody.get(f"/checklists/{sha256}").text
    assert "𠮷野 咲" in publisher.get(f"/publisher/versions/{sha256}").text


# files


def test_the_files_are_what_was_published_and_prove_the_hash(client: StrictClient, people: World) -> None:
    sha256 = hash_of(people)
    source = client.get(f"/checklists/{sha256}/checklist.yaml")
    assert source.data == drafts.text().encode()
    assert source.mimetype == "application/yaml"
    assert "attachment" in source.headers["Content-Disposition"]
    assert f"{drafts.FAMILY}-{drafts.BEFORE}.yaml" in source.headers["Content-Disposition"]
    content = client.get(f"/checklists/{sha256}/content.json")
    assert hashlib.sha256(content.data).hexdigest() == sha256
    assert content.data == canonical(parse(source.data, "source")[0])
    compiled = json.loads(client.get(f"/checklists/{sha256}/compiled.json").data)
    assert compiled["family"] == drafts.FAMILY
    use = checklists.compiled(people.session, sha256).checklist.lists[0]
    listed = client.get(f"/checklists/{sha256}/lists/{use.id}.json")
    assert hashlib.sha256(listed.data).hexdigest() == use.sha256
    assert client.get(f"/checklists/{sha256}/lists/no-such-list.json").status_code == 404


@pytest.mark.parametrize("file", ["checklist.yaml", "content.json", "compiled.json"])
def test_what_is_named_by_its_hash_may_be_kept_for_ever(client: StrictClient, people: World, file: str) -> None:
    path = f"/checklists/{hash_of(people)}/{file}"
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Vary" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_public_page_is_asked_about_each_time(app: Flask, people: World) -> None:
    path = f"/checklists/{hash_of(people)}"
    client = app.test_client()
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Accept-Language" in answer.headers["Vary"]
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    japanese = client.get(path, headers={"If-None-Match": answer.headers["ETag"], "Accept-Language": "ja"})
    assert japanese.status_code == 200
    publishing.withdraw(people.session, people.actor("jsps", "publisher"), hash_of(people), "why")
    people.session.commit()
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200
    member = app.test_client().sign_in("aoba", "office").get(path)
    assert member.headers["Cache-Control"] == "no-store"


# comparing


@LANGUAGES
def test_two_versions_stand_side_by_side(client: StrictClient, people: World, language: str) -> None:
    client.language = language
    before = hash_of(people)
    after = propose(people, drafts.next_version())
    publish(people, after)
    page = client.get(f"/checklists/{before}/compare/{after}")
    assert page.status_code == 200
    assert page.text.count("<ins>") >= 1
    assert page.text.count("<del>") >= 1
    assert ("マイナー" if language == "ja" else "Minor") in page.text
    assert (
        "説明の一部を分かりやすくしました。" if language == "ja" else "Part of a help is easier to read."
    ) in page.text
    swapped = client.get(f"/checklists/{after}/compare/{before}")
    assert swapped.status_code == 302
    assert swapped.location == f"/checklists/{before}/compare/{after}"


def test_a_class_leaves_out_the_others(client: StrictClient, people: World) -> None:
    path = f"/checklists/{hash_of(people, '1.0.0')}/compare/{hash_of(people)}"
    everything = client.get(path).text
    parts = {name: client.get(f"{path}?class={name}").text for name in ("major", "minor", "patch")}
    count = {name: text.count('class="compared__one"') for name, text in parts.items()}
    assert all(count.values())
    assert sum(count.values()) == everything.count('class="compared__one"')


def test_versions_of_two_families_are_not_compared(client: StrictClient, people: World) -> None:
    other = hash_of(people, family="open-access-research-data")
    assert client.get(f"/checklists/{hash_of(people)}/compare/{other}").status_code == 404
    assert client.get(f"/checklists/{other}/compare/{other}").status_code == 404


# from proofs to what was asked


def test_a_proof_leads_to_the_version_that_was_answered(app: Flask, people: World) -> None:
    _submission, attestation = walking.attested(people, app, "aoba")
    sha256 = attestation.revision.checklist_sha256
    anybody = app.test_client()
    assert f'href="/checklists/{sha256}"' in anybody.get(f"/verify/{attestation.code}").text
    officer = app.test_client().sign_in("jsps", "officer")
    assert f'href="/checklists/{sha256}"' in officer.get(f"/agency/submissions/{attestation.id}").text
    office = app.test_client().sign_in("aoba", "office")
    assert f'href="/checklists/{sha256}"' in office.get(f"/submissions/{_submission}").text
    assert anybody.get(f"/checklists/{sha256}").status_code == 200
