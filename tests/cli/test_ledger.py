"""The commands of the ledger: a sentence, an exit code, and the work done."""

import inspect
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import text
from werkzeug.serving import make_server

from app import cli
from app.cli.ledger import sentence
from app.domain.attestation import Record, sha256
from app.domain.checkpoints import Proof
from app.domain.ledger import Kind
from app.domain.notes import read_note
from app.extensions import db
from app.models import Attestation, LedgerEntry
from app.services import anchors, ledger, ledgerchecks
from app.services.ledgerchecks import Finding, Part
from app.signing import timestamps
from app.signing.ledgerkeys import make_note_key
from app.witness.serving import Serving
from app.witness.witnessing import Witness
from tests import ledgers, walking
from tests.domain.trees import flipped
from tests.tampering import forget_ledger, unguarded
from tests.world import World


@pytest.fixture
def commands(app: Flask, people: World) -> FlaskCliRunner:
    cli.init(app)
    people.session.commit()
    return app.test_cli_runner()


@pytest.fixture
def attestation(people: World, app: Flask, commands: FlaskCliRunner) -> Attestation:
    attestation = ledgers.attested(people, app)
    if not ledger.of_attestation(people.session, attestation.organization_id, attestation.id):
        ledgers.enter(people, attestation, 1, Kind.ISSUE)
    ledgers.enter(people, attestation, 9)
    people.session.close()
    return attestation


@pytest.fixture
def witness(app: Flask, tmp_path: Path) -> Iterator[Witness]:
    """A witness that the service knows, at an address on this machine."""
    premises = walking.premises(app)
    key = make_note_key(tmp_path / "witness", "witness.example.jp")
    known = {premises_key.name: premises_key for premises_key in [ledger.verifier_of(premises)]}
    witness = Witness(tmp_path / "seen", key, known, time.time)
    with Serving(("127.0.0.1", 0), witness) as serving:
        line = f"witness agency {key.cosigner.text} http://127.0.0.1:{serving.server_port}/\n"
        (premises.keys / "ledger" / "witnesses").write_text(f"# whom we ask\n\n{line}", "utf-8")
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield witness
        serving.shutdown()
        thread.join()


def run(commands: FlaskCliRunner, *arguments: object) -> tuple[int, str]:
    answer = commands.invoke(args=["ledger", *map(str, arguments)])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    return answer.exit_code, answer.output


def test_the_key_is_made_once_and_printed(commands: FlaskCliRunner, app: Flask) -> None:
    code, told = run(commands, "key")
    key = ledger.verifier_of(walking.premises(app))
    assert code == 0
    assert told.splitlines()[0] == key.text
    assert run(commands, "key")[1] == told


def test_signing_proving_and_examining(
    commands: FlaskCliRunner, app: Flask, people: World, attestation: Attestation, tmp_path: Path
) -> None:
    last = ledgers.enter(people, people.session.merge(attestation), 1)[0].index
    people.session.close()
    assert run(commands, "prove", last) == (1, "Error: There is no proof: no checkpoint covers this yet.\n")
    code, told = run(commands, "checkpoint")
    assert code == 0
    assert told.endswith("The ledger is signed and time-stamped; 0 of 0 witnesses cosigned.\n")
    assert run(commands, "verify")[1].startswith("The ledger is whole; ")
    record = Record.model_validate_json(attestation.record)
    code, told = run(commands, "prove", record.code, "--out", tmp_path / "proof")
    assert (code, told.startswith("This proves entry ")) == (0, True)
    proof = Proof.read((tmp_path / "proof").read_bytes())
    entry = people.session.get_one(LedgerEntry, proof.index)
    proof.verify(entry.content, ledger.verifier_of(walking.premises(app)))
    people.session.close()
    assert run(commands, "prove", "AAAAA-AAAAA-AAAAA-AAAAA")[0] == 1
    assert run(commands, "prove", 10**6)[0] == 1


