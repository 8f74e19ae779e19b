"""What every request and every response is held to: lengths, methods, headers."""

import secrets

import structlog
from flask import Flask, Response, abort, g, request
from sqlalchemy import event

from app.extensions import db

SAFE = {"GET", "HEAD", "OPTIONS"}

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def refuse_unmeasured() -> None:
    """Refuse bodies without a Content-Length: a chunked one could be cut silently on its way."""
    if request.method in SAFE:
        return
    if request.headers.get("Transfer-Encoding") or request.content_length is None:
        abort(411)
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if site not in {"same-origin", "none"}:
        abort(403)


def refuse_unkeepable() -> None:
    """Answer that an address with U+0000 is not there: PostgreSQL keeps no text with it."""
    if "\x00" in request.path:
        abort(404)


def name_request() -> None:
    """Bind a fresh id to every line this request logs."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=secrets.token_hex(8))


def add_headers(response: Response) -> Response:
    """Put the same protection on every response, errors and downloads included."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
        if not headers["Cache-Control"].startswith("public"):
            headers.add("Vary", "Cookie, Accept-Language")
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return response


def write_now() -> None:
    """Let a request that began as a reader write: what it reads from here on is newest."""
    db.session.rollback()
    g.writing = True


def init(app: Flask) -> None:
    """Hold every request and response of the application to these."""
    app.before_request(name_request)
    app.before_request(refuse_unkeepable)
    app.before_request(refuse_unmeasured)
    app.after_request(add_headers)

    with app.app_context():
        engine = db.engine

    @event.listens_for(engine, "engine_connect")
    def _reader(connection):
        if g and not g.get("writing", True):
            connection.execution_options(writing=False)
