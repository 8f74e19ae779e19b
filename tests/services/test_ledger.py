"""The ledger: entered once and in order, signed only onwards, proven, and examined."""

import re
import shutil
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.domain import merkle
from app.domain.attestation import Record, sha256
from app.domain.checkpoints import Proof, read_checkpoint
from app.domain.errors import InvalidError, LedgerError, NotFoundError
from app.domain.ledger import Entry, Kind, name_of
from app.extensions import db
from app.models import APPEND_ONLY, Attestation, LedgerEntry, LedgerHead, LedgerNode
from app.services import ledger, ledgerchecks
from app.services.ledgerchecks import Finding, Part
from app.signing.ledgerkeys import encrypt_note_key, make_note_key
from app.signing.unlocking import Unlocking
from tests import ledgers, walking
from tests.domain.trees import Tree
from tests.tampering import forget_ledger, unguarded
from tests.world import NOW, World


@pytest.fixture
def attestation(people: World, app: Flask) -> Attestation:
    return ledgers.attested(people, app)


def contents(people: World) -> list[bytes]:
    return [one.content for one in people.session.query(LedgerEntry).order_by(LedgerEntry.index)]


def test_what_is_entered_is_the_tree_of_its_entries(people: World, app: Flask, attestation: Attestation) -> None:
    start = people.session.get_one(LedgerHead, 1).size
    made = ledgers.enter(people, attestation, 21)
    assert [one.index for one in made] == list(range(start, start + 21))
    assert people.session.get_one(LedgerHead, 1).size == start + 21
    tree = Tree(contents(people))
    assert {(one.level, one.index): one.hash for one in people.session.query(LedgerNode)} == tree.nodes
    record = Record.model_validate_json(attestation.record)
    entry = Entry(Kind.EXPIRE, name_of(record.salt, record.id), sha256(b"0"))
    assert made[0].content == entry.content
    mine = ledger.of_attestation(people.session, attestation.organization_id, attestation.id)
    assert mine[-21:] == made


def test_an_entry_names_neither_the_attestation_nor_its_institution(
    people: World, app: Flask, attestation: Attestation
) -> None:
    content = ledgers.enter(people, attestation, 1)[0].content.decode()
    record = Record.model_validate_json(attestation.record)
    for secret in (record.id, record.code, record.salt, record.issuer.code, str(attestation.organization_id)):
        assert secret not in content


def test_a_checkpoint_signs_the_root_and_the_time(people: World, app: Flask, attestation: Attestation) -> None:
    ledgers.enter(people, attestation, 5)
    note = ledgers.sign(people, app)
    key = ledger.key_of(walking.premises(app))
    checkpoint, read = read_checkpoint(note, key.verifier)
    tree = Tree(contents(people))
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (key.name, len(tree.contents), tree.root())
    timed = read.signature(key.cosigner)
    assert timed is not None
    assert timed.time == int(NOW.timestamp())
    # the same number of entries gives the same note, whatever the time
    assert ledgers.sign(people, app, minutes=5) == note


def test_a_head_that_covers_an_entry_is_enough_for_it(people: World, app: Flask, attestation: Attestation) -> None:
    premises = walking.premises(app)
    ledgers.enter(people, attestation, 2)
    first = ledgers.sign(people, app)
    later = ledgers.enter(people, attestation, 2)[-1].index
    for index in (0, later - 2):
        assert ledger.checkpoint(people.session, premises, NOW, covering=index) == first
    second = ledger.checkpoint(people.session, premises, NOW, covering=later)
    assert read_checkpoint(second, ledger.verifier_of(premises))[0].size == later + 1
    people.session.rollback()
    # a crash left the newer head in the file alone: it stays the newest
    assert ledger.checkpoint(people.session, premises, NOW, covering=0) == second
    people.session.commit()
    ledger.guard(premises).unlink()
    with pytest.raises(LedgerError, match="ledger_guard_missing"):
        ledger.checkpoint(people.session, premises, NOW, covering=0)


