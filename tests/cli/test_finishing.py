"""Many who wait for their PDF are finished by processes that share the work; whoever is killed loses nothing."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app import cli
from app.domain import ledger
from app.domain.ledger import Kind
from app.models import Attestation, AttestationFile, LedgerCheckpoint, LedgerEntry, LedgerLink
from app.services import attestations, events, ledgerchecks, revisions
from app.services.ledger import of_attestation
from tests import walking
from tests.bulk import waiting
from tests.conftest import ROOT
from tests.world import World


def certified(people: World, app: Flask, number: int) -> list[Attestation]:
    """Leave so many certified and not issued, as an outage of the time-stamp authority does."""
    submission_id = walking.approved(people, "aoba", "application")
    attester = people.actor("aoba", "attester")
    opened = revisions.find(people.session, attester, submission_id)
    first = attestations.attest(people.session, attester, opened, walking.premises(app))
    people.session.commit()
    return [first, *waiting(people.session, first, number - 1)]


def started(app: Flask, *options: str) -> subprocess.Popen[str]:
    """Start the command as an administrator does."""
    settings = app.extensions["settings"]
    environment = os.environ | {
        "KAKUNIN_DATA_FOLDER": str(settings.data_folder),
        "KAKUNIN_DATABASE_URL": settings.database,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "attestations", "finish", *options],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def each_issued_once(people: World, app: Flask, made: list[Attestation]) -> None:
    """Hold what is there to the promise: one file, one entry of the seal, one line of the log for each."""
    people.session.expire_all()
    assert {one.status for one in made} == {"in_force"}
    for one in made:
        assert [file.sha256 for file in one.files] == [one.pdf_sha256]
        kinds = [
            ledger.read(entry.content).kind for entry in of_attestation(people.session, one.organization_id, one.id)
        ]
        assert kinds == [Kind.ISSUE, Kind.SEAL]
    assert people.count(AttestationFile) == len(made)
    assert people.count(LedgerEntry) == people.count(LedgerLink) == 2 * len(made)
    assert events.first_break(people.session, made[0].organization_id) is None
    assert ledgerchecks.verify(people.session, walking.premises(app)) == []
    assert not list((app.extensions["settings"].data_folder / "issuing").iterdir())


def test_twelve_are_issued_once_each_by_two_processes(people: World, app: Flask) -> None:
    made = certified(people, app, 12)
    code, out, err = ended(started(app, "--workers", "2"))
    assert (code, out) == (0, "12 attestations were finished.\n"), err
    each_issued_once(people, app, made)
    # one head was signed, and proves the entries of all
    assert people.count(LedgerCheckpoint) == 1
    people.session.rollback()
    assert invoke(app, "--workers", "2").output == "0 attestations were finished.\n"


def test_a_process_that_is_killed_loses_nothing(people: World, app: Flask) -> None:
    made = certified(people, app, 4)
    command = started(app, "--workers", "2")
    claims = app.extensions["settings"].data_folder / "issuing"
    until = time.monotonic() + 120
    while len(list(claims.glob("*"))) < 2:
        assert time.monotonic() < until
        time.sleep(0.01)
    children = Path(f"/proc/{command.pid}/task/{command.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)
    code, out, err = ended(command)
    assert (code, out) == (1, "3 attestations were finished.\n"), err
    assert re.search(r"^[0-9A-Z-]{23} waits: the process at it ended with -9\.$", err, re.MULTILINE), err
    assert err.endswith("Error: 1 attestations wait: processes ended early. Run this again.\n")
    people.session.expire_all()
    assert Counter(one.status for one in made) == {"in_force": 3, "issuing": 1}
    people.session.rollback()
    assert invoke(app).output == "1 attestations were finished.\n"
    each_issued_once(people, app, made)


def test_two_commands_at_once_share_the_work(people: World, app: Flask) -> None:
    made = certified(people, app, 4)
    both = [ended(one) for one in [started(app), started(app)]]
    assert [code for code, _, _ in both] == [0, 0]
    assert sum(int(out.split()[0]) for _, out, _ in both) == 4, both
    each_issued_once(people, app, made)


def invoke(app: Flask, *options: str) -> Result:
    cli.init(app)
    return app.test_cli_runner().invoke(args=["attestations", "finish", *options])


@pytest.mark.parametrize("number", ["0", "-1", "1000", "two"])
def test_a_number_of_processes_that_makes_no_sense_is_refused(app: Flask, number: str) -> None:
    answer = invoke(app, "--workers", number)
    assert (answer.exit_code, answer.output.splitlines()[-1][:34]) == (2, "Error: Invalid value for '--worker")


def test_one_that_cannot_be_drawn_holds_up_nobody(people: World, app: Flask) -> None:
    made = certified(people, app, 2)
    whole = made[0].record
    made[0].record = whole.replace(b'"counts"', b'"amounts"')
    people.session.commit()
    answer = invoke(app)
    assert answer.exit_code == 1
    assert answer.stdout == "1 attestations were finished.\n"
    assert f"{made[0].code} waits: unexpected ValidationError, see the log.\n" in answer.stderr
    made[0].record = whole
    people.session.commit()
    assert invoke(app).output == "1 attestations were finished.\n"
    each_issued_once(people, app, made)


def shown(terminal: bool) -> str:
    """Return what a long work tells where somebody watches, and where nobody does."""
    program = (
        "from app.cli import progress\n"
        "progress._ON_TERMINAL = progress._ELSEWHERE = 0\n"
        "with progress.told_progress('Finishing') as told:\n"
        "    told.tell(1, 4)\n"
        "    told.say('One waits.')\n"
        "    told.tell(2, 4)\n"
    )
    ours, theirs = pty.openpty() if terminal else os.pipe()
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stderr=theirs):
        os.close(theirs)
    told = os.read(ours, 4096).decode()
    os.close(ours)
    return told


def test_progress_is_one_line_on_a_terminal_and_lines_elsewhere() -> None:
    first, second = "Finishing: 25 %, 1 of 4", "Finishing: 50 %, 2 of 4"
    wiped = f"\r{'':{len(first)}}\r"
    assert shown(terminal=True) == f"\r{first}{wiped}One waits.\r\n\r{second}{wiped}"
    assert shown(terminal=False) == f"{first}\nOne waits.\n{second}\n"
