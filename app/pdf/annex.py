"""The confidential annex of a 確認書 as a PDF of its own: laid out from the annex and the record that names it."""

from datetime import datetime

from app.domain.annex import Annex, annex_bytes, named
from app.domain.attestation import Record, sha256
from app.pdf.confirmation import templates
from app.pdf.drawing import Attached, draw

ANNEX_NAME = "annex.json"


def render(record: Record, record_sha256: str, data: bytes) -> bytes:
    """Return the unsigned PDF of an annex with ``data``, its canonical bytes, attached.

    Equal input gives equal bytes. Raises ValueError unless ``data`` are the bytes that the record names.
    """
    annex = Annex.model_validate_json(data)
    if annex_bytes(annex) != data or not named(record, annex):
        raise ValueError("the record names another annex")
    fingerprint = sha256(data)
    page = templates().get_template("annex.html")
    markup = page.render(
        annex=annex,
        fingerprint=fingerprint,
        record_sha256=record_sha256,
        labels={row.id: row.label for row in annex.rows},
    )
    attached = Attached(ANNEX_NAME, "application/json", "別紙の内容 / What this annex holds", "Source", data)
    at = datetime.fromisoformat(annex.attested_at)
    return draw(markup, [attached], at=at, identifier=bytes.fromhex(fingerprint)[:16])
