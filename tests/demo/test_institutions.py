"""The demo's institutions submit about themselves as its story says, and wait while no version is published."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.demo import histories, world
from app.demo.world import House
from app.domain.checklist import Respondent, Stage
from app.domain.labels import PARTS
from app.domain.people import OrganizationKind, Role
from app.domain.texts import Text
from app.models import Attestation, Requirement, Submission
from app.services import accounts, funding, revisions, submissions
from tests import own, walking
from tests.world import NOW, World

OFFICES = {
    "ip": Role.IP_OFFICE,
    "it": Role.IT_OFFICE,
    "hr": Role.HR_OFFICE,
    "international": Role.INTERNATIONAL_OFFICE,
}


def house(people: World) -> House:
    """Return an institution of the tests with the offices that the demo's institutions have."""
    organization = people.organization("aoba")
    for name, role in OFFICES.items():
        user = accounts.create_user(people.session, f"{name}@aoba.example.jp", name, "a long test password", NOW)
        accounts.join(people.session, user, organization, Text(ja="係長", en="Chief"), [role], NOW)
    names = ("office", "office2", "integrity", "integrity2", "export", "library", "attester", *OFFICES)
    return House(organization, {name: people.member("aoba", name) for name in names})


def happens(people: World, app: Flask, requirement: Requirement, outcome: str) -> Submission | None:
    """Let the story of an institution happen, and return what it submitted."""
    end = NOW + timedelta(days=30)
    history = histories.of_institution(
        people.session, walking.premises(app), house(people), requirement, outcome, end
    )
    histories.tell({"story": history})
    people.session.commit()
    return people.session.scalar(select(Submission).filter_by(grant_id=None))


@pytest.mark.parametrize("outcome", ["draft", "in_review", "awaiting", "attested"])
def test_an_institution_takes_its_own_submission_where_the_story_says(
    app: Flask, people: World, outcome: str
) -> None:
    made = happens(people, app, own.required(people), outcome)
    assert made is not None
    states = {"awaiting": "awaiting_attestation", "attested": "submitted"}
    assert made.current.state == states.get(outcome, outcome)
    opened = revisions.find(people.session, people.actor("aoba", "office"), made.id)
    assert opened.revision.done == opened.revision.total
    issued = people.session.scalars(select(Attestation)).all()
    assert len(issued) == (outcome == "attested")


def test_while_no_version_is_published_nothing_is_opened_and_the_requirement_says_so(
    app: Flask, people: World
) -> None:
    agency = people.organization(own.AGENCY)
    day = NOW.date()
    requirement = funding.require_of_institutions(people.session, agency, "not-there", Stage.YEARLY, 2026, day)
    assert happens(people, app, requirement, "attested") is None
    (line,) = submissions.required_of_institution(people.session, people.actor("aoba", "office"))
    assert (line.choice.version, line.choice.verdict) == (None, None)


def test_what_the_demo_tells_of_an_institution_is_asked_by_one_of_its_agencies() -> None:
    told = world.told()
    asked = {one["family"] for agency in told["agencies"] for one in agency.get("asks", [])}
    stories = [each.get("story", {}) for each in told["institutions"]]
    assert {family for story in stories for family in story} <= asked
    assert asked


def test_every_office_that_a_checklist_may_ask_is_staffed_in_each_institution_of_the_demo() -> None:
    offices = {one.value for one in Respondent} - set(PARTS)
    for each in world.told()["institutions"]:
        assert offices <= {role for member in each["members"] for role in member["roles"]}, each["code"]


def test_the_demos_agencies_and_what_they_ask_can_be_made(people: World, monkeypatch: pytest.MonkeyPatch) -> None:
    renamed = [{**agency, "code": f"demo-{agency['code']}"} for agency in world.told()["agencies"]]
    told = {**world.told(), "agencies": renamed}
    monkeypatch.setattr(world, "told", lambda: told)
    asked = world.build_agencies(people.session, NOW, NOW)
    assert set(asked.of_institutions) == {"institution-annual"}
    requirement = asked.of_institutions["institution-annual"]
    assert (requirement.stage, requirement.fiscal_year, requirement.call_id) == ("yearly", 2026, None)
    assert requirement.organization.code == "demo-mext"
    assert requirement.organization.kind == OrganizationKind.AGENCY
