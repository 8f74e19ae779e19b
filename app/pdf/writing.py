"""The page of a record in HTML, and its words alone, from our own templates: without fonts and drawing."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from importlib.abc import ResourceLoader
from pathlib import Path
from typing import cast

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from app.domain.attestation import Counts, Record
from app.domain.errors import InvalidError
from app.domain.paper import kid_of
from app.domain.texts import JST, date_with_era, fiscal_year_with_era
from app.pdf.tracing import TracedText, keeping, like, marked, traced

TEMPLATE_ID = "confirmation"
TEMPLATE_VERSION = "2.1.0"
FOLDER = Path(__file__).parents[2] / "templates" / "pdf"

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


def source(name: str) -> str:
    """Return a file of the template folder: this program may lie in a folder or be packed in one file."""
    # a loader of modules reads what lies beside them, in a zip too
    loader = cast("ResourceLoader", __spec__.loader)
    return loader.get_data(str(FOLDER / name)).decode()


def written(
    templates: Environment, record: Record, fingerprint: str, statement: str | None, qr: tuple[str, float]
) -> str:
    """Return the page as HTML; ``qr`` is the address of a QR code and its side in mm.

    Raise ValueError for a statement that is not written as ours are.
    """
    try:
        kid = kid_of(statement) if statement is not None else None
    except InvalidError as refused:
        raise ValueError("the enclosed statement is no paper statement") from refused
    page = templates.get_template("confirmation.html")
    return page.render(record=record, fingerprint=fingerprint, qr=qr[0], side=qr[1], kid=kid, colours=_COLOURS)


def traced_markup(record: Record, fingerprint: str, statement: str | None) -> str:
    """Return the page with its path beside each word that comes from the record, for ``tracing.told``.

    Each character stands for itself, whatever fonts there are, and there are no pictures.
    """
    return written(_tracing_templates(), traced(record), TracedText(fingerprint, "sha256"), statement, ("", 0))


def load() -> None:
    """Load what ``traced_markup`` reads from files, for a process that will open none."""
    for name in ("confirmation.html", "words.html"):
        _tracing_templates().get_template(name)


@cache
def _tracing_templates() -> Environment:
    """Return the templates that tell where each word comes from."""
    made = environment(marked, str)
    made.filters.update({name: keeping(made.filters[name]) for name in _FROM_RECORD})
    made.filters["of"] = like
    return made


def environment(finalize: Callable[[object], object], plain: Callable[[str], object]) -> Environment:
    """Return our own templates: everything is escaped, and a name that does not exist is an error.

    ``finalize`` is the last step of whatever is printed, ``plain`` that of what stands where no markup may.
    """
    made = Environment(
        loader=FunctionLoader(source),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(
        jst=_jst, clock=_clock, day=_day, fiscal_year=fiscal_year_with_era, bar=_bar, shares=_shares, plain=plain
    )
    made.filters["of"] = lambda words, _code: words
    return made


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
