"""Trees for tests: a store of hashes in memory, and the definition of RFC 6962, 2.1, in plain words."""

import hashlib

from app.domain import merkle


class Tree:
    """A tree of entries, with its store of complete subtrees."""

    def __init__(self, contents: list[bytes]):
        self.contents: list[bytes] = []
        self.nodes: dict[tuple[int, int], bytes] = {}
        for content in contents:
            self.add(content)

    def add(self, content: bytes) -> None:
        gained = merkle.append(self.get, len(self.contents), merkle.leaf_hash(content))
        self.nodes |= {(level, index): found for level, index, found in gained}
        self.contents.append(content)

    def get(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def root(self, size: int | None = None) -> bytes:
        return merkle.root(self.get, len(self.contents) if size is None else size)


def entries(number: int) -> list[bytes]:
    return [b"entry %d" % index for index in range(number)]


def defined(contents: list[bytes]) -> bytes:
    """Return MTH(D[n]) straight from the definition."""
    if not contents:
        return hashlib.sha256(b"").digest()
    if len(contents) == 1:
        return hashlib.sha256(b"\0" + contents[0]).digest()
    split = 1
    while split * 2 < len(contents):
        split *= 2
    return hashlib.sha256(b"\1" + defined(contents[:split]) + defined(contents[split:])).digest()


def flipped(data: bytes, place: int = 0) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
