"""Documents: making and sealing a confirmation, and examining one, beside bare WeasyPrint and bare pyHanko."""

import io
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pikepdf
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from app.domain.attestation import Record, record_bytes
from app.pdf import confirmation, drawing
from app.signing.anchors import Anchors, load_anchors
from app.signing.authority import load_root
from app.signing.keys import load_seal
from app.signing.seal import seal
from app.signing.timestamps import TimeAuthority
from app.signing.validate import validate
from bench.clock import alternately
from bench.report import Row, row
from tests.pdf.records import a_record, enclosed

CODE = "aoba"
# a turn of examining is short, and a few of them say little on a busy machine
EXAMINED = 25
# items → pages; the shortest confirmation has 3
LENGTHS = {1: 3, 30: 6, 335: 30, 1230: 100}


def documents(keys: Path) -> tuple[list[Row], list[Row]]:
    """Return the rows for making and for examining."""
    its_seal, root = load_seal(keys, CODE, at=None), load_root(keys)
    at = datetime.now(UTC).replace(microsecond=0)
    times = TimeAuthority(keys)
    times.stamp(b"", at)
    anchors = load_anchors(None, keys)
    bare_signer = signers.SimpleSigner.load(
        str(keys / "seals" / CODE / "key.pem"), str(keys / "seals" / CODE / "certificate.pem")
    )
    trusted = [asn1_x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in (root, *anchors.times)]
    made, examined = [], []
    for items, pages in LENGTHS.items():
        record = a_record(sections=1 if items == 1 else 6, items=items)
        data = record_bytes(record)

        def ours(record: Record = record, data: bytes = data) -> bytes:
            return seal(
                confirmation.render(record, data, enclosed(record)), its_seal, at, timestamper=times.timestamper(at)
            )

        markup = markup_of(record, data)
        plain = weasyprint(markup)
        tagged = weasyprint(markup, pdf_variant="pdf/a-3a")
        pdf = ours()
        _check(pdf, data, pages, anchors)
        bare_pdf = sign(plain(), bare_signer, times.timestamper(at))
        turns = {3: 9, 6: 4, 30: 2, 100: 1}[pages]
        taken = alternately(
            {
                "ours": ours,
                "bare": lambda p=plain: sign(p(), bare_signer, times.timestamper(at)),
                "tagged": lambda p=tagged: sign(p(), bare_signer, times.timestamper(at)),
            },
            turns,
            warm=1,
        )
        sizes = {"pages": pages, "bytes": len(pdf), "bare_bytes": len(bare_pdf), "tagged": taken["tagged"].median}
        label = f"make and seal, {pages} pages, {len(pdf) / 1000:.0f} kB (bare {len(bare_pdf) / 1000:.0f} kB)"
        made.append(row("pdf", f"{label}, bare untagged", taken, **sizes))
        made.append(
            row("pdf", f"{pages} pages, bare drawn as PDF/A-3a too", taken, goal=1.3, against="tagged", **sizes)
        )
        taken = alternately(
            {"ours": lambda p=pdf: validate(p, anchors, at), "bare": lambda p=pdf: _validate(p, trusted)},
            EXAMINED,
        )
        examined.append(row("verify", f"verify, {pages} pages", taken, goal=1.2, pages=pages))
    return made, examined


def _check(pdf: bytes, data: bytes, pages: int, anchors: Anchors) -> None:
    report = validate(pdf, anchors, datetime.now(UTC))
    if not report.good or report.record != data:
        raise RuntimeError(f"the sealed file is not good: {report.reasons}")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        if len(opened.pages) != pages:
            raise RuntimeError(f"{len(opened.pages)} pages instead of {pages}")


def markup_of(record: Record, data: bytes) -> str:
    """Return the HTML that the confirmation is drawn from."""
    with mock.patch.object(confirmation, "draw") as draw:
        confirmation.render(record, data, enclosed(record))
    return str(draw.call_args.args[0])


def weasyprint(markup: str, **options: Any) -> Callable[[], bytes]:
    """Return a bare render of the same HTML: the style sheet and fonts read once, nothing attached."""
    fonts, fetcher = FontConfiguration(), drawing._tools()["fetcher"]
    base = drawing._STYLE_BASE
    css = (drawing.FOLDER / "confirmation.css").read_text("utf-8")
    style = CSS(string=css, base_url=base, font_config=fonts, url_fetcher=fetcher)
    return lambda: HTML(string=markup, base_url=base, url_fetcher=fetcher).write_pdf(
        font_config=fonts, stylesheets=[style], **options
    )


def sign(pdf: bytes, signer: signers.SimpleSigner, timestamper: Any) -> bytes:
    out = signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)),
        signers.PdfSignatureMetadata(field_name="Bare", md_algorithm="sha256"),
        signer=signer,
        timestamper=timestamper,
    )
    return bytes(out.getvalue())


def _validate(pdf: bytes, trusted: list[Any]) -> None:
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    context = ValidationContext(trust_roots=trusted, allow_fetching=False)
    status = validate_pdf_signature(signature, signer_validation_context=context)
    if not (status.intact and status.valid and status.trusted):
        raise RuntimeError("pyHanko does not accept the file")


def first_document(keys: Path) -> float:
    """Return the seconds the first document of a fresh process takes."""
    record = a_record(items=1, sections=1)
    start = time.process_time()
    seal(
        confirmation.render(record, record_bytes(record), enclosed(record)),
        load_seal(keys, CODE, at=None),
        datetime.now(UTC),
        timestamper=TimeAuthority(keys).timestamper(datetime.now(UTC)),
    )
    return time.process_time() - start
