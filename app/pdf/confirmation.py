"""The 確認書: lays a record and the statement about it out as HTML for the drawing, reading nothing else."""

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from app.domain.attestation import Counts, Record, TemplatePart, record_bytes, sha256
from app.domain.errors import InvalidError
from app.domain.paper import address, kid_of
from app.domain.texts import JST, date_with_era, fiscal_year_with_era
from app.pdf.drawing import FOLDER, Attached, draw, template_sha256
from app.pdf.fonts import runs, spelled_out
from app.pdf.tracing import TracedText, keeping, like, marked, traced

TEMPLATE_ID = "confirmation"
TEMPLATE_VERSION = "2.1.0"

RECORD_NAME = "attestation.json"
STATEMENT_NAME = "attestation.jws"
PROOF_NAME = "attestation.tlog-proof"

# Half a millimetre for each module of the QR code is three dots of a scan at 150 dpi
_MODULE_MM = 0.5
_SMALLEST_QR_MM = 25.0
# the filters that write a value of the record
_FROM_RECORD = ("jst", "clock", "day", "fiscal_year", "lower")

# The states in the order of the columns; each has its colour in the style sheet's bars and keys.
_COLOURS = {
    "answered": "#2b5a86",
    "not_applicable": "#a9b8c6",
    "unsure": "#e0a63a",
    "not_obtained": "#9a5f3c",
    "open": "#ffffff",
}


@dataclass(frozen=True)
class Enclosed:
    """What goes with a record on its page: the paper statement (compact JWS) and the proof of its ledger entry.

    ``proof`` is the text of a tlog-proof, None where the entry is not proven yet.
    """

    statement: str
    proof: str | None


def render(record: Record, data: bytes, enclosed: Enclosed | None) -> bytes:
    """Return the unsigned PDF of ``record`` with ``data``, its canonical bytes, and what is enclosed, attached.

    Equal input gives equal bytes. Without an enclosure the QR code holds the bare address. Raises ValueError
    if ``data`` are the bytes of another record, or the statement is not written as ours are: page and proof
    say the same.
    """
    if data != record_bytes(record):
        raise ValueError("the attached bytes are not those of the record")
    fingerprint = sha256(data)
    at = datetime.fromisoformat(record.attested_at)
    page = markup(record, fingerprint, enclosed)
    identifier, persons = bytes.fromhex(fingerprint)[:16], record.personal_signatures
    return draw(page, attachments(data, enclosed), at=at, identifier=identifier, persons=persons)


def markup(record: Record, fingerprint: str, enclosed: Enclosed | None) -> str:
    """Return the page of ``record`` as HTML; ``fingerprint`` is the SHA-256 of its bytes in hex."""
    return _written(templates(), record, fingerprint, enclosed)


def traced_markup(record: Record, fingerprint: str, enclosed: Enclosed | None) -> str:
    """Return the same page with its path beside each word that comes from the record; see ``tracing.told``."""
    return _written(_tracing_templates(), traced(record), TracedText(fingerprint, "sha256"), enclosed)


def _written(source: Environment, record: Record, fingerprint: str, enclosed: Enclosed | None) -> str:
    try:
        kid = kid_of(enclosed.statement) if enclosed else None
    except InvalidError as refused:
        raise ValueError("the enclosed statement is no paper statement") from refused
    code, side = _qr(address(record, enclosed.statement) if enclosed else record.verify_url)
    page = source.get_template("confirmation.html")
    return page.render(record=record, fingerprint=fingerprint, qr=code, side=side, kid=kid, colours=_COLOURS)


def attachments(data: bytes, enclosed: Enclosed | None) -> list[Attached]:
    """Return the files inside the PDF, in the order of their names."""
    record = Attached(RECORD_NAME, "application/json", "記録 / The record this page shows", "Source", data)
    if enclosed is None:
        return [record]
    words = "署名付きの要約 / The signed statement in the QR code"
    jws = Attached(STATEMENT_NAME, "application/jose", words, "Supplement", enclosed.statement.encode("ascii"))
    if enclosed.proof is None:
        return [record, jws]
    words = "台帳への記載の証明 / Proof of the entry in the ledger"
    proof = Attached(PROOF_NAME, "text/plain", words, "Supplement", enclosed.proof.encode())
    return [record, jws, proof]


