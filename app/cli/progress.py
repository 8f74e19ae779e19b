"""How far a long work is: one line that is rewritten on a terminal, elsewhere a line now and then."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

# seconds between two tellings: fast enough to be seen moving, slow enough to be read in a log
_ON_TERMINAL, _ELSEWHERE = 0.1, 10.0


class Progress:
    """Tells on standard error how much of a work is done, and how long the rest may take."""

    def __init__(self, label: str):
        self._label = label
        self._rewritten = sys.stderr.isatty()
        self._begun = self._told = time.monotonic()
        self._shown = ""

    def tell(self, done: int, of: int) -> None:
        """Tell that ``done`` of so many are done; what follows soon after the last telling is left out.

        That all is done is left out too: the command ends with its own sentence.
        """
        now = time.monotonic()
        if now - self._told < (_ON_TERMINAL if self._rewritten else _ELSEWHERE) or done >= of:
            return
        self._told = now
        line = f"{self._label}: {done * 100 // of} %, {done} of {of}{self._left(now, done, of)}"
        click.echo(f"\r{line:{len(self._shown)}}" if self._rewritten else line, nl=not self._rewritten, err=True)
        self._shown = line

    def _left(self, now: float, done: int, of: int) -> str:
        seconds = (now - self._begun) / done * (of - done) if done else 0
        return f", about {seconds / 60:.0f} min left" if seconds >= 60 else ""

    def say(self, line: str) -> None:
        """Say something that stays."""
        self.clear()
        click.echo(line, err=True)

    def clear(self) -> None:
        """Leave no line half-written for what comes next."""
        if self._rewritten and self._shown:
            click.echo(f"\r{'':{len(self._shown)}}\r", nl=False, err=True)
            self._shown = ""


@contextmanager
def told_progress(label: str) -> Iterator[Progress]:
    """Yield what tells how far a long work is, and clear the line when it ends."""
    progress = Progress(label)
    try:
        yield progress
    finally:
        progress.clear()
