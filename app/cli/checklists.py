"""``flask checklists``: locking, checking and publishing versions."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.catalog.checking import check_family
from app.catalog.strict import CatalogError
from app.catalog.versions import VersionFile, families, load_all, load_version, write_lock
from app.domain.errors import KakuninError
from app.domain.people import Actor
from app.domain.permissions import Permission, may
from app.extensions import db
from app.services import accounts, publishing

group = AppGroup("checklists", help="Write, check, compare and publish checklist versions.")

_SAID = {
    "second_publisher": "a second publisher is needed; whoever proposed it cannot publish it.",
    "number_published": "the number is published with other content, and a published version never changes.",
    "withdrawn_already": "it was withdrawn before.",
    "reason_needed": "say why.",
}


def folder() -> Path:
    """Return where checklist versions lie."""
    found: Path = current_app.extensions["settings"].checklists_folder
    return found


def _loaded() -> list[VersionFile]:
    try:
        return load_all(folder())
    except CatalogError as error:
        raise click.ClickException(str(error)) from None


@group.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Check versions, their lock, their succession and golden cases; all families, or the folders given.

    Every fault stands with its file, line and column on one line; the exit code is 1 when there is any.
    """
    reports = [check_family(family) for family in paths or families(folder())]
    for report in reports:
        for name, fault in report.faults:
            click.echo(f"{name}:{fault.line}:{fault.column}: {fault.message}", err=True)
        for name, fault in report.warnings:
            click.echo(f"{name}:{fault.line}:{fault.column}: warning: {fault.message}", err=True)
        for file in report.files:
            click.echo(f"{file.checklist.family} {file.checklist.version} {file.sha256}")
    faults, versions = sum(len(each.faults) for each in reports), sum(len(each.files) for each in reports)
    cases = sum(each.cases for each in reports)
    if faults:
        raise click.ClickException(f"{faults} faults were found; nothing of this can be published.")
    click.echo(f"{versions} versions are sound, {cases} golden cases come out as expected.")


@group.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def lock(path: Path) -> None:
    """Lock the content hash of a version file; a locked number never takes other content."""
    try:
        file = load_version(path)
        write_lock(path.parent, [file])
    except CatalogError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{file.checklist.family} {file.checklist.version} is locked as {file.sha256}.")


@group.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "email", required=True, help="The publisher who does this, by e-mail address.")
def publish(paths: tuple[Path, ...], email: str) -> None:
    """Propose locked versions that are not published yet, or publish what another publisher proposed.

    It takes two people: run it as the first to propose, then as the second to publish.
    """
    actor = _publisher(email)
    done = {"proposed": 0, "published": 0}
    left: list[str] = []
    known = {one.sha256: one.status for one in publishing.standings(db.session)}
    for file in _chosen(paths):
        try:
            status = known.get(file.sha256)
            if status is None or (status == "discarded" and paths):
                publishing.propose(db.session, actor, file)
                done["proposed"] += 1
            elif status == "discarded":
                left.append(file.name)
            elif status == "proposed":
                publishing.publish(db.session, actor, file.sha256)
                done["published"] += 1
        except KakuninError as error:
            raise _refused(file.checklist.family, file.checklist.version, error) from None
    db.session.commit()
    click.echo(f"{done['proposed']} versions were proposed, {done['published']} were published.")
    if left:
        click.echo(f"Taken back, and proposed again only when their files are named: {', '.join(left)}.")
    if done["proposed"]:
        click.echo("A second publisher publishes them with the same command.")


def _chosen(paths: tuple[Path, ...]) -> list[VersionFile]:
    files = _loaded()
    named = {f"{path.resolve().parent.name}/{path.name}" for path in paths}
    strange = named - {file.name for file in files}
    if strange:
        raise click.ClickException(f"{', '.join(sorted(strange))}: not a version in {folder()}.")
    return [file for file in files if not named or file.name in named]


@group.command()
@click.argument("family")
@click.argument("version")
@click.option("--as", "email", required=True, help="The publisher who does this, by e-mail address.")
@click.option("--reason", required=True, help="Why it is withdrawn; everybody can read it.")
def withdraw(family: str, version: str, email: str, reason: str) -> None:
    """Withdraw a published version: it is no longer started, and stays readable."""
    actor = _publisher(email)
    known = [one for one in publishing.standings(db.session) if one.public]
    found = next((one for one in known if (one.family, one.version) == (family, version)), None)
    if found is None:
        raise click.ClickException(f"{family} {version} is not published.")
    try:
        publishing.withdraw(db.session, actor, found.sha256, reason)
    except KakuninError as error:
        raise _refused(family, version, error) from None
    db.session.commit()
    click.echo(f"{family} {version} is withdrawn.")


@group.command("list")
def list_() -> None:
    """List every version that was ever proposed here, how it stands, its content hash, and who did what."""
    known = publishing.standings(db.session)
    for one in known:
        acts = ", ".join(f"{act.status} {act.at:%Y-%m-%d} by {act.person.email}" for act in one.acts)
        click.echo(f"{one.family:32} {one.version:8} {one.status:10} {one.sha256}  {acts}")
    click.echo(f"{len(known)} versions.")


def _refused(family: str, version: str, error: KakuninError) -> click.ClickException:
    return click.ClickException(f"{family} {version}: {_SAID.get(error.reason, error.reason)}")


def _publisher(email: str) -> Actor:
    actor = accounts.acting(db.session, email, datetime.now(UTC))
    if actor is None or not may(actor, Permission.CHECKLIST_PUBLISH):
        raise click.ClickException(f"{email} is no checklist publisher.")
    return actor
