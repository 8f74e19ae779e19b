"""What goes to a page so that it can decide by itself: enough, and nothing that the person may not read."""

import html
import json
import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.domain.checklist import Kind, Stage, State
from app.domain.dependencies import Key
from app.services import answers, grants, revisions
from app.services.answers import Typed
from app.services.grants import Person
from app.services.opened import Opened
from app.web.institution.mirror import page_conditions
from tests import walking
from tests.domain.samples import checklist, item, section
from tests.web.client import StrictClient
from tests.web.made_up import OFFICE, PARTICIPANT, PEOPLE, PRINCIPAL, MadeUp, all_at_once, sections
from tests.world import World

BLOCK = re.compile(r'<script type="application/json" data-conditions>(.*?)</script>', re.S)
SCRIPT = re.compile(r"<script\b[^>]*>")
YES = {"eq": "yes"}


def keys_of(block: dict[str, Any]) -> list[Key]:
    return [(name, row or None) for name, rows in block["slots"].items() for row in rows]


def reads_too_much(opened: Opened, block: dict[str, Any]) -> list[Key]:
    """Return what a block holds that its reader may not read; a group over people is read by its rows."""
    found = []
    over = {one.id for one in opened.compiled.checklist.items.values() if one.repeat and one.repeat.over}
    for key in [*keys_of(block), *((name, row) for name, told in block["groups"].items() for row in told["rows"])]:
        if not opened.readable(key) and not (key[0] in over and key[1] is None):
            found.append(key)
    return found


@pytest.mark.parametrize("who", PEOPLE)
def test_no_block_holds_a_slot_that_its_reader_may_not_read(who: str) -> None:
    one = all_at_once()
    blocks = 0
    for seed in range(40):
        made = MadeUp(one, PEOPLE[who], seed)
        for each in sections(one, Stage.APPLICATION):
            block = page_conditions(made.opened, made.drawn(each))
            if block is not None:
                blocks += 1
                assert reads_too_much(made.opened, block) == []
    assert blocks > 0 or who == "library"