def test_every_entry_is_proven_at_every_size(people: World, app: Flask, attestation: Attestation) -> None:
    key = ledger.verifier_of(walking.premises(app))
    for _ in range(12):
        ledgers.enter(people, attestation, 1)
        ledgers.sign(people, app)
        for index, content in enumerate(contents(people)):
            proof = Proof.read(ledger.prove(people.session, walking.premises(app), index))
            assert proof.verify(content, key)[0].size == len(contents(people))
            with pytest.raises(InvalidError):
                proof.verify(content + b" ", key)


def test_what_is_not_signed_yet_is_not_proven(people: World, app: Flask, attestation: Attestation) -> None:
    ledgers.enter(people, attestation, 2)
    ledgers.sign(people, app)
    last = ledgers.enter(people, attestation, 1)[0]
    for index in (last.index, last.index + 1, -1):
        with pytest.raises(NotFoundError, match="ledger_not_signed"):
            ledger.prove(people.session, walking.premises(app), index)


def test_nothing_is_signed_that_is_not_committed(people: World, app: Flask, attestation: Attestation) -> None:
    record = Record.model_validate_json(attestation.record)
    enter = lambda: ledger.append(  # noqa: E731
        people.session, Kind.EXPIRE, attestation.organization_id, record, "0" * 64
    )
    enter()
    with pytest.raises(LedgerError, match="ledger_uncommitted"):
        ledger.checkpoint(people.session, walking.premises(app), NOW)
    people.session.rollback()
    ledgers.sign(people, app)
    with people.session.begin_nested():
        enter()
    with pytest.raises(LedgerError, match="ledger_uncommitted"):
        ledger.checkpoint(people.session, walking.premises(app), NOW)
    people.session.rollback()
    assert ledgerchecks.verify(people.session, walking.premises(app)) == []


def test_what_is_rolled_back_leaves_no_trace(people: World, app: Flask, attestation: Attestation) -> None:
    ledgers.enter(people, attestation, 3)
    before = ledgers.sign(people, app)
    record = Record.model_validate_json(attestation.record)
    ledger.append(people.session, Kind.EXPIRE, attestation.organization_id, record, "0" * 64)
    people.session.rollback()
    assert ledgers.sign(people, app) == before
    ledgers.enter(people, attestation, 1)
    ledgers.sign(people, app)
    assert ledgerchecks.verify(people.session, walking.premises(app)) == []


