"""The page of a sealed file against the record inside: its words are compared, and nothing is drawn."""

from collections.abc import Callable

from app.domain.pages import Compared, Likeness
from app.domain.verdicts import OF_PAGE, Aspect
from app.offline.content import line
from app.offline.report import Check, Line
from app.signing.validate import SignatureReport

try:
    from app.pdf import comparing
except ImportError:
    # the program runs beside what an older list of its requirements named: all else is judged
    comparing = None  # type: ignore[assignment]

Look = Callable[[bytes, SignatureReport], Line | None]


def load() -> None:
    """Load what comparing needs, once for all files."""
    if comparing is not None:
        comparing.load()


def look(pdf: bytes, report: SignatureReport) -> Line | None:
    """Return whether the page says what the record inside says."""
    if report.record is None:
        return line(Check.PAGE, "no_record", unknown=True)
    if comparing is None:
        return _line(Compared(Likeness.NOT_COMPARED))
    return _line(comparing.compared(pdf, report.record, report.statement))


def broke_off(_pdf: bytes, _report: SignatureReport) -> Line | None:
    """Return that the page was not compared: a process that tried was ended over it."""
    return _line(Compared(Likeness.NOT_COMPARED))


def stand_in(_pdf: bytes, _report: SignatureReport) -> Line | None:
    """Return nothing: the page of a test vector may be a stand-in."""
    return None


def _line(compared: Compared) -> Line:
    likeness = compared.likeness
    return Line(Aspect.CONTENT, Check.PAGE, OF_PAGE[likeness], likeness.value, compared.difference)
