"""``flask checklists export``, ``import`` and ``schema``: versions as workbooks, the language for programs."""

import json
from pathlib import Path

import click
from flask import current_app

from app.catalog.spreadsheet import read_workbook, write_workbook
from app.catalog.strict import CatalogError
from app.catalog.versions import lists_in, load_version, read_version
from app.catalog.writing import write_yaml
from app.cli.checklists import group
from app.domain.schema import checklist_schema


def _folder() -> Path:
    folder: Path = current_app.extensions["settings"].checklists_folder
    return folder


@group.command("export")
@click.argument("family")
@click.argument("version")
@click.argument("path", required=False, type=click.Path(dir_okay=False, path_type=Path))
def export(family: str, version: str, path: Path | None) -> None:
    """Write a version as an XLSX workbook, for authors who live in spreadsheets; nothing is lost on the way."""
    file = _folder() / family / f"{version}.yaml"
    if not file.is_file():
        raise click.ClickException(f"There is no {family} {version} in {_folder()}.")
    target = path or Path(f"{family}-{version}.xlsx")
    try:
        target.write_bytes(write_workbook(load_version(file).data, target.name))
    except CatalogError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{family} {version} was written to {target}.")


@group.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(path: Path) -> None:
    """Take a workbook in as FAMILY/VERSION.yaml; a file that is there with other content is not overwritten."""
    try:
        source = write_yaml(read_workbook(path.read_bytes(), path.name)).encode()
        file = read_version(source, path.name, lists_in(_folder()))
    except CatalogError as error:
        raise click.ClickException(str(error)) from None
    family, number = file.checklist.family, file.checklist.version
    target = _folder() / family / f"{number}.yaml"
    if target.is_file() and load_version(target).sha256 != file.sha256:
        raise click.ClickException(f"{target} is there with other content; give the version its own number.")
    if not target.is_file():
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(source)
    click.echo(f"{family} {number} is {target}. Next: flask checklists check, then lock.")


@group.command("schema")
@click.argument("path", required=False, type=click.Path(dir_okay=False, path_type=Path))
def schema(path: Path | None) -> None:
    """Print the JSON Schema of the language, or write it to a file."""
    text = json.dumps(checklist_schema(), indent=2, ensure_ascii=False) + "\n"
    if path is None:
        click.echo(text, nl=False)
        return
    path.write_text(text, "utf-8")
    click.echo(f"The schema was written to {path}.")
