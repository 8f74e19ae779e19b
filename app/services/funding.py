"""The agency's side set up: programmes, their calls, what is required by when, and who looks after what.

Only commands call these; an agency's own screens will bring permissions with them.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from app.domain.checklist import Stage
from app.domain.errors import InvalidError
from app.domain.facts import FACTS, OF_CALL
from app.domain.people import OrganizationKind
from app.domain.texts import Text
from app.models import Call, Membership, Organization, Programme, ProgrammeOfficer, Requirement


def open_programme(session: Session, agency: Organization, code: str, name: Text) -> Programme:
    """Open a funding line of an agency; raise InvalidError ``not_an_agency`` for an institution."""
    _agency(agency)
    programme = Programme(organization_id=agency.id, code=code, name_ja=name.ja, name_en=name.en)
    session.add(programme)
    session.flush()
    return programme


def _agency(organization: Organization) -> None:
    if organization.kind != OrganizationKind.AGENCY:
        raise InvalidError("not_an_agency", code=organization.code)


def open_call(
    session: Session, programme: Programme, code: str, name: Text, fiscal_year: int, facts: Mapping[str, str]
) -> Call:
    """Open a call with what its guidelines state; a fact they do not state is left out, not "no"."""
    for fact, value in facts.items():
        if fact not in OF_CALL or (FACTS[fact].yes_no and value not in {"yes", "no"}):
            raise InvalidError("not_a_fact_of_a_call", fact=fact, value=value)
    call = Call(
        organization_id=programme.organization_id,
        programme_id=programme.id,
        code=code,
        name_ja=name.ja,
        name_en=name.en,
        fiscal_year=fiscal_year,
        facts=dict(facts),
    )
    session.add(call)
    session.flush()
    return call


def require(
    session: Session, call: Call, family: str, stage: Stage, due_on: date, *, annex: bool = False
) -> Requirement:
    """Require a checklist family of every grant of a call, at a stage and by a day."""
    requirement = Requirement(
        organization_id=call.organization_id,
        call_id=call.id,
        family=family,
        stage=stage,
        due_on=due_on,
        annex=annex,
    )
    session.add(requirement)
    session.flush()
    return requirement


def require_of_institutions(
    session: Session,
    agency: Organization,
    family: str,
    stage: Stage,
    fiscal_year: int,
    due_on: date,
    *,
    annex: bool = False,
) -> Requirement:
    """Require a checklist family of every institution itself, for a fiscal year and by a day.

    Raise InvalidError ``not_an_agency`` for an institution.
    """
    _agency(agency)
    requirement = Requirement(
        organization_id=agency.id, family=family, stage=stage, fiscal_year=fiscal_year, due_on=due_on, annex=annex
    )
    session.add(requirement)
    session.flush()
    return requirement


def look_after(session: Session, membership: Membership, programme: Programme) -> None:
    """Let an agency's officer read what was attested in one of its programmes."""
    session.add(
        ProgrammeOfficer(
            organization_id=programme.organization_id, programme_id=programme.id, membership_id=membership.id
        )
    )
    session.flush()
