"""Who works on what, among the processes of one machine: a claim ends with the process that holds it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def claimed(folder: Path, name: str) -> Iterator[None]:
    """Hold the claim on ``name``, after waiting for whoever holds it.

    It spares work that another process does at this moment, and no more: look afterwards what is left to do.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / name
    handle = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
        place.unlink(missing_ok=True)
    finally:
        os.close(handle)
