"""Examining the ledger whole: everything is computed anew, and every changed cell is named by its place."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.domain import merkle
from app.domain.checkpoints import Checkpoint, read_checkpoint
from app.domain.errors import InvalidError
from app.domain.merkle import HASH_LENGTH, Place
from app.domain.tampering import Examination
from app.models import LedgerCheckpoint, LedgerEntry, LedgerHead, LedgerLink, LedgerNode
from app.services import anchors, ledgerlinks
from app.services.ledger import guard, key_of
from app.services.records import Premises
from app.signing.ledgerkeys import NoteKey

# called with how many steps are done, and of how many
Progress = Callable[[int, int], None]

_AT_ONCE = 5000

Where = tuple["Part", tuple[int, ...]]


class Part(StrEnum):
    """Where something was changed."""

    HEAD = "head"
    ENTRY = "entry"
    NODE = "node"
    LINK = "link"
    CHECKPOINT = "checkpoint"
    COSIGNATURE = "cosignature"
    STAMP = "stamp"
    FILE = "file"


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is not as it was entered or signed: where, under which key, and how it shows."""

    part: Part
    key: tuple[int, ...]
    reason: str


@dataclass
class _Tree:
    """The hashes computed from the entries, one row of bytes for each level."""

    size: int
    levels: list[bytearray] = field(default_factory=list)
    lost: set[int] = field(default_factory=set)

    def hash(self, level: int, index: int) -> bytes:
        return bytes(self.levels[level][index * HASH_LENGTH : (index + 1) * HASH_LENGTH])

    def entered(self, index: int) -> bytes | None:
        return None if index in self.lost else self.hash(0, index)

    def raise_up(self) -> None:
        """Compute the levels above the leaves."""
        for _, number in list(merkle.complete(self.size))[1:]:
            below, row = bytes(self.levels[-1]), bytearray()
            for start in range(0, number * 2 * HASH_LENGTH, 2 * HASH_LENGTH):
                middle, end = start + HASH_LENGTH, start + 2 * HASH_LENGTH
                row += merkle.node_hash(below[start:middle], below[middle:end])
            self.levels.append(row)


def verify(
    session: Session,
    premises: Premises,
    progress: Progress = lambda _done, _all: None,
    stamped: anchors.Stamped | None = None,
) -> list[Finding]:
    """Return everything in the ledger that was changed, in the order of places; nothing when it is whole.

    It reads all entries and hashes once, and keeps 64 bytes for each entry meanwhile. Time-stamps are examined
    by ``stamped``; without it only their names are. Called first in a transaction, it sees one state of the
    ledger and disturbs nobody who enters something meanwhile.
    """
    key = key_of(premises)
    # the file first: what it signs was committed before, so that the state seen after has all of it
    kept = guard(premises).read_text("utf-8", "replace") if guard(premises).exists() else None
    bind = session.get_bind()
    if isinstance(bind, Engine) and bind.dialect.name == "postgresql" and not session.in_transaction():
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    found, size = _sized(session)
    signed, wrong = _checkpoints(session, kept, key, size)
    if kept is None and signed and not guard(premises).exists():
        wrong.append(Finding(Part.FILE, (), "lost"))
    tree, links, extra = _entries(session, size, progress)
    tree.raise_up()
    different, beyond = _nodes(session, tree, progress)
    stored = _stored(session)
    seen = Examination(size, stored, tree.entered, different)
    seen.examine((one.size, one.root) for _, one in sorted(signed, key=lambda each: each[1].size, reverse=True))
    found += wrong + extra + beyond
    found += [Finding(Part.ENTRY, (index,), "lost" if index in tree.lost else "content") for index in seen.entries]
    found += [Finding(Part.NODE, place, "lost" if stored(*place) is None else "hash") for place in seen.nodes]
    told = {one.key[0] for one in links} | seen.entries
    found += [one for one in links if one.key[0] not in seen.entries]
    found += [Finding(Part.LINK, (one,), "file") for one in ledgerlinks.of_other_files(session) if one not in told]

    def right(level: int, index: int) -> bytes:
        return seen.truths.get((level, index)) or tree.hash(level, index)

    found += [Finding(*where, "root") for where, one in signed if merkle.root(right, one.size) != one.root]
    found += [
        Finding(Part.COSIGNATURE, (of,), reason) for of, reason in anchors.wrong_cosignatures(session, premises)
    ]
    found += [Finding(Part.STAMP, (of,), reason) for of, reason in anchors.wrong_stamps(session, stamped)]
    return sorted(found)


