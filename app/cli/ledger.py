"""``flask ledger``: signing, examining and proving the service's ledger."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app, g
from flask.cli import AppGroup
from sqlalchemy import select

from app.cli.progress import told_progress
from app.domain.attestation import read_code
from app.domain.errors import KakuninError
from app.extensions import db
from app.models import Attestation
from app.services import anchors, ledger, ledgerchecks, tiles
from app.services.ledgerchecks import Finding, Part
from app.services.records import Premises
from app.signing import timestamps
from app.signing.ledgerkeys import make_note_key, origin_of
from app.witness import asking

group = AppGroup("ledger", help="Sign, examine, prove and copy the ledger; watch one as an outsider.")

CHANGED = 4

SAID = {
    "ledger_key_missing": "the ledger has no key yet; make it once with `flask ledger key`.",
    "ledger_key_unreadable": "the key of the ledger cannot be read.",
    "ledger_key_exposed": "others than its owner may read or change the key of the ledger; `chmod 600` its file.",
    "ledger_key_plain": "the key of the ledger is not encrypted; set the passphrase and `flask seals encrypt`.",
    "ledger_key_locked": "the key of the ledger takes a passphrase: KAKUNIN_SEAL_PASSPHRASE, or the file of it.",
    "ledger_key_passphrase": "the key of the ledger does not open with the passphrase given.",
    "ledger_uncommitted": "entries are not committed yet.",
    "ledger_damaged": "what is stored does not fit together; `flask ledger verify` says where.",
    "ledger_rolled_back": "{signed} entries were signed, but only {here} are here. Was an older backup restored?",
    "ledger_forked": "the entries here are others than those signed at {signed}.",
    "ledger_guard_missing": (
        "the last signed checkpoint is not in {file}. Put the newest one there that anybody holds: a mirror, "
        "a witness, or the proof in an attestation."
    ),
    "ledger_guard_unreadable": "what is in {file} is no checkpoint of this ledger's key.",
    "ledger_not_signed": "no checkpoint covers this yet.",
    "witness_line": "line {line} of the file of witnesses is not `witness <name> <vkey> <url>`.",
    "witness_refused": "the witness at {url} did not sign (HTTP {status}).",
    "witness_ahead": "the witness at {url} has seen {size} entries, more than are signed here.",
    "time_stamp_unavailable": "the authority gives none now ({why}).",
    "note_signature": "the answer is not signed by the key of {name}.",
    "not_served": "nothing could be had from {url}.",
    "vkey_missing": "say the ledger's public key with --key the first time.",
    "vkey_other": "the key given is not the one that this folder follows.",
    "mirror_damaged": "the copy in {folder} is not what was copied; keep it for study and begin a new one.",
    "tile_differs": "what is served as {tile} is not part of the signed tree.",
    "tile_content": "a file that is served is not whole.",
    "checkpoint_origin": "this is the head of another ledger, {origin}.",
    "note_unsigned": "it is not signed by the key of {name}.",
    "note_key": "this is not a public key in the form name+id+key.",
}

_WRONG = {
    (Part.HEAD, "size"): "the number of entries is wrong",
    (Part.ENTRY, "content"): "entry {0} was changed",
    (Part.ENTRY, "lost"): "entry {0} is gone",
    (Part.ENTRY, "extra"): "entry {0} stands beyond the end",
    (Part.NODE, "hash"): "the hash at level {0}, place {1} was changed",
    (Part.NODE, "lost"): "the hash at level {0}, place {1} is gone",
    (Part.NODE, "extra"): "the hash at level {0}, place {1} belongs nowhere",
    (Part.LINK, "lost"): "the link of entry {0} to its attestation is gone",
    (Part.LINK, "other"): "entry {0} is linked to another attestation",
    (Part.LINK, "no_attestation"): "the attestation of entry {0} is not there",
    (Part.LINK, "no_entry"): "a link leads to entry {0}, which is not there",
    (Part.LINK, "record"): "the record of the attestation of entry {0} is not the one entered",
    (Part.LINK, "entry"): "entry {0} does not read as an entry",
    (Part.LINK, "file"): "the file of the attestation of entry {0} is not the one entered",
}
_WRONG_NOTE = {
    "text": "does not read as one",
    "signature": "is not signed as it was",
    "size": "stands under another size",
    "entries_gone": "signs more entries than there are",
    "root": "signs other entries than are here",
    "lost": "is gone",
    "no_checkpoint": "belongs to no checkpoint",
    "unknown_witness": "is of no witness that is known",
    "token": "was changed",
    "stamp_unreadable": "does not read as one",
    "stamp_digest": "stamps something else",
    "stamp_signature": "is not signed as it was",
    "stamp_untrusted": "is of no authority that is believed",
    "stamp_expired": "was made by an expired certificate",
}
_NOTES = {
    Part.CHECKPOINT: "the checkpoint at {0}",
    Part.COSIGNATURE: "a cosignature under the checkpoint at {0}",
    Part.STAMP: "a time-stamp of the checkpoint at {0}",
    Part.FILE: "the file of the last checkpoint",
}


def sentence(found: Finding) -> str:
    """Return what was found in words."""
    words = _WRONG.get((found.part, found.reason))
    if words is None:
        words = f"{_NOTES[found.part]} {_WRONG_NOTE.get(found.reason, found.reason)}"
    return words.format(*found.key)


class Refusal(click.ClickException):
    """A sentence on the way out, with the exit code of its kind."""

    def __init__(self, message: str, code: int):
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc]


@contextmanager
def refusals(what: str, code: int = 1, more: str = "") -> Iterator[None]:
    """Turn a refusal into a sentence that begins with ``what`` and ends with ``more``, and an exit code."""
    try:
        yield
    except KakuninError as refused:
        words = SAID.get(refused.reason, str(refused) + ".").format(**refused.values)
        raise Refusal(f"{what}: {words}{more}", code) from None


def premises() -> Premises:
    """Return where the ledger's key and last checkpoint are kept."""
    found: Premises = current_app.extensions["premises"]
    return found


