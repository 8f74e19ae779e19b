"""Which cells of a stored tree were changed: told apart by what is signed above them and entered below.

Wherever entries and stored hashes disagree there are several readings of a subtree. The right one leads to a
hash that is known already: to the root in a signed checkpoint, from there to its children, and so on down.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import islice, product

from app.domain import merkle
from app.domain.merkle import Place, node_hash

# what is at a place of the tree, or None where nothing is
Look = Callable[[int, int], bytes | None]

# more readings of one subtree than these are not tried; then all of it is named
_MOST_READINGS = 16


@dataclass
class Examination:
    """A tree of ``size`` leaves whose stored hashes differ, at the places ``different``, from its entries.

    ``stored`` gives what is kept at a place, ``entered`` the hash of the content of an entry. What was changed
    is in ``nodes`` and ``entries`` when ``examine`` has run, and ``truths`` are the right hashes at every place
    where anything differs at or below it.
    """

    size: int
    stored: Look
    entered: Callable[[int], bytes | None]
    different: frozenset[Place]
    nodes: set[Place] = field(default_factory=set)
    entries: set[int] = field(default_factory=set)
    truths: dict[Place, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._below = {one for place in self.different for one in _up(place, self.size)}
        self._readings: dict[Place, list[bytes]] = {}

    def examine(self, roots: Iterable[tuple[int, bytes]]) -> None:
        """Find what was changed; ``roots`` are signed sizes with their roots, the largest first."""
        any(self._led_to(size, root) for size, root in roots if size <= self.size)
        for peak in merkle.peaks(self.size):
            self._alone(peak)

    def _led_to(self, size: int, root: bytes) -> bool:
        """Settle all below a signed root, if the tree leads to it in any reading."""
        places = merkle.peaks(size)
        for hashes in _combined([self.readings(place) for place in places]):
            if hashes and reduce(lambda right, left: node_hash(left, right), reversed(hashes)) == root:
                for place, found in zip(places, hashes, strict=True):
                    self._settle(place, found)
                return True
        return False

    def readings(self, place: Place) -> list[bytes]:
        """Return the hashes that may be right at a place: what is stored, and what follows from below."""
        if place not in self._readings:
            level, index = place
            found = [self.stored(level, index)]
            if place in self._below:
                found += [self.entered(index)] if level == 0 else self._from_children(level, index)
            known = dict.fromkeys(one for one in found if one is not None)
            self._readings[place] = list(known)[:_MOST_READINGS]
        return self._readings[place]

    def _from_children(self, level: int, index: int) -> list[bytes]:
        return [node_hash(left, right) for left, right in self._children(level, index)]

    def _children(self, level: int, index: int) -> Iterator[Sequence[bytes]]:
        return _combined([self.readings((level - 1, 2 * index)), self.readings((level - 1, 2 * index + 1))])

    def _settle(self, place: Place, truth: bytes) -> None:
        """Name what was changed at and below a place whose right hash is known."""
        if place not in self._below or place in self.truths:
            return
        level, index = place
        self.truths[place] = truth
        if self.stored(level, index) != truth:
            self.nodes.add(place)
        if level == 0:
            if self.entered(index) != truth:
                self.entries.add(index)
            return
        for left, right in self._children(level, index):
            if node_hash(left, right) == truth:
                self._settle((level - 1, 2 * index), left)
                self._settle((level - 1, 2 * index + 1), right)
                return
        self._give_up(place)

    def _give_up(self, place: Place) -> None:
        """Name all that differs below a place: nothing there leads to what is known above."""
        top, start = place
        for level, index in self.different:
            if level < top and index >> (top - level) == start:
                self.nodes.add((level, index))
                if level == 0:
                    self.entries.add(index)

    def _alone(self, place: Place) -> bytes | None:
        """Return the right hash where nothing above is known: the one stored, if what is below can lead to it."""
        if place in self.truths or place not in self._below:
            return self.truths.get(place) or self.stored(*place)
        level, index = place
        found = self.stored(level, index)
        if level == 0:
            # an entry with nothing signed above it: it or its hash was changed, or both
            self.nodes.add(place)
            self.entries.add(index)
            return found
        if found is not None and found in self._from_children(level, index):
            self._settle(place, found)
            return found
        self.nodes.add(place)
        left, right = self._alone((level - 1, 2 * index)), self._alone((level - 1, 2 * index + 1))
        if left is None or right is None:
            return found
        self.truths[place] = node_hash(left, right)
        return self.truths[place]


def _up(place: Place, size: int) -> Iterator[Place]:
    """Yield a place and those above it that are complete in a tree of ``size`` leaves."""
    level, index = place
    while (index + 1) << level <= size:
        yield level, index
        level, index = level + 1, index >> 1


def _combined(readings: list[list[bytes]]) -> Iterator[Sequence[bytes]]:
    return islice(product(*readings), _MOST_READINGS**2)
