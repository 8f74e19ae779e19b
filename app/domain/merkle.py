"""The tree of RFC 6962: hashes, proofs and their verification, as arithmetic over a store of hashes.

The store holds the hash of every complete subtree by ``(level, index)``: level 0 are the leaves, and
``(l, i)`` covers the leaves from ``i * 2**l`` up to ``(i + 1) * 2**l``. Nothing here knows where it lies.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

# the hash of the complete subtree at (level, index)
Get = Callable[[int, int], bytes]
Place = tuple[int, int]

HASH_LENGTH = 32
# RFC 6962, 2.1: the hash of an empty list
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf, SHA-256 over 0x00 and its content."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node, SHA-256 over 0x01 and the hashes of its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def append(get: Get, size: int, leaf: bytes) -> list[tuple[int, int, bytes]]:
    """Return what a tree of ``size`` leaves gains by one more: the leaf and the subtrees it completes.

    Each is ``(level, index, hash)``. Two hashes a leaf on the average, the binary logarithm at most.
    """
    gained, level, index, found = [(0, size, leaf)], 0, size, leaf
    while index & 1:
        found = node_hash(get(level, index - 1), found)
        level, index = level + 1, index >> 1
        gained.append((level, index, found))
    return gained


def peaks(size: int) -> list[Place]:
    """Return the largest complete subtrees that a tree of ``size`` leaves consists of, from the left."""
    found, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def root(get: Get, size: int) -> bytes:
    """Return the root hash of the first ``size`` leaves."""
    return _between(get, 0, size) if size else EMPTY


def _split(number: int) -> int:
    """Return the largest power of two smaller than ``number``, where RFC 6962 divides a list."""
    return 1 << ((number - 1).bit_length() - 1)


def _between(get: Get, start: int, end: int) -> bytes:
    """Return the hash over the leaves from ``start`` up to ``end``, where start is a multiple of the width."""
    number = end - start
    if number & (number - 1) == 0:
        level = number.bit_length() - 1
        return get(level, start >> level)
    middle = start + _split(number)
    return node_hash(_between(get, start, middle), _between(get, middle, end))


def inclusion(get: Get, index: int, size: int) -> list[bytes]:
    """Return the proof that leaf ``index`` is in the tree of ``size`` leaves (RFC 6962, 2.1.1), leaf to root.

    Raise ValueError when there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_between(get, middle, end))
            end = middle
        else:
            path.append(_between(get, start, middle))
            start = middle
    return path[::-1]


def consistency(get: Get, older: int, newer: int) -> list[bytes]:
    """Return the proof that the first ``older`` leaves of ``newer`` are those of before (RFC 6962, 2.1.2).

    It is empty for an older size of nothing and for equal sizes; raise ValueError for an older one that is larger.
    """
    if not 0 <= older <= newer:
        raise ValueError(f"a tree of {newer} leaves does not follow one of {older}")
    if older in {0, newer}:
        return []
    path, start, end, whole = [], 0, newer, True
    while older != end:
        middle = start + _split(end - start)
        if older <= middle:
            path.append(_between(get, middle, end))
            end = middle
        else:
            path.append(_between(get, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(_between(get, start, end))
    return path[::-1]


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Return whether ``proof`` leads from leaf ``index``, given by its hash, to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or any(len(one) != HASH_LENGTH for one in proof):
        return False
    place, last, found = index, size - 1, leaf
    for one in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(one, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, one)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root_hash


def consistent(older: int, newer: int, older_root: bytes, newer_root: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether ``proof`` shows that the older tree begins the newer one (RFC 9162, 2.1.4.2)."""
    if not 0 <= older <= newer or any(len(one) != HASH_LENGTH for one in proof):
        return False
    if older == newer:
        return not proof and older_root == newer_root and (older > 0 or older_root == EMPTY)
    if older == 0:
        return not proof and older_root == EMPTY
    hashes = [older_root, *proof] if older & (older - 1) == 0 else list(proof)
    if not hashes:
        return False
    place, last = older - 1, newer - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = hashes[0]
    for one in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(one, before), node_hash(one, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, one)
        place, last = place >> 1, last >> 1
    return last == 0 and before == older_root and after == newer_root


def asked(work: Callable[[Get], object]) -> set[Place]:
    """Return which places a work looks at, without any hashes: so that a store can read all of them at once."""
    places: set[Place] = set()

    def note(level: int, index: int) -> bytes:
        places.add((level, index))
        return b""

    work(note)
    return places


def complete(size: int) -> Iterator[tuple[int, int]]:
    """Yield each level of a tree of ``size`` leaves with its number of complete subtrees, leaves first."""
    level = 0
    while size >> level:
        yield level, size >> level
        level += 1
