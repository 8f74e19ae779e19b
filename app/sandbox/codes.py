"""QR codes in pictures and on pages. Called by readers only: what is decoded here comes from strangers."""

import io
from collections.abc import Iterator

import pypdfium2
import zxingcpp
from PIL import Image

LARGEST_PICTURE = 50_000_000
"""Pixels of the largest picture that is decoded."""

MOST_PAGES = 10
"""Pages of a PDF that are looked through; the code is on the first page of an attestation."""

_FORMATS = ("PNG", "JPEG")
# decoding finds codes best where a module has three to eight dots: large pictures are halved until below this
_SIDES = (4000, 2000, 1200)
# 150 dpi is what portals print at; 200 is what scanners give; higher finds what was printed small
_RESOLUTIONS = (200, 300, 150)
_LARGEST_PAGE = 25_000_000
_POINTS_PER_INCH = 72
_LONGEST_TEXT = 4296


class PictureTooLargeError(Exception):
    """A picture has more pixels than are decoded."""


def of_picture(content: bytes) -> tuple[str, ...]:
    """Return the texts of the QR codes in a PNG or JPEG file.

    Raises PictureTooLargeError before anything is decoded, OSError for a damaged one.
    """
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
        if picture.width * picture.height > LARGEST_PICTURE:
            raise PictureTooLargeError
        # a JPEG is decoded at half or a quarter of its size where that is enough
        picture.draft("L", (_SIDES[0], _SIDES[0]))
        grey = picture.convert("L")
    return _first(_sized(grey))


def of_pages(content: bytes) -> tuple[tuple[str, ...], int]:
    """Return the texts of the QR codes on the first page of a PDF that has any, and how many pages were left."""
    with pypdfium2.PdfDocument(content) as document:
        number = len(document)
        for page in range(min(number, MOST_PAGES)):
            texts = _first(_drawn(document[page]))
            if texts:
                return texts, 0
    return (), max(0, number - MOST_PAGES)


def _sized(picture: Image.Image) -> Iterator[Image.Image]:
    """Yield the picture at falling sizes, never larger than it is."""
    longest = max(picture.size)
    for side in _SIDES:
        if side < longest:
            yield picture.resize([max(1, round(each * side / longest)) for each in picture.size])
        elif side == _SIDES[0]:
            yield picture


def _drawn(page: pypdfium2.PdfPage) -> Iterator[Image.Image]:
    """Yield a page as a picture at several resolutions, without forms and annotations that hide it."""
    area = page.get_width() * page.get_height() / _POINTS_PER_INCH**2
    for dpi in _RESOLUTIONS:
        if area * dpi**2 <= _LARGEST_PAGE:
            yield page.render(scale=dpi / _POINTS_PER_INCH, grayscale=True, may_draw_forms=False).to_pil()


def _first(pictures: Iterator[Image.Image]) -> tuple[str, ...]:
    """Return the texts of the first picture in which any code can be read."""
    for picture in pictures:
        codes = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
        texts = tuple(code.text for code in codes if code.valid and len(code.text) <= _LONGEST_TEXT)
        if texts:
            return texts
    return ()
