"""``flask attestations finish``: issuing what was certified and has no PDF yet, alone or shared among processes.

Several processes are this command again, each started afresh: it reads from its standard input which
attestation is next, and answers in a line what became of it. So the work is shared evenly whatever the sizes,
and a process that is killed takes nothing with it but the one it was at.
"""

import gc
import json
import random
import selectors
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import TracebackType
from typing import IO, Self, cast
from uuid import UUID

import click
import structlog
from flask import current_app
from flask.cli import ScriptInfo

from app.cli.attestations import group
from app.cli.progress import told_progress
from app.config import Settings
from app.domain.attestation import AttestationStatus
from app.domain.errors import LedgerError, SealError
from app.extensions import db
from app.models import Attestation
from app.services import attestations
from app.store.claims import claimed

log = structlog.get_logger()

MOST = 64

Of = tuple[UUID, UUID]


class Outcome(StrEnum):
    """What became of one; ``lost`` went down with the process that was at it."""

    FINISHED = "finished"
    ELSEWHERE = "elsewhere"
    WAITS = "waits"
    LOST = "lost"


@dataclass(frozen=True)
class Told:
    """One attestation by its code, what became of it, and why it waits."""

    code: str
    outcome: Outcome
    why: str = ""


@group.command()
@click.option(
    "--workers",
    type=click.IntRange(1, MOST),
    default=1,
    show_default=True,
    metavar="N",
    help="How many processes share the work: as many as there are cores, with 300 MB of memory for each.",
)
@click.option("--handed", is_flag=True, hidden=True, help="Be one of them.")
@click.pass_context
def finish(context: click.Context, workers: int, handed: bool) -> None:
    """Finish every attestation that was certified but whose PDF was not made. Exit code 1: some still wait."""
    if handed:
        for told in _each(_read(line) for line in sys.stdin):
            click.echo(json.dumps(asdict(told)))
        return
    found = attestations.unfinished(db.session)
    db.session.rollback()
    # two commands at once then seldom wait for one another
    random.shuffle(found)
    workers = min(workers, len(found))
    work = _each(found) if workers <= 1 else _shared(found, workers, _same_command(context))
    counts = dict.fromkeys(Outcome, 0)
    with told_progress("Finishing") as progress:
        for number, told in enumerate(work, 1):
            counts[told.outcome] += 1
            if told.why:
                progress.say(f"{told.code} waits: {told.why}.")
            progress.tell(number, len(found))
    others = f" Others finished {counts[Outcome.ELSEWHERE]} meanwhile." if counts[Outcome.ELSEWHERE] else ""
    click.echo(f"{counts[Outcome.FINISHED]} attestations were finished.{others}")
    waiting = counts[Outcome.WAITS] + counts[Outcome.LOST]
    if counts[Outcome.LOST]:
        raise click.ClickException(f"{waiting} attestations wait: processes ended early. Run this again.")
    if waiting:
        raise click.ClickException(f"{waiting} attestations wait for what they need.")


def _read(line: str) -> Of:
    organization_id, attestation_id = line.split()
    return UUID(organization_id), UUID(attestation_id)


def _each(asked: Iterable[Of]) -> Iterator[Told]:
    """Finish one after the other in this process."""
    for number, of in enumerate(asked):
        if number == 1:
            # all that drawing needs is loaded now and stays: the collector need not walk it for each page
            gc.collect()
            gc.freeze()
        yield _finished(of)


def _finished(of: Of) -> Told:
    """Finish one in a transaction of its own: what is done stays done, and nothing holds up the others."""
    settings: Settings = current_app.extensions["settings"]
    with claimed(settings.data_folder / "issuing", str(of[1])):
        attestation = db.session.get_one(Attestation, of, populate_existing=True)
        waits = attestation.status == AttestationStatus.ISSUING
        told = Told(attestation.code, Outcome.FINISHED if waits else Outcome.ELSEWHERE)
        try:
            attestations.issue(db.session, attestation, current_app.extensions["premises"], datetime.now(UTC))
            db.session.commit()
        except (SealError, LedgerError, OSError) as refused:
            db.session.rollback()
            told = Told(attestation.code, Outcome.WAITS, str(refused))
        except Exception as broken:  # whatever is wrong with one must not keep the others waiting
            db.session.rollback()
            log.exception("attestation not finished", attestation=str(of[1]))
            told = Told(attestation.code, Outcome.WAITS, f"unexpected {type(broken).__name__}, see the log")
    return told


def _same_command(context: click.Context) -> Sequence[str]:
    """Return how one of several processes is started: as this command was."""
    application = context.ensure_object(ScriptInfo).app_import_path
    named = ["--app", application] if application else []
    return [sys.executable, "-m", "flask", *named, "attestations", "finish", "--handed"]


class _Worker:
    """One process, and the attestation it is at. On leaving, it finishes that one and ends."""

    def __init__(self, command: Sequence[str]):
        # the very command that runs already, nothing typed in it
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        self.into, self.out = cast(IO[str], self.process.stdin), cast(IO[str], self.process.stdout)
        self.at: Of | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.__exit__(kind, error, trace)

    def hand(self, waiting: deque[Of]) -> None:
        """Give it the next that waits, or tell it that there is none; one that has ended takes nothing."""
        self.at = None
        try:
            if waiting:
                self.into.write("{} {}\n".format(*waiting[0]))
                self.into.flush()
                self.at = waiting.popleft()
            else:
                self.into.close()
        except BrokenPipeError:
            pass


def _shared(found: Sequence[Of], workers: int, command: Sequence[str]) -> Iterator[Told]:
    """Finish them in so many processes, each taking the next when it is done with one."""
    waiting = deque(found)
    with ExitStack() as stack, selectors.DefaultSelector() as ready:
        for _ in range(workers):
            worker = stack.enter_context(_Worker(command))
            ready.register(worker.out, selectors.EVENT_READ, worker)
            worker.hand(waiting)
        while ready.get_map():
            for key, _ in ready.select():
                worker = key.data
                line = worker.out.readline()
                if line.endswith("\n"):
                    told = json.loads(line)
                    yield Told(told["code"], Outcome(told["outcome"]), told["why"])
                    worker.hand(waiting)
                    continue
                ready.unregister(key.fileobj)
                if worker.at is not None:
                    yield _lost(worker.at, f"the process at it ended with {worker.process.wait()}")
    yield from (_lost(of, "no process is left for it") for of in waiting)


def _lost(of: Of, why: str) -> Told:
    attestation = db.session.get_one(Attestation, of, populate_existing=True)
    told = Told(attestation.code, Outcome.LOST, why)
    if attestation.status != AttestationStatus.ISSUING:
        # it was done, and what ended was only the telling
        told = Told(attestation.code, Outcome.FINISHED)
    # the others write meanwhile
    db.session.rollback()
    return told
