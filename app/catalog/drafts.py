"""Version files to begin with, as text: an empty first one, and a copy of the newest as the next.

What the author must write is empty, so that a check names each such line until it is filled.
"""

import re
from datetime import date
from itertools import pairwise

from app.catalog.strict import CatalogError, parse
from app.catalog.versions import CASES, VersionFile
from app.domain.succeeding import next_number
from app.domain.succession import ChangeClass

_TOP = re.compile(r"^[a-z_]+:", re.MULTILINE)


class DraftError(ValueError):
    """The file cannot be copied line by line; the message says why."""


def skeleton(family: str, today: date) -> dict[str, str]:
    """Return the files of a new family by name: a commented first version, and one golden case of it."""
    told = {"family": family, "today": today.isoformat()}
    return {"1.0.0.yaml": _fill(_VERSION, told), CASES: _fill(_CASES, told)}


def copied(file: VersionFile, change: ChangeClass) -> tuple[str, str]:
    """Return (number, text) of the version after ``file``: its very lines, with ``supersedes`` to be filled."""
    before = file.checklist.version
    number = next_number(before, change)
    blocks = _blocks(file.source.decode("utf-8"))
    told = {"before": before, "change": change.value, "number": number}
    supersedes = _fill(_SUPERSEDES, told)
    if "supersedes" in blocks:
        blocks["supersedes"] = supersedes + _split(blocks["supersedes"])[1]
    elif "effective" in blocks:
        blocks["effective"] = supersedes.join(_split(blocks["effective"]))
    if "version" in blocks:
        blocks["version"] = re.sub(r"^version:.*", f'version: "{number}"', blocks["version"], count=1)
    text = "".join(blocks.values())
    _same_but_for_its_place(file, text, number)
    return number, text


def _blocks(text: str) -> dict[str, str]:
    """Return the text before the first part, under "", and each part with all lines up to the next one."""
    starts = [*(found.start() for found in _TOP.finditer(text)), len(text)]
    blocks = {"": text[: starts[0]]}
    for start, end in pairwise(starts):
        blocks[text[start:end].partition(":")[0]] = text[start:end]
    return blocks


def _split(block: str) -> tuple[str, str]:
    """Return the lines of a part, and the empty lines and comments after it, which belong to the next one."""
    lines = block.splitlines(keepends=True)
    end = max(number for number, line in enumerate(lines, start=1) if line.strip() and not line.startswith("#"))
    return "".join(lines[:end]), "".join(lines[end:])


def _same_but_for_its_place(file: VersionFile, text: str, number: str) -> None:
    """Hold a copy to its original: nothing but number and succession may differ; raise DraftError."""
    try:
        data, _ = parse(text.encode("utf-8"), file.name)
    except CatalogError as error:
        raise DraftError(f"{file.name} cannot be copied line by line: {error.faults[0].message}.") from None
    same = {name: value for name, value in file.data.items() if name not in {"version", "supersedes"}}
    kept = {name: value for name, value in data.items() if name not in {"version", "supersedes"}}
    followed = data.get("supersedes", {}).get("version")
    if (same, number, file.checklist.version) != (kept, data["version"], followed):
        raise DraftError(f"{file.name} cannot be copied line by line: write the next version by hand.")


def _fill(template: str, told: dict[str, str]) -> str:
    for name, value in told.items():
        template = template.replace(f"<{name}>", value)
    return template


_SUPERSEDES = """\
supersedes:
  version: "<before>"
  change: <change>  # major | minor | patch; `flask checklists diff` tells the least, and a lower claim is refused
  summary:  # what changed and why, in words a research office understands
    ja: ""
    en: ""
  in_progress: {policy: may_finish}  # or offer, or must_move with finish_by: "2027-03-31T17:00:00+09:00"
  # renamed: {old.item: new.item}              the same question under another id
  # options: {item: {old-option: new-option}}  the same choice under another value
  # removed: [old.item]                        every item of <before> that is neither here nor renamed
  # reconfirm: [item]                          answers that must be confirmed anew
  # editorial: [item]                          words changed, meaning did not
"""

_VERSION = """\
# What this checklist is for, and what was left out on purpose.

format: checklist/1
family: <family>
version: "1.0.0"
title:
  ja: ""
  en: ""
# short_title: {ja: …, en: …}  # where many stand side by side
languages: {authoritative: ja, required: [ja, en]}
effective: {from: "<today>"}  # when it may be started; until: "2027-03-31" if that ends
scope: grant  # or institution: about no grant

sources:  # what the items rest on; an item cites a clause of a source
  - id: guideline
    title:
      ja: ""
      en: ""
    publisher:
      ja: ""
      en: ""
    issued: ""  # 2026, 2026-04 or 2026-04-01
    checked: "<today>"
    # url: https://…
    confirmed: true  # false where its text was not read; then say under note what is not confirmed
    clauses:
      - id: first
        title:
          ja: ""
          en: ""

# lists:  # reference lists for items of kind code, pinned by edition and hash
#   - {id: countries, file: countries-2026-11, edition: "2026-11", sha256: …}

# applies_when: {fact: call.fiscal_year, gte: 2026}  # which grants need it; without it, all

scales:  # options that several items share
  yes-no:
    - {value: "yes", label: {ja: はい, en: "Yes"}}
    - {value: "no", label: {ja: いいえ, en: "No"}}

sections:
  - id: scope
    title:
      ja: ""
      en: ""
    # stages: [application, award, yearly, change, completion]  # of a section or an item; without it, all
    items:
      - id: scope.first  # lower-case words; it never changes its meaning
        kind: single  # multi, text, longtext, integer, decimal, date, code, file, person, statement, derived, group
        scale: yes-no
        answered_by: research_office
        required: true
        # states: [not_applicable, unsure, not_obtained]  # what may be chosen instead, each with a reason
        # show_when: {item: other.item, eq: "yes"}
        text:
          ja: ""
          en: ""
        help:  # why it is asked, how to answer, an example
          ja: ""
          en: ""
        cites:
          - {source: guideline, clause: first}
        # disclosure: answer  # the attestation prints the answer; without it, its state only
        # rules:
        #   - id: not-yet
        #     when: {item: scope.first, eq: "no"}
        #     effect: block_submit  # warn, require_reason, require_second_review, flag_for_agency
        #     message: {ja: …, en: …}

attestation:
  statement:  # the words that are certified, with a version of their own
    version: "1.0.0"
    text:
      ja: ""
      en: ""
  signatories:
    # others may certify before the attester, each with a statement of their own, which then has version and text:
    # - {role: principal_investigator, order: 1}
    - {role: attester, order: 2, must_differ_from: [research_office]}
  valid_for_days: 365
"""

_CASES = """\
# Golden cases: situations as research offices meet them, with what must be asked and which rules speak.
# They run whenever the family is checked.

format: checklist-cases/1
family: <family>
cases:
  - id: nothing-answered-yet
    title:
      ja: ""
      en: ""
    versions: ["1.0.0"]
    facts: {stage: application}
    answers: {}
    expect:
      applies: "yes"
      shown: [scope.first]
      missing: [scope.first]
      fired: []
"""
