"""The record of an attestation: put together once, when it is certified, and never again."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.domain import labels, recording
from app.domain.attestation import (
    ChecklistPart,
    Funder,
    GrantPart,
    Issuer,
    Record,
    Statement,
    new_code,
    new_salt,
)
from app.domain.checklist import Stage
from app.domain.errors import NotFoundError
from app.domain.people import Actor
from app.domain.texts import Text, in_japan, utc_text
from app.models import Attestation, Grant, Requirement, ReviewRound
from app.pdf.confirmation import template_part
from app.sandbox.desk import Desk
from app.services import acts, files
from app.services.opened import Opened
from app.signing.anchors import Anchors, load_anchors
from app.signing.timestamps import TimeAuthority
from app.signing.unlocking import OPEN, Unlocking
from app.store import FileStore


@dataclass(frozen=True)
class Premises:
    """Where the service keeps files, seals and the ledger's last checkpoint, its time and its address.

    ``sample`` is true while seals come from the development authority; ``unlocking`` opens their keys.
    ``anchors`` is the folder with the roots of purchased authorities. At the ``desk`` strangers' files are read.
    """

    store: FileStore
    keys: Path
    ledger: Path
    address: str
    sample: bool
    times: TimeAuthority
    anchors: Path
    unlocking: Unlocking = OPEN
    desk: Desk = field(default_factory=Desk, compare=False, repr=False)

    def believed(self) -> Anchors:
        """Return whom the service believes: purchased authorities, and its own while what it makes is a sample."""
        return load_anchors(self.anchors, self.keys if self.sample else None)


def build(
    session: Session,
    actor: Actor,
    opened: Opened,
    round_: ReviewRound,
    premises: Premises,
    before: Attestation | None,
    ledger: str,
    opening: str,
    inked: acts.Inked | None = None,
) -> Record:
    """Return the record of what the actor certifies now, or takes in as certified in ink.

    ``before`` is the attestation it supersedes, ``ledger`` the name of the ledger that it is entered in, and
    ``opening`` the secret salt of its commitments, which it does not tell.
    """
    code = new_code()
    checklist = opened.compiled.checklist
    attached = files.content(opened.evidence)
    parts = recording.sections(opened.evaluation, opened.compiled.codes, opening, attached)
    stage = Stage(opened.revision.facts["stage"])
    days = checklist.attestation.valid_for_days
    until = (in_japan(actor.at) + timedelta(days=days)).date().isoformat() if days else None
    words = checklist.attestation.statement
    statement = Statement(version=words.version, text=words.text)
    done = acts.of_round(session, actor, round_, statement, inked)
    institution = opened.institution
    return Record(
        id=str(uuid7()),
        code=code,
        sample=premises.sample,
        issuer=Issuer(name=institution.name, code=institution.code, ror=institution.ror),
        funder=_funder(opened.revision.submission.requirement),
        grant=_grant(opened.grant) if opened.grant else None,
        stage=stage.value,
        stage_name=labels.STAGES[stage],
        checklist=ChecklistPart(
            family=checklist.family,
            version=checklist.version,
            sha256=opened.compiled.sha256,
            title=checklist.title,
        ),
        sections=parts,
        counts=recording.total(parts),
        lists=recording.editions(opened.evaluation, opened.compiled.codes),
        acts=done,
        declarations=acts.declarations(checklist.attestation, done),
        statement=statement,
        snapshot_sha256=round_.snapshot.sha256,
        supersedes=str(before.id) if before else None,
        attested_at=utc_text(actor.at),
        valid_until=until,
        verify_url=f"{premises.address}/verify/{code}",
        ledger=ledger,
        template=template_part(),
        salt=new_salt(),
    )


def _funder(requirement: Requirement) -> Funder:
    """Return the agency that asks: for a call of a programme, or of the institution itself for a fiscal year."""
    agency, call = requirement.organization, requirement.call
    if call is None:
        if requirement.fiscal_year is None:
            raise NotFoundError("no_requirement")
        return Funder(code=agency.code, name=agency.name, ror=agency.ror, fiscal_year=requirement.fiscal_year)
    return Funder(
        code=agency.code,
        name=agency.name,
        ror=agency.ror,
        programme=call.programme.code,
        programme_name=call.programme.name,
        call_name=call.name,
        fiscal_year=call.fiscal_year,
    )


def _grant(grant: Grant) -> GrantPart:
    principal = next((one for one in grant.participants if one.part == "principal_investigator"), None)
    post = f"{principal.affiliation} {principal.post}".strip() if principal else "―"
    return GrantPart(
        number=grant.number,
        title=grant.title,
        post_of_pi=Text(ja=post, en=post),
        participants=len(grant.participants),
    )
