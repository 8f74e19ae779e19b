"""What may be attached to an answer, judged by its content, and whether it still counts on a day.

Nothing is unpacked or drawn here: a file is looked at byte by byte and kept as it came.
"""

import re
import struct
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath

from app.domain.errors import InvalidError
from app.domain.rules import EvidenceRule, Media
from app.domain.texts import in_japan

MOST_FILES = 20
NAME_LENGTH = 200
MEGABYTE = 2**20

# what each kind is called at the end of a name; the first is the one given when a name has another
ENDINGS: dict[Media, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "text/csv": (".csv",),
}

_PDF = re.compile(rb"%PDF-[12]\.\d")
# the key of the trailer, or of the cross-reference stream, neither of which can be inside anything packed
_ENCRYPTED = re.compile(rb"/Encrypt(?:\s+\d+\s+\d+\s+R|\s*<<)")
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
# readers look this far for the beginning and the end of a PDF, browsers for the beginning of a page
_NEAR = 1024
_PAGE = re.compile(rb"<\s*(?:!doctype|html|head|body|script|svg|iframe)", re.IGNORECASE)
_ZIP_END = b"PK\x05\x06"
_ZIP_TAIL = 22 + 65_535
# controls, and what stands for bytes that are no letter of Shift_JIS
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\uf8f0-\uf8f3]")
# text that says at its beginning that it is a page, a picture, a document or a program
_OTHER_TEXT = ("<", "GIF8", "{\\rtf", "#!", "%!")
_NAME_REFUSED = frozenset('<>:"|?*')
_NAME_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
# of a JPEG: markers that begin a picture, markers that stand by themselves, and what ends the points of a scan
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7]")
# a picture of many more parts was made to keep us busy
_MOST_PARTS = 100_000


@dataclass(frozen=True)
class Filed:
    """One file in force with an answer, as content: the rule that asks for it, its hash, its name, its day."""

    rule: str
    sha256: str
    name: str
    document_on: date | None


def media_of(content: bytes) -> Media:
    """Return what kind of file the bytes are, whatever its name says.

    Raise InvalidError: ``file_empty``, ``file_encrypted`` for a PDF under a password, ``file_cut`` for one
    that does not end, ``file_two_kinds`` for what another program would read as something else,
    ``file_unknown`` for all the rest.
    """
    if not content:
        raise InvalidError("file_empty")
    if _PDF.match(content):
        return _pdf(content)
    if content.startswith(_PNG):
        return _image(content, "image/png", _end_of_png(content))
    if content.startswith(_JPEG):
        return _image(content, "image/jpeg", _end_of_jpeg(content))
    if _is_text(content):
        return "text/csv"
    raise InvalidError("file_unknown")


def _pdf(content: bytes) -> Media:
    if b"%%EOF" not in content[-_NEAR:]:
        raise InvalidError("file_cut")
    if _is_zip(content):
        raise InvalidError("file_two_kinds")
    if _ENCRYPTED.search(content):
        raise InvalidError("file_encrypted")
    return "application/pdf"


def _image(content: bytes, media: Media, end: int) -> Media:
    """Return the kind of a whole picture that is nothing else as well."""
    if end > len(content):
        raise InvalidError("file_cut")
    head = content[:_NEAR]
    if b"%PDF-" in head or _PAGE.search(head) or _is_zip(content):
        raise InvalidError("file_two_kinds")
    return media


def _end_of_png(content: bytes) -> int:
    """Return where the last chunk of a PNG ends, beyond the content when it does not."""
    place = len(_PNG)
    for _ in range(_MOST_PARTS):
        if place + 12 > len(content):
            break
        (length,) = struct.unpack_from(">I", content, place)
        kind = content[place + 4 : place + 8]
        place += 12 + int(length)
        if kind == b"IEND":
            return place
    return len(content) + 1


def _end_of_jpeg(content: bytes) -> int:
    """Return where the picture of a JPEG ends, beyond the content when it does not or there is none."""
    place, picture = 2, False
    for _ in range(_MOST_PARTS):
        if place + 2 > len(content) or content[place] != 0xFF:
            break
        code = content[place + 1]
        if code == 0xD9:
            return place + 2 if picture else len(content) + 1
        if code == 0xFF or code in _BARE:
            place += 1 if code == 0xFF else 2
            continue
        if place + 4 > len(content):
            break
        place += 2 + int(struct.unpack_from(">H", content, place + 2)[0])
        picture = picture or code in _FRAMES
        if code == 0xDA:
            found = _AFTER_SCAN.search(content, place)
            place = found.start() if found else len(content)
    return len(content) + 1


def _is_zip(content: bytes) -> bool:
    """Return whether a program for archives would open the file: it looks for them from the end."""
    tail = content[-_ZIP_TAIL:]
    at = tail.rfind(_ZIP_END)
    if at < 0 or at + 22 > len(tail):
        return False
    size = int(struct.unpack_from("<I", tail, at + 12)[0])
    listing = len(content) - len(tail) + at - size
    return size == 0 or (listing >= 0 and content[listing : listing + 4] == b"PK\x01\x02")


def _is_text(content: bytes) -> bool:
    """Return whether the bytes are a table as text: UTF-8 or Shift_JIS, no controls, not a page."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        head = content[:_NEAR]
        if b"%PDF-" in head or text.lstrip().startswith(_OTHER_TEXT) or _is_zip(content):
            return False
        return not _NO_TEXT.search(text)
    return False


def tidy_name(name: str, media: Media) -> str:
    """Return a name that is safe to keep and to hand out: no path, no controls, NFC, at most 200 characters.

    It ends as its kind does, whatever it ended with, so that nobody's computer opens it as something else.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if unicodedata.category(c) not in _NAME_DROPPED)
    kept = unicodedata.normalize("NFC", "".join("_" if c in _NAME_REFUSED else c for c in kept))
    kept = re.sub(r"\s+", " ", kept).strip(" .")
    endings = ENDINGS[media]
    stem, ending = PurePosixPath(kept).stem, PurePosixPath(kept).suffix
    if ending.lower() not in endings:
        stem, ending = kept, endings[0]
    return (stem[: NAME_LENGTH - len(ending)].rstrip(" .") or "file") + ending


def too_old(rule: EvidenceRule, document_on: date | None, uploaded_at: datetime, today: date) -> bool:
    """Return whether a file no longer counts on ``today``: its age is reckoned from the day the rule names."""
    if rule.max_age_days is None:
        return False
    begun = document_on if rule.age_from == "document_date" else in_japan(uploaded_at).date()
    return begun is None or today - begun > timedelta(days=rule.max_age_days)


def check_day(rule: EvidenceRule, document_on: date | None, uploaded_at: datetime, today: date) -> None:
    """Raise InvalidError for a document's date that is missing where age counts from it, ahead, or too far back."""
    if document_on is None and rule.age_from == "document_date":
        raise InvalidError("document_date_needed")
    if document_on is not None and document_on > today:
        raise InvalidError("document_date_ahead")
    if too_old(rule, document_on, uploaded_at, today):
        raise InvalidError("document_too_old", limit=rule.max_age_days)
