"""The words on the pages of a PDF of ours, in the order in which they are drawn.

Read strictly: fonts say what their glyphs mean, and a page holds nothing but text and lines. What a machine
reads here is what the file says of its glyphs; only equal bytes prove what they look like.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf

from app.domain.errors import InvalidError
from app.pdf.tracing import squeezed

_DEEPEST = 8
_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_BLOCK = re.compile(rb"beginbf(char|range)(.*?)endbf", re.DOTALL)
_SHOWING = {"Tj", "TJ", "'", '"'}

Words = dict[int, str]


def pages(pdf: bytes) -> list[list[str]]:
    """Return the pieces of text of each page, in Unicode NFC without white space: lines break anywhere.

    Raise InvalidError ``page_unreadable`` for a file that cannot be read, and for one that draws what no page
    of ours has: a picture, a font that does not say what its glyphs mean, a note or a form.
    """
    try:
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            fonts: dict[tuple[int, int], Words] = {}
            return [[said for piece in _of_page(page, fonts) if (said := squeezed(piece))] for page in opened.pages]
    except (InvalidError, MemoryError):
        # what is too much for this process is no fault of the page
        raise
    except Exception as wrong:  # a hostile file may break the parser anywhere, and the answer is the same
        raise InvalidError("page_unreadable", why=type(wrong).__name__) from wrong


def _of_page(page: Any, fonts: dict[tuple[int, int], Words]) -> Iterator[str]:
    for note in page.obj.get("/Annots", ()):
        if str(note.get("/FT", "")) != "/Sig" or [float(side) for side in note.Rect] != [0, 0, 0, 0]:
            raise InvalidError("page_unreadable", why="a note")
    yield from _drawn(page.obj, page.resources, fonts, 0)


def _drawn(source: Any, resources: Any, fonts: dict[tuple[int, int], Words], depth: int) -> Iterator[str]:
    """Yield what is shown, following forms that are drawn inside; a font lasts until the state is restored."""
    if depth > _DEEPEST:
        raise InvalidError("page_unreadable", why="too deep")
    words: Words = {}
    kept: list[Words] = []
    for step in pikepdf.parse_content_stream(source):
        operands, name = step.operands, str(step.operator)
        if name == "q":
            kept.append(words)
        elif name == "Q":
            words = kept.pop() if kept else {}
        elif name == "Tf":
            words = _meanings(resources.Font[str(operands[0])], fonts)
        elif name in _SHOWING:
            yield "".join(_shown(operands[-1], words))
        elif name == "Do":
            form = resources.XObject[str(operands[0])]
            if str(form.Subtype) != "/Form":
                raise InvalidError("page_unreadable", why="a picture")
            yield from _drawn(form, form.get("/Resources", resources), fonts, depth + 1)
        elif name == "INLINE IMAGE":
            raise InvalidError("page_unreadable", why="a picture")


def _shown(operand: Any, words: Words) -> Iterator[str]:
    for part in operand if isinstance(operand, pikepdf.Array) else (operand,):
        if isinstance(part, pikepdf.String):
            codes = bytes(part)
            for at in range(0, len(codes), 2):
                yield words[int.from_bytes(codes[at : at + 2], "big")]


def _meanings(font: Any, fonts: dict[tuple[int, int], Words]) -> Words:
    """Return what each glyph of a font stands for (ISO 32000-1, 9.10.3), for fonts of two bytes a glyph."""
    name = font.objgen
    if name not in fonts:
        if str(font.get("/Encoding", "")) != "/Identity-H":
            raise InvalidError("page_unreadable", why="a font")
        fonts[name] = _map(font.ToUnicode.read_bytes())
    return fonts[name]


def _map(content: bytes) -> Words:
    found: Words = {}
    for kind, block in _BLOCK.findall(content):
        if kind == b"char":
            for code, text in _PAIR.findall(block):
                found[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
        else:
            for first, last, text in _RANGE.findall(block):
                start = bytes.fromhex(text.decode()).decode("utf-16-be")
                for offset in range(min(int(last, 16) - int(first, 16), 0xFFFF) + 1):
                    found[int(first, 16) + offset] = start[:-1] + chr(ord(start[-1]) + offset)
    return found
