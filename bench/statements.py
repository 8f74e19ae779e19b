"""Counting SQL statements: how many a page needs, and how long the longest is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from app.extensions import db
from bench.place import Place


@dataclass
class Said:
    """What was said to the database."""

    texts: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        return len(self.texts)

    @property
    def longest(self) -> int:
        return max((len(text) for text in self.texts), default=0)


@contextmanager
def listening(place: Place) -> Iterator[Said]:
    """Note every statement except the begin and end of transactions."""
    said = Said()
    with place.app.app_context():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            said.texts.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def counted(place: Place, work: Callable[[], object]) -> Said:
    """Return what one call says when everything is warm."""
    work()
    with listening(place) as said:
        work()
    return said
