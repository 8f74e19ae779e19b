"""``flask checklists``: locking, checking and publishing versions."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.catalog.checking import check_family
from app.catalog.strict import CatalogError
from app.catalog.versions import VersionFile, families, load_all, load_version, write_lock
from app.domain.errors import InvalidError
from app.extensions import db
from app.services import checklists

group = AppGroup("checklists", help="Check, lock and publish checklist versions.")


def _folder() -> Path:
    folder: Path = current_app.extensions["settings"].checklists_folder
    return folder


def _loaded() -> list[VersionFile]:
    try:
        return load_all(_folder())
    except CatalogError as error:
        raise click.ClickException(str(error)) from None


@group.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Check versions, their lock, their succession and golden cases; all families, or the folders given.

    Every fault stands with its file, line and column on one line; the exit code is 1 when there is any.
    """
    reports = [check_family(family) for family in paths or families(_folder())]
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
def publish() -> None:
    """Publish every locked version that is not published yet."""
    files = _loaded()
    try:
        new = [file for file in files if checklists.publish(db.session, file, datetime.now(UTC))]
    except InvalidError as error:
        raise click.ClickException(f"{error}: a published version never changes.") from None
    db.session.commit()
    click.echo(f"{len(new)} versions were published, {len(files) - len(new)} were already.")
