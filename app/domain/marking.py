"""Two texts side by side: what of the one is gone in the other, and what is new there, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# words in Latin letters and digits; in Japanese, runs of one script stand for words; all else by the character
_PIECES = re.compile(
    r"[A-Za-z0-9\u00c0-\u024f]+|[\u3041-\u3096]+|[\u30a1-\u30fa\u30fc]+|[\u3400-\u9fff\u3005\uf900-\ufaff]+|\s+|.",
    re.DOTALL,
)
# beyond this many comparisons, or below this likeness, the texts are shown whole, without marks in them
_MOST = 4_000_000
_LEAST_LIKE = 0.3


@dataclass(frozen=True)
class Piece:
    """A stretch of a text, and whether the other text lacks it."""

    text: str
    differs: bool


def marked(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return both texts in pieces; joined again they are the texts, and what does not differ is in both."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) * len(new) > _MOST:
        return _whole(before), _whole(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _LEAST_LIKE:
        return _whole(before), _whole(after)
    gone: list[Piece] = []
    fresh: list[Piece] = []
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        gone += _piece("".join(old[old_from:old_to]), tag)
        fresh += _piece("".join(new[new_from:new_to]), tag)
    return tuple(gone), tuple(fresh)


def _piece(text: str, tag: str) -> list[Piece]:
    return [Piece(text, tag != "equal")] if text else []


def _whole(text: str) -> tuple[Piece, ...]:
    return tuple(_piece(text, "replace"))
