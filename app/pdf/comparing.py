"""Does the page say what the record says? Every word of it is compared; nothing is drawn.

Only equal bytes prove a page: words say nothing of a picture, a colour, or what lies over a line. Lines may
fall differently, and fonts may lack other characters, where a page was drawn elsewhere.
"""

import re
from functools import cache

from app.domain.attestation import Record, record_bytes, sha256
from app.domain.errors import InvalidError
from app.domain.pages import Compared, Difference, Likeness
from app.pdf import writing
from app.pdf.reading import pages
from app.pdf.tracing import BESIDE, Told, joined, told, unspelled
from app.pdf.writing import TEMPLATE_ID, TEMPLATE_VERSION, source, traced_markup

_LONGEST, _SOME = 120, 20
WORDS = "words"


def load() -> None:
    """Load what comparing reads from files, for a process that will open none."""
    writing.load()
    _mark()


def compared(pdf: bytes, data: bytes, statement: bytes | None) -> Compared:
    """Compare a PDF with the record and the statement attached to it; whatever they are, an answer comes back.

    What cannot be compared, because the record is none or something breaks, is ``page_not_compared``.
    """
    try:
        return compare(pdf, data, None if statement is None else statement.decode("ascii"))
    except Exception:  # a hostile file may break a parser anywhere, and the answer is the same
        return Compared(Likeness.NOT_COMPARED)


def compare(pdf: bytes, data: bytes, statement: str | None) -> Compared:
    """Compare the words of a PDF with those of its record and of the statement, both as attached to it.

    A template of another version may use other words in another order. Its first place that is not told as
    we would is a hint, and no fault. Raise ValueError where ``data`` is no record or is not written
    canonically, or the statement is none.
    """
    record = Record.model_validate_json(data)
    if record_bytes(record) != data:
        raise ValueError("the record is not written canonically")
    expected = told(traced_markup(record, sha256(data), statement))
    ours = (record.template.id, record.template.version) == (TEMPLATE_ID, TEMPLATE_VERSION)
    try:
        found = _body(pages(pdf), expected, _mark() if record.sample else "")
    except InvalidError as error:
        why = Difference("page", "", str(error.values["why"]))
        return Compared(Likeness.UNREADABLE if ours else Likeness.OTHER_TEMPLATE, why)
    if isinstance(found, Difference):
        return Compared(Likeness.DIFFERS if ours else Likeness.OTHER_TEMPLATE, found)
    if found == expected.text:
        return Compared(Likeness.SAME_WORDS if ours else Likeness.OTHER_TEMPLATE)
    if ours:
        return Compared(Likeness.DIFFERS, _first(expected, found))
    return Compared(Likeness.OTHER_TEMPLATE, _not_in_order(expected, found))


def _shown(text: str) -> str:
    """Return the beginning of a text for people: what is invisible in a stranger's words is shown as a sign."""
    seen = "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:_LONGEST])
    return seen if len(text) <= _LONGEST else f"{seen}…"


def _body(found: list[list[str]], expected: Told, mark: str) -> str | Difference:
    """Return the text of all pages without what stands on each, or the page that lacks some of that."""
    body: list[str] = []
    for number, pieces in enumerate(found, 1):
        foot = f"{number}/{len(found)}{expected.foot}"
        rest = _before(pieces, foot)
        if rest is None:
            return Difference(f"foot of page {number}", _shown(foot), _shown("".join(pieces)[-len(foot) :]))
        start = _after(rest, mark)
        if start is None:
            return Difference("sample", mark, _shown("".join(rest)[: len(mark)]))
        body += _after_head(start, expected.heads, joined(body))
    return unspelled(joined(body))


def _before(pieces: list[str], foot: str) -> list[str] | None:
    """Return the pieces of a page before its foot, None where that is not its end."""
    for place in range(len(pieces), -1, -1):
        end = "".join(pieces[place:])
        if len(end) >= len(foot):
            return pieces[:place] if end == foot else None
    return None


def _after(pieces: list[str], mark: str) -> list[str] | None:
    """Return the pieces of a page after the mark that lies under it, None where that is not its beginning."""
    turned = _before([piece[::-1] for piece in reversed(pieces)], mark[::-1])
    return None if turned is None else [piece[::-1] for piece in reversed(turned)]


@cache
def _mark() -> str:
    """Return the words that lie under every page of a sample."""
    return "".join(re.findall(r"<text[^>]*>([^<]*)</text>", source("sample.svg")))


def _after_head(pieces: list[str], heads: tuple[str, ...], before: str) -> list[str]:
    """Return the pieces of a page without the head of a table that goes on from the page before."""
    for place in range(1, len(pieces)):
        start = joined(pieces[:place])
        if start in heads and start in before:
            return pieces[place:]
        if not any(head.startswith(start) for head in heads):
            break
    return pieces


def _first(expected: Told, found: str) -> Difference:
    """Return the first difference, named by the field that stands there or ends there."""
    pairs = enumerate(zip(expected.text, found, strict=False))
    at = next((place for place, pair in pairs if pair[0] != pair[1]), min(len(expected.text), len(found)))
    inside = [span for span in expected.spans if span.start <= at < span.end]
    ending = [span for span in expected.spans if span.end == at]
    before = [span for span in expected.spans if span.end <= at]
    if inside or ending:
        span = (inside or ending)[0]
        name, start, end = span.path, span.start, span.end
    else:
        # from a little before, so that the sentence is found again
        start = max(before[-1].end if before else 0, at - _SOME)
        end = min((each.start for each in expected.spans if each.start > at), default=len(expected.text))
        name = f"{WORDS} after {before[-1].path}" if before else WORDS
    stop = _stop(expected, end, found, at)
    if at - start > _LONGEST - _SOME:
        # of a long text that begins alike
        start = at - _SOME
    return Difference(name, _shown(expected.text[start:end]), _shown(found[start : max(stop, start)]))


def _stop(expected: Told, end: int, found: str, at: int) -> int:
    """Return where in the text found that ends which should end at ``end``: where it goes on as it should."""
    if found.endswith(expected.text[end:]):
        return len(found) - len(expected.text) + end
    edges = (edge for span in expected.spans for edge in (span.start, span.end) if edge > end)
    follows = expected.text[end : min(edges, default=len(expected.text))][:_SOME]
    there = found.find(follows, at) if follows else -1
    return end if there < 0 else there


def _not_in_order(expected: Told, found: str) -> Difference | None:
    """Return the first place of the record that is not told after the one before it, None where all are.

    Numbers beside each other are looked for as one: a lone 0 stands anywhere.
    """
    at, place = 0, 0
    spans = expected.spans
    while place < len(spans):
        first = spans[place]
        end = first.end
        while place + 1 < len(spans) and expected.text[end : spans[place + 1].start] == BESIDE:
            place += 1
            end = spans[place].end
        text = expected.text[first.start : end]
        there = found.find(text, at)
        if there < 0:
            return Difference(first.path, _shown(text), _shown(found[at : at + len(text)]))
        at, place = there + len(text), place + 1
    return None
