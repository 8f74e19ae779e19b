"""The 確認書: lays a record and the statement about it out for the drawing, reading nothing else."""

import base64
import io
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import segno
from jinja2 import Environment
from markupsafe import Markup, escape

from app.domain.attestation import Record, TemplatePart, record_bytes, sha256
from app.domain.paper import address
from app.pdf.drawing import Attached, draw, template_sha256
from app.pdf.fonts import runs, spelled_out
from app.pdf.writing import TEMPLATE_ID, TEMPLATE_VERSION, environment, written

RECORD_NAME = "attestation.json"
STATEMENT_NAME = "attestation.jws"
PROOF_NAME = "attestation.tlog-proof"

# Half a millimetre for each module of the QR code is three dots of a scan at 150 dpi
_MODULE_MM = 0.5
_SMALLEST_QR_MM = 25.0


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
    statement = enclosed.statement if enclosed else None
    code = _qr(record.verify_url if statement is None else address(record, statement))
    return written(templates(), record, fingerprint, statement, code)


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
    """Return our own templates, which print what the fonts can draw."""
    return environment(_drawable, _plain)


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


def _qr(content: str) -> tuple[str, float]:
    """Return a QR code as an inline drawing, and its side in mm; readable when a seventh of it is soiled."""
    out = io.BytesIO()
    made = segno.make(content, error="m", micro=False)
    made.save(out, kind="svg", border=4, xmldecl=False)
    side = max(_SMALLEST_QR_MM, made.symbol_size(border=4)[0] * _MODULE_MM)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode(), side
