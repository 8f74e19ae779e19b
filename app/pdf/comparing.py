"""Does the page say what the record says? Drawn again it has the same bytes; else its words are compared.

Only equal bytes prove the page: words say nothing of a picture, a colour, or what lies over a line. They are
for files of another template or renderer, whose lines may fall differently.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from app.domain.attestation import Record, sha256
from app.domain.errors import InvalidError
from app.pdf.confirmation import Enclosed, render, template_part, traced_markup
from app.pdf.drawing import FOLDER
from app.pdf.reading import pages
from app.pdf.tracing import BESIDE, Told, joined, told

_LONGEST, _SOME = 300, 20
WORDS = "words"


@dataclass(frozen=True)
class Difference:
    """The first place where a page does not say what the record says; texts are without white space.

    ``field`` is a path in the record such as ``grant.title.ja``, "words after PATH" for words of the template,
    "foot of page N", or "page" where the pages cannot be read as ours, with the reason in ``found``.
    """

    field: str
    expected: str
    found: str


class Result(StrEnum):
    """What the comparison came to. Only ``identical`` proves the page."""

    IDENTICAL = "identical"
    SAME_WORDS = "same_words"
    SAME_FIELDS = "same_fields"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Comparison:
    """How a page compares with its record.

    ``same_renderer`` tells that the record names the very template, renderer and fonts in use: what is not
    identical then was changed, even if no word differs. A template of another version may use other words:
    then ``same_fields`` says that each place of the record is told, in order, and ``unknown`` that its pages
    cannot be laid beside ours. ``difference`` is there for ``different`` alone.
    """

    result: Result
    same_renderer: bool
    difference: Difference | None = None


def redrawn(data: bytes, enclosed: Enclosed | None) -> bytes:
    """Return the unsigned PDF of a record anew; ``data`` are its canonical bytes."""
    return render(Record.model_validate_json(data), data, enclosed)


def compare(pdf: bytes, data: bytes, enclosed: Enclosed | None) -> Comparison:
    """Compare a PDF with its record and what is enclosed, both as attached to it.

    ``pdf`` is the unsigned file or one that begins with it; whether later bytes change the page is not asked
    here. Raise ValueError where ``data`` is no record, or is not written canonically.
    """
    record, template = Record.model_validate_json(data), template_part()
    ours = record.template == template
    if pdf.startswith(render(record, data, enclosed)):
        return Comparison(Result.IDENTICAL, ours)
    known = (record.template.id, record.template.version) == (template.id, template.version)
    expected = told(traced_markup(record, sha256(data), enclosed))
    try:
        found = _body(pages(pdf), expected, _mark() if record.sample else "")
    except InvalidError as error:
        return Comparison(Result.DIFFERENT, ours, Difference("page", "", str(error.values["why"])))
    if isinstance(found, Difference):
        return Comparison(Result.DIFFERENT, ours, found) if known else Comparison(Result.UNKNOWN, ours)
    if found == expected.text:
        return Comparison(Result.SAME_WORDS, ours)
    difference = _first(expected, found)
    if difference.field.startswith(WORDS) and not known:
        missing = _not_in_order(expected, found)
        return Comparison(Result.DIFFERENT if missing else Result.SAME_FIELDS, ours, missing)
    return Comparison(Result.DIFFERENT, ours, difference)


def _body(found: list[list[str]], expected: Told, mark: str) -> str | Difference:
    """Return the text of all pages without what stands on each, or the page that lacks some of that."""
    body: list[str] = []
    for number, pieces in enumerate(found, 1):
        foot = f"{number}/{len(found)}{expected.foot}"
        rest = _before(pieces, foot)
        if rest is None:
            return Difference(f"foot of page {number}", foot, "".join(pieces)[-len(foot) :])
        start = _after(rest, mark)
        if start is None:
            return Difference("sample", mark, "".join(rest)[: len(mark)])
        body += _after_head(start, expected.heads, joined(body))
    return joined(body)


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
    return "".join(re.findall(r"<text[^>]*>([^<]*)</text>", (FOLDER / "sample.svg").read_text("utf-8")))


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
    more = len(found) - len(expected.text)
    same_end = found.endswith(expected.text[end:])
    stop = end + more if same_end else end
    return Difference(name, expected.text[start:end][:_LONGEST], found[start : max(stop, start)][:_LONGEST])


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
            return Difference(first.path, text[:_LONGEST], found[at : at + len(text)][:_LONGEST])
        at, place = there + len(text), place + 1
    return None