def _sized(session: Session) -> tuple[list[Finding], int]:
    """Return how many entries there are by two of three: the head, the entries, the hashes of entries."""
    head = session.scalar(select(LedgerHead.size))
    entries = session.scalar(select(func.max(LedgerEntry.index)))
    leaves = session.scalar(select(func.max(LedgerNode.index)).where(LedgerNode.level == 0))
    told = [
        -1 if head is None else head,
        0 if entries is None else entries + 1,
        0 if leaves is None else leaves + 1,
    ]
    size = next((one for one in told if told.count(one) > 1), max(told[1:]))
    return [Finding(Part.HEAD, (), "size")] if told[0] != size else [], size


def _checkpoints(
    session: Session, kept: str | None, key: NoteKey, size: int
) -> tuple[list[tuple[Where, Checkpoint]], list[Finding]]:
    """Return the checkpoints that are as they were signed, each with its place, and what is wrong with others."""
    signed, wrong = [], []
    notes: list[tuple[Where, str]] = [
        ((Part.CHECKPOINT, (number,)), note)
        for number, note in session.execute(
            select(LedgerCheckpoint.size, LedgerCheckpoint.note).order_by(LedgerCheckpoint.size)
        )
    ]
    if kept is not None:
        notes.append(((Part.FILE, ()), kept))
    for where, note in notes:
        one, reason = _as_signed(note, key)
        if one is None:
            wrong.append(Finding(*where, reason))
        elif where[1] not in {(), (one.size,)}:
            wrong.append(Finding(*where, "size"))
        elif one.size > size:
            wrong.append(Finding(*where, "entries_gone"))
        else:
            signed.append((where, one))
    return signed, wrong


def _as_signed(note: str, key: NoteKey) -> tuple[Checkpoint | None, str]:
    """Return the checkpoint of a note that is byte for byte one of ours, or why it is not."""
    try:
        one, read = read_checkpoint(note, key.verifier)
        whole = read.signature(key.cosigner) is not None and len(read.signatures) == 2
    except InvalidError as refused:
        signature = refused.reason in {"note_signature", "note_unsigned", "note_base64"}
        return None, "signature" if signature else "text"
    return (one, "") if whole else (None, "signature")


def _entries(session: Session, size: int, progress: Progress) -> tuple[_Tree, list[Finding], list[Finding]]:
    """Return the leaves of the entries, what is wrong with their links, and entries that nothing counts."""
    tree, row = _Tree(size), bytearray()
    links, extra = [], []
    steps = 2 * size
    for index, content, *link in session.execute(ledgerlinks.with_links()).yield_per(_AT_ONCE):
        if not 0 <= index < size:
            extra.append(Finding(Part.ENTRY, (index,), "extra"))
            continue
        while len(row) < index * HASH_LENGTH:
            tree.lost.add(len(row) // HASH_LENGTH)
            row += bytes(HASH_LENGTH)
        row += merkle.leaf_hash(content)
        reason = ledgerlinks.wrong(content, *link)
        if reason:
            links.append(Finding(Part.LINK, (index,), reason))
        if index % _AT_ONCE == 0:
            progress(index, steps)
    for index in range(len(row) // HASH_LENGTH, size):
        tree.lost.add(index)
        row += bytes(HASH_LENGTH)
    tree.levels.append(row)
    alone = select(LedgerLink.index).where(LedgerLink.index.not_in(select(LedgerEntry.index)))
    links += [Finding(Part.LINK, (index,), "no_entry") for index in session.scalars(alone)]
    return tree, links, extra


def _nodes(session: Session, tree: _Tree, progress: Progress) -> tuple[frozenset[Place], list[Finding]]:
    """Return where the stored hashes differ from those of the entries, and hashes that belong nowhere."""
    different, beyond = set(), []
    places = _places(tree.size)
    expected = next(places, None)
    query = select(LedgerNode.level, LedgerNode.index, LedgerNode.hash).order_by(LedgerNode.level, LedgerNode.index)
    for done, (level, index, stored) in enumerate(session.execute(query).yield_per(_AT_ONCE)):
        while expected is not None and expected < (level, index):
            different.add(expected)
            expected = next(places, None)
        if expected != (level, index):
            beyond.append(Finding(Part.NODE, (level, index), "extra"))
            continue
        if stored != tree.hash(level, index):
            different.add(expected)
        expected = next(places, None)
        if done % _AT_ONCE == 0:
            progress(tree.size + done // 2, 2 * tree.size)
    while expected is not None:
        different.add(expected)
        expected = next(places, None)
    return frozenset(different), beyond


def _places(size: int) -> Iterator[Place]:
    for level, number in merkle.complete(size):
        for index in range(number):
            yield level, index


def _stored(session: Session) -> Callable[[int, int], bytes | None]:
    """Return a look at single stored hashes; only where something differs is anything looked at."""
    known: dict[Place, bytes | None] = {}

    def look(level: int, index: int) -> bytes | None:
        if (level, index) not in known:
            known[level, index] = session.scalar(
                select(LedgerNode.hash).where(LedgerNode.level == level, LedgerNode.index == index)
            )
        return known[level, index]

    return look
