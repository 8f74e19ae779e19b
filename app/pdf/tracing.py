"""Which place of the record each printed word comes from: the same page, written with the name beside the word.

A traced value is what it was, text or number, and knows its path in the record, such as ``grant.title.ja``.
"""

import re
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Self

from markupsafe import Markup
from pydantic import BaseModel

_OPEN, _NAMED, _CLOSE = "\ue000", "\ue001", "\ue002"
_MARK = re.compile(f"{_OPEN}[^{_NAMED}]*{_NAMED}|{_CLOSE}")
# how a page writes a character that no font of its drawing had, and so these marks where a record holds them
_SPELLED = re.compile("\u3014U\\+([0-9A-F]{4,6})\u3015")
_AS_CODES = str.maketrans({sign: f"\u3014U+{ord(sign):04X}\u3015" for sign in (_OPEN, _NAMED, _CLOSE)})
_VOID = {"br", "col", "img", "meta"}
# between two numbers that stand alone: without it, 1 beside 23 would read as 12 beside 3
BESIDE = "|"


class TracedText(str):
    """A text that knows where it comes from, and whose parts do."""

    path: str

    def __new__(cls, text: str, path: str) -> Self:
        """Return ``text`` as it is, with its path."""
        made = super().__new__(cls, text)
        made.path = path
        return made

    def __getitem__(self, part: Any) -> Self:
        return type(self)(super().__getitem__(part), self.path)


class TracedNumber(int):
    """A number that knows where it comes from."""

    path: str

    def __new__(cls, number: int, path: str) -> Self:
        """Return ``number`` as it is, with its path."""
        made = super().__new__(cls, number)
        made.path = path
        return made


def squeezed(text: str) -> str:
    """Return text in Unicode NFC without any white space."""
    return "".join(unicodedata.normalize("NFC", text).split())


def traced(value: Any, path: str = "") -> Any:
    """Return a record, or a part of one, whose texts and numbers know their paths."""
    if isinstance(value, BaseModel):
        start = f"{path}." if path else ""
        inner = {name: traced(getattr(value, name), f"{start}{name}") for name in type(value).model_fields}
        return value.model_copy(update=inner)
    if isinstance(value, tuple):
        return tuple(traced(each, f"{path}.{place}") for place, each in enumerate(value))
    if isinstance(value, str):
        return TracedText(value, path)
    if isinstance(value, int) and not isinstance(value, bool):
        return TracedNumber(value, path)
    return value


def like(value: Any, source: Any) -> Any:
    """Return ``value`` as coming from where ``source`` comes from, if that is known."""
    path = getattr(source, "path", None)
    return value if path is None or isinstance(value, Markup) else TracedText(str(value), path)


def keeping(change: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter of templates whose results come from where their input does."""
    return lambda value, *more: like(change(value, *more), value)


def marked(value: object) -> object:
    """Return what a template prints with its path before it, if it comes from the record."""
    if not isinstance(value, TracedText | TracedNumber):
        return value
    # paths are names of our own types
    return Markup("{0}{2}{1}{3}{4}").format(_OPEN, _NAMED, value.path, str(value).translate(_AS_CODES), _CLOSE)


@dataclass(frozen=True)
class Span:
    """Where the text of one place of the record stands: from ``start`` up to ``end``."""

    path: str
    start: int
    end: int


@dataclass(frozen=True)
class Told:
    """What the pages say: the text, the places of the record in it, the heads of tables, the foot of each page."""

    text: str
    spans: tuple[Span, ...]
    heads: tuple[str, ...]
    foot: str


def told(markup: str) -> Told:
    """Return what traced HTML says, in the order of the page, each character by itself."""
    reader = _Reader()
    reader.feed(markup)
    text, spans, opened = "", [], ("", 0)
    for part in re.split(f"({_OPEN}[^{_NAMED}]*{_NAMED}|{_CLOSE})", joined(reader.pieces)):
        if part.startswith(_OPEN):
            opened = (part[1:-1], len(text))
        elif part == _CLOSE:
            spans.append(Span(*opened, len(text)))
        else:
            text += unspelled(part)
    heads = tuple(_MARK.sub("", joined(head)) for head in reader.heads)
    return Told(text, tuple(spans), heads, _MARK.sub("", joined(reader.foot)))


def joined(pieces: list[str]) -> str:
    """Return pieces of text as one, with a sign between numbers that stand beside each other."""
    found, before = [], ""
    for piece in pieces:
        bare = _MARK.sub("", piece)
        found += [BESIDE, piece] if bare.isdecimal() and before.isdecimal() else [piece]
        before = bare
    return "".join(found)


def unspelled(text: str) -> str:
    """Return a text with each character that is written as its code point, such as U+1F600, for itself.

    Which characters are spelled depends on the fonts where a page was drawn: pages are compared without it.
    """
    return _SPELLED.sub(_character, text)


def _character(spelled: re.Match[str]) -> str:
    point = int(spelled[1], 16)
    return spelled[0] if point > sys.maxunicode or 0xD800 <= point <= 0xDFFF else chr(point)


class _Reader(HTMLParser):
    """Collects the words of the body, and by itself the foot, which stands on every page."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.heads: list[list[str]] = []
        self.foot: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into an element."""
        if tag not in _VOID:
            self._inside.append("foot" if ("class", "foot") in attrs else tag)
        if tag == "thead":
            self.heads.append([])

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if tag not in _VOID:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        """Take what a person reads."""
        words = squeezed(data)
        if not words or "body" not in self._inside:
            return
        if "foot" in self._inside:
            self.foot.append(words)
            return
        self.pieces.append(words)
        if "thead" in self._inside:
            self.heads[-1].append(words)
