"""Copies of a sound family, each damaged in one place: the check names that line and says what is wrong with it.

An edit replaces a text that stands once in the copy; the fault is expected at the line where the new text differs
from the old, unless the case says that it shows elsewhere.
"""

import shutil
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest

from app.catalog.checking import check_family
from app.catalog.strict import Fault
from app.catalog.versions import CASES, LOCK, load_version, version_files, write_lock
from app.domain.attestation import sha256
from app.domain.checklist import Attesting, Checklist, ExceptionState, Item, Kind, Repeat, Section, Stage
from app.domain.conditions import OPERATORS
from app.domain.rules import MEDIA, Branch, Effect, EvidenceRule, Rule
from app.domain.sources import Source
from app.domain.succession import Succession

SAMPLES = Path(__file__).parent / "samples"
FAMILY = "field-trip"
FIRST, SECOND = "1.0.0.yaml", "2.0.0.yaml"
CLOSED = sha256((SAMPLES / "lists" / "closed-2026.json").read_bytes())

Edit = tuple[str, str]


@dataclass(frozen=True)
class Damage:
    """One damaged copy: the file, what is replaced by what, the words of its fault, and where it shows.

    ``at`` is a text in the damaged file on whose line the fault stands; without it, the line of the edit.
    ``more`` are edits beside the first.
    """

    edit: Edit
    words: str
    file: str = FIRST
    at: str | None = None
    more: tuple[Edit, ...] = ()


