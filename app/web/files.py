"""Handing out files: as attachments, under a name of ours, never to be run by a browser."""

import re
from urllib.parse import quote

from flask import Response, current_app

from app.services.records import Premises


def pdf_response(content: bytes, about: str, code: str) -> Response:
    """Return a PDF as a download named after what it is about and the code."""
    name = re.sub(r"[^0-9A-Za-z-]", "", f"kakunin-{about}-{code[:11]}")
    return file_response(content, "application/pdf", f"{name}.pdf")


def file_response(content: bytes, media: str, name: str) -> Response:
    """Return any file as a download under ``name``; what cannot read that gets it in Latin letters (RFC 6266)."""
    response = Response(content, content_type=media)
    latin = re.sub(r"[^0-9A-Za-z.-]+", "_", name)
    exact = "" if latin == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Disposition"] = f'attachment; filename="{latin}"{exact}'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def premises() -> Premises:
    """Return where files and seals are kept."""
    found: Premises = current_app.extensions["premises"]
    return found
