"""Examining the ledger: every cell of a log of 200 entries, changed by an insider, is named by its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.domain import merkle
from app.domain.ledger import Entry, Kind, read
from app.domain.notes import read_note
from app.extensions import db
from app.services import ledger, ledgerchecks
from app.services.ledgerchecks import Finding, Part
from app.services.records import Premises
from tests import ledgers, walking
from tests.domain.trees import Tree, flipped
from tests.tampering import unguarded
from tests.world import World

SIZE = 200
SIGNED = (64, 100, 199, 200)
# each cell is changed once; these in every way there is
SAMPLE = {0, 1, 63, 64, 99, 100, 131, 192, 198, 199}


@dataclass
class Log:
    """A log of 200 entries, four times signed, open to changes that are undone again."""

    connection: Connection
    premises: Premises

    def found(self, *statements: tuple[str, dict]) -> list[Finding]:
        """Return what the examination finds after these statements, and undo them."""
        for statement, values in statements:
            assert self.connection.execute(text(statement), values).rowcount == 1, statement
        with Session(self.connection, join_transaction_mode="rollback_only") as session:
            found = ledgerchecks.verify(session, self.premises)
            session.rollback()
        self.connection.rollback()
        return found

    def cells(self, statement: str) -> list:
        found = self.connection.execute(text(statement)).all()
        self.connection.rollback()
        return list(found)


def grown(people: World, app: Flask, signed: tuple[int, ...]) -> None:
    attestation = ledgers.attested(people, app)
    there = len(ledger.of_attestation(people.session, attestation.organization_id, attestation.id))
    if there == 0:
        there = len(ledgers.enter(people, attestation, 1, Kind.ISSUE))
    for size in (*signed, SIZE):
        ledgers.enter(people, attestation, size - there)
        there = size
        if size in signed:
            ledgers.sign(people, app)
    people.session.close()


@pytest.fixture
def log(people: World, app: Flask) -> Iterator[Log]:
    grown(people, app, SIGNED)
    with app.app_context():
        engine = db.engine
    with unguarded(engine) as connection:
        yield Log(connection, walking.premises(app))


def test_a_whole_log_gives_no_finding_and_tells_how_far_it_is(people: World, app: Flask) -> None:
    grown(people, app, SIGNED)
    told: list[tuple[int, int]] = []
    assert (
        ledgerchecks.verify(people.session, walking.premises(app), lambda done, of: told.append((done, of))) == []
    )
    assert told == sorted(told)
    assert told[0] == (0, 2 * SIZE)


def test_every_entry_that_is_changed_moved_or_gone_is_named(log: Log) -> None:
    for index, content in log.cells('SELECT "index", content FROM ledger_entry'):
        entry = read(bytes(content))
        where = ' WHERE "index" = :i'
        changes = [flipped(bytes(content), len(content) // 2)]
        if index in SAMPLE:
            other = Entry(Kind.WITHDRAW, entry.name, entry.sha256).content
            changes += [b"", bytes(content) + b" ", other]
        for changed in changes:
            values = {"i": index, "c": changed}
            found = log.found((f"UPDATE ledger_entry SET content = :c{where}", values))
            assert found == [Finding(Part.ENTRY, (index,), "content")]
        if index not in SAMPLE:
            continue
        found = log.found((f"DELETE FROM ledger_entry{where}", {"i": index}))
        assert Finding(Part.ENTRY, (index,), "lost") in found
        assert {one.key for one in found} == {(index,)}
        found = log.found((f'UPDATE ledger_entry SET "index" = 5000{where}', {"i": index}))
        assert {one for one in found if one.part is Part.ENTRY} == {
            Finding(Part.ENTRY, (index,), "lost"),
            Finding(Part.ENTRY, (5000,), "extra"),
        }


def test_every_hash_that_is_changed_moved_or_gone_is_named(log: Log) -> None:
    for level, index, stored in log.cells('SELECT level, "index", hash FROM ledger_node'):
        where = ' WHERE level = :l AND "index" = :i'
        values = {"l": level, "i": index}
        sampled = index in SAMPLE or level > 3
        for changed in (flipped(bytes(stored), 31), b"", bytes(stored) + b"\0") if sampled else (b"x" * 32,):
            found = log.found((f"UPDATE ledger_node SET hash = :h{where}", values | {"h": changed}))
            assert found == [Finding(Part.NODE, (level, index), "hash")]
        if not sampled:
            continue
        assert log.found((f"DELETE FROM ledger_node{where}", values)) == [
            Finding(Part.NODE, (level, index), "lost")
        ]
        for column in ("level", '"index"'):
            found = log.found((f"UPDATE ledger_node SET {column} = 40000{where}", values))
            place = (40000, index) if column == "level" else (level, 40000)
            assert found == sorted([Finding(Part.NODE, (level, index), "lost"), Finding(Part.NODE, place, "extra")])


@pytest.mark.parametrize("size", [0, 1, 128, 199, 201, 5000])
def test_a_changed_number_of_entries_is_named(log: Log, size: int) -> None:
    found = log.found(("UPDATE ledger_head SET size = :s", {"s": size}))
    assert found == [Finding(Part.HEAD, (), "size")]


def test_a_lost_head_is_named(log: Log) -> None:
    assert log.found(("DELETE FROM ledger_head", {})) == [Finding(Part.HEAD, (), "size")]


def test_every_byte_of_every_checkpoint_is_watched(log: Log) -> None:
    for size, note in log.cells("SELECT size, note FROM ledger_checkpoint"):
        where = " WHERE size = :s"
        for place in range(0, len(note), 1 if size == SIZE else 23):
            changed = note[:place] + ("A" if note[place] != "A" else "B") + note[place + 1 :]
            found = log.found((f"UPDATE ledger_checkpoint SET note = :n{where}", {"s": size, "n": changed}))
            assert [(one.part, one.key) for one in found] == [(Part.CHECKPOINT, (size,))], (size, place)
            assert found[0].reason in {"text", "signature"}
        read_in = read_note(note)
        for lines in (read_in.signatures[:1], read_in.signatures[1:], read_in.signatures + read_in.signatures[:1]):
            changed = read_in.text + "\n" + "".join(one.line for one in lines)
            found = log.found((f"UPDATE ledger_checkpoint SET note = :n{where}", {"s": size, "n": changed}))
            assert found == [Finding(Part.CHECKPOINT, (size,), "signature")]
        found = log.found((f"UPDATE ledger_checkpoint SET size = 7{where}", {"s": size}))
        assert found == [Finding(Part.CHECKPOINT, (7,), "size")]


def test_every_link_that_is_changed_moved_or_gone_is_named(log: Log) -> None:
    other = uuid4().hex if log.connection.dialect.name == "sqlite" else uuid4()
    for (index,) in log.cells('SELECT "index" FROM ledger_link'):
        where = ' WHERE "index" = :i'
        changes = [("salt", "0" * 32, "other"), ("attestation_id", other, "other")]
        changes.append(("organization_id", other, "no_attestation"))
        for column, value, reason in changes if index in SAMPLE else changes[index % 3 :][:1]:
            found = log.found((f"UPDATE ledger_link SET {column} = :v{where}", {"i": index, "v": value}))
            assert found == [Finding(Part.LINK, (index,), reason)]
        if index not in SAMPLE:
            continue
        assert log.found((f"DELETE FROM ledger_link{where}", {"i": index})) == [
            Finding(Part.LINK, (index,), "lost")
        ]
        assert log.found((f'UPDATE ledger_link SET "index" = 5000{where}', {"i": index})) == [
            Finding(Part.LINK, (index,), "lost"),
            Finding(Part.LINK, (5000,), "no_entry"),
        ]


def test_an_attestation_whose_record_is_another_is_named(log: Log) -> None:
    issued = [
        index
        for index, content in log.cells('SELECT "index", content FROM ledger_entry')
        if read(bytes(content)).kind is Kind.ISSUE
    ]
    assert issued
    found = log.found(("UPDATE attestation SET record_sha256 = :h", {"h": "0" * 64}))
    assert found == [Finding(Part.LINK, (index,), "record") for index in issued]


def test_a_file_that_is_not_the_one_entered_is_named(log: Log) -> None:
    entered = log.cells('SELECT "index", content FROM ledger_entry')
    [index] = [index for index, content in entered if read(bytes(content)).kind is Kind.SEAL]
    named = [Finding(Part.LINK, (index,), "file")]
    assert log.found(("UPDATE attestation_file SET sha256 = :h", {"h": "0" * 64})) == named
    assert log.found(("UPDATE attestation_file SET attestation_id = :i", {"i": uuid4().hex})) == named
    assert log.found(("DELETE FROM attestation_file", {})) == named


def test_a_changed_entry_and_the_hashes_above_it_are_all_named(log: Log) -> None:
    """Several cells at once, also one upon the other."""
    where = ' WHERE "index" = :i'
    entry = ("UPDATE ledger_entry SET content = :c" + where, {"i": 20, "c": b"x"})

    def node(level: int, index: int) -> tuple[str, dict]:
        return (
            'UPDATE ledger_node SET hash = :h WHERE level = :l AND "index" = :i',
            {"h": b"%032d" % level, "l": level, "i": index},
        )

    for places in (
        [(0, 20)],
        [(0, 21)],
        [(1, 10)],
        [(0, 20), (1, 10)],
        [(0, 21), (1, 10), (2, 5)],
        [(0, 21), (0, 22), (1, 11)],
        [(7, 0), (6, 0), (5, 0)],
        [(3, 24), (6, 2), (0, 199)],
    ):
        assert log.found(entry, *(node(*place) for place in places)) == sorted(
            [Finding(Part.ENTRY, (20,), "content"), *(Finding(Part.NODE, place, "hash") for place in places)]
        ), places


def test_a_cut_tail_is_named(log: Log) -> None:
    cut = 190
    statements = [
        (f'DELETE FROM ledger_{table} WHERE "index" = :i', {"i": index})
        for index in range(cut, SIZE)
        for table in ("link", "entry")
    ]
    statements += [
        ('DELETE FROM ledger_node WHERE level = :l AND "index" = :i', {"l": level, "i": index})
        for level, number in merkle.complete(SIZE)
        for index in range(cut >> level, number)
    ]
    head = ("UPDATE ledger_head SET size = :s", {"s": cut})
    gone = [
        Finding(Part.CHECKPOINT, (199,), "entries_gone"),
        Finding(Part.CHECKPOINT, (200,), "entries_gone"),
        Finding(Part.FILE, (), "entries_gone"),
    ]
    assert log.found(*statements, head) == gone
    checkpoints = [("DELETE FROM ledger_checkpoint WHERE size = :s", {"s": size}) for size in (199, 200)]
    assert log.found(*statements, head, *checkpoints) == gone[2:]


def test_a_history_written_anew_is_told_by_what_was_signed(log: Log, people: World) -> None:
    """Entry, leaf and every hash above it changed so that all fits: only the signatures know better."""
    contents = [bytes(content) for (content,) in log.cells('SELECT content FROM ledger_entry ORDER BY "index"')]
    entry = read(contents[80])
    contents[80] = Entry(Kind.WITHDRAW, entry.name, entry.sha256).content
    statements = [
        ('UPDATE ledger_node SET hash = :h WHERE level = :l AND "index" = :i', {"h": found, "l": level, "i": index})
        for (level, index), found in Tree(contents).nodes.items()
    ]
    statements.append(('UPDATE ledger_entry SET content = :c WHERE "index" = 80', {"c": contents[80]}))
    assert log.found(*statements) == [
        Finding(Part.CHECKPOINT, (100,), "root"),
        Finding(Part.CHECKPOINT, (199,), "root"),
        Finding(Part.CHECKPOINT, (200,), "root"),
        Finding(Part.FILE, (), "root"),
    ]


def test_what_is_not_signed_yet_is_examined_too(people: World, app: Flask) -> None:
    """Up to entry 131 all is signed; above, a changed entry and its hash look alike only where nothing is above."""
    grown(people, app, (131,))
    with app.app_context():
        engine = db.engine
    with unguarded(engine) as connection:
        log = Log(connection, walking.premises(app))
        for index in (0, 130, 131, 132, 150, 198, 199):
            found = log.found(('UPDATE ledger_entry SET content = :c WHERE "index" = :i', {"i": index, "c": b"x"}))
            assert found == [Finding(Part.ENTRY, (index,), "content")]
        for level, index in ((0, 130), (0, 131), (0, 199), (2, 32), (3, 16), (6, 2), (7, 0)):
            values = {"l": level, "i": index, "h": b"x" * 32}
            found = log.found(('UPDATE ledger_node SET hash = :h WHERE level = :l AND "index" = :i', values))
            assert found == [Finding(Part.NODE, (level, index), "hash")]