@pytest.mark.parametrize("table", sorted(one for one in APPEND_ONLY if one.startswith("ledger")))
def test_what_was_entered_or_signed_is_neither_changed_nor_deleted(
    people: World, app: Flask, attestation: Attestation, table: str
) -> None:
    ledgers.enter(people, attestation, 2)
    size = read_checkpoint(ledgers.sign(people, app), ledger.verifier_of(walking.premises(app)))[0].size
    people.session.execute(text("INSERT INTO ledger_cosignature (size, line) VALUES (:s, 'x')"), {"s": size})
    people.session.execute(
        text("INSERT INTO ledger_stamp (size, sha256, token) VALUES (:s, 'x', :t)"), {"s": size, "t": b"x"}
    )
    people.session.commit()
    column = {"ledger_checkpoint": "size", "ledger_cosignature": "line", "ledger_stamp": "sha256"}
    for statement in (f"UPDATE {table} SET {column.get(table, 'index')!s} = 0", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"):
            people.session.execute(text(statement.replace(" index ", ' "index" ')))
        people.session.rollback()


# the guard outside of the database


def restored(app: Flask, people: World, size: int) -> None:
    """Put the database back to its first ``size`` entries, as a backup would."""
    people.session.close()
    with app.app_context():
        engine = db.engine
    with unguarded(engine) as connection:
        connection.execute(text("DELETE FROM ledger_checkpoint WHERE size > :size"), {"size": size})
        for table in ("link", "entry"):
            connection.execute(text(f'DELETE FROM ledger_{table} WHERE "index" >= :size'), {"size": size})
        for level, number in merkle.complete(1 << 12):
            connection.execute(
                text('DELETE FROM ledger_node WHERE level = :level AND "index" >= :first'),
                {"level": level, "first": size >> level},
            )
            assert number
        connection.execute(text("UPDATE ledger_head SET size = :size"), {"size": size})
        connection.commit()


def test_a_restored_backup_is_not_signed(people: World, app: Flask, attestation: Attestation) -> None:
    ledgers.enter(people, attestation, 4)
    ledgers.sign(people, app)
    size = len(contents(people))
    ledgers.enter(people, attestation, 3)
    ledgers.sign(people, app)
    restored(app, people, size)
    with pytest.raises(LedgerError, match="ledger_rolled_back") as refused:
        ledgers.sign(people, app)
    assert refused.value.values == {"signed": size + 3, "here": size}
    people.session.rollback()
    # as many entries again, but others
    ledgers.enter(people, attestation, 5, Kind.WITHDRAW)
    with pytest.raises(LedgerError, match="ledger_forked"):
        ledgers.sign(people, app)
    people.session.rollback()
    found = ledgerchecks.verify(people.session, walking.premises(app))
    assert found == [Finding(Part.FILE, (), "root")]


def test_a_lost_or_broken_file_of_the_last_checkpoint_stops_signing(
    people: World, app: Flask, attestation: Attestation
) -> None:
    ledgers.enter(people, attestation, 4)
    note = ledgers.sign(people, app)
    place = ledger.guard(walking.premises(app))
    assert place.read_text("utf-8") == note
    ledgers.enter(people, attestation, 1)
    place.unlink()
    with pytest.raises(LedgerError, match="ledger_guard_missing"):
        ledgers.sign(people, app)
    people.session.rollback()
    assert ledgerchecks.verify(people.session, walking.premises(app)) == [Finding(Part.FILE, (), "lost")]
    origin, size, rest = note.split("\n", 2)
    other_size = f"{origin}\n{int(size) + 1}\n{rest}"
    for broken in (b"", b"\xff", other_size.encode(), note.encode()[:-9]):
        place.write_bytes(broken)
        with pytest.raises(LedgerError, match="ledger_guard_unreadable"):
            ledgers.sign(people, app)
        people.session.rollback()
    place.write_text(note, "utf-8")
    ledgers.sign(people, app)


def test_a_checkpoint_that_was_written_but_not_stored_is_given_again(
    people: World, app: Flask, attestation: Attestation
) -> None:
    """A crash between the file and the commit must not make two notes of one size."""
    ledgers.enter(people, attestation, 4)
    note = ledger.checkpoint(people.session, walking.premises(app), NOW)
    people.session.rollback()
    assert ledgers.sign(people, app, minutes=9) == note


def test_another_key_signs_nothing_on_top(people: World, app: Flask, attestation: Attestation) -> None:
    ledgers.enter(people, attestation, 4)
    ledgers.sign(people, app)
    shutil.rmtree(walking.premises(app).keys / "ledger")
    with pytest.raises(LedgerError, match="ledger_guard_unreadable"):
        ledgers.sign(people, app)


# two at once


def test_two_writers_at_once_never_fork(people: World, app: Flask, attestation: Attestation) -> None:
    with app.app_context():
        engine = db.engine
    record = Record.model_validate_json(attestation.record)
    organization_id = attestation.organization_id
    people.session.close()
    failures: list[BaseException] = []
    barrier = threading.Barrier(4)

    def write(number: int) -> None:
        try:
            barrier.wait(timeout=30)
            for turn in range(15):
                with Session(engine) as session:
                    ledger.append(session, Kind.EXPIRE, organization_id, record, sha256(b"%d-%d" % (number, turn)))
                    session.commit()
                    ledger.checkpoint(session, walking.premises(app), NOW + timedelta(seconds=turn))
                    session.commit()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=120)
    assert failures == []
    assert len(set(contents(people))) >= 60
    assert ledgerchecks.verify(people.session, walking.premises(app)) == []


