"""The fonts of the page, and which characters they can draw.

A character without a glyph would silently become an empty box and break PDF/A, so forms ask here
first and the page spells such a character out by its code point.
"""

import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.domain.errors import InvalidError

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
    """Return what the page cannot draw of ``text``, each once, in order of appearance.

    Each is a character with what modifies it: a variation selector or combining mark is printable where one
    font of the stack has it together with its base. White space is printable. Invisible format characters
    are not: they reorder or hide what a reader sees.
    """
    if text.isascii():
        return []
    whole = unicodedata.normalize("NFC", text)
    return list(dict.fromkeys(each for each in _sequences(whole) if not _is_printable(each)))


def named(sequence: str) -> str:
    """Return a character or sequence with its code points, ``✅ (U+2705)``; of an invisible one only these."""
    codes = " ".join(f"U+{ord(c):04X}" for c in sequence)
    return codes if unicodedata.category(sequence[0]) in {"Cc", "Cf", "Cs", "Mn"} else f"{sequence} ({codes})"


def require_printable(*texts: str) -> None:
    """Raise InvalidError ``unprintable``, with the ``characters``, for texts that the page cannot draw."""
    if odd := [each for text in texts for each in unprintable(text)]:
        raise InvalidError("unprintable", characters=", ".join(map(named, dict.fromkeys(odd))))


def spelled_out(text: str) -> str:
    """Return ``text`` with each unprintable character as its code point, e.g. ``〔U+1F600〕``.

    A separator of lines (U+2028) or paragraphs is a space: drawn, it would be an empty box.
    """
    if text.isascii():
        return text
    return "".join(_spelled(each) for each in _sequences(text))


def _spelled(sequence: str) -> str:
    if unicodedata.category(sequence[0]) in {"Zl", "Zp"}:
        return " "
    if _is_printable(sequence):
        return sequence
    return "".join(c if _is_printable(c) else f"〔U+{ord(c):04X}〕" for c in sequence)


def runs(text: str) -> list[tuple[str | None, str]]:
    """Return ``text`` in parts, each with the family that it must be set in, or None where the stack decides.

    The stack is asked for the base alone, and its first font with that base may lack the variant of it.
    """
    found: list[tuple[str | None, str]] = []
    for each in _sequences(text):
        fit = _family_of(each) if len(each) > 1 else None
        family = None if fit == _family_of(each[0]) else fit
        if found and found[-1][0] == family:
            found[-1] = (family, found[-1][1] + each)
        else:
            found.append((family, each))
    return found


def _sequences(text: str) -> Iterator[str]:
    """Yield each character with the variation selectors and combining marks that follow it."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not unicodedata.category(text[place]).startswith("M"):
            yield text[start:place]
            start = place


def _is_printable(sequence: str) -> bool:
    if len(sequence) == 1 and sequence.isspace():
        return True
    first = unicodedata.category(sequence[0])
    return first != "Cf" and not first.startswith("M") and _family_of(sequence) is not None


@cache
def _family_of(sequence: str) -> str | None:
    """Return the first family of the stack that has the whole sequence, None where none has."""
    base, marks = ord(sequence[0]), [ord(c) for c in sequence[1:]]
    selector = marks.pop(0) if marks and _is_variation_selector(marks[0]) else None
    for family, covered in _coverage().items():
        has = base in covered.points if selector is None else (base, selector) in covered.variants
        if has and covered.points.issuperset(marks):
            return family
    return None


def _is_variation_selector(point: int) -> bool:
    return 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF


@dataclass(frozen=True)
class _Covered:
    """What a font has glyphs for: code points, and bases with a variation selector (cmap format 14)."""

    points: frozenset[int]
    variants: frozenset[tuple[int, int]]


@cache
def _coverage() -> dict[str, _Covered]:
    """Return what each family of the stack that the machine has can draw."""
    from fontTools.ttLib import TTFont

    covered = {}
    for family in FAMILIES:
        path = _file_of(family)
        if path is None:
            if family == FAMILIES[0]:
                raise FontMissingError(f"{family} is not installed: apt install fonts-morisawa-bizud-gothic")
            continue
        with TTFont(path, lazy=True, fontNumber=0) as font:
            tables = [table for table in font["cmap"].tables if table.format == 14]
            variants = (
                (base, selector)
                for table in tables
                for selector, bases in table.uvsDict.items()
                for base, _ in bases
            )
            covered[family] = _Covered(frozenset(font.getBestCmap()), frozenset(variants))
    return covered


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
