"""Certifying and issuing in processes that are killed on the way: what a power cut does, at every step of it.

Run as ``python -m tests.crashing`` it reads a line of JSON for each process it shall fork, and answers with one.
A step is every statement to the database and every commit, write to disk and renaming, before and after.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, event, func, select
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.annex import Annex, opens
from app.domain.attestation import Record
from app.extensions import db
from app.models import Attestation, AttestationFile, Snapshot
from app.pdf import annex as annex_page
from app.services import attestations, ledger, ledgerchecks, revisions, verification
from app.services.records import Premises
from app.web import create_app
from tests import walking
from tests.pdf.records import a_record, enclosed
from tests.world import NOW, World, later

CHECKLISTS = Path(__file__).parents[1] / "checklists"
# what is durable or not is decided at these; statements between them change nothing that lasts
DURABLE = {"commit", "fsync", "rename"}


class Steps:
    """Counts the steps of this process, and kills it at one of them; or after a time."""

    def __init__(self, kill_at: int | None, kinds: set[str]):
        self.number, self.kill_at, self.kinds = 0, kill_at, kinds

    def watch(self) -> None:
        event.listen(Engine, "before_cursor_execute", lambda *_: self.step("statement"))
        self._wrap(DefaultDialect, "do_commit", "commit")
        self._wrap(os, "fsync", "fsync")
        self._wrap(os, "rename", "rename")
        self._wrap(os, "replace", "rename")

    def step(self, kind: str) -> None:
        if kind not in self.kinds:
            return
        self.number += 1
        if self.number == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def _wrap(self, place: Any, name: str, kind: str) -> None:
        original = getattr(place, name)

        def wrapped(*arguments: Any, **named: Any) -> Any:
            self.step(kind)
            done = original(*arguments, **named)
            self.step(kind)
            return done

        setattr(place, name, wrapped)


def opened(folder: Path) -> tuple[Any, Session]:
    app = create_app(Settings(data_folder=folder, limits=False, checklists_folder=CHECKLISTS))
    with app.app_context():
        return app, Session(db.engine, expire_on_commit=False)


def certify_and_issue(folder: Path, submission_id: UUID) -> None:
    app, session = opened(folder)
    people = World(session)
    attester = later(people.actor("aoba", "attester"), NOW)
    attestation = attestations.attest(
        session, attester, revisions.find(session, attester, submission_id), walking.premises(app)
    )
    session.commit()
    attestations.issue(session, attestation, walking.premises(app), attester.at)
    session.commit()


def finish(folder: Path, submission_id: UUID) -> dict[str, Any]:
    """Do what a restart does, certify again where nothing was certified, and tell what there is then."""
    app, session = opened(folder)
    place, at = walking.premises(app), NOW + timedelta(minutes=5)
    found = session.scalar(select(func.count()).select_from(Attestation))
    for of in attestations.unfinished(session):
        attestations.issue(session, session.get_one(Attestation, of), place, at)
        session.commit()
    session.close()
    if not found:
        certify_and_issue(folder, submission_id)
    ledger.checkpoint(session, place, at)
    session.commit()
    made = session.scalars(select(Attestation)).all()
    file = attestations.file_of(made[0], place)
    verdict = verification.by_file(session, file, place, at)
    place.desk.close()
    return {
        "found": found,
        "statuses": [one.status for one in made],
        "files": session.scalar(select(func.count()).select_from(AttestationFile)),
        "annexes": [annexed(one, place) for one in made if one.annex_files],
        "certified": session.scalar(select(func.count(func.distinct(Attestation.snapshot_id)))),
        "snapshots": session.scalar(select(func.count()).select_from(Snapshot)),
        "authentic": verdict.authentic,
        "reasons": verdict.reasons(),
        "ledger": [str(fault) for fault in ledgerchecks.verify(session, place)],
    }


def annexed(attestation: Attestation, place: Premises) -> bool:
    """Tell whether the annex opens its record, and its one file holds it."""
    record, annex = (
        Record.model_validate_json(attestation.record),
        Annex.model_validate_json(attestation.annex or b""),
    )
    drawn = annex_page.render(record, attestation.record_sha256, attestation.annex or b"")
    (file,) = attestation.annex_files
    return opens(record, annex) is None and place.store.get(file.sha256).startswith(drawn)


def forked(work: Callable[[], Any]) -> tuple[int, Any]:
    """Do something in a process of its own; return the signal that ended it, and what it returned."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            told = json.dumps({"said": work()})
        except BaseException as error:  # the parent tells it
            told = json.dumps({"error": repr(error)})
        with os.fdopen(writing, "w") as out:
            out.write(told)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        told = answer.read()
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, json.loads(told) if told else None


def tried(folder: Path, submission_id: UUID, kill_at: int | None, kinds: set[str], after: float | None) -> int:
    """Certify and issue under a death warrant; return how many steps it took when it came through."""
    steps = Steps(kill_at, kinds)
    steps.watch()
    if after is not None:
        threading.Thread(target=_killed, args=(after,), daemon=True).start()
    certify_and_issue(folder, submission_id)
    return steps.number


def _killed(after: float) -> None:
    time.sleep(after)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Load all that drawing and sealing need, then fork for each line."""
    from app.domain.attestation import record_bytes
    from app.pdf.confirmation import render

    record = a_record(sections=1, items=1)
    render(record, record_bytes(record), enclosed(record))
    for line in sys.stdin:
        asked = json.loads(line)
        folder, submission_id = Path(asked["folder"]), UUID(asked["submission"])
        if asked["do"] == "finish":
            ended = forked(lambda: finish(folder, submission_id))  # noqa: B023 - used before the next line
        else:
            kinds, after = set(asked["kinds"]), asked.get("after")
            ended = forked(lambda: tried(folder, submission_id, asked.get("kill_at"), kinds, after))  # noqa: B023
        sys.stdout.write(json.dumps(ended) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