def test_examining_sees_one_state_while_others_write(people: World, app: Flask, attestation: Attestation) -> None:
    with app.app_context():
        engine = db.engine
    record, organization_id = Record.model_validate_json(attestation.record), attestation.organization_id
    premises = walking.premises(app)
    people.session.close()
    done = threading.Event()

    def write() -> None:
        for turn in range(40):
            with Session(engine) as session:
                ledger.append(session, Kind.EXPIRE, organization_id, record, sha256(b"%d" % turn))
                session.commit()
                ledger.checkpoint(session, premises, NOW)
                session.commit()
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    rounds = 0
    while not done.is_set():
        with Session(engine) as session:
            assert ledgerchecks.verify(session, premises) == []
        rounds += 1
    writer.join()
    assert rounds


# the key


def test_the_key_is_made_once_kept_to_oneself_and_never_shown(app: Flask) -> None:
    premises = walking.premises(app)
    key = ledger.key_of(premises)
    assert key.name == "127.0.0.1:8000/ledger"
    assert ledger.key_of(premises).verifier == key.verifier
    for file in (premises.keys / "ledger").iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
    assert re.fullmatch(r"NoteKey\(name='[^']+'\)", repr(key))
    (premises.keys / "ledger" / "key.pem").write_text("none")
    with pytest.raises(LedgerError, match="ledger_key_unreadable"):
        ledger.key_of(premises)


def test_in_production_no_key_is_made_by_the_way(app: Flask, tmp_path: Path) -> None:
    premises = replace(walking.premises(app), keys=tmp_path / "none", sample=False)
    with pytest.raises(LedgerError, match="ledger_key_missing"):
        ledger.key_of(premises)


def test_the_key_is_encrypted_with_the_passphrase_and_opens_with_no_other(app: Flask, tmp_path: Path) -> None:
    words = Unlocking(passphrase=SecretStr("correct horse battery"))
    premises = replace(walking.premises(app), keys=tmp_path / "keys", unlocking=words)
    folder = premises.keys / "ledger"
    key = ledger.key_of(premises)
    assert b"ENCRYPTED" in (folder / "key.pem").read_bytes()
    assert ledger.key_of(premises).verifier == key.verifier
    for unlocking, reason in (
        (Unlocking(), "ledger_key_locked"),
        (Unlocking(passphrase=SecretStr("another one entirely")), "ledger_key_passphrase"),
    ):
        with pytest.raises(LedgerError, match=reason):
            ledger.key_of(replace(premises, unlocking=unlocking))
    in_production = replace(premises, sample=False, unlocking=replace(words, strict=True))
    assert ledger.key_of(in_production).verifier == key.verifier
    (folder / "key.pem").chmod(0o644)
    with pytest.raises(LedgerError, match="ledger_key_exposed"):
        ledger.key_of(in_production)


def test_in_production_a_key_that_lies_open_is_refused_until_it_is_encrypted(app: Flask, tmp_path: Path) -> None:
    words = SecretStr("correct horse battery")
    premises = replace(walking.premises(app), keys=tmp_path / "keys")
    open_, folder = ledger.key_of(premises).verifier, premises.keys / "ledger"
    strict = replace(premises, sample=False, unlocking=Unlocking(passphrase=words, strict=True))
    with pytest.raises(LedgerError, match="ledger_key_plain"):
        ledger.key_of(strict)
    with pytest.raises(LedgerError, match="ledger_key_locked"):
        make_note_key(tmp_path / "new", "new.example.jp/ledger", Unlocking(strict=True))
    assert encrypt_note_key(folder, words)
    assert not encrypt_note_key(folder, words)
    assert ledger.key_of(strict).verifier == open_
    with pytest.raises(LedgerError, match="ledger_key_passphrase"):
        encrypt_note_key(folder, SecretStr("the next passphrase"))
    assert encrypt_note_key(folder, SecretStr("the next passphrase"), words)


def test_the_ledger_can_be_emptied_only_by_force(people: World, app: Flask, attestation: Attestation) -> None:
    ledgers.enter(people, attestation, 2)
    people.session.close()
    with app.app_context():
        forget_ledger(db.engine)
    assert contents(people) == []
