"""Reaching states by walking the real workflow: every step is the service that a page would call."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask

from app.demo.filling import fill
from app.domain.people import Actor
from app.models import Attestation, ImportBatch
from app.services import answers, attestations, grants, reviews, revisions, submissions
from app.services.records import Premises
from tests import own
from tests.world import NOW, World, later

FILLERS = ("office", "integrity", "integrity2", "export", "attester")


def premises(app: Flask) -> Premises:
    found: Premises = app.extensions["premises"]
    return found


def fillers(people: World, code: str) -> list[Actor]:
    return [people.actor(code, name) for name in FILLERS]


def draft(people: World, code: str, stage: str = "award") -> UUID:
    """Open a submission for the tenant's grant; what is due yearly is about the institution itself."""
    office = people.actor(code, "office")
    if stage == "yearly":
        submission = submissions.open_(people.session, office, None, own.required(people).id)
    else:
        grant = grants.find(people.session, office, people.grant(code).id)
        submission = submissions.open_(people.session, office, grant, people.requirement(stage).id)
    people.session.commit()
    return submission.id


def found(people: World, code: str, submission_id: UUID) -> revisions.Opened:
    """Return a submission as the research office sees it."""
    return revisions.find(people.session, people.actor(code, "office"), submission_id)


def filled(people: World, code: str, stage: str = "award") -> UUID:
    """Open a submission and answer everything."""
    submission_id = draft(people, code, stage)
    fill(people.session, fillers(people, code), submission_id)
    people.session.commit()
    return submission_id


def in_review(people: World, code: str, stage: str = "award") -> UUID:
    submission_id = filled(people, code, stage)
    office = people.actor(code, "office")
    reviews.submit(people.session, office, revisions.find(people.session, office, submission_id), "")
    people.session.commit()
    return submission_id


def approved(people: World, code: str, stage: str = "award") -> UUID:
    """Have it approved by the second office member, who answered nothing."""
    submission_id = in_review(people, code, stage)
    second = people.actor(code, "office2")
    reviews.approve(people.session, second, revisions.find(people.session, second, submission_id))
    people.session.commit()
    return submission_id


def attested(people: World, app: Flask, code: str, stage: str = "award") -> tuple[UUID, Attestation]:
    submission_id = approved(people, code, stage)
    return submission_id, attest(people, app, code, submission_id)


def attest(people: World, app: Flask, code: str, submission_id: UUID, minutes: int = 0) -> Attestation:
    """Certify and issue, as the attester at a moment after NOW."""
    attester = later(people.actor(code, "attester"), NOW + timedelta(minutes=minutes))
    opened = revisions.find(people.session, attester, submission_id)
    attestation = attestations.attest(people.session, attester, opened, premises(app))
    people.session.commit()
    attestations.issue(people.session, attestation, premises(app), attester.at)
    people.session.commit()
    return attestation


def one_of_each(people: World, app: Flask, code: str) -> dict[str, Any]:
    """Make one of every kind of thing in a tenant and return their ids, for probing addresses."""
    submission_id, attestation = attested(people, app, code)
    office = people.actor(code, "office")
    grant = grants.find(people.session, office, people.grant(code).id)
    opened = revisions.find(people.session, office, draft(people, code, "application"))
    row = answers.add_row(people.session, office, opened, "partners") if "partners" in _groups(opened) else None
    batch = ImportBatch(
        organization_id=grant.organization_id,
        file_name="grants.csv",
        file_sha256="0" * 64,
        content=b"x",
        uploaded_by=office.user_id,
        uploaded_at=NOW,
    )
    people.session.add(batch)
    people.session.commit()
    return {
        "grant_id": grant.id,
        "submission_id": submission_id,
        "requirement_id": people.requirement("application").id,
        "participant_id": grant.participants[0].id,
        "batch_id": batch.id,
        "row_id": row.id if row else next(one.id for each in opened.rows.values() for one in each),
        "attestation_id": attestation.id,
    }


def _groups(opened: revisions.Opened) -> set[str]:
    return {
        item.id
        for item in opened.compiled.checklist.items.values()
        if item.repeat is not None and item.repeat.over is None
    }
