"""The whole walk of the main job for every version of every family at each of its stages, with its PDF."""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.catalog.versions import VersionFile, families, load_version, version_files
from app.demo.filling import fill
from app.domain.attestation import Record
from app.domain.checklist import Scope, Stage
from app.domain.conditions import decide
from app.domain.evaluation import Evaluation
from app.domain.people import Role
from app.domain.workflow import RevisionState
from app.models import Attestation, Fact, Membership, Organization, User
from app.services import attestations, funding, grants, reviews, revisions, submissions, verification
from tests import walking
from tests.world import NOW, World, later

ROOT = Path(__file__).parents[2]
# who answers and reviews besides those of the world: every office, and second persons
MORE = {
    "export2": Role.EXPORT_CONTROL_OFFICER,
    "ip": Role.IP_OFFICE,
    "it": Role.IT_OFFICE,
    "hr": Role.HR_OFFICE,
    "international": Role.INTERNATIONAL_OFFICE,
    "reviewer": Role.INTEGRITY_OFFICER,
    "reviewer2": Role.EXPORT_CONTROL_OFFICER,
}
FILLERS = (*walking.FILLERS[:-1], "library", "export2", "ip", "it", "hr", "international", "attester")
# what is known of the grant, so that much is asked
CALL = {
    "programme.designated": "yes",
    "call.head_consent": "yes",
    "call.core_technology_plan": "yes",
    "call.nationality_form": "no",
    "call.kakenhi": "yes",
    "call.immediate_oa": "yes",
    "call.dmp": "make",
    "call.reports_oa": "yes",
}
STATED = {"collaboration.foreign": "yes", "collaboration.partners": "yes"}
YEAR = {
    ("research-security-integrity", "1.0.0"): 2025,
    ("research-security-integrity", "2.0.0"): 2026,
    ("technology-outflow-prevention", "1.0.0"): 2025,
    ("technology-outflow-prevention", "2.0.0"): 2026,
    ("open-access-research-data", "1.0.0"): 2024,
    ("open-access-research-data", "2.0.0"): 2026,
    ("institution-annual", "1.0.0"): 2026,
}
TRANSFER = {"1.0.0": "2025-06-01", "2.0.0": "2026-10-01"}


@cache
def file_of(path: Path) -> VersionFile:
    return load_version(path)


def walks() -> Iterator[Any]:
    """Yield every version with each stage at which it can apply."""
    for family in families(ROOT / "checklists"):
        for path in version_files(family):
            name = (family.name, path.stem)
            for stage in Stage:
                yield pytest.param(path, stage, id=f"{name[0]} {name[1]} {stage.value}")


def applies(file: VersionFile, stage: Stage) -> bool:
    facts = {"stage": stage.value, "call.fiscal_year": year_of(file), "fiscal_year": year_of(file)}
    facts["transfer.on"] = TRANSFER[file.checklist.version]
    scope = Evaluation(file.checklist, facts, {}, {}).scope(None, None)
    return decide(file.checklist.applies_when, scope) is True


def year_of(file: VersionFile) -> int:
    return YEAR[file.checklist.family, file.checklist.version]


def opened(people: World, file: VersionFile, stage: Stage) -> UUID:
    """Make what the version needs to apply, and open it."""
    office = people.actor("aoba", "office")
    organization = people.organization("aoba")
    for name, role in MORE.items():
        join(people, organization, name, role)
    if file.checklist.scope is Scope.INSTITUTION:
        agency = people.organization("jst")
        asked = funding.require_of_institutions(
            people.session, agency, file.checklist.family, stage, year_of(file), NOW.date()
        )
        return submissions.open_(people.session, office, None, asked.id).id
    grant = grants.find(people.session, office, people.grant("aoba").id)
    grant.call.fiscal_year, grant.call.facts = year_of(file), CALL
    for name, value in {**STATED, "transfer.on": TRANSFER[file.checklist.version]}.items():
        people.session.add(
            Fact(
                organization_id=grant.organization_id,
                grant_id=grant.id,
                name=name,
                value=value,
                source="institution",
                stated_by=office.user_id,
                stated_at=later(office, NOW).at.replace(minute=1),
            )
        )
    there = [one.requirement for one in submissions.required(people.session, grant)]
    wanted = (file.checklist.family, stage.value)
    asked = next((one for one in there if (one.family, one.stage) == wanted), None)
    asked = asked or funding.require(people.session, grant.call, wanted[0], stage, NOW.date())
    return submissions.open_(people.session, office, grant, asked.id).id


def join(people: World, organization: Organization, name: str, role: Role) -> None:
    user = User(email=f"{name}@aoba.example.jp", name="髙橋 花子", password_hash="", created_at=NOW)
    people.session.add(user)
    people.session.flush()
    people.session.add(
        Membership(
            organization_id=organization.id,
            user_id=user.id,
            post_ja="係長",
            post_en="Section chief",
            roles=[role.value],
            valid_from=NOW.date(),
        )
    )
    people.session.flush()


def attested(people: World, app: Flask, submission_id: UUID) -> Attestation:
    """Fill, send, approve as often as it needs, certify and issue."""
    actors = [people.actor("aoba", name) for name in FILLERS]
    fill(people.session, actors, submission_id, store=walking.premises(app).store)
    office = people.actor("aoba", "office")
    reviews.submit(people.session, office, revisions.find(people.session, office, submission_id), "")
    for name in ("reviewer", "reviewer2"):
        reviewer = people.actor("aoba", name)
        seen = revisions.find(people.session, reviewer, submission_id)
        if seen.revision.state == RevisionState.IN_REVIEW:
            reviews.approve(people.session, reviewer, seen)
    people.session.commit()
    return walking.attest(people, app, "aoba", submission_id)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("path", "stage"), list(walks()))
def test_the_whole_walk(people: World, app: Flask, tmp_path: Path, path: Path, stage: Stage) -> None:
    file = file_of(path)
    if not applies(file, stage):
        assert file.checklist.scope is Scope.INSTITUTION, "a family asks something at every stage"
        return
    submission_id = opened(people, file, stage)
    seen = revisions.find(people.session, people.actor("aoba", "office"), submission_id)
    assert seen.compiled.sha256 == file.sha256
    attestation = attested(people, app, submission_id)
    record = Record.model_validate_json(attestation.record)
    assert record.checklist.sha256 == file.sha256
    assert record.counts.answered > 0
    assert record.counts.open == sum(one.counts.open for one in record.sections)
    place = walking.premises(app)
    pdf = attestations.file_of(attestation, place)
    verdict = verification.by_file(people.session, pdf, place, NOW)
    assert verdict.authentic, verdict.reasons()
    (tmp_path / "paper.pdf").write_bytes(pdf)
    paper = tmp_path / "paper.pdf"
    told = subprocess.run(["pdftotext", "-raw", paper, "-"], capture_output=True, check=True, text=True)
    text = re.sub(r"\s", "", told.stdout)
    for one in (record.checklist.title, record.stage_name, *(section.title for section in record.sections)):
        assert re.sub(r"\s", "", one.ja) in text, one.ja
        assert re.sub(r"\s", "", one.en) in text, one.en
