"""Versions that an author might bring next: the newest of a family with a small change, and broken copies of it."""

import re
from pathlib import Path

FAMILY, BEFORE, NEXT = "research-security-integrity", "2.0.0", "2.1.0"
CHECKLISTS = Path(__file__).parents[1] / "checklists"
# what is added to the first help of a family, in both languages
ADDED = {"ja": "迷う時は担当者に尋ねてください。", "en": "Ask the officer when in doubt."}
SUMMARY = {"ja": "説明の一部を分かりやすくしました。", "en": "Part of a help is easier to read."}
_SUPERSEDES = f"""supersedes:
  version: "{BEFORE}"
  change: minor
  summary:
    ja: {SUMMARY["ja"]}
    en: {SUMMARY["en"]}
  in_progress: {{policy: may_finish}}

"""
_HELP = re.compile(r'^( +help:\n +ja: (?:.*?))("?\n +en: (?:.*?))("?\n)', re.MULTILINE)


def text(family: str = FAMILY, number: str = BEFORE) -> str:
    return (CHECKLISTS / family / f"{number}.yaml").read_text("utf-8")


def next_version(family: str = FAMILY) -> str:
    """Return the version that follows the newest of a family: one help says a little more."""
    found = text(family).replace(f'version: "{BEFORE}"', f'version: "{NEXT}"', 1)
    found = re.sub(r"^supersedes:\n(?:[ ].*\n|\n)+", _SUPERSEDES, found, count=1, flags=re.MULTILINE)
    found = _HELP.sub(rf"\g<1>{ADDED['ja']}\g<2> {ADDED['en']}\g<3>", found, count=1)
    assert found.count(ADDED["ja"]) == found.count(ADDED["en"]) == found.count(NEXT) == 1
    return found


def faulty(version: str) -> str:
    """Return a version with two faults: a key that the language does not have, and a word out of place."""
    found = version.replace("    items:\n", "    colour: blue\n    items:\n", 1)
    found = found.replace("disclosure: answer\n", "disclosure: everything\n", 1)
    assert found.count("everything\n") == found.count("colour: blue") == 1
    return found


def mended(faulty: str) -> str:
    return faulty.replace("    colour: blue\n", "").replace("everything\n", "answer\n")