SHAPE: dict[str, Damage] = {
    "a key that the language does not have": Damage(
        ("        max_length: 100\n", "        longest: 100\n"), "the language has no longest here"
    ),
    "a misspelt key whose value begins on the next line": Damage(
        ("        evidence:\n          - id: judgement-note", "        evidense:\n          - id: judgement-note"),
        "the language has no evidense here",
    ),
    "a key at the top that is not one": Damage(
        ("scope: grant\n", "status: draft\n"), "the language has no status here"
    ),
    "another format": Damage(("format: checklist/1", "format: checklist/2"), "format is one of 'checklist/1'"),
    "a family in capitals": Damage(("family: field-trip", "family: Field-Trip"), "family is lower-case words"),
    "the family of another folder": Damage(
        ("family: field-trip", "family: lab-visit"),
        "family and version are those of the file's place",
        at="# A made-up",
    ),
    "a number that is no version": Damage(
        ('version: "1.0.0"\ntitle', 'version: "1.0"\ntitle'), "version is a version number"
    ),
    "a number that is another file's": Damage(
        ('version: "1.0.0"\ntitle', 'version: "1.0.1"\ntitle'),
        "family and version are those of the file's place",
        at="# A made-up",
    ),
    "no title": Damage(
        ("title: {ja: 野外調査の安全確認（見本）, en: Safety of field trips (sample)}\n", ""),
        "title is missing",
        at="format: checklist/1\n",
    ),
    "a title without English": Damage(
        (
            "{ja: 野外調査の安全確認（見本）, en: Safety of field trips (sample)}",
            "{ja: 野外調査の安全確認（見本）}",
        ),
        "title.en is missing",
    ),
    "a title without Japanese": Damage(
        ("{ja: 野外調査の安全確認（見本）, en: Safety of field trips (sample)}", "{en: Safety of field trips}"),
        "title.ja is missing",
    ),
    "a title that is a text": Damage(
        ("{ja: 野外調査の安全確認（見本）, en: Safety of field trips (sample)}", "Safety"),
        "title is written in both languages",
    ),
    "a text that is empty": Damage(
        ("{ja: 移動の日も数えます。, en: Days of travel count.}", '{ja: "", en: Days of travel count.}'),
        "help.ja is empty",
    ),
    "a question in Japanese only": Damage(
        ("text: {ja: 何日間ですか。, en: For how many days?}", "text: {ja: 何日間ですか。}"), "text.en is missing"
    ),
    "an option in English only": Damage(
        ("{ja: 野生動物, en: Wild animals}", "{en: Wild animals}"), "label.ja is missing"
    ),
    "a message in Japanese only": Damage(
        ("message: {ja: 高額です。, en: It is expensive.}", "message: {ja: 高額です。}"), "message.en is missing"
    ),
    "a third language": Damage(
        ("text: {ja: 何日間ですか。, en: For how many days?}", "text: {ja: 何日間ですか。, en: Days?, fr: Jours}"),
        "the language has no fr here",
    ),
    "a day that is not on the calendar": Damage(
        ('from: "2025-04-01"', 'from: "2025-04-31"'), "2025-04-31 is no day of the calendar"
    ),
    "a day in another form": Damage(
        ('from: "2025-04-01"', 'from: "1 April 2025"'), "from is a day, such as 2026-04-01"
    ),
    "an end before the beginning": Damage(('until: "2026-03-31"', 'until: "2025-03-31"'), "until is before from"),
    "a year that is a number": Damage(('    issued: "2025"\n', "    issued: 2025\n"), "issued is a text"),
    "an address without a scheme": Damage(
        ("url: https://guide.example/", "url: guide.example"), "url is an address"
    ),
    "confirmed in words": Damage(("    confirmed: true\n", "    confirmed: yes\n"), "confirmed is true or false"),
    "not confirmed and no note": Damage(
        ("    note: {ja: 文書はありません。, en: There is no document.}\n", ""),
        "an unconfirmed source needs a note",
        at="  - id: practice\n",
    ),
    "a source without clauses": Damage(
        ("    clauses:\n      - {id: records, title: {ja: 記録, en: Records}}\n", ""),
        "clauses is missing",
        at="  - id: practice\n",
    ),
    "a hash that is none": Damage(("sha256: 359331a2", "sha256: X59331a2"), "sha256 is a SHA-256 hash"),
    "an id with a capital": Damage(
        ("      - id: plan.days\n", "      - id: plan.Days\n"), "id is lower-case words"
    ),
    "a kind that is not one": Damage(
        ("        kind: integer\n        min: 1", "        kind: number\n        min: 1"),
        "kind is one of 'single', 'multi'",
    ),
    "a respondent that is not one": Damage(("answered_by: hr_office", "answered_by: dean"), "answered_by is "),
    "a stage that is not one": Damage(("stages: [award, yearly]", "stages: [award, monthly]"), "stages is "),
    "a state that is not one": Damage(
        ("states: [unsure, not_obtained, not_applicable]", "states: [unsure, unknown]"),
        "states is one of 'not_applicable', 'unsure'",
    ),
    "required in words": Damage(
        ("        required: true\n        text: {ja: 何日間", '        required: "yes"\n        text: {ja: 何日間'),
        "required is true or false",
    ),
    "a length below one": Damage(("max_length: 1000", "max_length: 0"), "max_length is at least 1"),
    "a limit that is a text": Damage(("        max: 60\n", '        max: "60"\n'), "max is a whole number"),
    "limits that cross": Damage(("        min: 1\n", "        min: 70\n"), "min is larger than max"),
    "places on a whole number": Damage(
        ("        max: 60\n", "        places: 1\n"), "places goes only with decimal"
    ),
    "a list on a choice": Damage(
        (
            "        options:\n          - {value: weather",
            "        list: grounds\n        options:\n          - {value: weather",
        ),
        "list goes only with code",
    ),
    "a choice without options": Damage(
        (
            "        scale: yes-no\n        answered_by: principal_investigator\n",
            "        answered_by: principal_investigator\n",
        ),
        "single, multi and derived, and only they, have either a scale or options",
        at="      - id: plan.abroad\n",
    ),
    "a group without items": Damage(
        ("        repeat: {min: 1, max: 9, label_from: stays.place}\n", "        max: 9\n"),
        "max goes only with decimal, integer",
    ),
    "a group that repeats beyond bounds": Damage(("{min: 1, max: 9,", "{min: 1, max: 900,"), "max is at most 500"),
    "a group whose least is more than its most": Damage(
        ("{min: 1, max: 9,", "{min: 10, max: 9,"), "min is larger than max"
    ),
    "a group in a group": Damage(
        (
            "            kind: code\n            list: grounds\n",
            "            kind: group\n            repeat: {}\n            items: [{id: stays.ground.a, kind: text, "
            "text: {ja: 甲, en: A}, help: {ja: 甲, en: A}, cites: [{source: practice, clause: records}]}]\n",
        ),
        "a group may not hold a group",
        more=(
            ("            edition_of: stays.ground\n", ""),
            (
                "{every: stays, where: {item: stays.ground, ne: coast}}",
                "{every: stays, where: {item: stays.place, answered: true}}",
            ),
        ),
    ),
    "a group of nothing": Damage(
        (
            "            kind: code\n            list: grounds\n",
            "            kind: group\n            repeat: {}\n            items: []\n",
        ),
        "group needs items",
        at="          - id: stays.ground\n",
    ),
    "a computed item that is required": Damage(
        ("        kind: derived\n", "        kind: derived\n        required: true\n"),
        "derived is computed: nobody answers it",
        at="      - id: plan.level\n",
    ),
    "a file that asks for nothing": Damage(
        (
            "        evidence:\n          - id: map\n            label: {ja: 地図, en: Map}\n"
            "            min_files: 1\n            media: [application/pdf, image/png]\n"
            "            max_age_days: 90\n            age_from: uploaded_at\n",
            "",
        ),
        "file has exactly one entry under evidence",
        at="      - id: plan.map\n",
    ),
    "an age counted from no day": Damage(
        ("            max_age_days: 90\n            age_from: uploaded_at\n", "            max_age_days: 90\n"),
        "max_age_days and age_from go together",
        at="            max_age_days: 90\n",
    ),
    "a kind of file that is not taken": Damage(("[text/csv, image/jpeg]", "[text/csv, image/gif]"), "media is "),
    "an effect that is not one": Damage(
        ("            effect: require_second_review\n", "            effect: require_third_review\n"), "effect is "
    ),
    "a rule without a message": Damage(
        ("            message: {ja: 高額です。, en: It is expensive.}\n", ""),
        "message is missing",
        at="          - id: expensive\n",
    ),
    "two operators in one comparison": Damage(
        ("{item: plan.days, gt: 30}", "{item: plan.days, gt: 30, lt: 50}"),
        "item and fact need exactly one operator",
    ),
    "an operator that is not one": Damage(
        ("{item: plan.days, gt: 30}", "{item: plan.days, above: 30}"), "the language has no above here"
    ),
    "two heads in one condition": Damage(
        ("{item: plan.days, gt: 30}", "{item: plan.days, fact: funder, gt: 30}"),
        "a condition is exactly one of all, any",
    ),
    "some without where": Damage(
        ("{every: stays, where: {item: stays.ground, ne: coast}}", "{every: stays}"), "some and every need where"
    ),
    "an operand that is a list": Damage(
        ('{item: plan.abroad, ne: "yes"}', '{item: plan.abroad, ne: ["yes"]}'),
        "ne is a text, a whole number, true or false",
    ),
    "an empty all": Damage(
        ("when: {all: [{item: plan.risks, has: none}, {item: plan.risks, has: weather}]}", "when: {all: []}"),
        "all has at least 1",
    ),
    "conditions nested too deep": Damage(
        ("{item: plan.days, gt: 30}", "{not: " * 8 + "{item: plan.days, gt: 30}" + "}" * 8),
        "conditions may be nested 8 deep at most",
    ),
    "a signer that is not one": Damage(
        ("{role: attester, order: 1,", "{role: dean, order: 1,"), "role is one of 'attester'"
    ),
    "no days in force": Damage(
        ("  valid_for_days: 365\n", "  valid_for_days: 0\n"), "valid_for_days is at least 1"
    ),
    "more persons than a file has fields for": Damage(
        ("  valid_for_days: 365\n", "  valid_for_days: 365\n  personal_signatures: 5\n"),
        "personal_signatures is at most 4",
    ),
    "a statement without its version": Damage(
        ('    version: "1.0.0"\n    text', "    text"), "version is missing", at="  statement:\n"
    ),
}

