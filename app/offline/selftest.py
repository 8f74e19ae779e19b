"""The verifier's own test: the published vectors, packed with it, must come to what they say."""

import json
from collections.abc import Callable, Mapping
from importlib.resources import files

from app.offline.cases import differences, judged
from app.offline.report import Exit


def packed() -> Mapping[str, bytes]:
    """Return the vectors that were packed with the program, by the names of their files."""
    folder = files("app.offline").joinpath("vectors")
    if not folder.is_dir():
        return {}
    return {one.name: one.read_bytes() for one in sorted(folder.iterdir(), key=lambda one: one.name)}


def run(write: Callable[[str], object], vectors: Mapping[str, bytes] | None = None) -> int:
    """Judge every vector, write which differ, and return the exit code: 0 when none does."""
    there = packed() if vectors is None else vectors
    cases = [name for name in there if name.endswith(".json")]
    wrong = 0
    for name in cases:
        vector = json.loads(there[name])
        found = differences(vector, judged(vector, there))
        wrong += bool(found)
        for difference in found:
            write(f"{name}: {difference}\n")
    write(f"{len(cases)} vectors, {wrong} differ.\n")
    return Exit.IN_FORCE if cases and not wrong else Exit.NOT_GENUINE
