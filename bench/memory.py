"""Memory of a real gunicorn worker, ours and the floor's: after the start, after pages, after a document."""

import contextlib
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from bench.place import ROOT, Place, token
from tests.servers import free_port

VIEWS = 50
_RSS = re.compile(r"VmRSS:\s+(\d+) kB")


@contextlib.contextmanager
def _worker(target: str, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Serve with one worker and yield its process id and port."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", target],
        cwd=ROOT,
        env=os.environ | environment | {"KAKUNIN_BIND": f"127.0.0.1:{port}", "KAKUNIN_WORKERS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _child(server.pid, port), port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _child(master: int, port: int) -> int:
    for _ in range(300):
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            if children:
                return int(children[0])
        time.sleep(0.1)
    raise RuntimeError("the worker did not start")


def _mebibytes(process: int) -> float:
    found = _RSS.search(Path(f"/proc/{process}/status").read_text())
    if not found:
        raise RuntimeError("no such worker")
    return int(found[1]) / 1024


def _ask(
    port: int, method: str, path: str, *, cookies: str = "", form: dict[str, str] | None = None
) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Accept-Language": "en", "Connection": "close"}
    if cookies:
        headers["Cookie"] = cookies
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, path, urlencode(form) if form is not None else None, headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body.decode(errors="replace")


def _view(port: int, path: str, cookies: str = "") -> str:
    status, body = _ask(port, "GET", path, cookies=cookies)
    if status != 200:
        raise RuntimeError(f"GET {path}: {status}")
    return body


def weigh_ours(place: Place, code: str, paths: list[str], submission_id: object) -> dict[str, float]:
    """Return the resident memory (MiB) of our worker; its document is certified through the page."""
    office, attester = (place.signed_in(code, name).cookies for name in ("office", "attester"))
    environment = {
        "KAKUNIN_DATA_FOLDER": str(place.folder),
        "KAKUNIN_DATABASE_URL": place.settings.database,
        "KAKUNIN_LIMITS": "false",
    }
    with _worker("wsgi:app", environment) as (worker, port):
        _view(port, "/healthz")
        found = {"after start": _mebibytes(worker)}
        for number in range(VIEWS):
            _view(port, paths[number % len(paths)], office)
        found[f"after {VIEWS} pages"] = _mebibytes(worker)
        page = _view(port, f"/submissions/{submission_id}/attest", attester)
        form = {"csrf_token": token(page), "certify": "y"}
        status, body = _ask(port, "POST", f"/submissions/{submission_id}/attest", cookies=attester, form=form)
        if status != 302:
            raise RuntimeError(f"not attested: {status} {body[:300]}")
        pdf = _view(port, f"/submissions/{submission_id}/revisions/1/attestation.pdf", attester)
        if not pdf.startswith("%PDF-"):
            raise RuntimeError("no document came")
        found["after the first PDF"] = _mebibytes(worker)
    return found


def weigh_bare(folder: Path) -> dict[str, float]:
    """Return the same of the floor's worker."""
    with _worker("bench.bare:served()", {"BENCH_FOLDER": str(folder)}) as (worker, port):
        _ask(port, "GET", "/healthz")
        found = {"after start": _mebibytes(worker)}
        for _ in range(VIEWS):
            _view(port, "/pages/plain")
        found[f"after {VIEWS} pages"] = _mebibytes(worker)
    return found