def test_every_finding_is_a_sentence_and_the_exit_code_says_so(
    commands: FlaskCliRunner, app: Flask, attestation: Attestation
) -> None:
    run(commands, "checkpoint")
    with app.app_context():
        engine = db.engine
    with unguarded(engine) as connection:
        connection.execute(text('UPDATE ledger_entry SET content = :c WHERE "index" = 2'), {"c": b"x"})
        connection.execute(text('DELETE FROM ledger_node WHERE level = 1 AND "index" = 3'))
        connection.execute(text("UPDATE ledger_checkpoint SET note = note || 'x'"))
        connection.commit()
    code, told = run(commands, "verify")
    assert code == 4
    assert "Entry 2 was changed." in told
    assert "The hash at level 1, place 3 is gone." in told
    assert "does not read as one" in told
    assert re.search(r"\d things in the ledger are not what was entered and signed\.", told)


def test_before_anything_is_signed_there_is_nothing_to_write(commands: FlaskCliRunner, tmp_path: Path) -> None:
    assert run(commands, "mirror", tmp_path) == (1, "Error: Nothing was written: the ledger is not signed yet.\n")
    assert run(commands, "verify") == (0, "The ledger is whole; 0 entries are signed.\n")


def test_every_finding_has_words() -> None:
    source = inspect.getsource(ledgerchecks) + inspect.getsource(anchors)
    pairs = set(re.findall(r'Finding\(Part\.(\w+), .*?"(\w+)"\)', source))
    assert len(pairs) > 5
    for part, reason in pairs:
        words = sentence(Finding(Part[part], (1, 2), reason))
        assert "{" not in words
        assert "_" not in words


def test_a_restored_backup_is_told(commands: FlaskCliRunner, app: Flask, attestation: Attestation) -> None:
    run(commands, "checkpoint")
    with app.app_context():
        forget_ledger(db.engine)
    code, told = run(commands, "checkpoint")
    assert code == 1
    assert "Was an older backup restored?" in told


def test_witnesses_are_asked_and_their_signatures_kept(
    commands: FlaskCliRunner, app: Flask, people: World, attestation: Attestation, witness: Witness
) -> None:
    for more in (0, 3):
        if more:
            ledgers.enter(people, people.session.merge(attestation), more)
            people.session.close()
        code, told = run(commands, "checkpoint")
        assert (code, told.splitlines()[-1]) == (
            0,
            "The ledger is signed and time-stamped; 1 of 1 witnesses cosigned.",
        )
    note = app.test_client().get("/checkpoint").text
    assert read_note(note).signature(witness.key.cosigner) is not None
    assert "witness.example.jp" in app.test_client().get("/ledger").text
    proof = Proof.read(run(commands, "prove", 1)[1].rsplit("This proves", 1)[0])
    assert read_note(proof.checkpoint).signature(witness.key.cosigner) is not None
    assert run(commands, "verify")[0] == 0
    with app.app_context():
        engine = db.engine
    with unguarded(engine) as connection:
        line = connection.execute(text("SELECT line FROM ledger_cosignature ORDER BY size")).scalars().first()
        changed = line.replace("witness", "witless") if line else ""
        connection.execute(
            text("UPDATE ledger_cosignature SET line = :n WHERE line = :o"), {"n": changed, "o": line}
        )
        connection.commit()
    code, told = run(commands, "verify")
    assert code == 4
    assert "is of no witness that is known" in told


def test_a_witness_that_is_away_is_told_and_the_ledger_signed(
    commands: FlaskCliRunner, app: Flask, attestation: Attestation
) -> None:
    premises = walking.premises(app)
    key = make_note_key(premises.keys / "away", "away.example.jp")
    ledger.key_of(premises)
    file = premises.keys / "ledger" / "witnesses"
    file.write_text(f"witness a {key.cosigner.text} http://127.0.0.1:1\n", "utf-8")
    code, told = run(commands, "checkpoint")
    assert code == 1
    assert "The witness away.example.jp was not had: nothing could be had from" in told
    assert "The ledger is signed and time-stamped; 0 of 1 witnesses cosigned." in told
    for wrong in ("witness a b", f"witness a {key.verifier.text} http://127.0.0.1:1", "quorum none"):
        file.write_text(f"\n{wrong}\n", "utf-8")
        code, told = run(commands, "checkpoint")
        assert code == 1
        assert "line 2 of the file of witnesses" in told


