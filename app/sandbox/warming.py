"""Loading what parsers load on first use: a confined reader can open no file, not even of its own program."""

import encodings
import importlib
import io
import logging
import pkgutil
from contextlib import suppress
from datetime import UTC, datetime
from types import ModuleType

import pypdfium2
from PIL import Image

from app.pdf import comparing
from app.pdf.reading import pages
from app.sandbox.reading import read
from app.signing.anchors import Anchors

_PACKAGES = ("pyhanko.pdf_utils", "pyhanko.sign.validation")


def warm() -> None:
    """Load whole packages, then read one blank page and one blank picture of each kind, made here."""
    # what a stranger's file makes a library say is not for our logs, and formatting it opens files
    logging.disable(logging.CRITICAL)
    for name in _PACKAGES:
        _load(importlib.import_module(name))
    _load(encodings)
    page = io.BytesIO()
    with pypdfium2.PdfDocument.new() as blank:
        blank.new_page(100, 100)
        blank.save(page)
    comparing.load()
    pages(page.getvalue())
    nobody, now = Anchors(), datetime.now(UTC)
    read(page.getvalue(), nobody, now)
    for kind in ("PNG", "JPEG"):
        picture = io.BytesIO()
        Image.new("L", (64, 64), 255).save(picture, kind)
        read(picture.getvalue(), nobody, now)


def _load(package: ModuleType) -> None:
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        # extras that are not installed, and the codecs of other systems
        with suppress(ImportError, LookupError):
            importlib.import_module(module.name)
