"""The audience anybody is, a third time: the ledger as files for machines, and one page about it for people."""

import re
from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, render_template
from sqlalchemy.orm import Session

from app.domain.checkpoints import Checkpoint
from app.domain.errors import InvalidError, NotFoundError
from app.domain.notes import Note, VerifierKey
from app.domain.tiles import Tile
from app.extensions import db
from app.services import anchors, ledger, tiles
from app.signing.ledgerkeys import NoteKey
from app.web.access import everybody
from app.web.caching import for_ever
from app.web.files import premises

blueprint = Blueprint("ledger", __name__)

_LEVEL = re.compile(r"[0-9]")
# long enough for a page with many readers, short enough for who waits for an entry (C2SP tlog-tiles)
_SECONDS = 5


def _note(session: Session) -> Note:
    stored = ledger.newest(session)
    if stored is None:
        raise NotFoundError("ledger_not_signed")
    return ledger.witnessed(session, stored)


@blueprint.get("/checkpoint")
@blueprint.get("/ledger/checkpoint")
@everybody()
def checkpoint() -> Response:
    """Give the ledger's newest checkpoint, with the cosignatures of its witnesses."""
    response = Response(_note(db.session).written, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={_SECONDS}"
    return response


@blueprint.get("/tile/<level>/<path:name>")
@blueprint.get("/ledger/tile/<level>/<path:name>")
@everybody()
def tile(level: str, name: str) -> Response:
    """Give a tile of hashes or a bundle of entries, which never change; 404 for what is not signed yet."""
    if level != "entries" and not _LEVEL.fullmatch(level):
        raise NotFoundError("tile_name")
    try:
        asked = Tile.read(None if level == "entries" else int(level), name)
    except InvalidError:
        raise NotFoundError("tile_name") from None
    content = tiles.content(db.session, asked)
    return for_ever(Response(content, content_type="application/octet-stream"), asked.path)


@blueprint.get("/ledger")
@everybody()
def page() -> str:
    """Tell what the ledger is, how far it goes, and how to watch it."""
    stored = ledger.newest(db.session)
    if stored is None:
        return render_template("ledger/page.html", head=None)
    key = ledger.key_of(premises())
    note = ledger.witnessed(db.session, stored)
    return render_template(
        "ledger/page.html",
        head=Checkpoint.of(note.text),
        signed_at=_signed_at(note, key),
        vkey=key.verifier.text,
        fingerprint=anchors.believed(premises()).fingerprint,
        witnesses=_names(note, key.verifier),
        stamps=len(anchors.stamps(db.session, stored.size)),
        prefix=f"{current_app.extensions['settings'].address}/ledger",
    )


def _signed_at(note: Note, key: NoteKey) -> datetime | None:
    """Return when the ledger says it signed."""
    timed = note.signature(key.cosigner)
    return None if timed is None or timed.time is None else datetime.fromtimestamp(timed.time, UTC)


def _names(note: Note, own: VerifierKey) -> list[str]:
    """Return who else signed."""
    return [one.name for one in note.signatures if one.name != own.name]