def test_the_mirror_and_the_monitor(
    commands: FlaskCliRunner, app: Flask, people: World, attestation: Attestation, tmp_path: Path
) -> None:
    run(commands, "checkpoint")
    code, told = run(commands, "mirror", tmp_path / "written")
    assert code == 0
    assert " entries of the ledger are in " in told
    key = ledger.verifier_of(walking.premises(app)).text
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        url, copy = f"http://127.0.0.1:{server.server_port}/ledger", tmp_path / "copy"
        assert run(commands, "monitor", url, copy) == (
            1,
            "Error: The ledger was not followed: say the ledger's public key with --key the first time.\n",
        )
        code, told = run(commands, "monitor", url, copy, "--key", key)
        assert code == 0
        assert "all of it is right." in told
        assert run(commands, "monitor", f"{url}/", copy)[0] == 0
        with app.app_context():
            forget_ledger(db.engine)
        (walking.premises(app).ledger / "checkpoint").unlink()
        ledgers.enter(people, people.session.merge(attestation), 3)
        people.session.close()
        run(commands, "checkpoint")
        code, told = run(commands, "monitor", url, copy)
        assert code == 4
        assert "The head that contradicts is kept in" in told
    finally:
        server.shutdown()
        thread.join()
    code, told = run(commands, "monitor", url, copy)
    assert code == 3
    assert "nothing could be had from" in told


def test_the_checkpoint_of_the_day_is_stamped_once_and_a_changed_token_is_found(
    commands: FlaskCliRunner, app: Flask, people: World, attestation: Attestation
) -> None:
    for _ in range(2):
        assert run(commands, "checkpoint")[0] == 0
    newest = ledger.newest(people.session)
    assert newest is not None
    (token,) = anchors.stamps(people.session, newest.size)
    premises = walking.premises(app)
    stamp = timestamps.read(token, newest.note.encode(), premises.believed().times)
    assert abs((stamp.at - datetime.now(UTC)).total_seconds()) < 600
    people.session.close()
    assert "This state is time-stamped." in app.test_client().get("/ledger").text
    assert run(commands, "verify")[0] == 0
    with app.app_context():
        engine = db.engine
    other = premises.times.stamp(b"another content", datetime.now(UTC))
    with unguarded(engine) as connection:
        changes = [(flipped(token, len(token) // 2), None), (flipped(token, len(token) // 2), 1), (other, 1)]
        for changed, named in changes:
            values = {"t": changed, "n": sha256(changed if named else token)}
            connection.execute(text("UPDATE ledger_stamp SET token = :t, sha256 = :n"), values)
            connection.commit()
            code, told = run(commands, "verify")
            assert code == 4
            assert f"A time-stamp of the checkpoint at {newest.size}" in told


def test_an_authority_that_is_away_is_told_and_the_ledger_signed(
    commands: FlaskCliRunner, app: Flask, attestation: Attestation
) -> None:
    premises = walking.premises(app)
    app.extensions["premises"] = replace(premises, times=replace(premises.times, url="http://127.0.0.1:1"))
    code, told = run(commands, "checkpoint")
    assert code == 1
    assert "No time-stamp was had: the authority gives none now" in told
    assert "The ledger is signed and not time-stamped" in told


def test_a_witness_starts_only_as_who_it_is(commands: FlaskCliRunner, app: Flask, tmp_path: Path) -> None:
    key = ledger.verifier_of(walking.premises(app)).text
    ask = ["witness", tmp_path / "w", "--ledger"]
    assert run(commands, *ask, "none", "--name", "w.example.jp")[0] == 1
    assert run(commands, *ask, key, "--name", "w.example.jp", "--listen", "here")[0] == 1
    make_note_key(tmp_path / "w" / "key", "w.example.jp")
    code, told = run(commands, *ask, key, "--name", "v.example.jp")
    assert code == 1
    assert "is called w.example.jp" in told
