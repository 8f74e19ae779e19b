"""Faults of shape in an author's words: what the language wants to stand at a place, and does not."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

Path = tuple[str | int, ...]
Problem = tuple[Path, str]

# what pydantic adds to the path of a key that is at fault itself
_KEY = "[key]"

# the patterns of the language's types, each by what it looks like
PATTERNS: Mapping[str, str] = {
    r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$": "lower-case words with dots and hyphens, such as scope.foreign",
    r"^[a-z0-9][a-z0-9.-]*$": "lower-case words and digits, such as 3-1-3.calls",
    r"^[a-z0-9]+([.-][a-z0-9]+)*$": "lower-case words with dots or hyphens, such as research-security",
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "lower-case words with hyphens, such as countries-2026-11",
    r"^[a-z0-9][a-z0-9-]*$": "lower-case words with hyphens, such as partner-abroad",
    r"^[a-z][a-z0-9.-]*(@[a-z0-9-]+)?$": "an id, or an id in a row, such as partners.name@oxford",
    r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$": "a version number, such as 2.0.0",
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "a day, such as 2026-04-01",
    r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$": "a year, a month or a day: 2026, 2026-04 or 2026-04-01",
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T": "a moment with its zone, such as 2026-09-30T17:00:00+09:00",
    r"^https?://": "an address that begins with https://",
    r"^[0-9a-f]{64}$": "a SHA-256 hash: 64 digits from 0 to 9 and a to f",
}
# what is said of each kind of fault that the types find
WORDS: Mapping[str, str] = {
    "missing": "{name} is missing",
    "extra_forbidden": "the language has no {name} here",
    "string_type": "{name} is a text; a number or true stands in quotes",
    "string_too_short": "{name} is empty",
    "string_too_long": "{name} is longer than {max_length} characters",
    "bool_type": "{name} is true or false",
    "int_type": "{name} is a whole number",
    "tuple_type": "{name} is a list",
    "dict_type": "{name} is a mapping",
    "model_type": "{name} is a mapping",
    "enum": "{name} is one of {expected}",
    "literal_error": "{name} is one of {expected}",
    "too_short": "{name} has at least {min_length}",
    "too_long": "{name} has at most {max_length}",
    "greater_than_equal": "{name} is at least {ge}",
    "less_than_equal": "{name} is at most {le}",
}
TEXT = "{name} is written in both languages: {{ja: …, en: …}}"
EMPTY = "{name} is empty"
SCALAR = "{name} is a text, a whole number, true or false"
WRITTEN = "{name} is {form}"
# what pydantic calls the ways of a value that may be of several types
_WAYS = frozenset({"str", "int", "bool", "constrained-str", "constrained-int"})


def misshapen(error: ValidationError) -> list[Problem]:
    """Return the faults of shape; a list is not told to be empty because what is in it was faulty."""
    faults = error.errors()
    around = {tuple(each["loc"][:end]) for each in faults for end in range(len(each["loc"]))}
    told: dict[Path, str] = {}
    for each in faults:
        path = tuple(each["loc"])
        if each["type"] == "too_short" and path in around:
            continue
        if path and path[-1] in _WAYS:
            # one value, refused in each of the ways it might have been: said once
            told.setdefault(path[:-1], SCALAR.format(name=_name(path[:-1])))
        else:
            told.setdefault(_placed(each, path), _said(each, path))
    return list(told.items())


def _placed(each: Any, path: Path) -> Path:
    """Return the place of a fault; a sentence that begins with the name of a part stands at that part."""
    first = each["msg"].removeprefix("Value error, ").partition(" ")[0]
    if each["type"] == "value_error" and isinstance(each["input"], dict) and first in each["input"]:
        return (*path, first)
    return path


def _name(path: Path) -> str:
    names = [part for part in path if isinstance(part, str) and part != _KEY]
    if names and names[-1] in {"ja", "en"}:
        names = [".".join(names[-2:])]
    return names[-1] if names else "the file"


def _said(each: Any, path: Path) -> str:
    name, context = _name(path), each.get("ctx", {})
    if each["input"] == "":
        return EMPTY.format(name=name)
    if each["type"] == "string_pattern_mismatch":
        return WRITTEN.format(name=name, form=PATTERNS.get(context["pattern"], context["pattern"]))
    if each["type"] == "model_type" and context.get("class_name") == "Text":
        return TEXT.format(name=name)
    template = WORDS.get(each["type"])
    return template.format(name=name, **context) if template else each["msg"].removeprefix("Value error, ")
