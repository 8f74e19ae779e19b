"""Trying a version out: the page as people will have it, with invented answers, and nothing of it is stored."""

import html
import re
from collections.abc import Iterator

import html5lib
import pytest
from flask import Flask

from app.domain.checklist import Kind, Respondent, Scope, Stage
from app.services import checklists, publishing
from app.services.previews import VIEWPOINTS
from tests import drafts
from tests.test_access import fingerprint
from tests.web.client import StrictClient
from tests.web.test_bad_input import HOSTILE, send
from tests.web.test_checklists import hash_of, propose
from tests.world import World

FAMILIES = (
    "research-security-integrity",
    "technology-outflow-prevention",
    "open-access-research-data",
    "institution-annual",
)


@pytest.fixture
def client(app: Flask, people: World) -> StrictClient:
    """A publisher, signed in."""
    return app.test_client().sign_in("jsps", "publisher")


def address(sha256: str) -> str:
    return f"/publisher/versions/{sha256}/preview"


def fields(text: str) -> list[tuple[str, str]]:
    """Return what the page's form would send, as a browser sends it, without any button."""
    tree = html5lib.parse(text, namespaceHTMLElements=False)
    form = next(node for node in tree.iter("form") if node.get("id") == "preview")
    return list(_sent(form))


def _sent(form) -> Iterator[tuple[str, str]]:
    for node in form.iter():
        name = node.get("name")
        if not name or node.tag == "button":
            continue
        if node.tag == "select":
            options = [one for one in node.iter("option") if one.get("selected") is not None] or list(
                node.iter("option")
            )
            yield name, options[0].get("value") or ""
        elif node.tag == "textarea":
            yield name, node.text or ""
        elif node.get("type") not in {"radio", "checkbox"} or node.get("checked") is not None:
            yield name, node.get("value") or ""


def press(client: StrictClient, sha256: str, page, **changed: str):
    """Send the form of a page with some fields changed, as its buttons do."""
    sent = [(name, value) for name, value in fields(page.text) if name not in changed]
    data: dict[str, list[str]] = {}
    for name, value in [*sent, *changed.items()]:
        data.setdefault(name, []).append(value)
    return client.post(address(sha256), data=data)


def sections(text: str) -> list[str]:
    return re.findall(r'name="section"\s+value="([^"]+)"', text)


def progress(text: str) -> tuple[int, int]:
    found = re.search(r'<progress value="(\d+)" max="(\d+)"', text)
    assert found
    return int(found[1]), int(found[2])


@pytest.mark.parametrize("family", FAMILIES)
def test_invented_answers_fill_every_section_and_nothing_is_stored(
    client: StrictClient, people: World, family: str
) -> None:
    number = "1.0.0" if family == "institution-annual" else "2.0.0"
    sha256 = hash_of(people, number, family)
    before = fingerprint(people)
    page = client.get(address(sha256))
    assert page.status_code == 200
    filled = press(client, sha256, page, act="fill")
    assert filled.status_code == 200
    checklist = checklists.compiled(people.session, sha256).checklist
    assert len(sections(filled.text)) > 2
    done = progress(filled.text)
    for section in sections(filled.text):
        filled = press(client, sha256, filled, section=section)
        assert filled.status_code == 200
        assert checklist.section(section).title.en in html.unescape(filled.text)
        assert progress(filled.text) == done, f"answers are lost on the way to {section}"
    assert progress(press(client, sha256, filled, act="clear").text)[0] == 0
    assert fingerprint(people) == before


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_is_typed_decides_what_shows_and_why(client: StrictClient, people: World, language: str) -> None:
    client.language = language
    sha256 = hash_of(people)
    checklist = checklists.compiled(people.session, sha256).checklist
    page = press(client, sha256, client.get(address(sha256)), section="scope")
    item = checklist.items["scope.designated"]
    question = re.search(
        rf'<span id="t-([0-9a-f-]+)">\s*{re.escape(item.text.in_(language))}', html.unescape(page.text)
    )
    assert question
    before = progress(page.text)
    answered = press(client, sha256, page, **{f"v-{question[1]}": "yes", f"s-{question[1]}": "answered"})
    assert progress(answered.text)[0] == before[0] + 1
    assert item.choices[0].label.in_(language) in answered.text
    because = {"ja": "表示の理由:", "en": "Shown because: "}[language]
    pages = [press(client, sha256, answered, section=one).text for one in sections(answered.text)]
    assert any(because in page for page in pages)


