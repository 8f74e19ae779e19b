"""What may be kept on the way: content named by its hash for ever, public pages until they change."""

import hashlib

from flask import Response, g, request

_FOR_EVER = "public, max-age=31536000, immutable"


def for_ever(response: Response, name: str) -> Response:
    """Let what never changes be kept; ``name`` names the content, and is all that is asked about again."""
    response.headers["Cache-Control"] = _FOR_EVER
    response.set_etag(name)
    response.make_conditional(request)
    return response


def until_changed(page: str) -> Response:
    """Return a public page that a browser keeps and asks about each time; none of a signed-in person's."""
    response = Response(page, mimetype="text/html")
    if g.get("actor") is None:
        response.headers["Cache-Control"] = "private, no-cache"
        response.set_etag(hashlib.sha256(page.encode()).hexdigest()[:32])
        response.make_conditional(request)
    return response