REFERENCES: dict[str, Damage] = {
    "an unknown scale": Damage(
        ("        scale: yes-no\n        must_differ", "        scale: yes-or-no\n        must_differ"),
        "there is no scale yes-or-no",
    ),
    "an unknown list": Damage(
        ("        list: grounds\n        show_when", "        list: ground\n        show_when"),
        "the list ground is not pinned under lists",
    ),
    "an unknown list in a condition": Damage(
        ("in_list: closed", "in_list: open"), "the list open is not pinned under lists"
    ),
    "an unknown source": Damage(
        (
            "          - {source: safety-guide, clause: plan}\n",
            "          - {source: safety-guides, clause: plan}\n",
        ),
        "there is no source safety-guides",
    ),
    "an unknown clause": Damage(
        (
            "          - {source: safety-guide, clause: plan}\n",
            "          - {source: safety-guide, clause: plans}\n",
        ),
        "the source safety-guide has no clause plans",
    ),
    "an unknown item in a condition": Damage(
        ("show_when: {item: plan.level, eq: high}", "show_when: {item: plan.levels, eq: high}"),
        "there is no item plan.levels",
    ),
    "an unknown item deep in a condition": Damage(
        ("                - {item: plan.days, gte: 10}\n", "                - {item: plan.day, gte: 10}\n"),
        "there is no item plan.day",
    ),
    "an unknown fact": Damage(
        ("{fact: collaboration.partners", "{fact: collaboration.partner"), "there is no fact collaboration.partner"
    ),
    "a value that a fact never has": Damage(
        ('{fact: call.kakenhi, eq: "yes"}', "{fact: call.kakenhi, eq: kiban-b}"),
        "the fact call.kakenhi is never 'kiban-b'",
    ),
    "an unknown option in a condition": Damage(
        ("{item: plan.level, eq: high}", "{item: plan.level, eq: higher}"), "plan.level has no option higher"
    ),
    "an unknown option in a list of them": Damage(
        ('show_when: {item: plan.abroad, ne: "yes"}', 'show_when: {item: plan.abroad, in: ["no", maybe]}'),
        "plan.abroad has no option maybe",
    ),
    "an unknown option computed": Damage(
        ("          - {then: usual}\n", "          - {then: low}\n"), "plan.level has no option low"
    ),
    "a computed item without an end": Damage(
        ("          - {then: usual}\n", '          - {if: {item: plan.abroad, eq: "no"}, then: usual}\n'),
        "the last case stands without if",
        at="        value_when:\n",
    ),
    "an operator that does not fit": Damage(
        ("{item: plan.days, gt: 30}", "{item: plan.days, has: weather}"),
        "has does not fit plan.days, which is integer",
    ),
    "a number compared as a text": Damage(
        ("{item: plan.days, gt: 30}", '{item: plan.days, gt: "30"}'), "plan.days, which is integer, is never '30'"
    ),
    "a decimal compared as a whole number": Damage(
        ('{item: plan.cost, gte: "99.5"}', "{item: plan.cost, gte: 99}"), "plan.cost, which is decimal, is never 99"
    ),
    "a day that is not on the calendar, in a condition": Damage(
        ('lt: "2025-05-01"', 'lt: "2025-05-32"'), "plan.from, which is date, is never '2025-05-32'"
    ),
    "an item of rows asked from outside": Damage(
        (
            "show_when: {every: stays, where: {item: stays.ground, ne: coast}}",
            "show_when: {item: stays.ground, ne: coast}",
        ),
        "stays.ground repeats in rows: ask with some or every",
    ),
    "rows of what is no group": Damage(
        (
            "{every: stays, where: {item: stays.ground, ne: coast}}",
            "{every: plan.days, where: {item: plan.days, gt: 1}}",
        ),
        "plan.days is not a group",
    ),
    "another person than nobody": Damage(
        ("must_differ_from: [plan.abroad]", "must_differ_from: [plan.abrod]"), "must_differ_from names plan.abrod"
    ),
    "another person than oneself": Damage(
        ("must_differ_from: [plan.abroad]", "must_differ_from: [plan.judgement]"),
        "must_differ_from names plan.judgement",
    ),
    "the edition of no list": Damage(
        ("edition_of: stays.ground", "edition_of: plan.ground"), "edition_of names plan.ground"
    ),
    "rows called after an item that is elsewhere": Damage(
        ("label_from: stays.place}", "label_from: plan.title}"),
        "label_from names plan.title, which is not in the group",
    ),
    "an item of a group by another name": Damage(
        ("          - id: people.trained-on\n", "          - id: trained-on\n"),
        "an item of the group people has an id that begins with people.",
    ),
    "applying by one's own items": Damage(
        ("    - {fact: call.fiscal_year, gte: 2025}\n", "    - {item: plan.days, gt: 1}\n"),
        "a version applies by facts, not by its own items",
        at="applies_when:\n",
    ),
    "a list that is not there": Damage(("file: closed-2026", "file: closed-2027"), "there is no list closed-2027"),
    "a list with another hash": Damage(
        ("sha256: 359331a2", "sha256: 359331a3"), "the list grounds-2026 has the hash"
    ),
    "an order used twice": Damage(
        (
            "  valid_for_days: 365\n",
            "    - {role: attester, order: 1}\n  valid_for_days: 365\n",
        ),
        "the order 1 is used twice",
    ),
    "a signer that differs from itself": Damage(
        ("must_differ_from: [principal_investigator, research_office]", "must_differ_from: [attester]"),
        "the attester cannot differ from itself",
    ),
}

