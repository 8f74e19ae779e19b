"""What is done to a file of ours by those who would like it to say something else: each by its name."""

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields

from app.domain.attestation import Record, record_bytes, sha256
from app.models import Attestation
from app.pdf import drawing
from app.pdf.confirmation import Enclosed, attachments, markup
from app.services.records import Premises
from app.signing.keys import load_seal
from app.signing.seal import seal

Change = Callable[[Any], None]


def updated(pdf: bytes, change: Change) -> bytes:
    """Return ``pdf`` with an incremental update made by ``change``."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def flipped(pdf: bytes, place: int) -> bytes:
    return pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


def _page(writer: Any) -> Any:
    return writer.root["/Pages"]["/Kids"][0]


def _field(writer: Any) -> Any:
    return writer.root["/AcroForm"]["/Fields"][0]


def other_content(writer: Any) -> None:
    """Draw other words in place of the page (incremental saving attack)."""
    page = _page(writer)
    words = generic.StreamObject(stream_data=b"BT /F1 12 Tf 72 720 Td (0 unsure) Tj ET")
    page["/Contents"] = writer.add_object(words)
    writer.mark_update(page.container_ref)


def overlaid(writer: Any) -> None:
    """Lay a note over the page (certification attack)."""
    page = _page(writer)
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Rect"): generic.ArrayObject([generic.NumberObject(n) for n in (50, 500, 400, 700)]),
            generic.pdf_name("/Contents"): generic.TextStringObject("0 unsure"),
            generic.pdf_name("/F"): generic.NumberObject(4),
        }
    )
    notes = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(note)])
    page["/Annots"] = notes
    writer.mark_update(page.container_ref)


def swapped(content: bytes) -> Change:
    """Return the change that puts another record in place of the one attached."""

    def change(writer: Any) -> None:
        file = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]["/EF"].raw_get("/F").get_object()
        file._data, file._encoded_data = content, None
        writer.mark_update(file.container_ref)

    return change


def one_more_field(writer: Any) -> None:
    """Add a signature field that can be seen ("sneaky signature")."""
    fields.append_signature_field(writer, fields.SigFieldSpec("approved", box=(50, 500, 400, 700)))


def range_of_nothing(writer: Any) -> None:
    """Take away what the seal covers (universal signature forgery)."""
    signature = _field(writer)["/V"]
    signature["/ByteRange"] = generic.NullObject()
    writer.mark_update(signature.container_ref)


def unsealed(writer: Any) -> None:
    """Take the seal out of its field; a time-stamp after it stays."""
    field = _field(writer)
    del field["/V"]
    writer.mark_update(field.container_ref)


def saved_anew(pdf: bytes, *, linearize: bool = False) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(out, linearize=linearize)
    return out.getvalue()


def certificate_changed(pdf: bytes) -> bytes:
    """Return ``pdf`` with a digit of the seal's certificate changed: no digest of the seal covers it."""
    seal = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    written = seal.signer_cert.dump().hex().encode()
    start = pdf.lower().index(written) + len(written) // 2
    return pdf[:start] + (b"0" if pdf[start : start + 1] != b"0" else b"1") + pdf[start + 1 :]


def page_changed(pdf: bytes) -> bytes:
    """Return ``pdf`` with a byte in the drawing of its first page changed."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        drawn = opened.pages[0].Contents.read_raw_bytes()
    return flipped(pdf, pdf.index(drawn) + len(drawn) // 2)


def of_file(pdf: bytes, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what may be done to a sealed file by somebody without its key; ``content`` is another record."""
    yield "a byte of a page", page_changed(pdf)
    yield "a byte of the certificate in the seal", certificate_changed(pdf)
    yield "bytes appended", pdf + b"%more\n"
    yield "cut off", pdf[: len(pdf) // 2]
    yield "the page replaced", updated(pdf, other_content)
    yield "the page overlaid", updated(pdf, overlaid)
    yield "the record swapped", updated(pdf, swapped(content))
    yield "a field added", updated(pdf, one_more_field)
    yield "the seal covers nothing", updated(pdf, range_of_nothing)
    yield "the seal removed", updated(pdf, unsealed)
    yield "saved anew", saved_anew(pdf)
    yield "linearized", saved_anew(pdf, linearize=True)


def resealed(unsigned: bytes, place: Premises, code: str, at: datetime) -> bytes:
    """Return a file under the real seal of an institution, as somebody there with the key can make it."""
    return seal(unsigned, load_seal(place.keys, code, at=at), at, timestamper=place.times.timestamper(at))


def repaged(attestation: Attestation, record: Record, *changes: tuple[str, str]) -> bytes:
    """Return an unsigned file that encloses ``record``, with a page changed here and there."""
    data = record_bytes(record)
    enclosed = Enclosed(attestation.statement or "", attestation.proof)
    page = markup(record, sha256(data), enclosed)
    for before, after in changes:
        assert before in page
        page = page.replace(before, after)
    at = datetime.fromisoformat(record.attested_at)
    return drawing.draw(page, attachments(data, enclosed), at=at, identifier=bytes(16))
