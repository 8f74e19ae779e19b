"""Files made to bring a parser down, without a seal: each must come back as an answer, soon."""

import io
import random
import struct
import zlib

from PIL import Image

_HEAD = b"%PDF-1.7\n"


def _pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """Return a PDF of these objects with a table that finds them."""
    out, places = bytearray(_HEAD), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def _page(content: bytes, more: bytes = b"") -> bytes:
    return _pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R" + more + b">>",
        content,
    )


def _stream(data: bytes, filters: bytes = b"/FlateDecode") -> bytes:
    return b"<</Length %d/Filter%s>>stream\n%s\nendstream" % (len(data), filters, data)


def _gigabyte() -> bytes:
    """Return a megabyte that unpacks to a gigabyte of zeros: one packed part, repeated."""
    packer = zlib.compressobj(9)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    part = packer.compress(b"\0" * (1 << 24)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + part * 64


def bomb() -> bytes:
    """A page whose content is a gigabyte when unpacked twice."""
    once = _gigabyte()
    return _page(_stream(zlib.compress(once, 9), b"[/FlateDecode/FlateDecode]"))


def deep() -> bytes:
    """Arrays within arrays, a hundred thousand deep."""
    return _pdf(b"<</Type/Catalog/Pages 2 0 R/Names " + b"[" * 100_000 + b"]" * 100_000 + b">>", b"<<>>")


def xref_loop() -> bytes:
    """Two cross-reference tables, each of which names the other as the one before."""
    first = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Root 1 0 R/Prev %010d>>\n"
    one = len(_HEAD)
    two = one + len(first % 0)
    body = _HEAD + first % two + first % one
    return body + b"startxref\n%d\n%%%%EOF\n" % one


def page_loop() -> bytes:
    """Pages that are their own parents and children."""
    return _pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Parent 2 0 R/Count 9999999>>")


def many_pages() -> bytes:
    """Thirty thousand pages in one list, all the same blank one."""
    kids = b"3 0 R " * 30_000
    return _pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[" + kids + b"]/Count 30000>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 10 10]>>",
    )


def huge_page() -> bytes:
    """A page of four hundred kilometres."""
    return _page(_stream(zlib.compress(b"")), b"/MediaBox[0 0 1e9 1e9]")


def slow_page() -> bytes:
    """A page that draws itself over and over."""
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</X 4 0 R>>>>"
    draws = b"/X Do " * 20_000
    return _page(
        form + b"/Length %d>>stream\n%s\nendstream" % (len(draws), draws), b"/Resources<</XObject<</X 4 0 R>>>>"
    )


def junk() -> bytes:
    """Nearly twenty megabytes that begin like a PDF."""
    return _HEAD + random.Random(1).randbytes((20 << 20) - 100)


def brackets() -> bytes:
    """Twenty megabytes of opening brackets after a good beginning."""
    return _HEAD + b"1 0 obj " + b"<<" * (9 << 20)


def _png(width: int, height: int, data: bytes) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def picture_bomb() -> bytes:
    """A picture that claims ten thousand million pixels."""
    return _png(100_000, 100_000, zlib.compress(b"\0" * 1000))


def picture_text_bomb() -> bytes:
    """A picture whose comment unpacks to a gigabyte."""
    text = b"a\0\0" + _gigabyte()
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    good = _png(10, 10, zlib.compress(b"\0" * 310))
    return good[:33] + chunk + good[33:]


def cut_picture() -> bytes:
    """A photograph of which half is missing."""
    out = io.BytesIO()
    Image.effect_noise((1000, 1000), 50).convert("RGB").save(out, "JPEG")
    return out.getvalue()[: out.tell() // 2]


def dense_picture() -> bytes:
    """Nearly fifty million pixels of finder patterns, to keep a reader of codes busy."""
    finder = [0x7F, 0x41, 0x5D, 0x5D, 0x5D, 0x41, 0x7F, 0]
    tile = Image.frombytes("1", (8, 8), bytes(each << 1 & 0xFF ^ 0xFF for each in finder))
    row = Image.new("1", (7000, 7000), 1)
    for x in range(0, 7000, 8):
        row.paste(tile, (x, 0))
    strip = row.crop((0, 0, 7000, 8))
    for y in range(0, 7000, 8):
        row.paste(strip, (0, y))
    out = io.BytesIO()
    row.save(out, "PNG")
    return out.getvalue()


FILES = {
    one.__name__: one
    for one in (
        bomb, deep, xref_loop, page_loop, many_pages, huge_page, slow_page, junk, brackets,
        picture_bomb, picture_text_bomb, cut_picture, dense_picture,
    )
}  # fmt: skip
