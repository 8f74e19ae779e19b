"""The test vectors of ``docs/verification/vectors``: ``python -m tests.offline.vectors`` writes them anew.

What each must come to is said here by hand, and not taken from what the verifier says.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.offline.parts import OURS, vkey

FOLDER = Path(__file__).parents[2] / "docs" / "verification" / "vectors"
AT = "2026-12-01T00:00:00Z"

_RESULTS = {"P": "passed", "W": "warning", "N": "not_checked", "F": "failed"}
# what comes of a record with its statement and the proof of its entry, of a sample, without a status list
_BASE = {
    "file": "N no_file",
    "record": "P",
    "statement": "P",
    "entry": "P",
    "issued": "N no_proof",
    "ledger": "P",
    "sample": "W sample",
    "checkpoint": "N no_checkpoint_stamp",
    "order": "N time_claimed",
    "list": "N no_status_list",
    "standing": "N status_unknown",
}
VERDICT_OF = {
    "content": ("file", "seal", "whole", "record", "page", "statement", "entry", "issued"),
    "issuer": ("authority", "institution", "ledger", "sample", "ink"),
    "time": ("stamp", "checkpoint", "order"),
    "status": ("list", "standing"),
}


@dataclass(frozen=True)
class Vector:
    """One case: what is held, believed and known, and what comes of it.

    ``verdicts`` are four letters in the order content, issuer, time, status: passed, warning, not known, failed;
    what passed is good, or known in part where a line of it was not checked. ``lines`` are those that differ
    from the base, "" for one that is not there.
    """

    name: str
    about: str
    held: dict[str, Any]
    exit: int
    verdicts: str
    lines: dict[str, str] = field(default_factory=dict)
    status: str | None = None
    trust: dict[str, Any] = field(default_factory=lambda: {"ledgers": [vkey(OURS)]})
    known: dict[str, Any] = field(default_factory=dict)
    at: str = AT
    # what the vector names, by the names of the files beside it
    files: dict[str, bytes] = field(default_factory=dict)
    # the first difference between record and page: field, expected, found
    difference: tuple[str, str, str] | None = None
    # who signed beside the seal: all that is told of each
    persons: tuple[dict[str, Any], ...] = ()

    def data(self) -> dict[str, Any]:
        """Return the vector as it is published."""
        said = {check: line for check, line in (_BASE | self.lines).items() if line}
        lines: list[dict[str, Any]] = []
        for verdict, checks in VERDICT_OF.items():
            for check in checks:
                if check in said:
                    letter, _, reason = said[check].partition(" ")
                    result = _RESULTS[letter]
                    lines.append({"verdict": verdict, "check": check, "result": result, "reason": reason or None})
        if self.difference:
            there = dict(zip(("field", "expected", "found"), self.difference, strict=True))
            next(line for line in lines if line["check"] == "page")["difference"] = there
        drawn = {"page": True} if "page" in said else {}
        return {
            "format": "kakunin-vector/1",
            "name": self.name,
            "about": self.about,
            "test_keys": True,
            **drawn,
            "held": self.held,
            "trust": self.trust,
            "known": self.known,
            "at": self.at,
            "expected": {
                "exit": self.exit,
                "verdicts": {
                    verdict: _outcome(letter, [line["result"] for line in lines if line["verdict"] == verdict])
                    for verdict, letter in zip(VERDICT_OF, self.verdicts, strict=True)
                },
                "status": self.status,
                "lines": lines,
                **({"persons": list(self.persons)} if self.persons else {}),
            },
        }


def _outcome(letter: str, results: list[str | None]) -> str:
    partly = letter == "P" and "not_checked" in results
    return "partly" if partly else {"P": "good", "W": "note", "N": "unknown", "F": "bad"}[letter]


def published(vector: Vector) -> dict[str, bytes]:
    """Return the files of a vector, by name."""
    text = json.dumps(vector.data(), ensure_ascii=False, indent=1) + "\n"
    return {f"{vector.name}.json": text.encode()} | vector.files


def every() -> Iterator[Vector]:
    """Yield every vector."""
    from tests.offline import bad_proofs, bad_records, bad_statements, files, good, lists, pages

    for module in (good, bad_records, bad_statements, bad_proofs, files, lists, pages):
        yield from module.vectors()


def write(folder: Path = FOLDER) -> int:
    """Write all vectors, and nothing else, into a folder; return their number."""
    for old in folder.iterdir():
        if old.suffix in {".json", ".pdf", ".pem"}:
            old.unlink()
    made = list(every())
    for vector in made:
        for name, content in published(vector).items():
            (folder / name).write_bytes(content)
    return len(made)


if __name__ == "__main__":
    write()
