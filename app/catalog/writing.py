"""Writes the plain data of a version as YAML in the house style; the strict loader reads back equal data.

Block style, one text a line however long, short structures inline, and quotes around whatever some
other YAML reader would take for a number, a date, a boolean or nothing.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

_WIDE = 140
_DEEPEST_INLINE = 4
# texts that people read and compare stand one language a line, however short
_ONE_A_LINE = {"text", "help", "message"}
_CONDITIONS = {"all", "any"}
_APART = {"sources", "lists", "applies_when", "scales", "sections", "attestation"}
# words that YAML 1.1 or 1.2 readers take for a boolean or for nothing
_TYPED = {"true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"}
_OPENING = "（「『【〈《“‘"
# without line breaks that only YAML sees, marks that turn the reading direction, and invisible spaces
_VISIBLE = re.compile(
    "[\x20-\x7e\xa0-\u200a\u200c\u200d\u2010-\u2027\u202f-\u205f\u2070-\ud7ff\ue000-\ufefe\uff00-\ufffd"
    "\U00010000-\U0010ffff]*"
)


def write_yaml(data: dict[str, Any]) -> str:
    """Return ``data`` as YAML that ``strict.parse`` reads back as equal data."""
    lines: list[str] = []
    for key, value in data.items():
        if key in _APART:
            lines.append("")
        lines += _entry(key, value, 0)
    return "\n".join(lines) + "\n" if lines else "{}\n"


def _entry(key: str, value: Any, indent: int) -> Iterator[str]:
    """Yield the lines of one key of a mapping."""
    head = f"{' ' * indent}{_flow_text(key)}:"
    if isinstance(value, str):
        yield from _text(f"{head} ", value, indent)
    elif (inline := _inline(value, len(head) + 1, key)) is not None:
        yield f"{head} {inline}"
    else:
        yield head
        yield from _block(value, indent + 2)


def _block(value: Any, indent: int) -> Iterator[str]:
    """Yield the lines of a mapping or a sequence that does not stand inline."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _entry(key, inner, indent)
        return
    for each in value:
        dash = f"{' ' * indent}- "
        if isinstance(each, str):
            yield from _text(dash, each, indent)
        elif (inline := _inline(each, len(dash), "")) is not None:
            yield dash + inline
        else:
            lines = _block(each, indent + 2)
            yield dash + next(lines)[indent + 2 :]
            yield from lines


def _inline(value: Any, column: int, key: str) -> str | None:
    """Return the flow form of what is no text, or None where it is too long, deep or important for one line."""
    if not isinstance(value, dict | list):
        return _flow(value)
    if _depth(value) > _DEEPEST_INLINE or _spread(key, value):
        return None
    flow = _flow(value)
    return flow if not value or column + len(flow) <= _WIDE else None


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0) if isinstance(value, dict | list) else 0


def _spread(key: str, value: Any) -> bool:
    """Return whether a value holds texts that stand one language a line, or rows that stand one a line."""
    if isinstance(value, dict):
        return (bool(value) and key in _ONE_A_LINE) or any(_spread(*each) for each in value.items())
    if isinstance(value, list):
        rows = key not in _CONDITIONS and any(isinstance(each, dict) for each in value)
        return rows or any(_spread("", each) for each in value)
    return False


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow_text(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        return _flow_text(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    raise TypeError(f"a version holds no {type(value).__name__}")


def _flow_text(text: str) -> str:
    return text if _may_be_plain(text) and not set(text) & set(",:?[]{}") else _quoted(text)


def _text(head: str, text: str, indent: int) -> Iterator[str]:
    """Yield a text after ``head``: plain where that is safe, line by line where it has lines, else quoted."""
    if _may_be_plain(text):
        yield head + text
    elif _may_be_lines(text):
        yield f"{head}|-"
        yield from (f"{' ' * (indent + 2)}{line}" if line else "" for line in text.split("\n"))
    else:
        yield head + _quoted(text)


def _may_be_plain(text: str) -> bool:
    return (
        bool(text)
        and (text[0].isalpha() or text[0] in _OPENING or (text[0].isdigit() and _has_kanji_or_kana(text)))
        and text.lower() not in _TYPED
        and text == text.strip()
        and not (": " in text or " #" in text or text.endswith(":"))
        and _VISIBLE.fullmatch(text) is not None
    )


def _has_kanji_or_kana(text: str) -> bool:
    # no reader takes 15の国 for a number
    return any(c.isalpha() and not c.isascii() for c in text)


def _may_be_lines(text: str) -> bool:
    lines = text.split("\n")
    return (
        len(lines) > 1
        and lines[0].strip() != ""
        and lines[-1] != ""
        and not lines[0][0].isspace()
        and all(line == line.rstrip() and _VISIBLE.fullmatch(line) for line in lines)
    )


def _quoted(text: str) -> str:
    written, after_escape = ['"'], False
    for c in text:
        # a combining mark would join the last letter of an escape, and the file would not be NFC
        joins = after_escape and unicodedata.category(c).startswith("M")
        after_escape = joins or _VISIBLE.fullmatch(c) is None
        written.append(_escaped(c) if after_escape or c in '"\\' else c)
    return "".join([*written, '"'])


def _escaped(c: str) -> str:
    short = {"\n": "\\n", '"': '\\"', "\\": "\\\\"}
    return short.get(c) or (f"\\u{ord(c):04X}" if ord(c) <= 0xFFFF else f"\\U{ord(c):08X}")
