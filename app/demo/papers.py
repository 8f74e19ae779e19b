"""Small made-up files for the demo's evidence: each says on its face that it is a sample."""

import base64
import struct
import zlib
from collections.abc import Sequence

from app.domain.rules import Media

# one grey point; a comment is put in so that no two are the same
_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////////////////////////////////"
    "////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AP//Z"
)


def paper(media: Sequence[Media], title: str, number: int) -> tuple[str, bytes]:
    """Return a name and the bytes of a sample in the first kind asked for; another number, other bytes."""
    words = f"SAMPLE {number} {title}"
    match media[0]:
        case "application/pdf":
            return f"sample-{number}.pdf", _pdf(words)
        case "image/png":
            return f"sample-{number}.png", _png(words)
        case "image/jpeg":
            return f"sample-{number}.jpg", _jpeg(words)
        case _:
            return f"sample-{number}.csv", f"item,value\r\n{words},1\r\n".encode()


def _pdf(words: str) -> bytes:
    """Return a page with one line of Latin letters on it."""
    line = "".join(c for c in words if c.isascii() and c.isprintable() and c not in "()\\")
    stream = f"BT /F1 14 Tf 72 760 Td ({line}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    written, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(written))
    return written + b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, table) + trailer


def _png(words: str) -> bytes:
    """Return one grey point, with the words beside it."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"tEXt", b"Comment\0" + words.encode("latin-1", "replace")),
        (b"IDAT", zlib.compress(b"\0\x80")),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _jpeg(words: str) -> bytes:
    """Return one grey point, with the words in a comment."""
    comment = words.encode()
    return _JPEG[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + _JPEG[2:]
