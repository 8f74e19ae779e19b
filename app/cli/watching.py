"""``flask ledger witness`` and ``monitor``: what an outsider runs, with a folder and no database."""

import time
from functools import partial
from pathlib import Path

import click

from app.cli.ledger import CHANGED, group, refusals
from app.cli.progress import told_progress
from app.domain.errors import InvalidError, NotFoundError
from app.domain.notes import VerifierKey
from app.signing.ledgerkeys import make_note_key
from app.witness import asking, monitor
from app.witness.asking import AwayError
from app.witness.serving import Serving
from app.witness.witnessing import Witness

AWAY = 3


@group.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", required=True, help="What the witness is called, such as witness.jst.example.jp.")
@click.option("--ledger", "ledgers", multiple=True, required=True, help="The public key of a ledger to watch.")
@click.option("--listen", default="127.0.0.1:9040", show_default=True, help="Where to listen.")
def witness(folder: Path, name: str, ledgers: tuple[str, ...], listen: str) -> None:
    """Cosign the heads of ledgers that only grow (C2SP tlog-witness); FOLDER keeps the key and what was seen."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise click.ClickException("Say where to listen as host:port.")
    with refusals("The witness does not start"):
        key = make_note_key(folder / "key", name)
        known = {one.name: one for one in map(VerifierKey.read, ledgers)}
    if key.name != name:
        raise click.ClickException(f"The witness does not start: the key in this folder is called {key.name}.")
    try:
        serving = Serving((host, int(port)), Witness(folder / "seen", key, known, time.time))
    except OSError as taken:
        raise click.ClickException(f"The witness does not start: {taken.strerror}.") from None
    click.echo("A ledger asks this witness by the line:")
    click.echo(f"witness {name} {key.cosigner.text} http://{host}:{serving.server_port}")
    try:
        serving.serve_forever()
    except KeyboardInterrupt:
        click.echo("The witness has stopped.")
    finally:
        serving.server_close()


@group.command("monitor")
@click.argument("url")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--key", "vkey", help="The ledger's public key; needed the first time, and kept in the folder.")
def follow(url: str, folder: Path, vkey: str | None) -> None:
    """Copy the ledger at URL into FOLDER and compute it anew.

    Exit code 0: it continues what is here; 3: it could not be had; 4: it contradicts what is here.
    """
    what = "The ledger was not followed"
    with refusals(what), told_progress("Computing") as progress:
        key = monitor.key_for(folder, vkey)
        try:
            seen = monitor.follow(partial(_served, url.rstrip("/")), folder, key, progress.tell)
        except (AwayError, NotFoundError) as away:
            with refusals(what, AWAY):
                raise away from None
        except InvalidError as wrong:
            evidence = wrong.values.get("evidence")
            kept = f" The head that contradicts is kept in {evidence}." if evidence else ""
            with refusals(what, CHANGED, kept):
                raise wrong from None
    more = seen.size - seen.before
    click.echo(f"The ledger has {seen.size} entries, {more} more than were here; all of it is right.")


def _served(url: str, path: str) -> bytes:
    return asking.get(f"{url}/{path}")