def block_of(who: Any, *parts: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the first section's page carries, everything answered alike."""
    made = MadeUp(checklist(*parts), who, 2)
    for answer in made.opened.answers.values():
        answer.state, answer.value = "open", None
    return page_conditions(made.opened, made.drawn(made.checklist.sections[0]))


def test_a_page_on_which_nothing_depends_on_its_fields_carries_nothing() -> None:
    one = section("one", item("a"), item("b", show_when={"fact": "call.fiscal_year", "gte": 2026}))
    assert block_of(OFFICE, one) is None
    assert (
        block_of(OFFICE, section("one", item("c", show_when={"item": "a", **YES})), section("two", item("a")))
        is None
    )


def test_what_stands_on_another_page_goes_along_with_its_value_and_what_stands_here_with_its_field() -> None:
    seen = {"all": [{"item": "a", **YES}, {"item": "z", **YES}, {"fact": "call.fiscal_year", "gte": 2026}]}
    block = block_of(OFFICE, section("one", item("a"), item("b", show_when=seen)), section("two", item("z")))
    assert block is not None
    assert block["slots"]["a"] == {"": {"key": "a", "hidden": False}}
    assert block["slots"]["z"] == {"": {"value": None, "hidden": False}}
    assert block["slots"]["b"] == {"": {"key": "b"}}
    assert json.loads(json.dumps(block["items"]["b"]["show_when"])) == seen
    assert list(block["facts"]) == ["call.fiscal_year"]


def test_a_condition_on_a_judgement_of_others_is_left_out_and_so_is_what_hangs_on_it() -> None:
    mine = {"answered_by": "principal_investigator"}
    parts = [
        item("a", **mine),
        item("judged", answered_by="integrity_officer"),
        item("b", **mine, show_when={"any": [{"item": "a", **YES}, {"item": "judged", **YES}]}),
        item("c", **mine, show_when={"item": "b", "answered": False}),
        item("d", **mine, show_when={"item": "a", **YES}),
    ]
    block = block_of(PRINCIPAL, section("one", *parts))
    assert block is not None
    assert set(block["slots"]) == {"a", "d"}
    assert "judged" not in json.dumps(block)
    whole = block_of(OFFICE, section("one", *parts))
    assert whole is not None
    assert set(whole["slots"]) == {"a", "judged", "b", "c", "d"}


def test_a_condition_over_the_rows_of_other_people_is_left_out() -> None:
    rows = item(
        "h",
        "group",
        repeat={"over": "participants"},
        answered_by="participant",
        items=[
            item("h.x", answered_by="participant"),
            item("h.y", answered_by="participant", show_when={"item": "h.x", **YES}),
            item("h.z", answered_by="participant", show_when={"some": "h", "where": {"item": "h.y", **YES}}),
        ],
    )
    block = block_of(PARTICIPANT, section("one", rows))
    assert block is not None
    assert set(keys_of(block)) == {("h.x", "h-2"), ("h.y", "h-2")}
    assert block["groups"] == {}


def test_whether_other_people_have_rows_is_not_told_either() -> None:
    asked = {"some": "h", "where": {"item": "a", **YES}}
    rows = item("h", "group", repeat={"over": "participants"}, answered_by="participant", items=[item("h.x")])
    here = section("one", item("a", answered_by="principal_investigator"), item("b", show_when=asked))
    assert block_of(PRINCIPAL, here, section("two", rows)) is None
    assert block_of(OFFICE, here, section("two", rows)) is not None


def test_what_surrounds_a_slot_and_stands_still_is_not_told_but_its_verdict_holds() -> None:
    """A section shown because of a judgement still follows one's own answers inside it."""
    mine = {"answered_by": "principal_investigator"}
    here = section(
        "one", item("a", **mine), item("b", **mine, show_when={"item": "a", **YES}), show_when={"item": "z", **YES}
    )
    block = block_of(PRINCIPAL, here, section("two", item("z", answered_by="integrity_officer")))
    assert block is not None
    assert set(block["slots"]) == {"a", "b"}
    assert block["sections"] == {}
    assert "z" not in block["items"]


# on the pages of the service


def participant(people: World) -> None:
    """Put the researcher on the grant as one who takes part."""
    office = people.actor("aoba", "office")
    grant = grants.find(people.session, office, people.grant("aoba").id)
    member = people.member("aoba", "researcher")
    person = Person("participant", "白石 奈緒", "", "青葉大学", "", None, membership_id=member.id)
    grants.add_participant(people.session, office, grant, person)
    people.session.commit()


def told(people: World, stage: str) -> UUID:
    """Have every text answered by whoever may, in words of its own for each slot."""
    submission_id = walking.draft(people, "aoba", stage)
    for actor in walking.fillers(people, "aoba"):
        opened = revisions.find(people.session, actor, submission_id)
        typed = {
            key: Typed(0, "", [f"the words of slot {answer.id}"], "")
            for key, answer in opened.answers.items()
            if opened.item(key).kind in {Kind.TEXT, Kind.LONGTEXT, Kind.PERSON}
            and answer.state == State.OPEN
            and answers.answerable(actor, opened, key, None)
        }
        answers.save(people.session, actor, opened, typed)
    people.session.commit()
    return submission_id


@pytest.mark.parametrize("stage", ["application", "award"])
@pytest.mark.parametrize("name", ["pi", "researcher"])
def test_no_page_of_a_researcher_holds_what_they_may_not_read(
    app: Flask, client: StrictClient, people: World, name: str, stage: str
) -> None:
    participant(people)
    submission_id = told(people, stage)
    opened = revisions.find(people.session, people.actor("aoba", name), submission_id)
    own, secret = (
        {
            answer.value: key
            for key, answer in opened.answers.items()
            if answer.value and opened.readable(key) is mine
        }
        for mine in (True, False)
    )
    assert own
    assert secret
    client.sign_in("aoba", name)
    pages, read = 0, ""
    for each in opened.compiled.checklist.sections:
        answer = client.get(f"/submissions/{submission_id}/sections/{each.id}")
        if answer.status_code == 404:
            continue
        pages += 1
        text = html.unescape(answer.text)
        read += text
        assert [key for words, key in secret.items() if words in text] == []
        found = BLOCK.search(answer.text)
        assert reads_too_much(opened, json.loads(found[1]) if found else {"slots": {}, "groups": {}}) == []
        assert not found or "</" not in found[1]
        assert all("src=" in tag or 'type="application/json"' in tag for tag in SCRIPT.findall(answer.text))
    assert pages >= 1
    # a search that finds nothing anywhere would prove nothing
    assert any(words in read for words in own) or stage == "award"


def test_why_something_is_asked_does_not_tell_an_answer_that_one_may_not_read(
    client: StrictClient, people: World
) -> None:
    """Whether people are looked into follows from the office's answers; whoever merely takes part is not told."""
    participant(people)
    submission_id = walking.draft(people, "aoba", "award")
    office, key = people.actor("aoba", "office"), ("scope.designated", None)
    opened = revisions.find(people.session, office, submission_id)
    answers.save(people.session, office, opened, {key: Typed(0, "", ["yes"], "")})
    asked, decides = opened.compiled.checklist.items["due-diligence.needed"].text.en, ("due-diligence.needed", None)
    assert not revisions.find(people.session, people.actor("aoba", "researcher"), submission_id).readable(decides)
    page = f"/submissions/{submission_id}/sections/training"
    text = html.unescape(client.sign_in("aoba", "researcher").get(page).text)
    assert f"It depends on “{asked}”." in text
    assert f"“{asked}” is " not in text
    text = html.unescape(client.application.test_client().sign_in("aoba", "office").get(page).text)
    assert f"“{asked}” is " in text
