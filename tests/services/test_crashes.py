"""Kill -9 while an attestation is certified and issued: nothing half-made, one attestation for each snapshot.

The quick run kills around everything that makes something last; ``make soak`` at every statement too, and 200
times at a random moment.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.config import Settings
from app.extensions import db
from app.web import create_app
from tests import walking, world
from tests.crashing import CHECKLISTS, DURABLE

ROOT = Path(__file__).parents[2]
SOAK = os.environ.get("SOAK") == "1"


class Driver:
    """The process that forks what is killed."""

    def __init__(self, ready: Path, submission_id: UUID, folder: Path):
        self.ready, self.submission, self.folder, self.number = ready, str(submission_id), folder, 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.crashing"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def copy(self) -> Path:
        self.number += 1
        place = self.folder / f"try-{self.number}"
        shutil.copytree(self.ready, place)
        return place

    def ask(self, folder: Path, do: str, **more: Any) -> tuple[int, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(
            json.dumps({"folder": str(folder), "submission": self.submission, "do": do, **more}) + "\n"
        )
        self.process.stdin.flush()
        ended, said = json.loads(self.process.stdout.readline())
        assert said is None or "error" not in said, said
        return ended, said and said["said"]

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)


@pytest.fixture(scope="module")
def driver(keys: Path, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    folder = tmp_path_factory.mktemp("crashes")
    ready = folder / "ready"
    shutil.copytree(keys, ready / "keys")
    shutil.copy(sqlite_template, ready / "kakunin.sqlite")
    app = create_app(Settings(data_folder=ready, limits=False, checklists_folder=CHECKLISTS))
    with app.app_context():
        with Session(db.engine, expire_on_commit=False) as session:
            people = world.World(session)
            people.requirement().annex = True
            submission_id = walking.approved(people, "aoba")
        db.engine.dispose()
    driver = Driver(ready, submission_id, folder)
    yield driver
    driver.close()


def whole(driver: Driver, folder: Path) -> None:
    """Hold what a restart makes of it to the promise."""
    _, told = driver.ask(folder, "finish")
    assert told["found"] in {0, 1}
    assert told["statuses"] == ["in_force"]
    assert (told["files"], told["certified"], told["snapshots"]) == (1, 1, 1)
    assert told["annexes"] == [True]
    assert told["authentic"], told["reasons"]
    assert told["ledger"] == []
    shutil.rmtree(folder)


def killed_at(driver: Driver, kinds: set[str], every: int) -> int:
    """Kill at every so many steps of some kinds, and return how many steps there are."""
    unhurt = driver.copy()
    ended, number = driver.ask(unhurt, "try", kinds=sorted(kinds))
    assert ended == 0
    whole(driver, unhurt)
    for step in range(1, number + 1, every):
        folder = driver.copy()
        ended, _ = driver.ask(folder, "try", kinds=sorted(kinds), kill_at=step)
        assert ended == signal.SIGKILL, step
        whole(driver, folder)
    return int(number)


def test_killed_around_everything_that_lasts(driver: Driver) -> None:
    assert killed_at(driver, DURABLE, 1 if SOAK else 5) >= 12


@pytest.mark.skipif(not SOAK, reason="the whole run is `make soak`")
def test_killed_at_every_statement(driver: Driver) -> None:
    assert killed_at(driver, {"statement"}, 1) >= 40


@pytest.mark.skipif(not SOAK, reason="the whole run is `make soak`")
def test_killed_two_hundred_times_at_random(driver: Driver) -> None:
    chance = random.Random(20261124)
    for _ in range(200):
        folder = driver.copy()
        driver.ask(folder, "try", kinds=[], after=chance.uniform(0.0, 2.5))
        whole(driver, folder)
