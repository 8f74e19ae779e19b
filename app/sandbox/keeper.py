"""The keeper: has the parsers loaded, waits for files, and forks a confined reader for each. It parses nothing.

It is started by ``desk.Desk`` with one socket, over which come the sockets of single files; when the other
end closes, it ends. A request is a line of JSON (whom to believe, as of when, whether the file was made
here) with its length before it, then the file. An answer is the JSON of ``Found``, and, where its page is
still to be compared, a line end and the JSON of ``Compared``: a comparison that is cut off costs nothing else.
"""

import base64
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from datetime import datetime

from cryptography import x509

from app.sandbox.found import LENGTH, PAGE, READY, Found
from app.sandbox.limits import confine
from app.sandbox.reading import page_of, read
from app.sandbox.warming import warm
from app.signing.anchors import Anchors

Read = Callable[[bytes, Anchors, datetime, bool], Found]


def keep(door: socket.socket, reads: Read = read) -> None:
    """Serve until the other end of ``door`` closes: one reader, one file."""
    # readers are reaped by the kernel: nobody waits for them
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    door.send(READY)
    while True:
        message, handles, _flags, _address = socket.recv_fds(door, 1, 1)
        if not message:
            return
        if os.fork() == 0:
            door.close()
            _serve(socket.socket(fileno=handles[0]), reads)
        for handle in handles:
            os.close(handle)


def _serve(job: socket.socket, reads: Read) -> None:
    """Read one file and end, whatever happens: nothing of a reader returns to the keeper's loop."""
    try:
        confine()
        head = json.loads(_exactly(job, int.from_bytes(_exactly(job, LENGTH))))
        anchors, at = Anchors(*(_certificates(head[name]) for name in ("seals", "times", "persons"))), head["at"]
        content = _exactly(job, head["size"])
        found = reads(content, anchors, datetime.fromisoformat(at), head["kept"])
        job.sendall(found.model_dump_json().encode())
        if found.page is not None and found.report is not None:
            job.sendall(b"\n" + PAGE.dump_json(page_of(content, found.report)))
    finally:
        os._exit(0)


def _certificates(told: list[str]) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_der_x509_certificate(base64.b64decode(each)) for each in told)


def _exactly(job: socket.socket, size: int) -> bytes:
    content = bytearray(size)
    view, there = memoryview(content), 0
    while there < size:
        got = job.recv_into(view[there:])
        if not got:
            raise EOFError
        there += got
    view.release()
    return bytes(content)


def main() -> None:
    """Keep the door whose number is the last argument."""
    warm()
    with socket.socket(fileno=int(sys.argv[-1])) as door:
        keep(door)
