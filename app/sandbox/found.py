"""What a reader may say about a file: the only thing that comes back to the web process; and how they talk."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, TypeAdapter

from app.domain.pages import Compared
from app.signing.validate import SignatureReport

# what a keeper says when it is ready, and how long the number is that tells the length of a request
READY = b"ready"
LENGTH = 8
PAGE = TypeAdapter(Compared)


class Media(StrEnum):
    """What kind of file it is, judged by its first bytes."""

    PDF = "pdf"
    PICTURE = "picture"
    NEITHER = "neither"


# what opens a picture: PNG, JPEG
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


def media(content: bytes) -> Media:
    """Return what kind of file the first bytes claim."""
    if content.startswith(b"%PDF-"):
        return Media.PDF
    return Media.PICTURE if content.startswith(_PICTURES) else Media.NEITHER


class Trouble(StrEnum):
    """Why a file could not be read to its end."""

    TOOK_TOO_LONG = "took_too_long"
    BROKE_OFF = "broke_off"
    TOO_MUCH = "too_much"
    PICTURE_TOO_LARGE = "picture_too_large"
    PICTURE_UNREADABLE = "picture_unreadable"


class Found(BaseModel):
    """What a file holds: the report on its seal if it is a PDF, and the texts of QR codes if those were looked for.

    ``trouble`` says why nothing or not everything was read. ``pages_left`` counts pages beyond the budget.
    ``page`` says how the page compares with the record inside, None where there is nothing to compare.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")

    media: Media = Media.NEITHER
    report: SignatureReport | None = None
    codes: tuple[str, ...] = ()
    pages_left: int = 0
    trouble: Trouble | None = None
    page: Compared | None = None