CLAUSE = "      - {id: stays, title: {ja: 滞在, en: Stays}}\n"
NO = '    - {value: "no", label: {ja: いいえ, en: "No"}}\n'
WILD = "          - {value: wildlife, label: {ja: 野生動物, en: Wild animals}}\n"

REUSED: dict[str, Damage] = {
    "an item twice": Damage(
        ("      - id: plan.map\n", "      - id: plan.route\n"), "the id plan.route is used twice"
    ),
    "a section twice": Damage(("  - id: end\n", "  - id: plan\n"), "the section id plan is used twice"),
    "a source twice": Damage(
        (
            "  - id: practice\n",
            "  - id: safety-guide\n    title: {ja: 甲, en: A}\n    publisher: {ja: 甲, en: A}\n    issued: '2025'\n"
            "    checked: '2026-11-23'\n    confirmed: true\n    clauses: [{id: plan, title: {ja: 甲, en: A}}, "
            "{id: people, title: {ja: 甲, en: A}}, {id: stays, title: {ja: 甲, en: A}}]\n  - id: practice\n",
        ),
        "the source id safety-guide is used twice",
    ),
    "a clause twice": Damage((CLAUSE, CLAUSE * 2), "the clause stays is used twice"),
    "a list twice": Damage(
        (
            "  - {id: closed, file",
            f'  - {{id: grounds, file: closed-2026, edition: "2026", sha256: {CLOSED}}}\n  - {{id: closed, file',
        ),
        "the list id grounds is used twice",
    ),
    "an option twice": Damage((WILD, WILD * 2), "the option wildlife is used twice"),
    "an option of a scale twice": Damage((NO, NO * 2), "the option no is used twice"),
    "a rule twice": Damage(
        ("          - id: ground-remote\n", "          - id: ground-closed\n"),
        "the rule id ground-closed is used twice",
    ),
    "evidence twice": Damage(
        (
            "          - id: judgement-note\n",
            "          - {id: judgement-note, label: {ja: 甲, en: A}}\n          - id: judgement-note\n",
        ),
        "the evidence id judgement-note is used twice",
        at="          - id: judgement-note\n",
    ),
}

