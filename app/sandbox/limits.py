"""What a reader may not do. All of it is set before the first byte of a stranger's file is looked at."""

import ctypes
import platform
import resource
import signal
import struct
from typing import NamedTuple

CPU_SECONDS = 8
WALL_SECONDS = 12
MEMORY = 1024 * 1024 * 1024

_OPEN_FILES = 32
_SECONDS = resource.RLIMIT_CPU

# Linux: prctl(2), seccomp(2), and the words of a classic BPF program (linux/filter.h, linux/seccomp.h)
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 13, 0x80000000
_NUMBER_AT, _MACHINE_AT = 0, 4
_X32 = 0x40000000


class _Machine(NamedTuple):
    """A kind of processor: its audit number, and the numbers of the calls that are refused on it."""

    audit: int
    refused: tuple[int, ...]


# by line: socket, connect, bind, listen, accept, accept4, execve, execveat, open, openat, openat2, creat;
# ptrace, process_vm_readv, process_vm_writev, kill, pidfd_send_signal; what moves, links, changes or removes
# files; bpf and io_uring
_MACHINES = {
    "x86_64": _Machine(
        0xC000003E,
        (
            *(41, 42, 49, 50, 43, 288, 59, 322, 2, 257, 437, 85),
            *(101, 310, 311, 62, 424),
            *(82, 264, 316, 86, 265, 88, 266, 87, 263, 83, 258, 84, 90, 268, 92, 260, 76, 165),
            *(321, 425, 427),
        ),
    ),
    "aarch64": _Machine(
        0xC00000B7,
        (
            *(198, 203, 200, 201, 202, 242, 221, 281, 56, 437),
            *(117, 270, 271, 129, 424),
            *(38, 276, 37, 36, 35, 34, 53, 54, 45, 40),
            *(280, 425, 427),
        ),
    ),
}


def confine() -> None:
    """Bind this process for the rest of its life: time, memory, and nothing outside of itself."""
    # an alarm that nobody handles ends a process, whatever it is busy with
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
    for what, limit in (
        (_SECONDS, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        resource.setrlimit(what, (limit, limit))
    _refuse_calls()


def _refuse_calls() -> bool:
    """Let the kernel refuse what reaches outside; return whether it does.

    On other processors, and where the kernel has no filters, the other limits stand alone.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    program = _program(machine)
    libc = ctypes.CDLL(None, use_errno=True)
    words = ctypes.create_string_buffer(program, len(program))
    sock_fprog = struct.pack("@HP", len(program) // 8, ctypes.addressof(words))
    nothing = ctypes.c_ulong(0)
    if libc.prctl(_NO_NEW_PRIVILEGES, ctypes.c_ulong(1), nothing, nothing, nothing) != 0:
        return False
    return bool(libc.prctl(_SECCOMP, ctypes.c_ulong(_FILTER), sock_fprog, nothing, nothing) == 0)


def _program(machine: _Machine) -> bytes:
    """Return the filter: another machine's calls end the process, refused ones fail with EACCES."""
    last = len(machine.refused)
    lines = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_EQUAL, 1, 0, machine.audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, last + 1, 0, _X32),
        *((_EQUAL, last - place, 0, number) for place, number in enumerate(machine.refused)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
