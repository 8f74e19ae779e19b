"""The fonts of the page, and which characters they can draw.

A character without a glyph would silently become an empty box and break PDF/A, so forms ask here
first and the page spells such a character out by its code point.
"""

import shutil
import subprocess
import unicodedata
from functools import cache
from pathlib import Path

# In the order in which the style sheet names them: text, fixed width, the personal-name kanji of the
# 文字情報基盤 (𠮷 and the like), and letters of other scripts. Only the first is indispensable.
FAMILIES = ("BIZ UDPGothic", "BIZ UDGothic", "IPAmjMincho", "DejaVu Sans")


class FontMissingError(RuntimeError):
    """The machine lacks the text font; the sentence names the Debian package that brings it."""


def files() -> list[Path]:
    """Return the files of every face of the stack that the machine has, in the order of their names."""
    found = {path for family in FAMILIES for path in _listed(f":family={family}")}
    return sorted({path.resolve() for path in found}, key=lambda path: path.name)


def unprintable(text: str) -> list[str]:
    """Return the characters of ``text`` that the page cannot draw, each once, in order of appearance.

    Whitespace and variation selectors are printable. Invisible format characters are not: they
    reorder or hide what a reader sees.
    """
    return list(dict.fromkeys(c for c in text if not _is_printable(c)))


def spelled_out(text: str) -> str:
    """Return ``text`` with each unprintable character as its code point, e.g. ``〔U+1F600〕``."""
    if text.isascii():
        return text
    return "".join(c if _is_printable(c) else f"〔U+{ord(c):04X}〕" for c in text)


def _is_printable(character: str) -> bool:
    if character.isspace() or _is_variation_selector(character):
        return True
    return unicodedata.category(character) != "Cf" and ord(character) in _coverage()


def _is_variation_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


@cache
def _coverage() -> frozenset[int]:
    """Return every code point that some font of the stack has a glyph for."""
    from fontTools.ttLib import TTFont

    covered: set[int] = set()
    for family in FAMILIES:
        path = _file_of(family)
        if path is None:
            if family == FAMILIES[0]:
                raise FontMissingError(f"{family} is not installed: apt install fonts-morisawa-bizud-gothic")
            continue
        with TTFont(path, lazy=True, fontNumber=0) as font:
            covered.update(font.getBestCmap())
    return frozenset(covered)


def _file_of(family: str) -> Path | None:
    """Return the file of the regular face of ``family`` as fontconfig knows it, or None."""
    return min(_listed(f":family={family}:slant=0:weight=80"), default=None)


def _listed(pattern: str) -> list[Path]:
    """Return the files that fontconfig finds for a pattern."""
    lister = shutil.which("fc-list")
    if lister is None:
        raise FontMissingError("fc-list is not installed: apt install fontconfig")
    # the pattern is made of our own constants
    query = [lister, "--format=%{file}\n", pattern]
    found = subprocess.run(query, capture_output=True, text=True, check=True, timeout=30)  # noqa: S603
    return [Path(line) for line in found.stdout.splitlines()]
