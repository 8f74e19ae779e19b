"""The drill of docs/keys.md: from a backup of database, files and keys the service comes up whole elsewhere."""

import json
import shutil
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from app import cli
from app.domain.errors import LedgerError
from app.domain.verdicts import Check
from app.extensions import db
from app.services import attestations, revisions, verification
from app.web import create_app
from tests import walking
from tests.world import NOW, World

HOUR = timedelta(hours=1)


def back_up(app: Flask, people: World, place: Path) -> None:
    """Copy database, files and keys, while the service runs."""
    people.session.commit()
    place.mkdir()
    with sqlite3.connect(people.session.get_bind().url.database) as there, sqlite3.connect(place / "db") as copy:
        there.backup(copy)
    data = app.extensions["settings"].data_folder
    for name in ("files", "keys"):
        shutil.copytree(data / name, place / name)


def restore(app: Flask, backup: Path, data: Path, ledger: Path) -> Flask:
    """Start the service over a copy of the backup; the ledger's folder lay elsewhere and is as it was left."""
    shutil.copytree(backup, data)
    settings = app.extensions["settings"].model_copy(
        update={"data_folder": data, "database_url": f"sqlite:///{data / 'db'}", "ledger_folder": ledger}
    )
    restored = create_app(settings, TESTING=True)
    cli.init(restored)
    # one reader of strangers' files is enough for both
    desk = walking.premises(app).desk
    restored.extensions["premises"] = replace(walking.premises(restored), desk=desk)
    return restored


def command(app: Flask, *args: str, at=NOW + HOUR) -> tuple[int, str]:
    with time_machine.travel(at, tick=False):
        answer = app.test_cli_runner().invoke(args=list(args))
    return answer.exit_code, answer.output


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_was_attested_verifies_on_another_machine_and_what_came_later_is_told_again(
    people: World, app: Flask, tmp_path: Path
) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    content = attestations.file_of(attestation, walking.premises(app))
    back_up(app, people, tmp_path / "backup")
    # after the backup: one more attestation, and the seal is revoked
    cli.init(app)
    walking.attested(people, app, "aoba", "yearly")
    serial = json.loads(command(app, "seals", "list", "--json")[1])["seals"][0]["serial"]
    revoking = ["seals", "revoke", "aoba", "--serial", serial, "--at", (NOW + HOUR).isoformat()]
    revoking += ["--reason", "key_compromise"]
    assert command(app, *revoking)[0] == 0

    restored = restore(app, tmp_path / "backup", tmp_path / "machine", walking.premises(app).ledger)
    assert command(restored, "seals", "check")[0] == 0
    with restored.app_context():
        engine = db.engine
    place = restored.extensions["premises"]
    with Session(engine) as session:
        verdict = verification.by_file(session, content, place, NOW + HOUR)
        assert verdict.authentic
        assert verdict.in_force
        session.rollback()
        # the ledger knows that entries are missing, and nothing is attested that would contradict it
        again = World(session)
        submission_id = walking.approved(again, "seto")
        attester = again.actor("seto", "attester")
        opened = revisions.find(session, attester, submission_id)
        waiting = attestations.attest(session, attester, opened, place)
        session.commit()
        with pytest.raises(LedgerError, match=r"ledger_(rolled_back|forked)"):
            attestations.issue(session, waiting, place, attester.at)
        session.rollback()
        # the backup is from before the revocation: it is told again
        assert command(restored, *revoking)[0] == 0
        assert command(restored, "seals", "check")[0] == 3
        lines = verification.by_file(session, content, place, NOW + HOUR).lines
        line = next(line for line in lines if line.check is Check.ISSUER)
        assert (line.result, line.reason) == ("warning", "revoked_later")
        session.rollback()
    engine.dispose()
