"""A small family with files, and the steps that tests take in it."""

from datetime import date
from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from app.catalog.versions import load_version
from app.demo.filling import fill
from app.demo.papers import paper
from app.domain.dependencies import Key
from app.domain.people import Actor
from app.models import ChecklistVersion, Evidence, Requirement
from app.services import evidence, grants, reviews, revisions, submissions
from app.services.answers import Typed
from app.services.evidence import Upload
from app.services.opened import Opened
from tests import walking, world
from tests.world import World

FAMILY = "filing-sample"
FILE = Path(__file__).parent / "families" / FAMILY / "1.0.0.yaml"
LARGEST = 20 * 2**20

PDF = paper(["application/pdf"], "plan", 1)[1]
PNG = paper(["image/png"], "screen", 1)[1]
JPEG = paper(["image/jpeg"], "photo", 1)[1]
CSV = "項目,値\r\n届出,済\r\n".encode("cp932")


def require(people: World) -> Requirement:
    """Publish the family and let the first agency's call require it; once."""
    query = select(Requirement).filter_by(family=FAMILY)
    there = people.session.scalar(query)
    if there is not None:
        return there
    if people.session.scalar(select(ChecklistVersion.sha256).filter_by(family=FAMILY)) is None:
        world.publish(people.session, [load_version(FILE)])
    call = people.requirement().call
    made = Requirement(
        organization_id=call.organization_id,
        call_id=call.id,
        family=FAMILY,
        stage="award",
        due_on=date(2026, 12, 20),
    )
    people.session.add(made)
    people.session.commit()
    return made


def draft(people: World, code: str = "aoba") -> UUID:
    """Open a submission of the family for the tenant's grant."""
    requirement = require(people)
    office = people.actor(code, "office")
    grant = grants.find(people.session, office, people.grant(code).id)
    submission = submissions.open_(people.session, office, grant, requirement.id)
    people.session.commit()
    return submission.id


def filled(people: World, app: Flask, code: str = "aoba") -> UUID:
    """Open one and answer everything, files and all."""
    submission_id = draft(people, code)
    fill(people.session, walking.fillers(people, code), submission_id, store=walking.premises(app).store)
    people.session.commit()
    return submission_id


def in_review(people: World, app: Flask, code: str = "aoba") -> UUID:
    submission_id = filled(people, app, code)
    office = people.actor(code, "office")
    reviews.submit(people.session, office, revisions.find(people.session, office, submission_id))
    people.session.commit()
    return submission_id


def approved(people: World, app: Flask, code: str = "aoba") -> UUID:
    submission_id = in_review(people, app, code)
    second = people.actor(code, "office2")
    reviews.approve(people.session, second, revisions.find(people.session, second, submission_id))
    people.session.commit()
    return submission_id


def key(opened: Opened, item: str, row: int = 0) -> Key:
    """Return a slot of an item: the only one, or the one in a row."""
    return [one for one in opened.answers if one[0] == item][row]


def attach(
    people: World,
    app: Flask,
    who: Actor,
    submission_id: UUID,
    item: str,
    rule: str,
    content: bytes = PDF,
    *,
    name: str = "paper.pdf",
    on: date | None = None,
    seq: int | None = None,
    row: int = 0,
    largest: int = LARGEST,
) -> Evidence:
    """Attach a file as a person would, at what the page shows now."""
    opened = revisions.find(people.session, who, submission_id, lock=True)
    place = key(opened, item, row)
    base = opened.answers[place].head_seq if seq is None else seq
    upload = Upload(name, content, on, base)
    store = walking.premises(app).store
    made = evidence.attach(people.session, who, opened, place, rule, upload, store, largest)
    people.session.commit()
    return made


def typed(opened: Opened, item: str, *values: str, row: int = 0, **rest: str) -> dict[Key, Typed]:
    """Return what a person types into one slot at what the page shows now."""
    place = key(opened, item, row)
    base = opened.answers[place].head_seq
    return {place: Typed(base, rest.get("state", ""), list(values), rest.get("reason", ""))}
