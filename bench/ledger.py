"""The ledger at a million entries: entering, signing, proving and examining, beside hashing and inserting alone."""

import hashlib
import itertools
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.orm import Session

from app.domain import merkle
from app.domain.attestation import Record, sha256
from app.domain.ledger import Kind
from app.extensions import prepare
from app.models import Attestation
from app.services import ledger, ledgerchecks
from app.store import durable
from bench.clock import alternately
from bench.place import Place
from bench.report import Row, row, table
from tests import walking, world
from tests.bulk import fill

ENTRIES = int(os.environ.get("BENCH_ENTRIES", "1000000"))
STEPS = (1_000, ENTRIES)


class Bare:
    """The same rows in tables without keys of anybody: a leaf and its hashes are computed and inserted."""

    def __init__(self, folder: Path, size: int):
        self.engine: Engine = create_engine(f"sqlite:///{folder / 'bare-ledger.sqlite'}")
        prepare(self.engine)
        self.size, self._peaks = size, dict.fromkeys(range(64), bytes(32))
        with self.engine.begin() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS entry (i INTEGER PRIMARY KEY, content BLOB)"))
            connection.execute(
                text("CREATE TABLE IF NOT EXISTS node (l INTEGER, i INTEGER, hash BLOB, PRIMARY KEY (l, i))")
            )

    def take(self, source: Connection) -> None:
        """Take over what the ledger has."""
        raw = self.engine.raw_connection()
        cursor = raw.cursor()
        cursor.execute("BEGIN")
        for query, into in (
            ('SELECT "index", content FROM ledger_entry', "INSERT INTO entry VALUES (?, ?)"),
            ('SELECT level, "index", hash FROM ledger_node', "INSERT INTO node VALUES (?, ?, ?)"),
        ):
            rows = source.execute(text(query)).yield_per(20_000)
            for part in rows.partitions():
                cursor.executemany(into, [tuple(one) for one in part])
        cursor.execute("COMMIT")
        raw.close()

    def append(self, content: bytes) -> None:
        leaf = hashlib.sha256(b"\0" + content).digest()
        level, index, nodes = 0, self.size, [{"l": 0, "i": self.size, "hash": leaf}]
        while index & 1:
            leaf = hashlib.sha256(b"\1" + self._peaks[level] + leaf).digest()
            level, index = level + 1, index >> 1
            nodes.append({"l": level, "i": index, "hash": leaf})
        self._peaks[level] = leaf
        with self.engine.begin() as connection:
            connection.execute(text("INSERT INTO entry VALUES (:i, :c)"), {"i": self.size, "c": content})
            connection.execute(text("INSERT INTO node VALUES (:l, :i, :hash)"), nodes)
        self.size += 1

    def path(self, index: int, size: int) -> bytes:
        """Read the hashes beside the way to the root, and hash along it."""
        places = sorted(merkle.asked(lambda get: merkle.inclusion(get, index, size)))
        wanted = " OR ".join(f"(l = {level} AND i = {place})" for level, place in places)
        with self.engine.connect().execution_options(writing=False) as connection:
            rows = connection.execute(text(f"SELECT hash FROM node WHERE {wanted}")).scalars()
            found = bytes(32)
            for one in rows:
                found = hashlib.sha256(b"\1" + one + found).digest()
        return found

    def whole(self) -> int:
        """Read everything, and hash every entry and every pair of hashes."""
        raw = self.engine.raw_connection()
        cursor = raw.cursor()
        done = 0
        for (content,) in cursor.execute("SELECT content FROM entry ORDER BY i"):
            hashlib.sha256(b"\0" + content).digest()
            done += 1
        before = bytes(32)
        for level, stored in cursor.execute("SELECT l, hash FROM node ORDER BY l, i"):
            if level:
                hashlib.sha256(b"\1" + before + stored).digest()
            before = stored
        raw.close()
        return done


def measure(place: Place, turns: int) -> tuple[list[Row], str]:
    """Return the rows at a million entries, and a table of how the steps grow from a thousand."""
    people = world.World(place.session())
    with place.app.app_context():
        attestation = walking.attested(people, place.app, "aoba")[1]
    session, rows, lines = people.session, [], []
    for number in STEPS:
        there = ledger_size(session)
        started = time.process_time()
        fill(session, attestation, number - there)
        filled = time.process_time() - started
        folder = place.folder / f"bare-{number}"
        folder.mkdir()
        bare = Bare(folder, number)
        found = _steps(place, session, attestation, bare, turns, number)
        lines.append((f"{number:,}", *(f"{one.ours:.2f}" for one in found), f"{filled:.0f}"))
    rows += found
    rows.append(_examined(place, session, bare))
    head = ("entries", "enter ms", "sign ms", "prove ms", "filled in s")
    return rows, table(head, lines)


def ledger_size(session: Session) -> int:
    found = session.execute(text("SELECT size FROM ledger_head")).scalar_one()
    session.rollback()
    return int(found)


def _steps(
    place: Place, session: Session, attestation: Attestation, bare: Bare, turns: int, number: int
) -> list[Row]:
    """Measure entering, signing and proving; each turn enters one thing more."""
    bare.take(session.connection())
    session.rollback()
    premises = walking.premises(place.app)
    record, count = Record.model_validate_json(attestation.record), itertools.count()
    contents = (sha256(b"%d" % one) for one in count)

    def enter() -> None:
        ledger.append(session, Kind.EXPIRE, attestation.organization_id, record, next(contents))
        session.commit()

    content = bytes(180)
    entered = alternately({"ours": enter, "bare": lambda: bare.append(content)}, turns)
    signing = alternately({"ours": _signs(session, place, enter), "bare": _bare_sign(place.folder)}, turns)
    ledger.checkpoint(session, premises, datetime.now(UTC))
    session.commit()
    places = itertools.cycle(range(0, number, number // 97))

    def prove() -> None:
        ledger.prove(session, premises, next(places))
        session.rollback()

    proven = alternately({"ours": prove, "bare": lambda: bare.path(next(places), number)}, turns)
    label = f"{number:,} entries"
    return [
        row("ledger", f"enter one thing and commit, {label}", entered, entries=number),
        row("ledger", f"enter, sign and keep the checkpoint, {label}", signing, entries=number),
        row("ledger", f"prove an entry, and verify the proof, {label}", proven, entries=number),
    ]


def _signs(session: Session, place: Place, enter: Callable[[], None]) -> Callable[[], None]:
    premises = walking.premises(place.app)

    def sign() -> None:
        enter()
        ledger.checkpoint(session, premises, datetime.now(UTC))
        session.commit()

    return sign


def _bare_sign(folder: Path) -> Callable[[], None]:
    key = Ed25519PrivateKey.generate()

    def sign() -> None:
        durable.write(folder / "bare-checkpoint", key.sign(b"a checkpoint") * 3)

    return sign


def _examined(place: Place, session: Session, bare: Bare) -> Row:
    """Measure the examination of the whole ledger, twice each."""
    premises = walking.premises(place.app)

    def examine() -> None:
        if ledgerchecks.verify(session, premises):
            raise RuntimeError("the ledger is not whole")
        session.rollback()

    taken = alternately({"ours": examine, "bare": bare.whole}, 1, warm=0)
    return row("ledger", f"examine all {bare.size:,} entries", taken, entries=bare.size)
