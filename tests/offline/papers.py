"""Small sealed PDFs for the test vectors: a page with a word on it, the enclosures, real seals and time-stamps.

The page is a stand-in: real ones are in ``drawn``.
"""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from app.signing import authority, timekeys
from app.signing.anchors import Anchors, load_anchors
from app.signing.archive import extend
from app.signing.keys import load_seal
from app.signing.revocation import Lists
from app.signing.seal import PERSON_FIELD, SEAL_FIELD, seal
from app.signing.timestamps import TimeAuthority
from tests.offline.keys import OURS, SEIRAN, person, private
from tests.offline.parts import issue, jws, proof, record, tree, written
from tests.offline.randomness import the_same_every_time
from tests.signing import people

SEALED_AT = datetime(2026, 11, 23, 3, 1, tzinfo=UTC)
SIGNED_AT = SEALED_AT + timedelta(hours=1)
ARCHIVED_AT = SEALED_AT + timedelta(days=1, hours=2)
PLACE, SIZE = 5, 11
NAMES = ("attestation.json", "attestation.jws", "attestation.tlog-proof")


def enclosures(data: dict[str, Any] | None = None) -> dict[str, bytes]:
    """Return what a file of ours encloses about a record."""
    whole = data or record()
    text = proof(tree({PLACE: issue(whole)}, SIZE), PLACE).text
    return dict(zip(NAMES, (written(whole), jws(whole).encode(), text.encode()), strict=True))


def plain(enclosed: dict[str, bytes], *, encrypted: bool = False, persons: int = 0) -> bytes:
    """Return an unsealed PDF with a page, files in the order given, and the fields for the seal and for persons."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        page = pdf.pages[0]
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = pdf.make_stream(b"BT /F1 24 Tf 60 760 Td (KAKUNIN TEST VECTOR / SAMPLE) Tj ET")
        names = pikepdf.Array()
        for name, content in enclosed.items():
            stream = pdf.make_stream(content, Type=pikepdf.Name.EmbeddedFile)
            kind = pikepdf.Name.Source if name == NAMES[0] else pikepdf.Name.Supplement
            spec = pikepdf.Dictionary(
                Type=pikepdf.Name.Filespec, F=name, UF=name, AFRelationship=kind, EF=pikepdf.Dictionary(F=stream)
            )
            names.extend([pikepdf.String(name), pdf.make_indirect(spec)])
        pdf.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=names))
        there = []
        for name in (SEAL_FIELD, *(PERSON_FIELD.format(one) for one in range(1, persons + 1))):
            field = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Sig,
                T=name,
                F=132,
                Rect=[0] * 4,
            )
            field.P = page.obj
            there.append(pdf.make_indirect(field))
        page.Annots = pikepdf.Array(there)
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=there)
        lock = pikepdf.Encryption(owner="o", user="") if encrypted else False
        pdf.save(out, deterministic_id=not encrypted, encryption=lock)
    return out.getvalue()


def sealed(
    content: bytes,
    *,
    code: str = SEIRAN,
    keys: Any = OURS,
    times: Any = OURS,
    at: datetime = SEALED_AT,
    persons: bool = False,
) -> bytes:
    """Return a PDF sealed and stamped with the keys of a folder; ``times`` None leaves the time claimed."""
    private()
    with the_same_every_time(code, at):
        stamper = TimeAuthority(times).timestamper(at) if times else None
        return seal(content, load_seal(keys, code, at=at), at, timestamper=stamper, persons=persons)


def signed(content: bytes, name: str, number: int) -> bytes:
    """Return a sealed PDF that one of the persons signed an hour later, with a tool of his or her own."""
    with the_same_every_time(name, SIGNED_AT):
        return people.sign(content, person(name), number, SIGNED_AT)


def stamp(content: bytes, *, times: Any = OURS, at: datetime = SEALED_AT) -> bytes:
    """Return a time-stamp token over anything."""
    private()
    with the_same_every_time("stamp", at):
        return TimeAuthority(times).stamp(content, at)


def believed() -> Anchors:
    return load_anchors(None, OURS)


@cache
def right() -> bytes:
    """Return the file that everything else here is a change of."""
    return sealed(plain(enclosures()))


@cache
def archived() -> bytes:
    """Return the same a day later, with what makes it provable for long."""
    return archived_of(right())


def archived_of(content: bytes) -> bytes:
    """Return a sealed file a day later."""
    private()
    with the_same_every_time("archived", ARCHIVED_AT):
        lists = Lists((authority.crl(OURS, ARCHIVED_AT), timekeys.time_crl(OURS, ARCHIVED_AT)))
        stamper = TimeAuthority(OURS).timestamper(ARCHIVED_AT)
        return extend(content, believed(), ARCHIVED_AT, stamper, lambda chain: lists)


def updated(content: bytes, change: Callable[[Any], None]) -> bytes:
    """Return a PDF with an incremental update."""
    with the_same_every_time("updated", SEALED_AT):
        writer = IncrementalPdfFileWriter(io.BytesIO(content))
        change(writer)
        out = io.BytesIO()
        writer.write(out)
    return out.getvalue()


def turned(writer: Any) -> None:
    """Change the page."""
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = generic.NumberObject(90)
    writer.mark_update(page.container_ref)


def swapped(writer: Any) -> None:
    """Put another record in place of the one enclosed."""
    file = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]["/EF"].raw_get("/F").get_object()
    other = written(record(counts=record()["counts"] | {"answered": 10, "unsure": 0}))
    file._data, file._encoded_data = other, None
    writer.mark_update(file.container_ref)


def unsealed(writer: Any) -> None:
    """Take the seal out."""
    field = writer.root["/AcroForm"]["/Fields"][0]
    del field["/V"]
    writer.mark_update(field.container_ref)


def saved_anew(content: bytes) -> bytes:
    """Return a PDF as another program would save it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def flipped(content: bytes, mark: bytes) -> bytes:
    """Return bytes with one of them changed, where a mark stands."""
    place = content.index(mark)
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
