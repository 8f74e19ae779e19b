"""Who acts: organizations, roles and the person in front of the service."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.domain.texts import Text


class OrganizationKind(StrEnum):
    """The two kinds of organization."""

    INSTITUTION = "institution"
    AGENCY = "agency"


class Role(StrEnum):
    """What a membership allows. One person may hold several; a user has no rights by himself."""

    RESEARCHER = "researcher"
    RESEARCH_OFFICE = "research_office"
    INTEGRITY_OFFICER = "integrity_officer"
    EXPORT_CONTROL_OFFICER = "export_control_officer"
    LIBRARY = "library"
    IP_OFFICE = "ip_office"
    IT_OFFICE = "it_office"
    HR_OFFICE = "hr_office"
    INTERNATIONAL_OFFICE = "international_office"
    ATTESTER = "attester"
    AGENCY_OFFICER = "agency_officer"
    CHECKLIST_PUBLISHER = "checklist_publisher"


ROLES_OF: dict[OrganizationKind, frozenset[Role]] = {
    OrganizationKind.INSTITUTION: frozenset(Role) - {Role.AGENCY_OFFICER, Role.CHECKLIST_PUBLISHER},
    OrganizationKind.AGENCY: frozenset({Role.AGENCY_OFFICER, Role.CHECKLIST_PUBLISHER}),
}


@dataclass(frozen=True)
class Author:
    """For whom and when a line of the log is written."""

    organization_id: UUID
    user_id: UUID
    at: datetime


@dataclass(frozen=True)
class Actor:
    """A signed-in person acting for one organization at one moment (UTC).

    ``signed_in_at`` is when the person last proved who they are, ``method`` how.
    """

    user_id: UUID
    membership_id: UUID
    organization_id: UUID
    kind: OrganizationKind
    organization_name: Text
    name: str
    post: Text
    roles: frozenset[Role]
    at: datetime
    signed_in_at: datetime
    method: str