CYCLES_AND_WHAT_NEVER_IS: dict[str, Damage] = {
    "an item that asks itself": Damage(
        ('show_when: {item: plan.abroad, ne: "yes"}', "show_when: {item: plan.ground, answered: true}"),
        "conditions go round in a circle: plan.ground → plan.ground",
    ),
    "two items that ask each other": Damage(
        (
            "        max_length: 100\n",
            "        max_length: 100\n        show_when: {item: plan.route, answered: true}\n",
        ),
        "conditions go round in a circle: plan.title → plan.route → plan.title",
        more=(("        max_length: 1000\n", "        show_when: {item: plan.title, answered: true}\n"),),
    ),
    "a computed item that hangs on what hangs on it": Damage(
        ("                - {item: plan.days, gte: 10}\n", '                - {item: plan.judgement, eq: "yes"}\n'),
        "conditions go round in a circle: plan.level → plan.judgement → plan.level",
        at="        value_when:\n",
    ),
    "an item that no answers show": Damage(
        (
            "show_when: {item: plan.level, eq: high}",
            "show_when: {all: [{item: plan.level, eq: high}, {item: plan.days, gt: 99}]}",
        ),
        "plan.judgement can never be shown",
    ),
    "an item for another stage than its section": Damage(
        (
            "        kind: integer\n        answered_by: hr_office\n",
            "        kind: integer\n        stages: [award]\n        answered_by: hr_office\n",
        ),
        "end.accidents can never be shown",
    ),
    "a rule that never speaks": Damage(
        ("{item: plan.days, gt: 30}", "{item: plan.days, gt: 60}"), "the rule long-trip can never speak"
    ),
    "evidence that is never asked for": Damage(
        (
            'required_when: {item: plan.judgement, eq: "no"}',
            'required_when: {all: [{item: plan.judgement, eq: "no"}, {item: plan.level, eq: usual}]}',
        ),
        "the evidence judgement-note can never be required",
    ),
    "a case that never holds": Damage(
        (
            "              any:\n                - {item: plan.days, gte: 10}\n",
            "              all:\n                - {item: plan.days, gte: 100}\n",
        ),
        "the case high can never hold",
        at="          - if:\n",
    ),
}

CLAIM = "  change: major\n"
DAYS = "    - plan.days\n"

SUCCESSION: dict[str, Damage] = {
    "nothing said of the version before": Damage(
        ('supersedes:\n  version: "1.0.0"\n', 'note:\n  version: "1.0.0"\n'),
        "the language has no note here",
        SECOND,
    ),
    "another version before": Damage(
        ('  version: "1.0.0"\n  change', '  version: "1.5.0"\n  change'),
        "the version before this one is 1.0.0, not 1.5.0",
        SECOND,
    ),
    "a first version that supersedes": Damage(
        (
            "scope: grant\n",
            'scope: grant\nsupersedes:\n  version: "0.9.0"\n  change: major\n  summary: {ja: 初版, en: First}\n'
            "  in_progress: {policy: offer}\n",
        ),
        "there is no earlier version to supersede",
    ),
    "a class that is too low": Damage(
        (CLAIM, "  change: minor\n"), "the change is major, not minor", SECOND, more=()
    ),
    "a class that is none": Damage(
        (CLAIM, "  change: huge\n"), "change is one of 'major', 'minor' or 'patch'", SECOND
    ),
    "a policy that is none": Damage(
        ("policy: must_move,", "policy: must_go,"), "policy is one of 'may_finish'", SECOND
    ),
    "moving without a day": Damage(
        ('{policy: must_move, finish_by: "2026-09-30T17:00:00+09:00"}', "{policy: must_move}"),
        "must_move says from when",
        SECOND,
    ),
    "a moment without its zone": Damage(
        ('finish_by: "2026-09-30T17:00:00+09:00"', 'finish_by: "2026-09-30T17:00:00"'),
        "a moment needs its zone",
        SECOND,
    ),
    "an item gone without a word": Damage(
        ("  removed:\n    - plan.route\n", "  removed: []\n"), "plan.route of 1.0.0 is gone", SECOND
    ),
    "removed and still there": Damage(
        ("    - plan.route\n", "    - plan.route\n    - plan.map\n"),
        "plan.map stands under removed and still is there",
        SECOND,
    ),
    "removed and never there": Damage(
        ("    - plan.route\n", "    - plan.route\n    - plan.maps\n"), "plan.maps was not in 1.0.0", SECOND
    ),
    "removed and renamed": Damage(
        ("    - plan.route\n", "    - plan.route\n    - plan.title\n"),
        "plan.title stands under removed and under renamed",
        SECOND,
    ),
    "renamed to nothing": Damage(
        ("    plan.title: plan.name\n", "    plan.title: plan.nam\n"),
        "plan.title is renamed to plan.nam, which is not there",
        SECOND,
    ),
    "renamed to what was there": Damage(
        ("    plan.title: plan.name\n", "    plan.title: plan.map\n"),
        "plan.title is renamed to plan.map, which was there before",
        SECOND,
    ),
    "renamed from nothing": Damage(
        ("    plan.title: plan.name\n", "    plan.title: plan.name\n    plan.subtitle: plan.contact\n"),
        "plan.subtitle was not in 1.0.0",
        SECOND,
    ),
    "renamed to another kind": Damage(
        ("        kind: text\n        max_length: 100\n", "        kind: longtext\n        max_length: 100\n"),
        "plan.name was text and is longtext: only an item of the same kind can be renamed",
        SECOND,
    ),
    "another kind under the same id": Damage(
        ("        kind: person\n        required: true\n", "        kind: text\n        required: true\n"),
        "plan.leader was person and is text: give it another id, or put it under reconfirm",
        SECOND,
    ),
    "an option to nothing": Damage(
        ("{wildlife: animals}", "{wildlife: beasts}"), "plan.risks has no option beasts", SECOND
    ),
    "an option from nothing": Damage(
        ("{wildlife: animals}", "{wildlife: animals, plants: animals}"), "plan.risks had no option plants", SECOND
    ),
    "an option that still is there": Damage(
        ("{wildlife: animals}", "{wildlife: animals, weather: animals}"),
        "the option weather of plan.risks still is there",
        SECOND,
    ),
    "options of nothing": Damage(
        ("    plan.risks: {wildlife: animals}\n", "    plan.risks: {wildlife: animals}\n    plan.risk: {a: b}\n"),
        "plan.risk was not in 1.0.0",
        SECOND,
    ),
    "an option gone without a word": Damage(
        ("    plan.risks: {wildlife: animals}\n", "    plan.abroad: {}\n"),
        "plan.risks loses the option wildlife",
        SECOND,
        at="  options:\n    plan.abroad",
    ),
    "reconfirm of nothing": Damage(
        (DAYS, DAYS + "    - plan.night\n"), "reconfirm names plan.night, which is no item", SECOND
    ),
    "reconfirm of what is new": Damage((DAYS, DAYS + "    - plan.contact\n"), "plan.contact is new", SECOND),
    "reconfirm twice": Damage((DAYS, DAYS * 2), "plan.days stands twice under reconfirm", SECOND),
    "editorial of nothing": Damage(
        ("    - plan.from\n", "    - plan.from\n    - plan.form\n"),
        "editorial names plan.form, which is no item",
        SECOND,
    ),
    "editorial of words that are the same": Damage(
        ("    - plan.from\n", "    - plan.from\n    - plan.map\n"), "the words of plan.map did not change", SECOND
    ),
    "other words certified under the same number": Damage(
        ('    version: "1.1.0"\n', '    version: "1.0.0"\n'), "the statement 1.0.0 had other words", SECOND
    ),
}


