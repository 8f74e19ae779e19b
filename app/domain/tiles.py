"""The tree as files that never change (C2SP tlog-tiles): 256 hashes a tile, 256 entries a bundle.

A tile at level ``l`` holds hashes of subtrees of ``256**l`` leaves; bundles of entries have no level. The last
tile of a level may be partial, and is then called by its width.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from app.domain import merkle
from app.domain.errors import InvalidError
from app.domain.merkle import HASH_LENGTH

HEIGHT = 8
WIDTH = 1 << HEIGHT
# a tree of 2**63 leaves has no higher tiles
HIGHEST = 7

_LENGTH = 2
_NAME = re.compile(r"(?:x[0-9]{3}/)*[0-9]{3}")
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
_LONGEST_NAME = 64


@dataclass(frozen=True, order=True)
class Tile:
    """A tile, or with the level None a bundle of entries: its number from 0, and how much of it is there."""

    level: int | None
    number: int
    width: int = WIDTH

    @property
    def whole(self) -> bool:
        """Return whether it is full, and so never becomes more."""
        return self.width == WIDTH

    @property
    def start(self) -> int:
        """Return which hash of its level, or which entry, it begins with."""
        return self.number * WIDTH

    @property
    def path(self) -> str:
        """Return where it lies below a ledger, ``tile/0/x001/x234/067`` or ``tile/entries/000.p/5``."""
        digits = f"{self.number:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        parts = [digits[place : place + 3] for place in range(0, len(digits), 3)]
        name = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
        level = "entries" if self.level is None else str(self.level)
        return f"tile/{level}/{name}" + ("" if self.whole else f".p/{self.width}")

    @classmethod
    def read(cls, level: int | None, name: str) -> Self:
        """Return the tile of a level called so in a path; raise InvalidError for any other name."""
        number, partial, width = name.partition(".p/")
        if len(name) > _LONGEST_NAME or not _NAME.fullmatch(number):
            raise InvalidError("tile_name")
        if partial and (not _NUMBER.fullmatch(width) or int(width) >= WIDTH):
            raise InvalidError("tile_name")
        tile = cls(level, int(number.replace("x", "").replace("/", "")), int(width) if partial else WIDTH)
        if tile.path.split("/", 2)[2] != name or (level is not None and not 0 <= level <= HIGHEST):
            raise InvalidError("tile_name")
        return tile

    def within(self, size: int) -> bool:
        """Return whether a tree of ``size`` leaves has all of it."""
        return self.start + self.width <= size >> (HEIGHT * (self.level or 0))


def of_tree(size: int, since: int = 0) -> Iterator[Tile]:
    """Yield the tiles and bundles of a tree of ``size`` leaves that one of ``since`` leaves lacks, leaves first."""
    for level in (None, *range(HIGHEST + 1)):
        shift = HEIGHT * (level or 0)
        for number in range((since >> shift) // WIDTH, (size >> shift) // WIDTH + 1):
            width = min(WIDTH, (size >> shift) - number * WIDTH)
            if width > 0 and not Tile(level, number, width).within(since):
                yield Tile(level, number, width)


def bundle(entries: Iterable[bytes]) -> bytes:
    """Return a bundle: each entry after its length in two bytes."""
    return b"".join(len(one).to_bytes(_LENGTH, "big") + one for one in entries)


def unbundle(content: bytes, width: int) -> list[bytes]:
    """Return the ``width`` entries of a bundle; raise InvalidError when it does not hold exactly these."""
    found, place = [], 0
    for _ in range(width):
        start = place + _LENGTH
        place = start + int.from_bytes(content[place:start], "big")
        found.append(content[start:place])
    if place != len(content) or len(content) < _LENGTH * width:
        raise InvalidError("tile_content")
    return found


def hashes(content: bytes, width: int) -> list[bytes]:
    """Return the ``width`` hashes of a tile; raise InvalidError when it does not hold exactly these."""
    if len(content) != width * HASH_LENGTH:
        raise InvalidError("tile_content")
    return [content[place : place + HASH_LENGTH] for place in range(0, len(content), HASH_LENGTH)]


class Growing:
    """A tree that grows by leaves, of which no more is kept than its last, partial tiles."""

    def __init__(self, size: int = 0, rows: Sequence[Sequence[bytes]] = ()):
        """Begin with ``size`` leaves; ``rows`` are the hashes in the partial tile of each level, leaves first."""
        self.size = size
        self._rows = [list(row) for row in rows]
        if [len(row) for row in self._rows] != widths(size):
            raise InvalidError("tile_content")

    def add(self, leaf: bytes) -> list[tuple[Tile, bytes]]:
        """Take the hash of one more leaf, and return the tiles that are full by it, with their bytes."""
        full, level, found = [], 0, leaf
        while True:
            if level == len(self._rows):
                self._rows.append([])
            row = self._rows[level]
            row.append(found)
            if len(row) < WIDTH:
                break
            full.append((Tile(level, self.size >> (HEIGHT * (level + 1))), b"".join(row)))
            found, self._rows[level] = fold(row), []
            level += 1
        self.size += 1
        return full

    def partial(self) -> list[tuple[Tile, bytes]]:
        """Return the partial tiles as they are now."""
        return [
            (Tile(level, self.size >> (HEIGHT * (level + 1)), len(row)), b"".join(row))
            for level, row in enumerate(self._rows)
            if row
        ]

    def leaves(self) -> list[bytes]:
        """Return the hashes of the leaves after the last full tile."""
        return list(self._rows[0]) if self._rows else []

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        found: list[bytes] = []
        for row in self._rows:
            part = [*row, *found]
            found = [fold(part)] if part else []
        return found[0] if found else merkle.EMPTY


def widths(size: int) -> list[int]:
    """Return how wide the partial tile of each level is in a tree of ``size`` leaves; 0 where there is none."""
    found = []
    while size:
        found.append(size % WIDTH)
        size //= WIDTH
    return found


def fold(row: Sequence[bytes]) -> bytes:
    """Return the hash over subtrees that lie side by side, all but the last of one size (RFC 6962, 2.1)."""
    if len(row) == 1:
        return row[0]
    middle = 1 << ((len(row) - 1).bit_length() - 1)
    return merkle.node_hash(fold(row[:middle]), fold(row[middle:]))
