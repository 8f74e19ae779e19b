"""The test vectors of ``cond/1`` as Python reads them: plain scopes made into scopes."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.domain.conditions import HIDDEN, Scope, decide
from tests.domain.samples import condition

FILE = Path(__file__).parents[2] / "docs/checklists/cond-1-vectors.json"
Plain = Mapping[str, Any]


def vectors() -> list[dict[str, Any]]:
    """Return every vector: id, condition, scope, expected."""
    found: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))["vectors"]
    return found


def scope(plain: Plain, around: Plain | None = None) -> Scope:
    """Return a plain scope as a scope; a row sees its own parts first, then those around it."""
    seen = {part: {**(around or {}).get(part, {}), **plain.get(part, {})} for part in PARTS}
    return Scope(
        item=lambda name: _value(seen["items"].get(name)),
        fact=seen["facts"].get,
        rows=lambda name: _rows(seen["rows"][name], seen),
        codes=lambda name: frozenset(seen["lists"][name]),
    )


PARTS = ("items", "facts", "rows", "lists")


def _value(told: Plain | None) -> Any:
    if told is None:
        return None
    if told.get("hidden"):
        return HIDDEN
    value = told["value"]
    return Decimal(value) if told.get("kind") == "decimal" and value is not None else value


def _rows(told: Plain | None, seen: Plain) -> tuple[list[Scope], bool] | None:
    if told is None:
        return None
    return [scope(row, seen) for row in told["each"]], told["complete"]


def verdict(vector: Plain) -> bool | None:
    """Return what Python decides."""
    return decide(condition(vector["condition"]), scope(vector["scope"]))
