"""Handing out files: as attachments, under a name of ours, never to be run by a browser."""

import re

from flask import Response, current_app

from app.services.records import Premises


def pdf_response(content: bytes, about: str, code: str) -> Response:
    """Return a PDF as a download named after what it is about and the code."""
    name = re.sub(r"[^0-9A-Za-z-]", "", f"kakunin-{about}-{code[:11]}")
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def premises() -> Premises:
    """Return where files and seals are kept."""
    found: Premises = current_app.extensions["premises"]
    return found
