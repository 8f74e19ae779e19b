"""The record of an attestation: put together once, when it is certified, and never again."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.domain import labels, recording
from app.domain.acts import Act
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
from app.domain.people import Actor, Role
from app.domain.texts import Text, in_japan, utc_text
from app.models import Attestation, Grant, Membership, Requirement, ReviewRound
from app.pdf.confirmation import template_part
from app.sandbox.desk import Desk
from app.services import files
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
) -> Record:
    """Return the record of what the actor certifies now.

    ``before`` is the attestation it supersedes, ``ledger`` the name of the ledger that it is entered in.
    """
    salt, code = new_salt(), new_code()
    checklist = opened.compiled.checklist
    attached = files.content(opened.evidence)
    parts = recording.sections(opened.evaluation, opened.compiled.codes, salt, attached)
    stage = Stage(opened.revision.facts["stage"])
    days = checklist.attestation.valid_for_days
    until = (in_japan(actor.at) + timedelta(days=days)).date().isoformat() if days else None
    words = checklist.attestation.statement
    statement = Statement(version=words.version, text=words.text)
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
        acts=_acts(session, actor, round_, statement),
        statement=statement,
        snapshot_sha256=round_.snapshot.sha256,
        supersedes=str(before.id) if before else None,
        attested_at=utc_text(actor.at),
        valid_until=until,
        verify_url=f"{premises.address}/verify/{code}",
        ledger=ledger,
        template=template_part(),
        salt=salt,
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


def _acts(session: Session, actor: Actor, round_: ReviewRound, statement: Statement) -> tuple[Act, ...]:
    """Return who prepared, reviewed and attested, by post; people's names stay inside."""
    people = {
        member.user_id: member
        for member in session.scalars(
            select(Membership).where(
                Membership.organization_id == round_.organization_id,
                Membership.user_id.in_([round_.sent_by, *(one.by for one in round_.approvals)]),
            )
        )
    }
    if not round_.approvals:
        raise NotFoundError("no_approval")
    sender, seen = people[round_.sent_by], round_.snapshot.sha256
    reviewed = [
        _act("reviewed", _reviewing(people[one.by]), people[one.by].post, one.at, one.method, one.sha256)
        for one in round_.approvals
    ]
    return (
        _act("prepared", Role.RESEARCH_OFFICE, sender.post, round_.sent_at, round_.sent_method, seen),
        *reviewed,
        _act(
            "attested",
            Role.ATTESTER,
            actor.post,
            actor.at,
            actor.method,
            seen,
            signed_in_at=utc_text(actor.signed_in_at),
            statement_sha256=statement.sha256,
        ),
    )


def _reviewing(member: Membership) -> Role:
    officers = (Role.INTEGRITY_OFFICER, Role.EXPORT_CONTROL_OFFICER, Role.RESEARCH_OFFICE)
    return next(role for role in officers if role in member.roles)


def _act(name: str, role: Role, post: Text, at: datetime, method: str, seen: str, **more: str) -> Act:
    """Return one act; nobody's ORCID is known to the service, and nobody acts on paper yet."""
    unknown = dict.fromkeys(("orcid", "signed_in_at", "statement_sha256", "ink"))
    return Act.model_validate(
        {
            "act": name,
            "role": role.value,
            "role_name": labels.ROLES[role],
            "post": post,
            "at": utc_text(at),
            "method": method,
            "seen_sha256": seen,
        }
        | unknown
        | more
    )