def only_reading() -> None:
    """Let what follows hold up nobody who writes: SQLite has one writer at a time, and asks beforehand."""
    g.writing = False


@group.command()
def key() -> None:
    """Make the ledger's key if there is none, and print the public one. It is never made again: keep it safe."""
    with refusals("There is no key"):
        place = premises()
        made = make_note_key(place.keys / "ledger", origin_of(place.address), place.unlocking)
    click.echo(made.verifier.text)
    click.echo("This key verifies the checkpoints of the ledger.", err=True)


@group.command()
def verify() -> None:
    """Compute the whole ledger anew and name every changed cell. Exit code 0: whole; 4: something was changed."""
    only_reading()
    with refusals("The ledger could not be examined"), told_progress("Examining") as progress:
        found = ledgerchecks.verify(db.session, premises(), progress.tell, _stamped)
    for one in found:
        click.echo(f"{sentence(one)}.".capitalize())
    if found:
        click.echo(f"{len(found)} things in the ledger are not what was entered and signed.", err=True)
        sys.exit(CHANGED)
    stored = ledger.newest(db.session)
    click.echo(f"The ledger is whole; {stored.size if stored else 0} entries are signed.")


@group.command()
def checkpoint() -> None:
    """Sign what is entered, have the time stamped, and ask the witnesses; meant for a timer, once a day.

    Witnesses are named in the file ``ledger/witnesses`` among the keys. Exit code 1: somebody was not had.
    """
    now = datetime.now(UTC)
    with refusals("Nothing was signed"):
        note = ledger.checkpoint(db.session, premises(), now)
        db.session.commit()
        asked = anchors.witnesses(premises())
    click.echo(note)
    stamped = have_stamped(now)
    signed = sum(_ask(one) for one in asked)
    time_told = "time-stamped" if stamped else "not time-stamped"
    click.echo(f"The ledger is signed and {time_told}; {signed} of {len(asked)} witnesses cosigned.", err=True)
    if signed < len(asked) or not stamped:
        sys.exit(1)


def have_stamped(at: datetime) -> bool:
    """Have the newest checkpoint stamped, unless it is; no transaction is held while the authority is asked."""
    stored = ledger.newest(db.session)
    if stored is None or anchors.stamps(db.session, stored.size):
        db.session.commit()
        return stored is not None
    db.session.commit()
    try:
        with refusals("No time-stamp was had"):
            token = premises().times.stamp(stored.note.encode(), at)
    except click.ClickException as failed:
        click.echo(failed.message, err=True)
        return False
    anchors.keep_stamp(db.session, stored.size, token)
    db.session.commit()
    return True


def _stamped(token: bytes, content: bytes) -> timestamps.Stamp:
    return timestamps.read(token, content, premises().believed().times)


def _ask(witness: anchors.WitnessAt) -> bool:
    """Ask one witness, holding no transaction meanwhile; one that does not answer keeps nobody else from it."""
    stored = ledger.newest(db.session)
    if stored is None:
        return False
    seen = anchors.seen_by(db.session, witness.key)
    db.session.commit()

    def proof(older: int, newer: int) -> list[bytes]:
        found = ledger.extends(db.session, older, newer)
        db.session.commit()
        return found

    try:
        with refusals(f"The witness {witness.key.name} was not had"):
            lines = asking.cosigned(witness.url, stored.note, stored.size, seen, proof)
            kept = anchors.keep_cosignatures(db.session, stored.size, lines, witness.key)
            db.session.commit()
    except click.ClickException as failed:
        db.session.rollback()
        click.echo(failed.message, err=True)
        return False
    return kept


@group.command()
@click.argument("which")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the proof into this file.")
def prove(which: str, out: Path | None) -> None:
    """Prove that an entry is in the ledger: by its number, or by the code of an attestation for its first entry."""
    only_reading()
    index = int(which) if which.isascii() and which.isdigit() else _first_entry(which)
    with refusals("There is no proof"):
        text = ledger.prove(db.session, premises(), index)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, "utf-8")
    click.echo(f"This proves entry {index}.", err=True)


def _first_entry(typed: str) -> int:
    code = read_code(typed)
    found = db.session.scalar(select(Attestation).filter_by(code=code)) if code else None
    entries = ledger.of_attestation(db.session, found.organization_id, found.id) if found else []
    if not entries:
        raise click.ClickException(f"There is no proof: nothing is entered under {typed}.")
    return entries[0].index


@group.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def mirror(folder: Path) -> None:
    """Write the signed ledger as files into FOLDER, to be served as they are (C2SP tlog-tiles)."""
    only_reading()
    with refusals("Nothing was written"), told_progress("Writing") as progress:
        stored = tiles.mirror(db.session, folder, progress.tell)
    if stored is None:
        raise click.ClickException("Nothing was written: the ledger is not signed yet.")
    click.echo(f"{stored.size} entries of the ledger are in {folder}.")
