"""What a reader does with one file. Everything here runs confined, and may be ended at any moment."""

from datetime import datetime

from app.domain.pages import Compared, Likeness
from app.pdf.comparing import compared
from app.sandbox import codes
from app.sandbox.found import Found, Media, Trouble, media
from app.signing.anchors import Anchors
from app.signing.reasons import Reason
from app.signing.validate import LARGEST_PDF, SignatureReport, validate

# a file that was printed, scanned or saved again has no seal; one whose seal is broken is not taken for a print
_NO_SEAL = {Reason.NO_SIGNATURE, Reason.UNREADABLE}
_CLAIMS_A_SEAL = b"/ByteRange"


def read(content: bytes, anchors: Anchors, at: datetime, kept: bool = False) -> Found:
    """Return what a file holds; whatever the bytes are, an answer comes back or the process ends.

    ``kept`` says that these very bytes were made here, as ``validate`` wants to know. Of others that hold a
    record the page is still to be compared with it: until then it was not.
    """
    kind = media(content)
    if len(content) > LARGEST_PDF:
        return Found(media=kind, report=SignatureReport((Reason.TOO_LARGE,)))
    try:
        if kind is Media.PICTURE:
            return Found(media=kind, codes=codes.of_picture(content))
        return _read_pdf(content, anchors, at, kept) if kind is Media.PDF else Found(media=kind)
    except MemoryError:
        return Found(media=kind, trouble=Trouble.TOO_MUCH)
    except codes.PictureTooLargeError:
        return Found(media=kind, trouble=Trouble.PICTURE_TOO_LARGE)
    except Exception:  # a hostile file may break a parser anywhere, and the answer is the same
        return Found(media=kind, trouble=Trouble.PICTURE_UNREADABLE)


def _read_pdf(content: bytes, anchors: Anchors, at: datetime, kept: bool) -> Found:
    report = validate(content, anchors, at, kept=kept)
    if not _NO_SEAL & set(report.reasons) or _CLAIMS_A_SEAL in content:
        page = None if kept or report.record is None else Compared(Likeness.NOT_COMPARED)
        return Found(media=Media.PDF, report=report, page=page)
    try:
        texts, left = codes.of_pages(content)
    except MemoryError:
        return Found(media=Media.PDF, report=report, trouble=Trouble.TOO_MUCH)
    except Exception:  # it was read as far as it goes: no page of it can be drawn
        return Found(media=Media.PDF, report=report)
    return Found(media=Media.PDF, report=report, codes=texts, pages_left=left)


def page_of(content: bytes, report: SignatureReport) -> Compared:
    """Return how the page of a file compares with the record inside, which the report has brought out."""
    return compared(content, report.record or b"", report.statement)
