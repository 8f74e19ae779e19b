"""Facts: what is known now about that for which something is submitted, a grant or the institution itself."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.domain.errors import NotFoundError
from app.domain.facts import FactValue, gather_for_institution
from app.models import Organization, Requirement, Submission
from app.services import grants


def now(session: Session, submission: Submission) -> Mapping[str, FactValue]:
    """Return what is known now about the grant of a submission, or about the institution itself."""
    grant, requirement = submission.grant, submission.requirement
    if grant is None:
        return of_institution(submission.organization, requirement)
    return grants.facts_of(grant, requirement.stage, grants.stated(session, grant))


def of_institution(institution: Organization, requirement: Requirement) -> Mapping[str, FactValue]:
    """Return all that is known where an institution itself must submit: stage, fiscal year, its own policy.

    Raise NotFoundError for a requirement of a call, which is met for grants and never by the institution.
    """
    if requirement.fiscal_year is None:
        raise NotFoundError("no_requirement")
    return gather_for_institution(
        stage=requirement.stage, fiscal_year=requirement.fiscal_year, of_institution=institution.facts
    )
