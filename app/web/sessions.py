"""Sessions on the server's side: the browser holds a random key, the table its hash and the rest."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from flask import Flask, Request, Response, g
from flask import session as flask_session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from app.domain.people import Actor
from app.extensions import db
from app.models import Membership, SessionRecord
from app.services import accounts

_TOUCH = timedelta(minutes=1)


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What a browser session remembers; nothing of it leaves the server."""

    def __init__(self, initial: dict[str, Any], record: SessionRecord | None):
        def changed(session: CallbackDict[str, Any]) -> None:
            session.modified = True  # type: ignore[attr-defined]

        super().__init__(initial, changed)
        self.record = record
        self.new = record is None
        self.modified = False
        self.new_key: str | None = None
        self.ended = False


class DatabaseSessions(SessionInterface):
    """Opens and keeps server-side sessions."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """Find the session of the cookie and who acts in it."""
        g.now = datetime.now(UTC)
        g.actor = None
        # every request begins as a reader, so that it waits for nobody; one that writes becomes a writer
        # at the gate, when its body has arrived whole
        g.writing = False
        key = request.cookies.get(app.config["SESSION_COOKIE_NAME"])
        if not key or request.endpoint == "static":
            return ServerSession({}, None)
        record, g.actor = accounts.actor_of(db.session, _hash(key), g.now)
        return ServerSession(dict(record.data) if record else {}, record)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what changed, in a transaction of its own: whatever a view left uncommitted is undone."""
        if not isinstance(session, ServerSession):
            return
        name = app.config["SESSION_COOKIE_NAME"]
        if session.ended:
            response.delete_cookie(name, **self._where(app))
            return
        record = session.record
        if record is None and session.modified:
            key = secrets.token_urlsafe(32)
            _write(lambda s: s.add(_new(key, dict(session))))
            self._give(app, response, key)
        elif record is not None:
            key_sha256, stale = record.key_sha256, g.now - record.seen_at > _TOUCH
            if session.modified or stale:
                _write(lambda s: _keep(s, key_sha256, dict(session)))
        if session.new_key:
            self._give(app, response, session.new_key)

    def _give(self, app: Flask, response: Response, key: str) -> None:
        response.set_cookie(app.config["SESSION_COOKIE_NAME"], key, **self._where(app))

    def _where(self, app: Flask) -> dict[str, Any]:
        return {
            "path": "/",
            "secure": app.config["SESSION_COOKIE_SECURE"],
            "httponly": True,
            "samesite": "Lax",
        }


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _new(key: str, data: dict[str, Any]) -> SessionRecord:
    return SessionRecord(key_sha256=_hash(key), data=data, created_at=g.now, seen_at=g.now)


def _keep(session: Session, key_sha256: str, data: dict[str, Any]) -> None:
    record = session.get(SessionRecord, key_sha256)
    if record is not None:
        record.data, record.seen_at = data, g.now


def _write(change: Any) -> None:
    db.session.rollback()
    g.writing = True
    with Session(db.engine) as session:
        change(session)
        session.commit()


def _current() -> ServerSession:
    return cast("ServerSession", flask_session)


def begin(membership: Membership, method: str, at: datetime) -> None:
    """Sign a member in under a fresh key, so that a key known before is worth nothing (no fixation)."""
    end()
    session = _current()
    session.ended = False
    key = secrets.token_urlsafe(32)
    record = _new(key, {})
    record.organization_id, record.membership_id = membership.organization_id, membership.id
    record.signed_in_at, record.method = at, method
    db.session.add(record)
    session.clear()
    session.record, session.new_key, session.modified = record, key, False


def renew(actor: Actor, method: str) -> None:
    """Note a fresh proof of who the person is, under a fresh key."""
    session = _current()
    data = dict(session)
    member = db.session.get_one(Membership, (actor.organization_id, actor.membership_id))
    begin(member, method, actor.at)
    if session.record is not None:
        session.record.data = data
    session.update(data)


def end() -> None:
    """End the session on the server; the cookie's key opens nothing any more."""
    session = _current()
    if session.record is not None:
        record = db.session.get(SessionRecord, session.record.key_sha256)
        if record is not None:
            db.session.delete(record)
    session.clear()
    session.record, session.ended = None, True
