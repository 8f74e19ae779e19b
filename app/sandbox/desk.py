"""The desk in the web process: hands a file to a reader and takes the answer, or says why there is none."""

import base64
import json
import os
import socket
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import ValidationError

from app.domain.errors import BusyError
from app.sandbox.found import LENGTH, PAGE, READY, Found, Trouble, media
from app.sandbox.limits import CPU_SECONDS, WALL_SECONDS
from app.signing.anchors import Anchors

AT_ONCE = 2
"""Files that one web process has read at once; others wait, so that half of its threads stay free for all else."""

_ROOT = Path(__file__).parents[2]
_START = "import sys; sys.path.insert(0, {!r}); from {} import main; main()"
_PATIENCE = 3
_START_SECONDS = 30
_LARGEST_ANSWER = 32 * 1024 * 1024


class Desk:
    """One desk for each web process; its keeper is started with the first file and again if it is lost."""

    def __init__(self, program: str = "app.sandbox.keeper", seconds: int = WALL_SECONDS) -> None:
        self._program, self._seconds = program, seconds
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._door: socket.socket | None = None
        self._keeper: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def read(self, content: bytes, anchors: Anchors, at: datetime, *, kept: bool = False) -> Found:
        """Return what a file holds as of ``at``; raise BusyError when too many are read at this moment.

        ``kept`` says that these very bytes were made here: it spares comparing their revisions.
        """
        if not self._places.acquire(timeout=_PATIENCE):
            raise BusyError("busy_reading")
        try:
            told = {
                "seals": _told(anchors.seals),
                "times": _told(anchors.times),
                "persons": _told(anchors.persons),
                "at": at.isoformat(),
                "kept": kept,
            }
            return self._asked(content, json.dumps({**told, "size": len(content)}).encode())
        finally:
            self._places.release()

    def close(self) -> None:
        """Let the keeper go; a later file starts another."""
        with self._lock:
            self._leave()

    def _asked(self, content: bytes, head: bytes) -> Found:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._hand_over(theirs)
            began = time.monotonic()
            answer, late = bytearray(), False
            try:
                _conversation(ours, head, content, began + self._seconds + 1, answer)
            except TimeoutError:
                late = True
            except OSError:
                answer.clear()
        first, _, page = bytes(answer).partition(b"\n")
        try:
            found = Found.model_validate_json(first)
        except ValidationError:
            late = late or time.monotonic() - began >= min(CPU_SECONDS, self._seconds)
            return Found(media=media(content), trouble=Trouble.TOOK_TOO_LONG if late else Trouble.BROKE_OFF)
        return found if found.page is None else _with_page(found, page)

    def _hand_over(self, job: socket.socket) -> None:
        with self._lock:
            try:
                self._send(job)
            except OSError:
                # the keeper was lost, to the kernel's hunt for memory or to an administrator
                self._leave()
                self._send(job)

    def _send(self, job: socket.socket) -> None:
        if self._owner != os.getpid():
            # a worker that was forked from a process with a keeper has one of its own
            self._leave()
        if self._door is None:
            self._start()
        if self._door is None:
            raise BusyError("busy_reading")
        socket.send_fds(self._door, [b"j"], [job.fileno()])

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        start = _START.format(str(_ROOT), self._program)
        with theirs:
            # no secret of ours is in its environment, and a Ctrl-C meant for the service is not for it
            keeper = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-I", "-c", start, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},
                cwd="/",
                start_new_session=True,
            )
        ours.settimeout(_START_SECONDS)
        try:
            ready = ours.recv(len(READY)) == READY
        except TimeoutError:
            ready = False
        ours.settimeout(None)
        self._door, self._keeper, self._owner = ours, keeper, os.getpid()
        if not ready:
            self._leave()

    def _leave(self) -> None:
        if self._door is not None:
            self._door.close()
        if self._keeper is not None and self._owner == os.getpid():
            try:
                self._keeper.wait(1)
            except subprocess.TimeoutExpired:
                self._keeper.kill()
                self._keeper.wait()
        self._door = self._keeper = None


def _told(certificates: tuple[x509.Certificate, ...]) -> list[str]:
    return [base64.b64encode(each.public_bytes(Encoding.DER)).decode() for each in certificates]


def _with_page(found: Found, page: bytes) -> Found:
    """Return what was found with its page compared; where the reader was ended over it, it was not."""
    try:
        return found.model_copy(update={"page": PAGE.validate_json(page)})
    except ValidationError:
        return found


def _conversation(job: socket.socket, head: bytes, content: bytes, deadline: float, answer: bytearray) -> None:
    """Send a file and take the answer, none or cut where the reader was ended."""
    try:
        job.settimeout(_left(deadline))
        job.sendall(len(head).to_bytes(LENGTH) + head + content)
    except (BrokenPipeError, ConnectionResetError):
        return
    while len(answer) <= _LARGEST_ANSWER:
        job.settimeout(_left(deadline))
        part = job.recv(1 << 16)
        if not part:
            return
        answer += part
    answer.clear()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