@pytest.mark.parametrize("role", VIEWPOINTS)
def test_each_onlooker_has_what_they_may_answer(client: StrictClient, people: World, role: str) -> None:
    sha256 = hash_of(people)
    page = press(client, sha256, client.get(address(sha256)), role=role, people="3")
    assert page.status_code == 200
    open_to = len(re.findall(r'data-item="', page.text))
    if role == "everybody":
        assert open_to > 0
    assert f'<option selected value="{role}">' in page.text
    if role == Respondent.PARTICIPANT:
        shown = press(client, sha256, page, section="training")
        assert "<h3>Participant 2</h3>" not in shown.text, "a participant sees their own row alone"
        assert "<h3>Participant 3</h3>" in shown.text


@pytest.mark.parametrize("stage", list(Stage))
def test_each_stage_shows_its_own(client: StrictClient, people: World, stage: Stage) -> None:
    sha256 = hash_of(people)
    page = press(client, sha256, client.get(address(sha256)), **{"fact-stage": stage.value})
    assert page.status_code == 200
    assert sections(page.text)


def test_facts_people_and_rows_are_supposed(client: StrictClient, people: World) -> None:
    sha256 = hash_of(people)
    page = client.get(address(sha256))
    several = press(client, sha256, page, people="4", section="training")
    assert len(re.findall(r'id="row-', several.text)) == 4
    other = press(client, sha256, page, **{"fact-call-fiscal_year": "2020"})
    applies = re.search(r"The version applies</dt>\s*<dd>\s*(\w+)", other.text)
    assert applies
    assert applies[1] == "No"
    rows = press(
        client,
        sha256,
        page,
        section="partners-section",
        **{"rows-partners": "3", "fact-collaboration-partners": "yes"},
    )
    assert len(re.findall(r'id="row-', rows.text)) == 3


def test_what_is_wrong_stands_at_its_place_and_is_kept(client: StrictClient, people: World) -> None:
    sha256 = hash_of(people, family="open-access-research-data")
    checklist = checklists.compiled(people.session, sha256).checklist
    page = client.get(address(sha256))
    dates = [item.id for item in checklist.items.values() if item.kind is Kind.DATE]
    assert dates
    for section in sections(page.text):
        page = press(client, sha256, page, section=section)
        found = re.search(r'type="date"\s+id="v-([0-9a-f-]+)"', page.text)
        if found:
            wrong = press(client, sha256, page, **{f"v-{found[1]}": "31 February"})
            assert wrong.status_code == 200
            assert "31 February" in wrong.text
            assert f'href="#item-{found[1]}"' in wrong.text
            onward = press(
                client, sha256, wrong, section=next(one for one in sections(wrong.text) if one != section)
            )
            assert "could not be read and were left out" in onward.text
            return
    raise AssertionError("no day is asked for at this stage")


def test_a_wrong_fact_is_answered_at_its_field(client: StrictClient, people: World) -> None:
    sha256 = hash_of(people)
    page = press(client, sha256, client.get(address(sha256)), **{"fact-call-fiscal_year": "令和8年"})
    assert page.status_code == 200
    assert 'href="#fact-call-fiscal_year"' in page.text
    assert "令和8年" in page.text


def test_files_are_supposed_not_sent(client: StrictClient, people: World) -> None:
    sha256 = hash_of(people, family="technology-outflow-prevention")
    filled = press(client, sha256, client.get(address(sha256)), act="fill", section="items")
    for section in sections(filled.text):
        filled = press(client, sha256, filled, section=section)
        assert 'type="file"' not in filled.text
    checklist = checklists.compiled(people.session, sha256).checklist
    assert any(item.evidence for item in checklist.items.values())


@pytest.mark.parametrize("what", HOSTILE)
def test_whatever_is_typed_is_answered(client: StrictClient, people: World, what: str) -> None:
    sha256 = hash_of(people)
    page = client.get(address(sha256))
    sent = dict(fields(page.text))
    names = [
        "fact-stage",
        "role",
        "people",
        "fact-transfer-on",
        "fact-call-fiscal_year",
        "fact-funder",
        "section",
        "act",
    ]
    names += [name for name in sent if name.startswith(("v-", "s-", "r-"))][:4]
    names += ["rows-partners", "no-such-field"]
    for name in names:
        answer = send(client, address(sha256), sent | {name: ""}, name, HOSTILE[what])
        assert answer.status_code < 500, (name, what)
        assert "<script>alert" not in answer.text


def test_a_proposal_is_tried_out_like_any_other(client: StrictClient, people: World) -> None:
    sha256 = propose(people, drafts.next_version())
    page = press(client, sha256, client.get(address(sha256)), section="scope")
    assert page.status_code == 200
    assert drafts.NEW[1] in html.unescape(page.text)


def test_the_institutions_own_checklist_has_no_grant(client: StrictClient, people: World) -> None:
    sha256 = hash_of(people, "1.0.0", "institution-annual")
    assert checklists.compiled(people.session, sha256).checklist.scope is Scope.INSTITUTION
    assert client.get(address(sha256)).status_code == 200
    assert publishing.find(people.session, None, sha256).status == "published"
