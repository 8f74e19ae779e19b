"""``flask seals``: the development authority and the seals of institutions."""

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from app.config import Settings
from app.domain.people import OrganizationKind
from app.extensions import db
from app.models import Organization
from app.signing.authority import make_authority
from app.signing.errors import SealUnavailableError
from app.signing.keys import load_seal, make_seal

group = AppGroup("seals", help="Make the seals with which institutions sign.")


@group.command("make")
def make() -> None:
    """Make a development seal for every institution that has none."""
    settings: Settings = current_app.extensions["settings"]
    if settings.production:
        raise click.ClickException("In production, seals are bought, not made here.")
    now = datetime.now(UTC)
    make_authority(settings.keys_folder, at=now)
    made = 0
    institutions = select(Organization).filter_by(kind=OrganizationKind.INSTITUTION)
    for institution in db.session.scalars(institutions.order_by(Organization.code)):
        try:
            load_seal(settings.keys_folder, institution.code, at=now)
        except SealUnavailableError:
            make_seal(settings.keys_folder, institution.code, institution.name, at=now)
            made += 1
    click.echo(f"{made} seals were made. What they seal is marked as a sample.")
