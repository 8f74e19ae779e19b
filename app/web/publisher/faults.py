"""What is wrong with a version, in the reader's language: the domain says it in an author's English, once for all.

Each line below is such a sentence with its places; a test holds the list to what the domain and the catalog say.
A sentence that is not known here, as some of the YAML reader's are, is shown as it was said.
"""

import re
from functools import cache

from flask_babel import gettext as _

# marks a sentence for the catalogue; it is put into the reader's language when it is told
N_ = str

_SENTENCES = (
    # the file
    N_("the file is larger than %(limit)s bytes"),
    N_("the file begins with a byte order mark"),
    N_("the file is not UTF-8"),
    N_("lines end with LF alone"),
    N_("text is not in Unicode NFC"),
    N_("text holds a control character"),
    N_("the file holds exactly one document"),
    N_("anchors and aliases are not allowed"),
    N_("tags are not allowed"),
    N_("the file is nested deeper than %(limit)s"),
    N_("the file is not well formed"),
    N_("lines are indented with spaces, not with tabs"),
    N_("a key is a word"),
    N_("the key %(key)s stands twice"),
    # shapes
    N_("%(name)s is missing"),
    N_("the language has no %(name)s here"),
    N_("%(name)s is empty"),
    N_("%(name)s is written in both languages: {ja: …, en: …}"),
    N_("%(name)s is a text; a number or true stands in quotes"),
    N_("%(name)s is a text, a whole number, true or false"),
    N_("%(name)s is longer than %(limit)s characters"),
    N_("%(name)s is true or false"),
    N_("%(name)s is a whole number"),
    N_("%(name)s is a list"),
    N_("%(name)s is a mapping"),
    N_("%(name)s is one of %(choices)s"),
    N_("%(name)s has at least %(limit)s"),
    N_("%(name)s has at most %(limit)s"),
    N_("%(name)s is at least %(limit)s"),
    N_("%(name)s is at most %(limit)s"),
    N_("%(name)s is lower-case words with dots and hyphens, such as scope.foreign"),
    N_("%(name)s is lower-case words and digits, such as 3-1-3.calls"),
    N_("%(name)s is lower-case words with dots or hyphens, such as research-security"),
    N_("%(name)s is lower-case words with hyphens, such as countries-2026-11"),
    N_("%(name)s is lower-case words with hyphens, such as partner-abroad"),
    N_("%(name)s is an id, or an id in a row, such as partners.name@oxford"),
    N_("%(name)s is a version number, such as 2.0.0"),
    N_("%(name)s is a day, such as 2026-04-01"),
    N_("%(name)s is a year, a month or a day: 2026, 2026-04 or 2026-04-01"),
    N_("%(name)s is a moment with its zone, such as 2026-09-30T17:00:00+09:00"),
    N_("%(name)s is an address that begins with https://"),
    N_("%(name)s is a SHA-256 hash: 64 digits from 0 to 9 and a to f"),
    N_("%(text)s is no day of the calendar"),
    N_("%(text)s is no moment of the calendar"),
    N_("%(name)s goes only with %(kinds)s, not with %(kind)s"),
    N_("%(kind)s needs %(name)s"),
    N_("single, multi and derived, and only they, have either a scale or options"),
    N_("derived is computed: nobody answers it, so nothing can be required of it"),
    N_("file has exactly one entry under evidence"),
    N_("a group may not hold a group"),
    N_("min is larger than max"),
    N_("only the last case of value_when may stand without if"),
    N_("conditions may be nested %(limit)s deep at most"),
    N_("a condition is exactly one of all, any, not, some, every, item, fact"),
    N_("some and every need where; nothing else takes it"),
    N_("item and fact need exactly one operator; nothing else takes one"),
    N_("max_age_days and age_from go together"),
    N_("an unconfirmed source needs a note that says what is not confirmed"),
    N_("a moment needs its zone, such as +09:00"),
    N_("until is before from"),
    N_("must_move says from when: it needs finish_by"),
    N_("no era date before 1873"),
    # parts that look at each other
    N_("a version applies by facts, not by its own items"),
    N_("the %(role)s cannot differ from itself"),
    N_("the last in order is the attester, who certifies the statement of the attestation"),
    N_("a grant has one principal investigator, and the institution itself has none"),
    N_("the id %(name)s is used twice"),
    N_("the section id %(name)s is used twice"),
    N_("the source id %(name)s is used twice"),
    N_("the list id %(name)s is used twice"),
    N_("the rule id %(name)s is used twice"),
    N_("the evidence id %(name)s is used twice"),
    N_("the option %(name)s is used twice"),
    N_("the clause %(name)s is used twice"),
    N_("the order %(name)s is used twice"),
    N_("there is no scale %(name)s"),
    N_("the list %(name)s is not pinned under lists"),
    N_("there is no source %(name)s"),
    N_("the source %(source)s has no clause %(clause)s"),
    N_("must_differ_from names %(name)s, which is no other item"),
    N_("an item of the group %(group)s has an id that begins with %(start)s"),
    N_("edition_of names %(name)s, which is no other item beside it"),
    N_("label_from names %(name)s, which is not in the group"),
    N_("%(item)s has no option %(value)s"),
    N_("the last case stands without if, so that there always is a value"),
    N_("%(name)s is not a group"),
    N_("there is no item %(name)s"),
    N_("%(item)s repeats in rows: ask with some or every"),
    N_("%(operator)s does not fit %(item)s, which is %(kind)s"),
    N_("%(item)s, which is %(kind)s, is never %(value)s"),
    N_("there is no fact %(name)s"),
    N_("%(operator)s does not fit the fact %(fact)s"),
    N_("the fact %(fact)s is never %(value)s"),
    N_("conditions go round in a circle: %(circle)s"),
    N_("there is no list %(name)s"),
    N_("the list %(name)s has the hash %(hash)s"),
    # what can never be, and what to look at again
    N_("%(item)s can never be shown"),
    N_("the rule %(rule)s can never speak"),
    N_("the evidence %(name)s can never be required"),
    N_("the case %(value)s can never hold"),
    N_(
        "%(item)s speaks of origin (%(words)s): ask what a person is bound to, "
        "or say under origin_reason why it must be asked"
    ),
    N_("%(item)s gives an origin_reason but does not speak of origin"),
    # how it follows the version before
    N_("the number %(number)s is published already; take the next one"),
    N_("there is no earlier version to supersede"),
    N_("the version follows %(number)s and needs supersedes"),
    N_("the version before this one is %(before)s, not %(claimed)s"),
    N_("a %(change)s change of %(before)s has the number %(number)s"),
    N_("the change is %(least)s, not %(claimed)s: %(reasons)s"),
    N_("%(item)s of %(before)s is gone: keep it, or name it under renamed or removed"),
    N_("%(item)s stands twice under %(field)s"),
    N_("%(item)s was not in %(before)s, so it cannot be removed"),
    N_("%(item)s was not in %(before)s, so it cannot be renamed"),
    N_("%(item)s was not in %(before)s, so its options cannot be mapped"),
    N_("%(item)s is gone, so its options cannot be mapped"),
    N_("%(item)s stands under removed and still is there"),
    N_("%(item)s stands under renamed and still is there"),
    N_("%(item)s stands under removed and under renamed"),
    N_("%(item)s is renamed to %(new)s, which is not there"),
    N_("%(item)s is renamed to %(new)s, which was there before and means something else"),
    N_("two items are renamed to %(item)s"),
    N_(
        "%(item)s loses the option %(values)s: map it under options, "
        "or put %(new)s under reconfirm so that it is answered anew"
    ),
    N_("%(item)s had no option %(value)s"),
    N_("the option %(value)s of %(item)s still is there"),
    N_("%(field)s names %(item)s, which is no item"),
    N_("%(item)s is new, so it has no place under %(field)s"),
    N_("the words of %(item)s did not change, so it has no place under editorial"),
    N_("%(item)s: a group and an answer never share an id"),
    N_("%(item)s: only an item of the same kind can be renamed"),
    N_("%(item)s: give it another id, or put it under reconfirm"),
    N_("%(item)s was taken out with %(number)s, and an id never comes back"),
    N_("the statement %(number)s had other words: give these words a version of their own"),
    N_("the statement was at version %(number)s already"),
    # the workbook as a file
    N_("this is no XLSX file"),
    N_("this is no XLSX file; a file with a password or in the old XLS form cannot be read"),
    N_("the file has more than %(limit)s parts, or one of them twice"),
    N_("the file has more than %(limit)s sheets, or two of one name"),
    N_("the file unpacks to more than %(limit)s bytes"),
    N_("the file is encrypted, or packed in a way that spreadsheets do not use"),
    N_("the file holds %(what)s, which a checklist has no use for"),
    N_("links to other files"),
    N_("macros"),
    N_("embedded objects"),
    N_("connections to data elsewhere"),
    N_("the file holds more than %(cells)s cells or %(characters)s characters; no checklist does"),
    N_("the part %(part)s is damaged"),
    N_("the part %(part)s is not well formed"),
    N_("the part %(part)s declares a document type, which no spreadsheet does"),
    N_("as YAML the version is larger than %(limit)s bytes"),
    N_("the version does not come out as it went in"),
    # its sheets and cells
    N_("the sheet is missing"),
    N_("the sheet is hidden: show it or delete it"),
    N_("the sheet holds no cells"),
    N_("a version has no such sheet: delete it"),
    N_("the column %(name)s is missing"),
    N_("the column %(name)s stands twice"),
    N_("%(name)s is no column of this sheet"),
    N_("the cell has no heading: delete it, or write a heading"),
    N_("the cells %(cells)s are merged: split them"),
    N_("the cell holds a formula: write its text instead"),
    N_("the cell shows the error %(error)s"),
    N_("the cell shows a date that is none"),
    N_("the cell is in a hidden row or column: show it or delete it"),
    N_("the text is longer than %(limit)s characters"),
    N_("the text holds a control character"),
    N_("%(text)s is neither true nor false"),
    N_("%(text)s is no whole number"),
    N_("%(text)s is no whole number: write it as text, in quotes"),
    N_("%(text)s has more digits than a whole number may have"),
    N_("%(text)s names no clause: write source#clause"),
    N_("this is no JSON: %(problem)s (character %(number)s)"),
    N_("Expecting value"),
    N_("Expecting property name enclosed in double quotes"),
    N_("Expecting ':' delimiter"),
    N_("Expecting ',' delimiter"),
    N_("Extra data"),
    N_("Unterminated string starting at"),
    N_("Invalid control character at"),
    N_("Invalid \\escape"),
    N_("Invalid \\uXXXX escape"),
    N_("the JSON is one {…}"),
    N_("the JSON is nested deeper than %(limit)s"),
    N_("the JSON holds a control character, or text that is not in Unicode NFC"),
    N_("this is neither JSON in {…} nor the name of a row of the sheet %(sheet)s"),
    N_("conditions by name amount to more than a checklist may hold"),
    N_("%(name)s has a column of its own and stands there already"),
    N_("%(name)s stands in the column %(column)s already"),
    # its rows
    N_("say which scale the option belongs to"),
    N_("say which source this belongs to"),
    N_("say which section this belongs to"),
    N_("say which item this belongs to"),
    N_("there is no section %(name)s"),
    N_("there is no group %(name)s"),
    N_("the group %(group)s is in the section %(section)s"),
    N_("a condition has a name of its own, and stands beside it"),
    N_("nothing refers to the condition %(name)s"),
    N_("this is one of renamed, option, removed, reconfirm, editorial"),
    N_("%(act)s goes with %(columns)s and nothing else"),
    N_("this stands twice"),
)
# places of a sentence that hold words of ours, which are told as well
_TOLD = {"what", "problem"}

_PLACE = re.compile(r"%\((\w+)\)s")


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return the sentences as patterns, those with most words of their own first."""
    ordered = sorted(_SENTENCES, key=lambda sentence: -len(_PLACE.sub("", sentence)))
    return [(_pattern(sentence), sentence) for sentence in ordered]


def _pattern(message: str) -> re.Pattern[str]:
    parts = _PLACE.split(message)
    fixed, names = parts[::2], parts[1::2]
    written = re.escape(fixed[0])
    for name, following in zip(names, fixed[1:], strict=True):
        written += f"(?P<{name}>.+?)" + re.escape(following)
    return re.compile(written, re.DOTALL)


def told(message: str) -> str | None:
    """Return what is wrong in the reader's language, None for a sentence that is not known here."""
    for pattern, sentence in _patterns():
        found = pattern.fullmatch(message)
        if found:
            given = found.groupdict()
            given |= {name: told(given[name]) or given[name] for name in _TOLD & given.keys()}
            return _(sentence, **given)
    return None
