"""``flask attestations bundle`` and ``verifier``: what it takes to verify without the service."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app

from app.cli.attestations import group
from app.cli.ledger import have_stamped
from app.domain.errors import KakuninError
from app.extensions import db
from app.offline import packing
from app.services import anchors, bundles, ledger
from app.services.records import Premises


@group.command()
@click.argument("ids", nargs=-1, metavar="[ID]…")
@click.option("--agency", metavar="CODE", help="Everything issued for an agency …")
@click.option("--year", type=int, metavar="FY", help="… in this fiscal year.")
@click.option(
    "-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The zip to write."
)
def bundle(ids: tuple[str, ...], agency: str | None, year: int | None, out: Path) -> None:
    """Put attestations into one zip with all that it takes to verify them without the service, for good."""
    if bool(ids) == bool(agency) or bool(agency) != bool(year):
        raise click.UsageError("Name attestations by id or code, or an agency and a year.")
    premises: Premises = current_app.extensions["premises"]
    at = datetime.now(UTC).replace(microsecond=0)
    draft = out.with_name(f".{out.name}.draft")
    try:
        found = bundles.named(db.session, ids) if ids else bundles.of_agency(db.session, agency or "", year or 0)
        if not found:
            raise click.ClickException(f"Nothing was issued for {agency} in {year}; nothing was written.")
        ledger.checkpoint(db.session, premises, at)
        db.session.commit()
        # without a time-stamp, of which it tells, a bundle still proves the rest
        have_stamped(at)
        with draft.open("wb") as file:
            bundles.write(db.session, found, premises, at, file)
        draft.replace(out)
    except KakuninError as refused:
        raise click.ClickException(f"Nothing was written: {refused}.") from None
    except OSError as failed:
        raise click.ClickException(f"{out} could not be written: {failed.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)
    click.echo(f"{len(found)} attestations are in {out}.")
    fingerprint = anchors.believed(premises).fingerprint
    click.echo(f"The fingerprint of its anchors is {fingerprint}, as the ledger's page shows.")


@group.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def verifier(folder: Path) -> None:
    """Write the offline verifier into a folder: one file for Python, its dependencies by hash, and a page."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in packing.verifier().items():
            (folder / name).write_bytes(content)
    except OSError as failed:
        raise click.ClickException(f"The verifier could not be written: {failed.strerror}.") from None
    click.echo(f"{packing.PROGRAM} is in {folder}.")
