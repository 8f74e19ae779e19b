"""``flask checklists export``, ``import`` and ``schema``: versions as workbooks, the language for programs."""

import json
from pathlib import Path
from typing import Any

import click
from flask import current_app

from app.catalog.packages import MAX_BYTES
from app.catalog.spreadsheet import take_workbook, write_workbook
from app.catalog.strict import CatalogError, parse
from app.catalog.versions import load_version
from app.cli.checklists import group
from app.domain.attestation import canonical, sha256
from app.domain.schema import cases_schema, checklist_schema


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
        _write_new(target, write_workbook(load_version(file).data, f"{family} {version}"))
    except CatalogError as error:
        raise click.ClickException(str(error)) from None
    except FileExistsError:
        # it may hold an author's work
        raise click.ClickException(f"{target} is there already and was left alone; give another name.") from None
    click.echo(f"{family} {version} was written to {target}.")


@group.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="Another folder of checklists.")
def import_(path: Path, into: Path | None) -> None:
    """Take a workbook in as FAMILY/VERSION.yaml; a file that is there with other content is not overwritten.

    Every fault stands with its sheet and cell on one line; nothing is written when there is any.
    """
    try:
        with path.open("rb") as workbook:
            taken = take_workbook(workbook.read(MAX_BYTES + 1), path.name)
    except CatalogError as error:
        raise click.ClickException(str(error)) from None
    target = (into or _folder()) / taken.data["family"] / f"{taken.data['version']}.yaml"
    content = sha256(canonical(taken.data))
    done = "holds this content already and was left as it is"
    try:
        _write_new(target, taken.source)
        done = "was written"
    except FileExistsError:
        if not _holds(target, content):
            raise click.ClickException(
                f"{target} is there with other content and was left alone; "
                "give the version its own number, or move the file away."
            ) from None
    click.echo(f"{target} {done}: the content is {content}.")
    click.echo(f"Next: flask checklists check {target.parent}, then flask checklists lock {target}.")


def _holds(file: Path, content: str) -> bool:
    try:
        return sha256(canonical(parse(file.read_bytes(), file.name)[0])) == content
    except CatalogError:
        return False


def _write_new(file: Path, content: bytes) -> None:
    """Write a file that is not there yet; raise FileExistsError where one is."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as new:
            new.write(content)
    except FileExistsError:
        raise
    except OSError as error:
        raise click.ClickException(f"{file} could not be written: {error.strerror}.") from None


@group.command("schema")
@click.argument("path", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--cases", is_flag=True, help="The schema of golden cases instead of that of versions.")
def schema(path: Path | None, cases: bool) -> None:
    """Print the JSON Schema of the language, or write it to a file."""
    tell_schema(cases_schema() if cases else checklist_schema(), path)


def tell_schema(schema: dict[str, Any], path: Path | None) -> None:
    """Print a JSON Schema, or write it to a file."""
    text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    if path is None:
        click.echo(text, nl=False)
        return
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise click.ClickException(f"{path} could not be written: {error.strerror}.") from None
    click.echo(f"The schema was written to {path}.")
