"""Many at once: as many as an outage leaves are issued by real processes, beside bare WeasyPrint and bare pyHanko.

Run as ``python -m bench.bulk`` it is one bare process.
"""

import gc
import io
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
from pyhanko.sign import signers
from sqlalchemy import func, select

from app.domain.attestation import Record
from app.extensions import db
from app.models import Attestation, LedgerEntry
from app.services import attestations, ledgerchecks, revisions
from app.signing.anchors import load_anchors
from app.signing.timestamps import TimeAuthority
from app.signing.validate import validate
from bench.documents import CODE, markup_of, sign, weasyprint
from bench.place import ROOT, found_place, make_keys, open_place
from bench.report import table, verdict
from tests import walking, world
from tests.bulk import waiting

DOCUMENTS = int(os.environ.get("BENCH_DOCUMENTS", "500"))
CORES = os.cpu_count() or 1
# so many drawn by each bare process before ours, and as many after
BARE = max(5, DOCUMENTS // 10)
GOAL = 1.3
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True)
class Taken:
    """What issuing them took: processor time for each, all processes counted from their start; memory of one."""

    workers: int
    documents: int
    seconds: float
    cpu_ms: float
    bare_ms: float
    mebibytes: float
    bare_mebibytes: float
    pages: int
    bytes: int

    @property
    def ratio(self) -> float:
        return self.cpu_ms / self.bare_ms


def measure(folder: Path) -> tuple[list[dict[str, object]], str]:
    """Return the figures for one process and for one on each core, and the table of them."""
    folder.mkdir()
    started = time.monotonic()
    ready = _prepared(folder / "ready")
    prepared = time.monotonic() - started
    taken = [_taken(ready, folder, workers) for workers in sorted({1, CORES})]
    head = (
        f"Issue {DOCUMENTS} that wait, {taken[0].pages} pages, {taken[0].bytes / 1000:.0f} kB",
        *(
            "documents/s per core",
            "bare",
            "× bare time",
            "goal",
            "met",
            "MiB a process",
            "bare",
            "documents/s in all",
        ),
    )
    lines = [
        (
            f"{one.workers} process{'es' if one.workers > 1 else ''}",
            f"{1000 / one.cpu_ms:.2f}",
            f"{1000 / one.bare_ms:.2f}",
            f"**{one.ratio:.2f}**",
            f"≤ {GOAL:g}",
            verdict(round(one.ratio, 1) <= GOAL),
            f"{one.mebibytes:.0f}",
            f"{one.bare_mebibytes:.0f}",
            f"{one.documents / one.seconds:.2f}",
        )
        for one in taken
    ]
    return [asdict(one) | {"ratio": one.ratio, "prepared_seconds": prepared} for one in taken], table(head, lines)


def _prepared(folder: Path) -> Path:
    """Make a place where so many are certified and wait: one walks all the way, the others are like it."""
    folder.mkdir()
    make_keys(folder / "keys")
    place = open_place(folder)
    with place.app.app_context(), place.session() as session:
        people = world.World(session)
        submission_id = walking.approved(people, CODE, "application")
        attester = people.actor(CODE, "attester")
        opened = revisions.find(session, attester, submission_id)
        first = attestations.attest(session, attester, opened, walking.premises(place.app))
        session.commit()
        waiting(session, first, DOCUMENTS - 1)
        (folder / "record.json").write_bytes(first.record)
        db.engine.dispose()
    # the bare ones stamp too
    TimeAuthority(folder / "keys").stamp(b"", datetime.now(UTC))
    return folder


def _taken(ready: Path, folder: Path, workers: int) -> Taken:
    data = folder / f"by-{workers}"
    shutil.copytree(ready, data)
    before = _bare(ready, workers)
    cpu, start = _children(), time.monotonic()
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "attestations", "finish", "--workers", str(workers)]
    environment = os.environ | {"KAKUNIN_DATA_FOLDER": str(data), "KAKUNIN_DATABASE_URL": ""}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        peak = _watched(process, alone=workers == 1)
        said = process.stdout.read() if process.stdout else ""
    seconds, cpu = time.monotonic() - start, _children() - cpu
    if (process.returncode, said) != (0, f"{DOCUMENTS} attestations were finished.\n"):
        raise RuntimeError(f"not all were issued: {said}")
    bare = [*before, *_bare(ready, workers)]
    file = _checked(data)
    with pikepdf.open(io.BytesIO(file)) as opened:
        pages = len(opened.pages)
    return Taken(
        workers,
        DOCUMENTS,
        seconds,
        cpu / DOCUMENTS * 1000,
        sum(one["ms"] for one in bare) / len(bare),
        peak,
        max(one["mebibytes"] for one in bare),
        pages,
        len(file),
    )


def _children() -> float:
    """Return the processor time of all who have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watched(process: subprocess.Popen[str], *, alone: bool) -> float:
    """Wait for the end; return the most memory (MiB) that a process which draws ever had."""
    most = 0.0
    while process.poll() is None:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        try:
            drawing = [str(process.pid)] if alone else children.read_text().split()
            most = max([most, *(_peak(each) for each in drawing)])
        except OSError:
            continue  # it ended while it was looked at
        time.sleep(0.2)
    return most


def _peak(process: str) -> float:
    found = _PEAK.search(Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def _checked(data: Path) -> bytes:
    """Read back: each issued once, the ledger whole; return a file, which is good."""
    place = found_place(data)
    premises = walking.premises(place.app)
    with place.app.app_context(), place.session() as session:
        issued = session.scalars(select(Attestation).filter_by(status="in_force")).all()
        entries = session.scalar(select(func.count()).select_from(LedgerEntry))
        if (len(issued), entries) != (DOCUMENTS, 2 * DOCUMENTS) or ledgerchecks.verify(session, premises):
            raise RuntimeError(f"{len(issued)} are in force, {entries} entries are in the ledger")
        file = attestations.file_of(issued[-1], premises)
    if not validate(file, load_anchors(None, data / "keys"), datetime.now(UTC)).good:
        raise RuntimeError("the sealed file is not good")
    return file


def _bare(ready: Path, workers: int) -> list[dict[str, float]]:
    """Let so many bare processes draw and sign at once."""
    command = [sys.executable, "-m", "bench.bulk", str(ready)]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(workers)]
    return [json.loads(one.communicate()[0]) for one in running]


def bare(ready: Path) -> dict[str, float]:
    """Draw and sign so many, as ``documents`` does, and return the milliseconds of each and the memory."""
    data, keys, at = (ready / "record.json").read_bytes(), ready / "keys", datetime.now(UTC).replace(microsecond=0)
    draw = weasyprint(markup_of(Record.model_validate_json(data), data), pdf_variant="pdf/a-3a")
    its = keys / "seals" / CODE
    signer = signers.SimpleSigner.load(str(its / "key.pem"), str(its / "certificate.pem"))
    times = TimeAuthority(keys)
    sign(draw(), signer, times.timestamper(at))
    gc.collect()
    gc.freeze()
    start = time.process_time()
    for _ in range(BARE):
        sign(draw(), signer, times.timestamper(at))
    return {"ms": (time.process_time() - start) / BARE * 1000, "mebibytes": _peak("self")}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(bare(Path(sys.argv[1]))))
