"""The made-up world: organizations, people, programmes, calls and what is required, from ``world.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.catalog.strict import parse
from app.domain.checklist import Stage
from app.domain.people import Actor, OrganizationKind, Role
from app.domain.texts import Text, in_japan
from app.models import Call, Membership, Organization, Requirement
from app.services import accounts, funding, grants
from app.services.grants import Particulars, Person

PASSWORD = "kakunin-demo-2026"  # noqa: S105 - printed for everybody: the demo is no secret
FAMILY = "research-security-integrity"
# families that the demo alone brings
CHECKLISTS = Path(__file__).with_name("checklists")
_ADDRESS = "{name}@{organization}.example.jp"


@cache
def told() -> dict[str, Any]:
    """Return the world as written."""
    path = Path(__file__).with_name("world.yaml")
    data: dict[str, Any] = parse(path.read_bytes(), path.name)[0]
    return data


def address(name: str, organization: str) -> str:
    """Return the e-mail address of a person of the demo."""
    return _ADDRESS.format(name=name, organization=organization)


@dataclass(frozen=True)
class House:
    """An institution with its members by the name before the @."""

    organization: Organization
    members: Mapping[str, Membership]

    def actor(self, name: str, at: datetime) -> Actor:
        """Return a member who has just signed in."""
        return acting(self.members[name], self.organization, at)


def acting(membership: Membership, organization: Organization, at: datetime) -> Actor:
    """Return a member of an organization as an actor who has just signed in."""
    return Actor(
        user_id=membership.user_id,
        membership_id=membership.id,
        organization_id=organization.id,
        kind=OrganizationKind(organization.kind),
        organization_name=organization.name,
        name=membership.user.name,
        post=membership.post,
        roles=frozenset(Role(role) for role in membership.roles),
        at=at,
        signed_in_at=at,
        method="password",
    )


@dataclass(frozen=True)
class Offer:
    """A call with what it requires, by family and stage."""

    call: Call
    requirements: Mapping[tuple[str, str], Requirement]


@dataclass(frozen=True)
class Asked:
    """What the agencies ask: calls by code, and by family what institutions submit about themselves."""

    offers: dict[str, Offer] = field(default_factory=dict)
    of_institutions: dict[str, Requirement] = field(default_factory=dict)


def build_agencies(session: Session, began: datetime, today: datetime) -> Asked:
    """Make the agencies with programmes, calls, requirements and officers; return what they ask."""
    asked = Asked()
    for each in told()["agencies"]:
        agency = _organization(session, OrganizationKind.AGENCY, each, began)
        programmes = {}
        for line in each["programmes"]:
            programme = funding.open_programme(session, agency, line["code"], Text(**line["name"]))
            programmes[programme.code] = programme
            for one in line["calls"]:
                call = funding.open_call(
                    session, programme, one["code"], Text(**one["name"]), one["fiscal_year"], one["facts"]
                )
                asked.offers[call.code] = Offer(call, _requirements(session, call, one, today))
        for one in each.get("asks", []):
            asked.of_institutions[one["family"]] = funding.require_of_institutions(
                session, agency, one["family"], Stage(one["stage"]), one["fiscal_year"], _day(today, one["due"])
            )
        for one in each["officers"]:
            member = _member(session, agency, {**one, "roles": [Role.AGENCY_OFFICER]}, began)
            for code in one["programmes"]:
                funding.look_after(session, member, programmes[code])
        for one in each.get("publishers", []):
            _member(session, agency, {**one, "roles": [Role.CHECKLIST_PUBLISHER]}, began)
    return asked


def _day(today: datetime, number: int) -> date:
    return in_japan(today).date() + timedelta(days=number)


def publishers() -> list[str]:
    """Return the addresses of the two people who publish checklists."""
    return [
        address(one["email"], each["code"]) for each in told()["agencies"] for one in each.get("publishers", [])
    ]


def _requirements(
    session: Session, call: Call, one: Mapping[str, Any], today: datetime
) -> dict[tuple[str, str], Requirement]:
    return {
        (family, stage): funding.require(
            session, call, family, Stage(stage), _day(today, number), annex=family in one.get("annex", [])
        )
        for family, stages in one["due"].items()
        for stage, number in stages.items()
    }


def build_institution(session: Session, each: Mapping[str, Any], began: datetime) -> House:
    """Make an institution with what its own policy states, and its members."""
    institution = _organization(session, OrganizationKind.INSTITUTION, each, began)
    institution.facts = dict(each["facts"])
    session.flush()
    return House(institution, {one["email"]: _member(session, institution, one, began) for one in each["members"]})


def _organization(
    session: Session, kind: OrganizationKind, each: Mapping[str, Any], began: datetime
) -> Organization:
    name = Text(**each["name"])
    return accounts.create_organization(session, kind, each["code"], name, each.get("ror"), began)


def _member(session: Session, organization: Organization, one: Mapping[str, Any], began: datetime) -> Membership:
    email = address(one["email"], organization.code)
    number = one.get("researcher_number")
    user = accounts.create_user(session, email, one["name"], PASSWORD, began, researcher_number=number)
    roles = [Role(role) for role in one["roles"]]
    return accounts.join(session, user, organization, Text(**one["post"]), roles, began)


def particulars(each: Mapping[str, Any]) -> Particulars:
    """Return a grant as its office registers it."""
    first, last = each["years"]
    return Particulars(
        number=each["number"],
        title_ja=each["title"]["ja"],
        title_en=each["title"]["en"],
        starts_on=datetime(first, 10, 1).date(),  # noqa: DTZ001 - a day, not a moment
        ends_on=datetime(last, 3, 31).date(),  # noqa: DTZ001
        facts=each["facts"],
    )


def persons(house: House, institution: Mapping[str, Any], each: Mapping[str, Any]) -> list[grants.Person]:
    """Return the people of a grant: members by account, others by name."""
    members = {one["email"]: one for one in institution["members"]}
    return [
        _person(one["part"], members[one["member"]], house, one["member"])
        if "member" in one
        else _person(one["part"], one)
        for one in each["people"]
    ]


def _person(part: str, one: Mapping[str, Any], house: House | None = None, member: str = "") -> Person:
    return Person(
        part=part,
        name=one["name"],
        name_latin=one["latin"],
        affiliation=house.organization.name_ja if house else one["affiliation"],
        post=one["post"]["ja"] if house else one["post"],
        researcher_number=one.get("researcher_number"),
        student=one.get("student", False),
        membership_id=house.members[member].id if house else None,
    )
