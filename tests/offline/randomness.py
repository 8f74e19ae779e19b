"""The same random numbers and clock every time: vectors that hold signatures are made again, byte for byte."""

import hashlib
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

import time_machine


@contextmanager
def the_same_every_time(seed: str, at: datetime) -> Iterator[None]:
    """Draw what would be random from a seed, at one moment. No keys are made within, only numbers and ids."""
    drawn = 0

    def draw(size: int) -> bytes:
        nonlocal drawn
        out = b""
        while len(out) < size:
            out += hashlib.sha256(f"{seed} {drawn}".encode()).digest()
            drawn += 1
        return out[:size]

    clock = time_machine.travel(at, tick=False)
    with clock, patch.object(os, "urandom", draw), patch.object(random, "_urandom", draw):
        yield