@cache
def template_part() -> TemplatePart:
    """Return what draws the page now, named by its hash; read once in the life of the process."""
    return TemplatePart(id=TEMPLATE_ID, version=TEMPLATE_VERSION, sha256=template_sha256())


@cache
def templates() -> Environment:
    """Return our own templates, in which everything is escaped and a name that does not exist is an error."""
    return _environment(_drawable)


@cache
def _tracing_templates() -> Environment:
    """Return the same templates, which tell where each word comes from."""
    environment = _environment(marked(_drawable))
    environment.filters.update({name: keeping(environment.filters[name]) for name in _FROM_RECORD})
    environment.filters["of"] = like
    return environment


def _environment(finalize: Callable[[object], object]) -> Environment:
    """Return our own templates: everything is escaped, and a name that does not exist is an error."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        jst=_jst, clock=_clock, day=_day, fiscal_year=fiscal_year_with_era, bar=_bar, shares=_shares, plain=_plain
    )
    environment.filters["of"] = lambda words, _code: words
    return environment


def _drawable(value: object) -> object:
    """Spell out characters without a glyph in whatever a template prints, markup of ours excepted.

    A variant that the first font with its base lacks is set in the font that has it.
    """
    if not isinstance(value, str) or isinstance(value, Markup) or value.isascii():
        return value
    parts = runs(spelled_out(value))
    if all(family is None for family, _ in parts):
        return "".join(part for _, part in parts)
    set_in = Markup("<span style=\"font-family: '{}'\">{}</span>")
    return Markup("").join(part if family is None else set_in.format(family, part) for family, part in parts)


def _plain(value: str) -> Markup:
    """Return a text as the value of an attribute or a title, where no markup may stand."""
    return escape(spelled_out(value))


def _jst(moment: str, language: str) -> str:
    """Write a moment of the record in Japan Standard Time with its era."""
    local = datetime.fromisoformat(moment).astimezone(JST)
    day = date_with_era(local.date(), language)
    return f"{day}, {local:%H:%M} JST" if language == "en" else f"{day} {local.hour}時{local:%M}分"


def _clock(moment: str, later: str) -> str:
    """Write the time of day of a moment in Japan, for what happened not long before another, else with its day."""
    local, other = (datetime.fromisoformat(one).astimezone(JST) for one in (moment, later))
    return f"{local:%H:%M}" if local.date() == other.date() else f"{local:%Y-%m-%d %H:%M}"


def _day(day: str, language: str) -> str:
    """Write a day of the record with its era."""
    return date_with_era(date.fromisoformat(day), language)


def _shares(counts: Counts) -> list[tuple[str, int]]:
    """Return the states with their numbers, in the order of the columns."""
    return [(state, getattr(counts, state)) for state in _COLOURS]


def _bar(counts: Counts) -> Markup:
    """Return a CSS background that divides a bar in proportion to the counts."""
    if counts.total == 0:
        return Markup("none")
    stops, done = [], 0
    for state, number in _shares(counts):
        if number:
            stops += [f"{_COLOURS[state]} {100 * x / counts.total:.2f}%" for x in (done, done + number)]
            done += number
    return Markup(f"linear-gradient(to right, {', '.join(stops)})")  # noqa: S704 - numbers and constants


def _qr(content: str) -> tuple[str, float]:
    """Return a QR code as an inline drawing, and its side in mm; readable when a seventh of it is soiled."""
    out = io.BytesIO()
    made = segno.make(content, error="m", micro=False)
    made.save(out, kind="svg", border=4, xmldecl=False)
    side = max(_SMALLEST_QR_MM, made.symbol_size(border=4)[0] * _MODULE_MM)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode(), side
