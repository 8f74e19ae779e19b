"""Real pages for the test vectors: ``python -m tests.offline.drawn`` draws those that lie in ``drawn``.

Another renderer would draw other bytes, and vectors are the same everywhere: so they seal what lies here. With
another version of the template they are drawn anew.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from app.domain.attestation import Record, sha256
from app.pdf.confirmation import Enclosed, attachments, markup
from app.pdf.drawing import draw
from app.pdf.writing import TEMPLATE_ID, TEMPLATE_VERSION
from tests.offline import papers
from tests.offline.parts import record, words, written

FOLDER = Path(__file__).parent / "drawn"
OTHER_TITLE = words("別の研究", record()["grant"]["title"]["en"])
OTHER_COUNTS = record()["counts"] | {"answered": 10, "unsure": 0}
# what is compared is a page of the template in use
RIGHT = record(template={"id": TEMPLATE_ID, "version": TEMPLATE_VERSION, "sha256": "5e" * 32})
OLDER = record(template={"id": "confirmation", "version": "1.0.0", "sha256": "5e" * 32})


def page(name: str) -> bytes:
    """Return a drawn page with its enclosures, not sealed."""
    return (FOLDER / f"{name}.pdf").read_bytes()


def make() -> None:
    """Draw the page of the record; two that tell something else than the record enclosed; one of an older form."""
    right = RIGHT
    _draw("right", right, right)
    _draw("title", right, right | {"grant": right["grant"] | {"title": OTHER_TITLE}})
    _draw("count", right, right | {"counts": OTHER_COUNTS})
    _draw("older", OLDER, OLDER, ("<h1>確認書</h1>", "<h1>確認書(旧様式)</h1>"))


def _draw(name: str, enclosed: dict[str, Any], shown: dict[str, Any], *changes: tuple[str, str]) -> None:
    data = written(enclosed)
    _, jws, proof = papers.enclosures(enclosed).values()
    beside = Enclosed(jws.decode(), proof.decode())
    html = markup(Record.model_validate(shown), sha256(data), beside)
    for before, after in changes:
        html = html.replace(before, after)
    at = datetime.fromisoformat(enclosed["attested_at"])
    FOLDER.mkdir(exist_ok=True)
    drawn = draw(html, attachments(data, beside), at=at, identifier=bytes.fromhex(sha256(data))[:16])
    (FOLDER / f"{name}.pdf").write_bytes(drawn)


if __name__ == "__main__":
    make()
