"""``flask accounts``: organizations, people and their roles, and cleaning up old sessions."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.domain.errors import KakuninError
from app.domain.people import OrganizationKind, Role
from app.domain.texts import Text
from app.extensions import db
from app.models import Organization, User
from app.services import accounts

group = AppGroup("accounts", help="Create organizations and people.")


@group.command()
@click.argument("kind", type=click.Choice([kind.value for kind in OrganizationKind]))
@click.argument("code")
@click.option("--name-ja", required=True, help="The name in Japanese.")
@click.option("--name-en", required=True, help="The name in English.")
@click.option("--ror", help="The ROR identifier, as a URL.")
def organization(kind: str, code: str, name_ja: str, name_en: str, ror: str | None) -> None:
    """Create an institution or an agency."""
    try:
        name = Text(ja=name_ja, en=name_en)
        accounts.create_organization(db.session, OrganizationKind(kind), code, name, ror, datetime.now(UTC))
    except KakuninError as error:
        raise click.ClickException(f"Nothing was created: {error}.") from None
    db.session.commit()
    click.echo(f"The {kind} {code} was created.")


@group.command()
@click.argument("organization_code")
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--post-ja", required=True, help="The post in Japanese.")
@click.option("--post-en", required=True, help="The post in English.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in Role]))
@click.password_option()
def person(
    organization_code: str, email: str, name: str, post_ja: str, post_en: str, roles: list[str], password: str
) -> None:
    """Create a person with a membership in an organization."""
    now = datetime.now(UTC)
    where = db.session.scalar(select(Organization).filter_by(code=organization_code))
    if where is None:
        raise click.ClickException(f"There is no organization {organization_code}.")
    try:
        user = accounts.create_user(db.session, email, name, password, now)
        post = Text(ja=post_ja, en=post_en)
        accounts.join(db.session, user, where, post, (Role(role) for role in roles), now)
    except KakuninError as error:
        raise click.ClickException(f"Nobody was created: {error}.") from None
    db.session.commit()
    click.echo(f"{email} can sign in now.")


@group.command()
@click.argument("email")
@click.argument("orcid_id", metavar="ORCID")
def orcid(email: str, orcid_id: str) -> None:
    """Keep a person's ORCID iD, which their acts on attestations then tell."""
    user = db.session.scalar(select(User).filter_by(email=email.strip().lower()))
    if user is None:
        raise click.ClickException(f"Nobody signs in as {email}.")
    try:
        kept = accounts.set_orcid(db.session, user, orcid_id)
    except KakuninError as error:
        raise click.ClickException(f"Nothing was kept: {error}.") from None
    db.session.commit()
    click.echo(f"The ORCID iD {kept} of {email} is kept; it stands with what this person attests from now on.")


@group.command()
def purge() -> None:
    """Delete sessions and failed sign-ins that no longer matter."""
    number = accounts.purge(db.session, datetime.now(UTC))
    db.session.commit()
    click.echo(f"{number} sessions were deleted.")
