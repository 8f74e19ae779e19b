"""A small world for tests: three institutions and two agencies with the same names, codes and roles.

Rows are made by factories; states are reached by walking the real services, never set.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

import argon2
import factory
from factory.alchemy import SQLAlchemyModelFactory
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import models
from app.catalog.versions import VersionFile
from app.demo.publishing import publish_all
from app.domain.people import Actor, OrganizationKind, Role
from app.domain.texts import Text
from app.extensions import db
from app.services import accounts

PASSWORD = "a long test password"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
INSTITUTIONS = ("aoba", "hokuryo", "seto")
AGENCIES = ("jsps", "jst")

# one hash for everybody, and one that is quickly compared: Argon2 is meant to be slow, and every test signs in
accounts._HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_HASH = accounts._HASHER.hash(PASSWORD)


class Row(SQLAlchemyModelFactory):
    class Meta:
        abstract = True
        sqlalchemy_session_factory = lambda: db.session  # noqa: E731
        sqlalchemy_session_persistence = "flush"


class OrganizationFactory(Row):
    class Meta:
        model = models.Organization

    kind = "institution"
    code = factory.Sequence(lambda n: f"org-{n}")
    name_ja = "見本大学"
    name_en = "Sample University"
    ror = None
    facts = factory.LazyFunction(lambda: {"institution.screens_all": "no", "institution.security_training": "yes"})
    created_at = NOW


class UserFactory(Row):
    class Meta:
        model = models.User

    email = factory.Sequence(lambda n: f"person-{n}@example.jp")
    name = "髙橋 花子"
    password_hash = _HASH
    created_at = NOW


class MembershipFactory(Row):
    class Meta:
        model = models.Membership

    organization = None
    organization_id = factory.SelfAttribute("organization.id")
    user = factory.SubFactory(UserFactory)
    user_id = factory.SelfAttribute("user.id")
    post_ja = "係長"
    post_en = "Section chief"
    roles = factory.LazyFunction(lambda: ["researcher"])
    valid_from = date(2020, 4, 1)


class ProgrammeFactory(Row):
    class Meta:
        model = models.Programme
        exclude = ("organization",)

    organization = None
    organization_id = factory.SelfAttribute("organization.id")
    code = "basic"
    name_ja = "基礎研究"
    name_en = "Basic research"


class CallFactory(Row):
    class Meta:
        model = models.Call
        exclude = ("programme",)

    programme = None
    organization_id = factory.SelfAttribute("programme.organization_id")
    programme_id = factory.SelfAttribute("programme.id")
    code = factory.Sequence(lambda n: f"call-{n}")
    name_ja = "令和8年度公募"
    name_en = "FY2026 call"
    fiscal_year = 2026
    facts = factory.LazyFunction(
        lambda: {
            "programme.designated": "no",
            "call.head_consent": "no",
            "call.core_technology_plan": "no",
            "call.nationality_form": "no",
        }
    )


class RequirementFactory(Row):
    class Meta:
        model = models.Requirement
        exclude = ("call",)

    call = None
    organization_id = factory.SelfAttribute("call.organization_id")
    call_id = factory.SelfAttribute("call.id")
    family = "research-security-integrity"
    stage = "award"
    due_on = date(2026, 12, 20)


class GrantFactory(Row):
    class Meta:
        model = models.Grant
        exclude = ("call",)

    call = None
    organization_id = None
    agency_id = factory.SelfAttribute("call.organization_id")
    call_id = factory.SelfAttribute("call.id")
    number = factory.Sequence(lambda n: f"JP26K{n:05}")
    title_ja = "量子測定の基礎"
    title_en = "Foundations of quantum measurement"
    created_at = NOW


class ParticipantFactory(Row):
    class Meta:
        model = models.Participant

    organization_id = None
    grant_id = None
    membership_id = None
    part = "principal_investigator"
    name = "𠮷田 邦彦"
    affiliation = "見本大学"
    post = "教授"
    added_at = NOW


# one person for each role; the two integrity officers make a second person possible
ROLES = {
    "office": [Role.RESEARCH_OFFICE],
    "office2": [Role.RESEARCH_OFFICE],
    "integrity": [Role.INTEGRITY_OFFICER],
    "integrity2": [Role.INTEGRITY_OFFICER],
    "export": [Role.EXPORT_CONTROL_OFFICER],
    "library": [Role.LIBRARY],
    "attester": [Role.ATTESTER],
    "pi": [Role.RESEARCHER],
    "researcher": [Role.RESEARCHER],
}


# two publishers in each agency: publishing takes two people
PUBLISHERS = ("publisher", "publisher2")


def build() -> None:
    """Make the world: the same in every tenant, so that a leak cannot hide behind a different name."""
    calls = []
    for code in AGENCIES:
        agency = OrganizationFactory(
            kind="agency", code=code, name_ja=f"{code}振興会", name_en=code.upper(), facts={}
        )
        programme = ProgrammeFactory(organization=agency)
        other = ProgrammeFactory(organization=agency, code="other")
        for name, own in (("officer", programme), ("outsider", other)):
            member = _member(agency, name, [Role.AGENCY_OFFICER])
            db.session.add(
                models.ProgrammeOfficer(organization_id=agency.id, programme_id=own.id, membership_id=member.id)
            )
        for name in PUBLISHERS:
            _member(agency, name, [Role.CHECKLIST_PUBLISHER])
        call = CallFactory(programme=programme, code=f"{code}-2026")
        for stage in ("application", "award"):
            RequirementFactory(call=call, stage=stage)
        calls.append(call)
    for code in INSTITUTIONS:
        institution = OrganizationFactory(code=code, name_ja=f"{code}大学", name_en=f"{code.title()} University")
        members = {name: _member(institution, name, roles) for name, roles in ROLES.items()}
        grant = GrantFactory(call=calls[0], organization_id=institution.id, number="JP26K00001")
        for name, part in (("pi", "principal_investigator"), (None, "co_investigator")):
            ParticipantFactory(
                organization_id=institution.id,
                grant_id=grant.id,
                part=part,
                membership_id=members[name].id if name else None,
                name="𠮷田 邦彦" if name else "山﨑 美咲",
            )
        for name, value in (("collaboration.foreign", "no"), ("collaboration.partners", "no")):
            db.session.add(
                models.Fact(
                    organization_id=institution.id,
                    grant_id=grant.id,
                    name=name,
                    value=value,
                    source="institution",
                    stated_by=members["office"].user_id,
                    stated_at=NOW,
                )
            )
    db.session.commit()


def _member(organization: models.Organization, name: str, roles: list[Role]) -> models.Membership:
    user = UserFactory(email=f"{name}@{organization.code}.example.jp")
    return MembershipFactory(organization=organization, user=user, roles=[role.value for role in roles])


def publish(session: Session, files: list[VersionFile]) -> None:
    """Publish versions as the first agency's two publishers do."""
    people = World(session)
    first, second = (people.actor(AGENCIES[0], name) for name in PUBLISHERS)
    publish_all(session, files, first, second)
    session.commit()


