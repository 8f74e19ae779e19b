"""Who may do what: one table of roles and permissions. When something may be done is workflow's matter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.checklist import Item, Respondent
from app.domain.people import Actor, Role


class Permission(StrEnum):
    """What a role allows, named ``resource:action``; sorted."""

    ANNEX_READ = "annex:read"
    ATTESTATION_ATTEST = "attestation:attest"
    ATTESTATION_AUDIT = "attestation:audit"
    ATTESTATION_BRING = "attestation:bring"
    ATTESTATION_CERTIFY = "attestation:certify"
    ATTESTATION_OPEN_SCAN = "attestation:open_scan"
    ATTESTATION_PROPOSE_WITHDRAWAL = "attestation:propose_withdrawal"
    ATTESTATION_TAKE_IN = "attestation:take_in"
    ATTESTATION_WITHDRAW = "attestation:withdraw"
    CHECKLIST_PUBLISH = "checklist:publish"
    GRANT_IMPORT = "grant:import"
    GRANT_READ = "grant:read"
    GRANT_READ_ALL = "grant:read_all"
    GRANT_REGISTER = "grant:register"
    SUBMISSION_FILL = "submission:fill"
    SUBMISSION_OPEN = "submission:open"
    SUBMISSION_REVIEW = "submission:review"
    SUBMISSION_SUBMIT = "submission:submit"


# anybody may be the principal investigator of a grant, and certify before the attester
_READ = frozenset({Permission.ATTESTATION_CERTIFY, Permission.GRANT_READ, Permission.SUBMISSION_FILL})
_OFFICE = _READ | {Permission.GRANT_READ_ALL}
# who judged it may also say that it was judged wrongly, and reads what the agency is told in confidence
_REVIEW = {
    Permission.ANNEX_READ,
    Permission.ATTESTATION_BRING,
    Permission.ATTESTATION_OPEN_SCAN,
    Permission.ATTESTATION_PROPOSE_WITHDRAWAL,
    Permission.ATTESTATION_TAKE_IN,
    Permission.SUBMISSION_REVIEW,
}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.RESEARCHER: _READ,
    Role.RESEARCH_OFFICE: _OFFICE
    | _REVIEW
    | {
        Permission.GRANT_IMPORT,
        Permission.GRANT_REGISTER,
        Permission.SUBMISSION_OPEN,
        Permission.SUBMISSION_SUBMIT,
    },
    Role.INTEGRITY_OFFICER: _OFFICE | _REVIEW,
    Role.EXPORT_CONTROL_OFFICER: _OFFICE | _REVIEW,
    Role.LIBRARY: _OFFICE,
    Role.IP_OFFICE: _OFFICE,
    Role.IT_OFFICE: _OFFICE,
    Role.HR_OFFICE: _OFFICE,
    Role.INTERNATIONAL_OFFICE: _OFFICE,
    Role.ATTESTER: _OFFICE
    | {
        Permission.ANNEX_READ,
        Permission.ATTESTATION_ATTEST,
        Permission.ATTESTATION_BRING,
        Permission.ATTESTATION_OPEN_SCAN,
        Permission.ATTESTATION_PROPOSE_WITHDRAWAL,
        Permission.ATTESTATION_WITHDRAW,
    },
    Role.AGENCY_OFFICER: frozenset({Permission.ANNEX_READ, Permission.ATTESTATION_AUDIT}),
    Role.CHECKLIST_PUBLISHER: frozenset({Permission.CHECKLIST_PUBLISH}),
}

if set(PERMISSIONS) != set(Role):
    raise RuntimeError("every role needs a line in PERMISSIONS")

# whose answers and judgements are read in full: the offices that answer, review or certify the whole
_READS_ALL = frozenset({Role.RESEARCH_OFFICE, Role.INTEGRITY_OFFICER, Role.EXPORT_CONTROL_OFFICER, Role.ATTESTER})
_OF_PERSONS = frozenset({Respondent.PRINCIPAL_INVESTIGATOR, Respondent.PARTICIPANT})


@dataclass(frozen=True)
class Standing:
    """How a person stands to one grant: its principal investigator or not, and which row is theirs."""

    principal: bool = False
    participant_id: str | None = None

    @property
    def takes_part(self) -> bool:
        """Return whether the person is on the grant at all."""
        return self.principal or self.participant_id is not None


def allows(roles: Iterable[Role], permission: Permission) -> bool:
    """Return whether any of the roles allows ``permission``."""
    return any(permission in PERMISSIONS[role] for role in roles)


def may(actor: Actor, permission: Permission) -> bool:
    """Return whether any role of the actor allows ``permission``."""
    return allows(actor.roles, permission)


def may_answer(roles: frozenset[Role], standing: Standing, item: Item, participant_id: str | None) -> bool:
    """Return whether a person may answer ``item`` in the row of ``participant_id`` (None: no person's row).

    The research office may write down what researchers told it; nobody answers for an officer.
    """
    if item.answered_by in _OF_PERSONS and Role.RESEARCH_OFFICE in roles:
        return True
    if item.answered_by is Respondent.PRINCIPAL_INVESTIGATOR:
        return standing.principal
    if item.answered_by is Respondent.PARTICIPANT:
        return participant_id is not None and participant_id == standing.participant_id
    return item.answered_by.value in {role.value for role in roles}


def may_read(roles: frozenset[Role], standing: Standing, item: Item, participant_id: str | None) -> bool:
    """Return whether a person may read the answer: their own, or all of them by office.

    A principal investigator also reads what the office answered about the project, but no
    officer's judgement and no other person's row (rule 8 of the house).
    """
    if roles & _READS_ALL or may_answer(roles, standing, item, participant_id):
        return True
    about_project = item.answered_by in {Respondent.PRINCIPAL_INVESTIGATOR, Respondent.RESEARCH_OFFICE}
    return standing.principal and about_project and participant_id is None
