"""The 確認書: lays a record out as HTML for the drawing, reading nothing but the record."""

import base64
import io
from datetime import date, datetime
from functools import cache

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.domain.attestation import Counts, Record, TemplatePart, record_bytes, sha256
from app.domain.texts import JST, date_with_era, fiscal_year_with_era
from app.pdf.drawing import FOLDER, draw, template_sha256
from app.pdf.fonts import spelled_out

TEMPLATE_ID = "confirmation"
TEMPLATE_VERSION = "1.2.0"

# The states in the order of the columns; each has its colour in the style sheet's bars and keys.
_COLOURS = {
    "answered": "#2b5a86",
    "not_applicable": "#a9b8c6",
    "unsure": "#e0a63a",
    "not_obtained": "#9a5f3c",
    "open": "#ffffff",
}


def render(record: Record, data: bytes) -> bytes:
    """Return the unsigned PDF of ``record`` with ``data``, its canonical bytes, attached.

    Raises ValueError if ``data`` are the bytes of another record: page and proof say the same.
    """
    if data != record_bytes(record):
        raise ValueError("the attached bytes are not those of the record")
    fingerprint = sha256(data)
    markup = (
        _templates()
        .get_template("confirmation.html")
        .render(
            record=record,
            fingerprint=fingerprint,
            qr=_qr(record.verify_url),
            colours=_COLOURS,
        )
    )
    at = datetime.fromisoformat(record.attested_at)
    return draw(markup, data, at=at, identifier=bytes.fromhex(fingerprint)[:16])


@cache
def template_part() -> TemplatePart:
    """Return what draws the page now, named by its hash; read once in the life of the process."""
    return TemplatePart(id=TEMPLATE_ID, version=TEMPLATE_VERSION, sha256=template_sha256())


@cache
def _templates() -> Environment:
    """Return our own templates: everything is escaped, and a name that does not exist is an error."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_drawable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(jst=_jst, day=_day, fiscal_year=fiscal_year_with_era, bar=_bar, shares=_shares)
    return environment


def _drawable(value: object) -> object:
    """Spell out characters without a glyph in whatever a template prints, markup of ours excepted."""
    return spelled_out(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _jst(moment: str, language: str) -> str:
    """Write a moment of the record in Japan Standard Time with its era."""
    local = datetime.fromisoformat(moment).astimezone(JST)
    day = date_with_era(local.date(), language)
    return f"{day}, {local:%H:%M} JST" if language == "en" else f"{day} {local.hour}時{local:%M}分"


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


def _qr(address: str) -> str:
    """Return a QR code of ``address`` as an inline drawing, readable when a seventh of it is soiled."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=4, xmldecl=False)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()