@dataclass
class World:
    """The world as tests ask for it."""

    session: Session

    def organization(self, code: str) -> models.Organization:
        return self.session.scalars(select(models.Organization).filter_by(code=code)).one()

    def member(self, code: str, name: str) -> models.Membership:
        query = select(models.Membership).join(models.Membership.user)
        return self.session.scalars(query.where(models.User.email == f"{name}@{code}.example.jp")).one()

    def actor(self, code: str, name: str, at: datetime = NOW) -> Actor:
        """Return a person of an organization who signed in this moment."""
        member, organization = self.member(code, name), self.organization(code)
        return Actor(
            user_id=member.user_id,
            membership_id=member.id,
            organization_id=organization.id,
            kind=OrganizationKind(organization.kind),
            organization_name=organization.name,
            name=member.user.name,
            post=Text(ja=member.post_ja, en=member.post_en),
            roles=frozenset(Role(role) for role in member.roles),
            at=at,
            signed_in_at=at,
            method="password",
        )

    def grant(self, code: str) -> models.Grant:
        query = select(models.Grant).where(models.Grant.organization_id == self.organization(code).id)
        return self.session.scalars(query.order_by(models.Grant.id)).first()

    def requirement(self, stage: str = "award", agency: str = "jsps") -> models.Requirement:
        query = select(models.Requirement).join(models.Requirement.call).where(models.Call.code == f"{agency}-2026")
        return self.session.scalars(query.where(models.Requirement.stage == stage)).one()

    def count(self, model: type, **where: object) -> int:
        return len(self.session.scalars(select(model).filter_by(**where)).all())


def later(actor: Actor, at: datetime) -> Actor:
    """Return the same person at another moment, signed in afresh."""
    return replace(actor, at=at, signed_in_at=at)


def organization_id(world: World, code: str) -> UUID:
    """Return a tenant's id."""
    return world.organization(code).id
