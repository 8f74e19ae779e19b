"""What a reader may say about a file: the only thing that comes back to the web process."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from app.domain.pages import Compared
from app.signing.validate import SignatureReport


class Media(StrEnum):
    """What kind of file it is, judged by its first bytes."""

    PDF = "pdf"
    PICTURE = "picture"
    NEITHER = "neither"


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
