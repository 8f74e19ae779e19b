"""``flask checklists`` for authors: beginning a version, reading one, and comparing two."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click
from pydantic import TypeAdapter, ValidationError

from app.catalog.drafts import DraftError, copied, skeleton
from app.catalog.strict import CatalogError
from app.catalog.versions import VersionFile, codes_of, families, load_version, version_files
from app.cli.checklists import folder, group
from app.domain import checking
from app.domain.checklist import Checklist
from app.domain.comparing import compare
from app.domain.describing import describe, section_parts
from app.domain.differences import as_data, conclusion, sentences
from app.domain.explaining import Part, explain
from app.domain.naming import Family, number_of
from app.domain.succession import ChangeClass
from app.domain.texts import JST

_language = click.option("--language", type=click.Choice(["ja", "en"]), default="en", show_default=True)
_as_json = click.option("--json", "plain", is_flag=True, help="Print JSON instead of sentences.")
_WIDTH = 4


def _family(name: str) -> Path:
    known = {path.name: path for path in families(folder())}
    if name not in known:
        raise click.ClickException(f"There is no family {name}; there are: {', '.join(known) or 'none'}.")
    return known[name]


def _version(family: str, number: str) -> VersionFile:
    paths = {path.stem: path for path in version_files(_family(family))}
    if number not in paths:
        raise click.ClickException(f"{family} has no version {number}; it has: {', '.join(paths)}.")
    try:
        return load_version(paths[number])
    except CatalogError as error:
        raise click.ClickException(str(error)) from None


def _print(parts: Iterable[Part], language: str, indent: str) -> None:
    for part in parts:
        heading = part.heading.in_(language)
        lines = ["  " * line.depth + line.words.in_(language) for line in part.lines]
        if len(lines) == 1:
            click.echo(f"{indent}{heading}: {lines[0]}")
            continue
        click.echo(f"{indent}{heading}:")
        for line in lines:
            click.echo(f"{indent}  {line}")


def _codes(file: VersionFile) -> dict[str, dict[str, tuple[str, str]]]:
    contents = {one.sha256: codes_of(one.content) for one in file.lists}
    return {use.id: contents[use.sha256] for use in file.checklist.lists}


@group.command()
@click.argument("family")
@click.option("--from", "origin", help="The number of the newest version, to copy it as the next one.")
@click.option(
    "--change",
    type=click.Choice([one.value for one in ChangeClass]),
    default=ChangeClass.MINOR.value,
    show_default=True,
    help="With --from: how much will change; it decides the number.",
)
def new(family: str, origin: str | None, change: str) -> None:
    """Begin a family with an empty first version, or the next version as a copy of the newest.

    Every text still to be written is empty, and `check` names each until it is filled.
    """
    try:
        written = _begun(family) if origin is None else _followed(family, origin, ChangeClass(change))
    except DraftError as error:
        raise click.ClickException(str(error)) from None
    for path, content in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
        click.echo(f"{path} was written.")
    click.echo("Fill in what is empty, then run: flask checklists check")


def _begun(family: str) -> dict[Path, str]:
    if not _is_family(family):
        raise click.ClickException(f"{family} is no name of a family: lower-case words with dots or hyphens.")
    place = folder() / family
    if place.exists():
        raise click.ClickException(f"{family} is there already; begin its next version with --from.")
    today = datetime.now(JST).date()
    return {place / name: content for name, content in skeleton(family, today).items()}


def _is_family(name: str) -> bool:
    try:
        TypeAdapter(Family).validate_python(name)
    except ValidationError:
        return False
    return True


def _followed(family: str, origin: str, change: ChangeClass) -> dict[Path, str]:
    file = _version(family, origin)
    newest = max((path.stem for path in version_files(_family(family))), key=number_of)
    if origin != newest:
        raise click.ClickException(f"The next version follows the newest one, {newest}, not {origin}.")
    number, content = copied(file, change)
    return {_family(family) / f"{number}.yaml": content}


@group.command()
@click.argument("family")
@click.argument("version")
@_language
def show(family: str, version: str, language: str) -> None:
    """Print a whole version to be read: its sections, and each item with all that is said of it."""
    file = _version(family, version)
    checklist, codes = file.checklist, _codes(file)
    click.echo(checklist.title.in_(language))
    _print(describe(checklist), language, "  ")
    for section in checklist.sections:
        click.echo(f"\n{section.title.in_(language)} [{section.id}]")
        _print(section_parts(checklist, section), language, "  ")
        for item in (one for each in section.items for one in (each, *each.items)):
            indent = "    " if item.id in checklist.group_of else "  "
            click.echo(f"\n{indent}{' '.join(filter(None, (item.number, item.id)))}")
            _print(explain(checklist, item.id, codes), language, f"{indent}  ")


@group.command("explain")
@click.argument("family")
@click.argument("version")
@click.argument("item")
@_language
def explain_(family: str, version: str, item: str, language: str) -> None:
    """Explain one item: who is asked, when and why, what it rests on, what hangs on the answer."""
    file = _version(family, version)
    if item not in file.checklist.items:
        raise click.ClickException(f"{family} {version} has no item {item}.")
    _print(explain(file.checklist, item, _codes(file)), language, "")


@group.command()
@click.argument("family")
@click.argument("version")
@_as_json
def coverage(family: str, version: str, plain: bool) -> None:
    """Print how sources and items meet: which clauses no item cites, which items rest on nothing confirmed."""
    checklist = _version(family, version).checklist
    found = checking.coverage(checklist)
    if plain:
        click.echo(json.dumps(_coverage(checklist, found), ensure_ascii=False, indent=2))
        return
    width = max(len(f"{source} {clause}") for source, clause in found.items_of)
    for (source, clause), items in found.items_of.items():
        mark = " " if checklist.source[source].confirmed else "?"
        click.echo(
            f"{mark} {f'{source} {clause}':{width}}  {len(items):>{_WIDTH}}  {', '.join(items) or 'no item'}"
        )
    click.echo("A clause marked ? is of a source that is not confirmed.")
    for item in found.unconfirmed:
        click.echo(f"{item} rests on nothing that is confirmed.")
    click.echo(
        f"{len(found.items_of)} clauses, {len(found.unused)} without an item; "
        f"{len(checklist.items)} items, {len(found.unconfirmed)} resting on nothing that is confirmed."
    )


def _coverage(checklist: Checklist, found: checking.Coverage) -> dict[str, object]:
    return {
        "format": "checklist-coverage/1",
        "family": checklist.family,
        "version": checklist.version,
        "clauses": [
            {
                "source": source,
                "clause": clause,
                "confirmed": checklist.source[source].confirmed,
                "items": list(items),
            }
            for (source, clause), items in found.items_of.items()
        ],
        "unconfirmed": list(found.unconfirmed),
    }


@group.command()
@click.argument("family")
@click.argument("before")
@click.argument("after")
@_as_json
@_language
def diff(family: str, before: str, after: str, plain: bool, language: str) -> None:
    """Compare two versions of a family, one sentence for each difference, what breaks most first.

    The exit code is 1 when the newer version claims to change less than it does.
    """
    comparison = compare(_version(family, before).checklist, _version(family, after).checklist)
    if plain:
        click.echo(json.dumps(as_data(comparison), ensure_ascii=False, indent=2))
    else:
        for sentence in sentences(comparison, language):
            click.echo(sentence)
        click.echo(conclusion(comparison).in_(language))
    if comparison.claims_too_little:
        raise click.exceptions.Exit(1)
