"""Sealed files as they grow old: archived a day later, renewed by another authority nine years on."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.signing import authority, timekeys
from app.signing.anchors import Anchors
from app.signing.archive import extend
from app.signing.revocation import Lists
from app.signing.timestamps import TimeAuthority
from tests.signing.conftest import AT, Sealed

ARCHIVED = AT + timedelta(days=1, hours=2)
RENEWED = datetime(2035, 6, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Aged:
    """One file in three ages, and whom to believe: everybody, or only the first authority for time."""

    sealed: Sealed
    archived: bytes
    renewed: bytes
    anchors: Anchors
    second: Path


def own_lists(keys: Path, at: datetime, *others: Path) -> Lists:
    """Return what the development authorities say at a moment."""
    times = (timekeys.time_crl(each, at) for each in (keys, *others))
    return Lists((authority.crl(keys, at), *times))


def aged(sealed: Sealed, keys: Path, second: Path) -> Aged:
    timekeys.make_time_authority(second, at=RENEWED - timedelta(days=3), name="Second time-stamp CA")
    archived = extend(
        sealed.pdf,
        sealed.anchors,
        ARCHIVED,
        sealed.times.timestamper(ARCHIVED),
        lambda chain: own_lists(keys, ARCHIVED),
    )
    anchors = Anchors(sealed.anchors.seals, (*sealed.anchors.times, timekeys.load_time_root(second)))
    renewed = extend(
        archived,
        anchors,
        RENEWED,
        TimeAuthority(second).timestamper(RENEWED),
        lambda chain: own_lists(keys, RENEWED, second),
    )
    return Aged(sealed, archived, renewed, anchors, second)
