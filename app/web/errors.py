"""One table from what went wrong to what the person gets; every page says what to do next."""

import errno
from http import HTTPStatus

import structlog
from flask import Flask, Response, g, jsonify, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.domain.errors import (
    BusyError,
    InvalidError,
    KakuninError,
    LedgerError,
    NotAllowedError,
    NotFoundError,
    SealError,
    StaleError,
    StoredFileError,
    WrongStateError,
)
from app.extensions import db
from app.web.messages import sentence

_STATUS = (
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (NotAllowedError, HTTPStatus.FORBIDDEN),
    (WrongStateError, HTTPStatus.CONFLICT),
    (StaleError, HTTPStatus.CONFLICT),
    (InvalidError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (SealError, HTTPStatus.SERVICE_UNAVAILABLE),
    (LedgerError, HTTPStatus.SERVICE_UNAVAILABLE),
    (StoredFileError, HTTPStatus.SERVICE_UNAVAILABLE),
    (BusyError, HTTPStatus.SERVICE_UNAVAILABLE),
)

log = structlog.get_logger()


def status_of(error: KakuninError) -> HTTPStatus:
    """Return the status for a refusal; too many failures are 429."""
    if error.reason == "too_many_failures":
        return HTTPStatus.TOO_MANY_REQUESTS
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def _page(status: int, detail: str | None = None) -> tuple[Response | str, int]:
    db.session.rollback()
    if request.accept_mimetypes.best == "application/json":
        return jsonify(saved=False, message=detail), status
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    return render_template("errors/page.html", code=int(status), detail=detail, request_id=request_id), status


def init(app: Flask) -> None:
    """Give every error its page."""

    @app.errorhandler(KakuninError)
    def _refused(error: KakuninError):
        log.info("refused", reason=error.reason, endpoint=request.endpoint)
        detail = None if isinstance(error, NotFoundError) and error.reason != "being_issued" else sentence(error)
        return _page(status_of(error), detail)

    @app.errorhandler(CSRFError)
    def _forged(_error: CSRFError):
        detail = _("The page was open for too long or came from elsewhere. Go back, reload it and try again.")
        return _page(400, detail)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException):
        status = error.code or 500
        body, status = _page(status)
        response = app.make_response((body, status))
        for name, value in error.get_headers():
            if name in {"Allow", "Retry-After"}:
                response.headers[name] = value
        return response

    @app.errorhandler(StaleDataError)
    def _stale(_error: StaleDataError):
        return _page(409, _("Somebody else changed this meanwhile. Reload the page and try again."))

    @app.errorhandler(IntegrityError)
    def _clash(_error: IntegrityError):
        log.warning("constraint refused a write", endpoint=request.endpoint)
        return _page(409, _("Somebody else changed this meanwhile. Reload the page and try again."))

    @app.errorhandler(Exception)
    def _unexpected(error: Exception):
        if isinstance(error, OperationalError):
            full = "full" in str(error.orig)
            body, status = _page(507 if full else 503)
            response = app.make_response((body, status))
            response.headers["Retry-After"] = "5"
            log.error("database away", endpoint=request.endpoint, exc_info=error)
            return response
        log.error("unexpected error", endpoint=request.endpoint, exc_info=error)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return _page(507)
        if app.config["PROPAGATE_EXCEPTIONS"]:
            raise error
        g.actor = None
        return _page(500)