def replaced(text: str, edit: Edit) -> tuple[str, int]:
    """Return the text after an edit, and the line where it begins to differ."""
    before, after = edit
    assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times"
    same = next(
        (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    place = text.index(before) + same
    damaged = text.replace(before, after)
    return damaged, damaged[:place].count("\n") + 1


def faults_of(family: Path) -> list[tuple[str, Fault]]:
    """Return what is wrong with a family, apart from its lock, which would only say that it was changed."""
    return [(name, fault) for name, fault in check_family(family).faults if name != f"{FAMILY}/{LOCK}"]


@pytest.fixture
def family(tmp_path: Path) -> Path:
    """A copy of the sound family, for damaging."""
    shutil.copytree(SAMPLES, tmp_path / "checklists")
    return tmp_path / "checklists" / FAMILY


def test_the_sample_is_sound(family: Path) -> None:
    write_lock(family, [load_version(path) for path in version_files(family)])
    report = check_family(family)
    assert report.faults == []
    assert report.warnings == []
    assert [file.checklist.version for file in report.files] == ["1.0.0", "2.0.0"]
    assert report.cases == 2


ALL = {**SHAPE, **REFERENCES, **REUSED, **CYCLES_AND_WHAT_NEVER_IS, **SUCCESSION}


@pytest.mark.parametrize("name", ALL)
def test_a_damaged_copy_is_told_with_its_line(family: Path, name: str) -> None:
    assert_told(family, ALL[name])


def assert_told(family: Path, damage: Damage) -> None:
    """Damage a copy of the family, and hold the check to that one fault on its very line."""
    path = family / damage.file
    text, line = replaced(path.read_text("utf-8"), damage.edit)
    for edit in damage.more:
        text, _ = replaced(text, edit)
    path.write_text(text, "utf-8")
    if damage.at is not None:
        assert text.count(damage.at) == 1
        line = text[: text.index(damage.at)].count("\n") + 1
    faults = faults_of(family)
    assert [(where, fault.line) for where, fault in faults] == [(f"{FAMILY}/{damage.file}", line)], faults
    assert faults[0][1].message.startswith(damage.words)


# what an attacker or a careless editor may do to the bytes of a file: how, and the line of the fault
Attack = Callable[[bytes], tuple[bytes, int]]


def swapped(before: str | bytes, after: str | bytes, down: int = 0) -> Attack:
    """Return an attack that replaces a text which stands once; the fault is on its line, or so many below."""
    old, new = (one.encode() if isinstance(one, str) else one for one in (before, after))

    def attack(content: bytes) -> tuple[bytes, int]:
        assert content.count(old) == 1
        return content.replace(old, new), content[: content.index(old)].count(b"\n") + 1 + down

    return attack


def below(text: str, down: int = 0) -> Attack:
    """Return an attack that puts lines at the end; the fault is on the first of them, or so many below."""
    return lambda content: (content + text.encode(), content.count(b"\n") + 1 + down)


def whole(content: bytes, line: int = 1) -> Attack:
    """Return an attack that puts another file in the place of this one."""
    return lambda _: (content, line)


def in_shift_jis(content: bytes) -> tuple[bytes, int]:
    text = content.decode()
    first = next(number for number, line in enumerate(text.splitlines(), start=1) if not line.isascii())
    return text.encode("cp932", "replace"), first


APART = unicodedata.normalize("NFD", "ガイド")
DAYS_ASKED = "text: {ja: 何日間ですか。, en: For how many days?}"

ATTACKS: dict[str, tuple[Attack, str]] = {
    "an anchor": (swapped("scope: grant", "scope: &s grant"), "anchors and aliases are not allowed"),
    "an alias": (swapped("scope: grant", "scope: *s"), "anchors and aliases are not allowed"),
    "a billion laughs": (
        below("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
        "anchors and aliases are not allowed",
    ),
    "a tag": (swapped("scope: grant", "scope: !!str grant"), "tags are not allowed"),
    "a tag that makes an object": (
        swapped("scope: grant", 'scope: !!python/object/apply:os.system ["true"]'),
        "tags are not allowed",
    ),
    "a merge key": (swapped("scope: grant", "<<: {scope: grant}"), "the language has no << here"),
    "a duplicate key": (swapped("scope: grant", "scope: grant\nscope: grant", 1), "the key scope stands twice"),
    "a duplicate key in one line": (swapped(DAYS_ASKED, DAYS_ASKED[:-1] + ", ja: 日}"), "the key ja stands twice"),
    "deep nesting in one line": (
        swapped("scope: grant", "scope: " + "[" * 40 + "]" * 40),
        "the file is nested deeper than 30",
    ),
    "deep nesting of thousands": (
        swapped("scope: grant", "scope: " + "[" * 5000 + "]" * 5000),
        "the file is nested deeper than 30",
    ),
    "deep nesting line by line": (
        below("".join(f"{' ' * depth}a:\n" for depth in range(40)), 31),
        "the file is nested deeper than 30",
    ),
    "ten megabytes": (lambda content: (content + b"#" * 10_000_000, 1), "the file is larger than 1000000 bytes"),
    "a byte order mark": (
        lambda content: (b"\xef\xbb\xbf" + content, 1),
        "the file begins with a byte order mark",
    ),
    "line ends of Windows": (lambda content: (content.replace(b"\n", b"\r\n"), 1), "lines end with LF alone"),
    "one line end of Windows": (swapped("scope: grant\n", "scope: grant\r\n"), "lines end with LF alone"),
    "an old line end of the Macintosh": (swapped("scope: grant\n", "scope: grant\r"), "lines end with LF alone"),
    "letters taken apart": (swapped("野外調査の手引（見本）", APART), "text is not in Unicode NFC"),
    "letters taken apart in a comment": (swapped("# A made-up", f"# {APART}"), "text is not in Unicode NFC"),
    "letters taken apart by an escape": (
        swapped(DAYS_ASKED, 'text: {ja: "\\u30AB\\u3099", en: Days}'),
        "text is not in Unicode NFC",
    ),
    "a control character": (swapped("scope: grant", "scope: gr\x07ant"), "text holds a control character"),
    "a control character by an escape": (
        swapped("scope: grant", 'scope: "gr\\x07ant"'),
        "text holds a control character",
    ),
    "NUL": (swapped("scope: grant", "scope: gr\x00ant"), "text holds a control character"),
    "a tab in a text": (
        swapped(DAYS_ASKED, 'text: {ja: 日数, en: "For\thow long?"}'),
        "text holds a control character",
    ),
    "a tab before a word": (
        swapped("    title: {ja: 慣行", "\ttitle: {ja: 慣行"),
        "lines are indented with spaces, not with tabs",
    ),
    "one letter of another encoding": (
        swapped("Insurance differs", "Insuranc\xe9 differs".encode("latin-1")),
        "the file is not UTF-8",
    ),
    "Shift_JIS": (in_shift_jis, "the file is not UTF-8"),
    "two documents": (below("---\nformat: checklist/1\n"), "the file holds exactly one document"),
    "a document of nothing beside": (below("---\n"), "the file holds exactly one document"),
    "no document": (whole(b"# nothing\n"), "the file holds exactly one document"),
    "an empty file": (whole(b""), "the file holds exactly one document"),
    "a list instead of a version": (whole(b"- a\n- b\n"), "the file is a mapping"),
    "a word instead of a version": (whole(b"checklist\n"), "the file is a mapping"),
    "a key that is a list": (swapped("scope: grant", "? [scope]\n: grant"), "a key is a word"),
    "a bracket left open": (
        swapped("stages: [completion]", "stages: [completion", 1),
        "expected ',' or ']', but got ':'",
    ),
    "a quote left open": (
        swapped('effective: {from: "2025-04-01"', 'effective: {from: "2025-04-01'),
        "expected ',' or '}', but got",
    ),
    "a text with a colon and no quotes": (
        swapped("text: {ja: 何日間ですか。, en: For how many days?}", "text: Days: how many?"),
        "mapping values are not allowed here",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_on_the_bytes_of_a_file_is_refused_with_its_line(family: Path, name: str) -> None:
    attack, words = ATTACKS[name]
    path = family / FIRST
    content, line = attack(path.read_bytes())
    path.write_bytes(content)
    faults = faults_of(family)
    assert [(where, fault.line) for where, fault in faults] == [(f"{FAMILY}/{FIRST}", line)], faults
    assert faults[0][1].message.startswith(words)


def test_there_are_enough_damaged_copies() -> None:
    assert len(ALL) + len(ATTACKS) > 150
    assert all(damage.words for damage in ALL.values())


CASE = "  - id: long-trip-abroad\n"
GOLDEN: dict[str, Damage] = {
    "a case of another format": Damage(
        ("format: checklist-cases/1", "format: cases/1"), "format is one of 'checklist-cases/1'", CASES
    ),
    "a case without English": Damage(
        ("{ja: 国外で四十日, en: Forty days abroad}", "{ja: 国外で四十日}"), "title.en is missing", CASES
    ),
    "a case for a version that is not there": Damage(
        ('versions: ["2.0.0"]', 'versions: ["3.0.0"]'), "long-trip-abroad: there is no version 3.0.0", CASES, CASE
    ),
    "a case that names no item": Damage(
        ("hidden: [plan.ground]", "hidden: [plan.grounds]"),
        "long-trip-abroad: 2.0.0: there is no item plan.grounds",
        CASES,
        CASE,
    ),
    "a case that expects something else": Damage(
        ("fired: [long-trip]", "fired: [expensive]"),
        "long-trip-abroad: 2.0.0: the rules that speak are long-trip",
        CASES,
        CASE,
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_a_damaged_golden_case_is_told_with_its_line(family: Path, name: str) -> None:
    assert_told(family, GOLDEN[name])


def test_other_content_under_a_locked_number_is_told_beside_the_lock(family: Path) -> None:
    write_lock(family, [load_version(path) for path in version_files(family)])
    path = family / SECOND
    path.write_text(path.read_text("utf-8").replace("valid_for_days: 365", "valid_for_days: 400"), "utf-8")
    ((name, fault),) = check_family(family).faults
    assert (name, fault.line) == (f"{FAMILY}/{LOCK}", 1)
    assert "which is not what was locked" in fault.message


def test_an_id_that_an_earlier_version_removed_never_comes_back(family: Path) -> None:
    """A third version asks again what the second had stopped asking."""
    text = (family / SECOND).read_text("utf-8")
    supersedes = text[text.index("supersedes:") : text.index("sources:")]
    anew = (
        'supersedes:\n  version: "2.0.0"\n  change: major\n  summary: {ja: 戻す, en: Back}\n'
        "  in_progress: {policy: offer}\n\n"
    )
    text = text.replace(supersedes, anew).replace('version: "2.0.0"\ntitle', 'version: "3.0.0"\ntitle')
    (family / "3.0.0.yaml").write_text(text, "utf-8")
    assert faults_of(family) == []
    text, line = replaced(text, ("      - id: plan.contact\n", "      - id: plan.route\n"))
    text = text.replace(anew, anew.rstrip("\n") + "\n  removed: [plan.contact]\n\n")
    (family / "3.0.0.yaml").write_text(text, "utf-8")
    ((name, fault),) = faults_of(family)
    assert (name, fault.line) == (f"{FAMILY}/3.0.0.yaml", line + 1)
    assert fault.message == "plan.route was taken out with 2.0.0, and an id never comes back"


def written(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every key of a file with each plain value under it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, None
            yield from written(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from written(inner, key)
    else:
        yield key, value


def test_the_sample_uses_every_feature_of_the_language() -> None:
    """Were one left out, its damage would be left out too."""
    files = [load_version(path) for path in version_files(SAMPLES / FAMILY)]
    used = {pair for file in files for pair in written(file.data)}
    keys = {key for key, _ in used}
    assert keys >= {name.rstrip("_") for name in OPERATORS} | {"all", "any", "not", "some", "every", "where"}
    for values, name in (
        (Kind, "kind"),
        (Effect, "effect"),
        (Stage, "stages"),
        (get_args(ExceptionState), "states"),
        (MEDIA, "media"),
        (("answer",), "disclosure"),
        (("uploaded_at", "document_date"), "age_from"),
        (("participants",), "over"),
    ):
        assert {value for key, value in used if key == name} >= {str(value) for value in values}, name
    parts = (Checklist, Section, Item, Rule, EvidenceRule, Branch, Source, Repeat, Attesting, Succession)
    fields = {field.alias or name for part in parts for name, field in part.model_fields.items()}
    assert keys >= fields
