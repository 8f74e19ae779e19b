"""``flask demo``: a made-up world to look around in."""

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.strict import CatalogError
from app.catalog.versions import load_all
from app.config import Settings
from app.demo import histories, world
from app.demo.histories import REACH, History
from app.demo.publishing import publish_all
from app.demo.world import Asked, House
from app.domain.errors import WrongStateError
from app.extensions import db
from app.models import Grant, Organization, Revision, User
from app.services import accounts
from app.services.records import Premises
from app.signing.authority import load_root, make_authority
from app.signing.errors import SealUnavailableError
from app.signing.keys import load_seal
from app.signing.rotation import make_seal

group = AppGroup("demo", help="Load a made-up world to look around in.")

# whom to sign in as, and what for
WAYS_IN = (
    ("aoba", "office", "the research office: open, fill and send checklists, import award lists"),
    ("aoba", "yoshida", "a principal investigator: answer what is theirs, certify where a checklist says so"),
    ("aoba", "integrity", "integrity officer: judge; review what others answered"),
    ("aoba", "integrity2", "the second integrity officer: check judgements, review"),
    ("aoba", "export", "export control officer: answer on residency"),
    ("aoba", "office2", "head of the research office: review what the officers answered"),
    ("aoba", "attester", "Executive Vice President: attest and receive the signed PDF"),
    ("jst", "officer", "agency officer: read and verify what was attested"),
    ("jst", "crest", "agency officer of one programme only"),
    ("jsps", "officer", "agency officer of three programmes"),
    ("jsps", "publisher", "checklist publisher: write, compare and propose versions"),
    ("jsps", "publisher2", "the second publisher: publish what the first proposed"),
    ("mext", "officer", "agency officer: read what institutions attested about themselves"),
)


@group.command()
def load() -> None:
    """Load three institutions, three agencies and thirty grants in every state."""
    settings: Settings = current_app.extensions["settings"]
    if settings.production:
        raise click.ClickException("The demo is not for production: its password is known to everybody.")
    session = db.session
    codes = set(session.scalars(select(Organization.code)))
    # known by its institutions: a later demo may bring more agencies
    if {one["code"] for one in world.told()["institutions"]} <= codes:
        _require_whole(session)
        new = _publish(session, settings, datetime.now(UTC))
        session.commit()
        click.echo(f"The demo is there already; {new} new checklist versions were published.")
        _say_where(session, settings)
        return
    if codes:
        raise click.ClickException("The database holds organizations already; the demo needs an empty one.")
    click.echo("Loading the demo; this takes about a minute.")
    _load(session, settings, datetime.now(UTC))
    session.commit()
    _say_states(session)
    _say_where(session, settings)


def _require_whole(session: Session) -> None:
    """Refuse a demo that was cut off while it was loaded: attestations are committed one by one."""
    told = sum(len(one["grants"]) for one in world.told()["institutions"])
    if len(session.scalars(select(Grant.id)).all()) < told:
        raise click.ClickException("The demo was cut off while it was loaded; load it anew into an empty database.")


def _load(session: Session, settings: Settings, now: datetime) -> None:
    began = now - REACH
    asked = world.build_agencies(session, began, now)
    _publish(session, settings, began)
    houses = [world.build_institution(session, each, began) for each in world.told()["institutions"]]
    _seals(settings, houses, began)
    histories.tell(_histories(session, houses, asked, now))


def _publish(session: Session, settings: Settings, at: datetime) -> int:
    """Publish what lies in the checklists folder and the demo's own, as two publishers of an agency do."""
    try:
        files = [*load_all(settings.checklists_folder), *load_all(world.CHECKLISTS)]
    except CatalogError as error:
        raise click.ClickException(str(error)) from None
    first, second = (accounts.acting(session, address, at) for address in world.publishers())
    if first is None or second is None:
        raise click.ClickException("The demo has no two publishers; load it anew into an empty database.")
    try:
        return publish_all(session, files, first, second)
    except WrongStateError as error:
        raise click.ClickException(
            f"{error.values['family']} {error.values['version']} is published here with other content, "
            "and a published version never changes; the demo of an earlier state needs an empty database."
        ) from None


def _histories(session: Session, houses: list[House], asked: Asked, now: datetime) -> dict[str, History]:
    premises: Premises = current_app.extensions["premises"]
    found: dict[str, History] = {}
    for house, institution in zip(houses, world.told()["institutions"], strict=True):
        for each in institution["grants"]:
            offer = asked.offers[each["call"]]
            found[each["number"]] = histories.of_grant(session, premises, house, each, offer, now)
        for family, outcome in institution.get("story", {}).items():
            requirement = asked.of_institutions[family]
            history = histories.of_institution(session, premises, house, requirement, outcome, now)
            found[f"{house.organization.code} {family}"] = history
    return found


def _seals(settings: Settings, houses: list[House], began: datetime) -> None:
    """Make seals that were valid when the demo's history began; use those of an earlier demo again."""
    folder, unlocking = settings.keys_folder, settings.unlocking
    make_authority(folder, at=began)
    if load_root(folder).not_valid_before_utc > began:
        raise click.ClickException(f"The seals in {folder} are newer than what they would seal; move them away.")
    for house in houses:
        code = house.organization.code
        try:
            load_seal(folder, code, at=began, unlocking=unlocking)
        except SealUnavailableError:
            make_seal(folder, code, house.organization.name, at=began, unlocking=unlocking)


def _say_states(session: Session) -> None:
    query = select(Revision.state, func.count()).group_by(Revision.state).order_by(Revision.state)
    counted = [f"{state.replace('_', ' ')} {number}" for state, number in session.execute(query)]
    click.echo(f"Revisions by state: {', '.join(counted)}.")


def _say_where(session: Session, settings: Settings) -> None:
    people, there = _people(), set(session.scalars(select(User.email)))
    click.echo(f"\nGo to {settings.address} and sign in with the password {world.PASSWORD} as")
    for code, name, what in WAYS_IN:
        email = world.address(name, code)
        if email not in there:
            continue
        click.echo(f"  {email:28} {people[email]}, {what}")
    others = " and ".join(world.address("office", each["code"]) for each in world.told()["institutions"][1:])
    click.echo(f"The other institutions have the same offices, such as {others}.")


def _people() -> dict[str, str]:
    """Return the names of the demo's people by e-mail address."""
    told = world.told()
    houses = [(each["code"], each["officers"] + each.get("publishers", [])) for each in told["agencies"]]
    houses += [(each["code"], each["members"]) for each in told["institutions"]]
    return {world.address(one["email"], code): one["name"] for code, people in houses for one in people}
