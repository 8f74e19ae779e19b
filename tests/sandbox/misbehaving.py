"""A keeper whose readers do what a hostile file could make a parser do: its content names the misdeed."""

import ctypes
import os
import socket
import sys
import time
from pathlib import Path

from app.sandbox import keeper, limits
from app.sandbox.found import Found
from app.sandbox.warming import warm


def _loop() -> None:
    while True:
        pass


def _hog() -> None:
    held = []
    while True:
        held.append(bytearray(1 << 24))


def _hog_natively() -> None:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    while (place := libc.malloc(ctypes.c_size_t(1 << 24))) is not None:
        ctypes.memset(place, 1, 1 << 24)
    os.abort()


def _flood() -> Found:
    return Found(codes=("x" * (40 << 20),))


def _call_home() -> None:
    socket.create_connection(("127.0.0.1", 9))


def _read_a_secret() -> None:
    Path("/etc/passwd").read_bytes()


def _remove() -> None:
    Path("/tmp").rename("/tmp.gone")


def _start_a_program() -> None:
    os.execv("/bin/true", ["true"])


def _end_the_service() -> None:
    os.kill(os.getppid(), 0)


def _lie() -> None:
    os.write(max(int(each) for each in range(3, 30) if _is_open(each)), b'{"media": "pdf", "more": 1}')
    os._exit(0)


def _is_open(handle: int) -> bool:
    try:
        os.fstat(handle)
    except OSError:
        return False
    return True


MISDEEDS = {
    b"abort": os.abort,
    b"segfault": lambda: ctypes.string_at(0),
    b"exit": lambda: os._exit(3),
    b"raise": lambda: 1 / 0,
    b"recurse": lambda: eval("(lambda f: f(f))(lambda f: f(f))"),
    b"loop": _loop,
    b"sleep": lambda: time.sleep(60),
    b"hog": _hog,
    b"hog natively": _hog_natively,
    b"flood": _flood,
    b"lie": _lie,
}
REFUSED = {
    b"call home": _call_home,
    b"read a secret": _read_a_secret,
    b"remove": _remove,
    b"start a program": _start_a_program,
    b"end the service": _end_the_service,
}


def read(content: bytes, *_asked: object) -> Found:
    """Do the misdeed; one that is refused comes back as the name of the error."""
    if content in REFUSED:
        try:
            REFUSED[content]()
        except OSError as error:
            return Found(codes=(type(error).__name__,))
        return Found(codes=("allowed",))
    if content in MISDEEDS:
        return MISDEEDS[content]() or Found(codes=("allowed",))
    return Found(codes=("good",))


def main() -> None:
    """Keep, with shorter limits than a service has."""
    warm()
    limits.CPU_SECONDS, limits.WALL_SECONDS, limits.MEMORY = 1, 2, 512 << 20
    with socket.socket(fileno=int(sys.argv[-1])) as door:
        keeper.keep(door, read)
