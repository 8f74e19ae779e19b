"""Vectors of real pages: what is sealed says what its record says, or something else."""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf

from tests.offline import drawn, papers
from tests.offline.files import vector
from tests.offline.parts import record
from tests.offline.vectors import Vector


def vectors() -> Iterator[Vector]:
    right, counts = drawn.page("right"), record()["counts"]
    good = {"page": "P same_words"}
    about = "A real page, drawn from the record enclosed: every word is as the record has it."
    yield vector("page-good", about, papers.sealed(right), 5, "PWPN", good)
    about = "The same a day later, archived."
    yield vector("page-good-archived", about, papers.archived_of(papers.sealed(right)), 5, "PWPN", good)
    about = "The record names another version of the form, whose words are not known: nothing is said against it."
    lines = {"page": "N other_template"}
    yield vector("page-other-template", about, papers.sealed(drawn.page("older")), 5, "PWPN", lines)
    titles = ("grant.title.ja", _squeezed(record()["grant"]["title"]["ja"]), drawn.OTHER_TITLE["ja"])
    about = "Under the real seal the page tells another title of the grant than the record enclosed."
    yield _differs("page-bad-title", about, drawn.page("title"), titles)
    about = "Under the real seal the page tells another count than the record enclosed."
    numbers = (str(counts["answered"]), str(drawn.OTHER_COUNTS["answered"]))
    yield _differs("page-bad-count", about, drawn.page("count"), ("counts.answered", *numbers))
    about = "Under the real seal a picture lies on a page that is right."
    yield _differs("page-bad-picture", about, _with_picture(right), ("page", "", "a picture"), "page_unreadable")


def _differs(name: str, about: str, content: bytes, difference: Any, reason: str = "page_differs") -> Vector:
    lines = {"page": f"F {reason}"}
    return vector(name, about, papers.sealed(content), 4, "FWPN", lines, difference=difference)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _with_picture(content: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        look = {"Type": pikepdf.Name.XObject, "Subtype": pikepdf.Name.Image, "ColorSpace": pikepdf.Name.DeviceGray}
        picture = pdf.make_stream(b"\0", **look, Width=1, Height=1, BitsPerComponent=8)
        pdf.pages[0].resources.XObject.P = picture
        pdf.pages[0].contents_add(b"q 200 0 0 40 60 500 cm /P Do Q")
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()
