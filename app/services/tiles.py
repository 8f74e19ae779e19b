"""The ledger as it is published: files of hashes and of entries that never change, and the note that signs them."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain import tiles
from app.domain.errors import LedgerError, NotFoundError
from app.domain.tiles import Tile
from app.models import LedgerCheckpoint, LedgerEntry, LedgerNode
from app.services import ledger
from app.store import durable


def content(session: Session, tile: Tile) -> bytes:
    """Return the bytes of a tile or bundle; raise NotFoundError unless all of it has been signed."""
    size = session.scalar(select(func.max(LedgerCheckpoint.size)))
    if not tile.within(size or 0):
        raise NotFoundError("ledger_not_signed")
    first, last = tile.start, tile.start + tile.width - 1
    if tile.level is None:
        entries = select(LedgerEntry.content).where(LedgerEntry.index.between(first, last))
        found = session.scalars(entries.order_by(LedgerEntry.index)).all()
    else:
        level = LedgerNode.level == tile.level * tiles.HEIGHT
        nodes = select(LedgerNode.hash).where(level, LedgerNode.index.between(first, last))
        found = session.scalars(nodes.order_by(LedgerNode.index)).all()
    if len(found) != tile.width:
        raise LedgerError("ledger_damaged", tile=tile.path)
    return tiles.bundle(found) if tile.level is None else b"".join(found)


def mirror(
    session: Session, folder: Path, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> LedgerCheckpoint | None:
    """Write the signed ledger as files below ``folder``, and return the checkpoint they belong to.

    What is full and there already is not written again. The checkpoint comes last, so that whoever serves the
    folder never shows a head without its tiles. Return None while nothing was signed.
    """
    stored = ledger.newest(session)
    if stored is None:
        return None
    wanted = list(tiles.of_tree(stored.size))
    for done, tile in enumerate(wanted):
        place = folder / tile.path
        if not place.exists():
            durable.write(place, content(session, tile))
        progress(done, len(wanted))
    durable.write(folder / "checkpoint", ledger.witnessed(session, stored).written.encode())
    return stored
