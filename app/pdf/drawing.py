"""WeasyPrint on a leash: our style sheet, our fonts, our attachments, our signature fields, no fetching."""

import hashlib
import io
import os
import threading
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from app.pdf import fonts
from app.pdf.writing import FOLDER

SEAL_FIELD = "sig-seal"
# of persons, numbered from 1
PERSON_FIELD = "sig-person-{}"

_SEAL_LABEL = "研究機関の電子シール / Electronic seal of the institution"
_PERSON_LABEL = "個人の電子署名 {0} / Signature of a person {0}"
_INLINE_IMAGE = "data:image/svg+xml;base64,"
_COLOURS = "srgb-2014"
_STYLE_BASE = "kakunin:/"
_OWN_IMAGES: Mapping[str, str] = {_STYLE_BASE + "sample.svg": "image/svg+xml"}

# PDF/UA-1 beside PDF/A-3: WeasyPrint makes one claim, so the other and the description of its
# name that PDF/A demands are added to the metadata as they stand.
_CLAIM_UA1 = (
    b'<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>'
    b'<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    b' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    b'<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    b"<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>"
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    b'<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    b"<pdfaProperty:name>part</pdfaProperty:name>"
    b"<pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    b"<pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed"
    b"</pdfaProperty:description>"
    b"</rdf:li></rdf:Seq></pdfaSchema:property>"
    b"</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)

# Pango's font maps are not made for several threads at once, and drawing holds the processor anyway.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Attached:
    """A file inside the PDF: its name in ASCII, what it is, and how it relates to the page (ISO 19005-3, 6.8)."""

    name: str
    mime: str
    description: str
    relationship: str
    data: bytes


def renderer() -> str:
    """Return the names and versions of what makes the bytes of a page: each release may move lines or bytes."""
    import pikepdf
    from weasyprint.text.ffi import ffi, harfbuzz, pango

    ffi.cdef("const char *hb_version_string(void);", override=True)
    libraries = [f"{name} {version(name)}" for name in ("weasyprint", "pydyf", "fonttools", "segno", "pikepdf")]
    shaping = f"pango {pango.pango_version()}, harfbuzz {ffi.string(harfbuzz.hb_version_string()).decode()}"
    return (
        f"{', '.join(libraries)}, qpdf {pikepdf.__libqpdf_version__}, {shaping}, zlib {zlib.ZLIB_RUNTIME_VERSION}"
    )


def draw(markup: str, attached: Sequence[Attached], *, at: datetime, identifier: bytes, persons: int = 0) -> bytes:
    """Return ``markup`` as PDF/A-3a and PDF/UA-1 with files attached, in order of names; equal input, equal bytes.

    ``at`` stands for the clock everywhere in the file. For ``persons`` there are fields to sign in. Nothing outside
    of ``markup`` and our own style sheet is read.
    """
    with _one_at_a_time:
        raw = _draw(markup, attached, at, identifier, persons)
    return _resaved(raw)


def _draw(markup: str, attached: Sequence[Attached], at: datetime, identifier: bytes, persons: int) -> bytes:
    from weasyprint import HTML, Attachment

    tools = _tools()
    source = HTML(string=markup, base_url=_STYLE_BASE, url_fetcher=tools["fetcher"])
    document = source.render(
        font_config=tools["fonts"],
        stylesheets=[tools["style"]],
        color_profiles={_COLOURS: tools["colours"]()},
        output_intent=_COLOURS,
        pdf_variant="pdf/a-3a",
    )
    document.metadata.__class__ = tools["metadata"]
    files = [
        Attachment(
            string=each.data,
            name=each.name,
            description=each.description,
            created=at,
            modified=at,
            relationship=each.relationship,
        )
        for each in attached
    ]

    def finish(_document: Any, pdf: Any) -> None:
        _add_fields(pdf, persons)
        _name_files(pdf, attached)

    drawn: bytes = document.write_pdf(
        pdf_variant="pdf/a-3a",
        output_intent=_COLOURS,
        pdf_identifier=identifier,
        finisher=finish,
        attachments=files,
    )
    return drawn


@cache
def _tools() -> Mapping[str, Any]:
    """Return what all pages share: the parsed style sheet, the fonts, the fetcher, the metadata class."""
    # fontTools writes the clock into embedded fonts unless this names another time, ours and no other
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    from weasyprint import CSS
    from weasyprint.css import ColorProfile
    from weasyprint.pdf.metadata import DocumentMetadata
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnImagesOnly(URLFetcher):  # type: ignore[misc]
        """Serves our sample mark and inline drawings; whatever else a page names is refused."""

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            if url in _OWN_IMAGES:
                body = (FOLDER / url.removeprefix(_STYLE_BASE)).read_bytes()
                return URLFetcherResponse(url, body, {"Content-Type": _OWN_IMAGES[url]})
            if url.startswith(_INLINE_IMAGE):
                return super().fetch(url, headers)
            raise ValueError("the page may not load anything from outside")

    class BothClaims(DocumentMetadata):  # type: ignore[misc]
        """Metadata that claims PDF/UA-1 beside PDF/A-3a."""

        def generate_rdf_metadata(self, *args: Any, **options: Any) -> bytes:
            xml: bytes = super().generate_rdf_metadata(*args, **options)
            return xml.replace(b"</rdf:RDF>", _CLAIM_UA1 + b"</rdf:RDF>")

    fonts, fetcher = FontConfiguration(), OwnImagesOnly(allowed_protocols=("data",), allow_redirects=False)
    style = CSS(
        string=(FOLDER / "confirmation.css").read_text("utf-8"),
        base_url=_STYLE_BASE,
        font_config=fonts,
        url_fetcher=fetcher,
    )
    # The profile WeasyPrint brings: by itself it leaves the file open each time. One object must not
    # serve two pages, since its bytes differ once it was written.
    srgb = (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()

    def colours() -> Any:
        return ColorProfile(io.BytesIO(srgb), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))

    return {"style": style, "fonts": fonts, "fetcher": fetcher, "metadata": BothClaims, "colours": colours}


def _name_files(pdf: Any, attached: Sequence[Attached]) -> None:
    """Name each attachment once, and with its kind: WeasyPrint asks the machine for it, and machines differ."""
    import pydyf

    # the list of n files holds each of them n times
    pdf.catalog["AF"] = pydyf.Array(pdf.catalog["AF"][: len(attached)])
    streams = [each.extra for each in pdf.objects if getattr(each, "extra", {}).get("Type") == "/EmbeddedFile"]
    for written, each in zip(streams, attached, strict=True):
        written["Subtype"] = "/" + each.mime.replace("/", "#2f")


def _add_fields(pdf: Any, persons: int) -> None:
    """Add the zero-size fields that the seal and persons fill: what people see of them is drawn in the page.

    Of the ways to lay out several this alone keeps each signature valid for all readers: one object for field
    and widget, outside of the structure tree.
    """
    import pydyf

    page: Any = next(each for each in pdf.objects if isinstance(each, dict) and each.get("Type") == "/Page")
    names = [(SEAL_FIELD, _SEAL_LABEL)]
    names += [(PERSON_FIELD.format(one), _PERSON_LABEL.format(one)) for one in range(1, persons + 1)]
    fields = [_field(page, name, pydyf.String(label)) for name, label in names]
    for each in fields:
        pdf.add_object(each)
    references = [each.reference for each in fields]
    page["Annots"] = pydyf.Array([*page.get("Annots", []), *references])
    page["Tabs"] = "/S"
    pdf.catalog["AcroForm"] = pydyf.Dictionary({"Fields": pydyf.Array(references)})


def _field(page: Any, name: str, label: Any) -> Any:
    import pydyf

    return pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String(name),
            "TU": label,
            "Contents": label,
            "Rect": pydyf.Array((0, 0, 0, 0)),
            "F": 132,  # printed and locked
            "P": page.reference,
        }
    )


def _resaved(raw: bytes) -> bytes:
    """Return the PDF in small object streams: as WeasyPrint writes it, verifying takes 25 times as long."""
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


def template_sha256() -> str:
    """Return the SHA-256 over all that decides the bytes of a page: renderer, fonts, and the template folder.

    Where it is the same, equal records give equal bytes.
    """
    digest = hashlib.sha256(renderer().encode())
    templates = sorted(each for each in FOLDER.rglob("*") if each.is_file())
    named = [(path.relative_to(FOLDER).as_posix(), path) for path in templates]
    for name, path in [*named, *((path.name, path) for path in fonts.files())]:
        content = path.read_bytes()
        digest.update(f"\n{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
