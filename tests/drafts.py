"""Versions that an author might bring next: the newest of a family with a small change, and broken copies of it."""

import re
from pathlib import Path

FAMILY, BEFORE, NEXT = "research-security-integrity", "2.0.0", "2.1.0"
CHECKLISTS = Path(__file__).parents[1] / "checklists"
# one sentence of a help, in both languages, as it was and as it shall be
OLD = (
    "採択時とその後は、変わりがないかをもう一度確かめてください。",
    "At the award and later, check again whether anything has changed.",
)
NEW = ("採択時とその後にも、同じ確認をしてください。", "At the award and later, make the same check.")
_SUPERSEDES = """supersedes:
  version: "2.0.0"
  change: minor
  summary:
    ja: 説明の一部を分かりやすくしました。
    en: Part of a help is easier to read.
  in_progress: {policy: may_finish}

"""  # fmt: skip


def text(family: str = FAMILY, number: str = BEFORE) -> str:
    return (CHECKLISTS / family / f"{number}.yaml").read_text("utf-8")


def next_version() -> str:
    """Return the version that follows the newest of the family: one help is worded otherwise."""
    found = text().replace(f'version: "{BEFORE}"', f'version: "{NEXT}"', 1)
    found = re.sub(r"^supersedes:\n(?:[ ].*\n|\n)+", _SUPERSEDES, found, count=1, flags=re.MULTILINE)
    for old, new in zip(OLD, NEW, strict=True):
        assert found.count(old) == 1, old
        found = found.replace(old, new)
    return found


def faulty(version: str) -> str:
    """Return a version with two faults: a key that the language does not have, and a word out of place."""
    found = version.replace("      - id: scope.areas\n", "      - id: scope.areas\n        colour: blue\n", 1)
    found = found.replace("disclosure: answer\n", "disclosure: everything\n", 1)
    assert found.count("everything\n") == found.count("colour: blue") == 1
    return found


def mended(faulty: str) -> str:
    return faulty.replace("        colour: blue\n", "").replace("everything\n", "answer\n")
