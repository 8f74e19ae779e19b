"""The demo shows a packet that three certify in order, and one whose attester signed in ink."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.catalog.versions import load_all
from app.demo import histories, world
from app.demo.world import House, Offer
from app.domain.attestation import Record
from app.domain.checklist import Stage
from app.models import Attestation, Submission
from app.services import funding, reviews, revisions
from tests import walking
from tests import world as small
from tests.demo.test_institutions import happens, house
from tests.own import required
from tests.world import NOW, World

FAMILY = "joint-research-declaration"


def told_of(people: World, app: Flask, outcome: str) -> Submission:
    """Let a grant of the demo happen, of whose call nothing but the declaration is asked."""
    small.publish(people.session, load_all(world.CHECKLISTS))
    call = people.requirement().call
    asked = funding.require(people.session, call, FAMILY, Stage.APPLICATION, NOW.date() + timedelta(days=40))
    home = house(people)
    home = House(home.organization, {**home.members, "yoshida": people.member("aoba", "pi")})
    (each,) = (one for one in world.told()["institutions"][0]["grants"] if one["number"] == "JP26KK9015")
    each = {**each, "people": each["people"][:1], "story": {f"{FAMILY} application": outcome}}
    offer = Offer(call, {(FAMILY, "application"): asked})
    now = NOW + timedelta(days=30)
    history = histories.of_grant(people.session, walking.premises(app), home, each, offer, now)
    histories.tell({"story": history})
    people.session.commit()
    return people.session.scalars(select(Submission).filter_by(requirement_id=asked.id)).one()


def record_of(people: World) -> Record:
    return Record.model_validate_json(people.session.scalars(select(Attestation)).one().record)


def test_three_certify_the_demos_own_family_in_order(app: Flask, people: World) -> None:
    told_of(people, app, "attested")
    record = record_of(people)
    assert [act.role for act in record.acts if act.act == "attested"] == [
        "principal_investigator",
        "export_control_officer",
        "attester",
    ]
    assert (len(record.declarations), record.personal_signatures) == (1, 2)


def test_a_packet_of_the_demo_waits_for_the_principal_investigator(app: Flask, people: World) -> None:
    waits = told_of(people, app, "awaiting")
    investigator = people.actor("aoba", "pi")
    signing = reviews.situation(people.session, revisions.find(people.session, investigator, waits.id)).signing
    assert signing.refusal(investigator) is None


def test_an_officer_takes_in_what_the_attester_signed_in_ink(app: Flask, people: World) -> None:
    happens(people, app, required(people), "inked")
    act = record_of(people).acts[-1]
    assert (act.role, act.method) == ("attester", "ink")


@pytest.mark.parametrize("each", world.told()["institutions"], ids=lambda each: each["code"])
def test_what_the_demo_tells_of_a_grant_is_required_by_its_call(each: dict) -> None:
    calls = [call for one in world.told()["agencies"] for line in one["programmes"] for call in line["calls"]]
    due = {call["code"]: call["due"] for call in calls}
    for grant in each["grants"]:
        for name in grant.get("story", {}):
            family, _, stage = name.rpartition(" ")
            assert stage in due[grant["call"]][family or world.FAMILY], grant["number"]
