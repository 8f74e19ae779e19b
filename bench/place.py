"""Where the measuring happens: our application with a world in it, on a database of its own, and a browser."""

import html
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder

from app import models
from app.catalog.versions import load_all
from app.config import Settings
from app.domain.texts import Text
from app.extensions import alembic, db
from app.services import answers, revisions
from app.signing.authority import make_authority
from app.signing.rotation import make_seal
from app.web import create_app
from tests import walking, world
from tests.web.client import StrictClient

ROOT = Path(__file__).parent.parent
STATES = ("draft", "in_review", "returned", "awaiting_attestation", "submitted")
_TOKEN = re.compile(r'name="csrf_token"\s+value="([^"]+)"')


class Browser:
    """Calls a WSGI application with prepared requests, so that little but the application is measured."""

    def __init__(self, app: Flask, cookies: str = ""):
        self.app, self.cookies = app, cookies
        self._made: dict[tuple[str, str], dict[str, Any]] = {}

    def get(self, path: str) -> str:
        status, body = self._call(self._environment("GET", path), b"")
        if status != 200:
            raise RuntimeError(f"GET {path}: {status}")
        return body

    def post(self, path: str, fields: Iterable[tuple[str, str]], *, by_itself: bool = False) -> tuple[int, str]:
        body = urlencode(list(fields)).encode()
        environment = self._environment("POST", path)
        environment["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
        environment["CONTENT_LENGTH"] = str(len(body))
        environment["HTTP_ACCEPT"] = "application/json" if by_itself else "text/html"
        return self._call(environment, body)

    def _environment(self, method: str, path: str) -> dict[str, Any]:
        if (method, path) not in self._made:
            builder = EnvironBuilder(path=path, method=method, headers={"Accept-Language": "en"})
            if self.cookies:
                builder.headers["Cookie"] = self.cookies
            self._made[method, path] = builder.get_environ()
        return dict(self._made[method, path])

    def _call(self, environment: dict[str, Any], body: bytes) -> tuple[int, str]:
        environment["wsgi.input"] = io.BytesIO(body)
        told: list[str] = []
        answer = self.app(environment, lambda status, _headers, _error=None: told.append(status))
        try:
            content = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        return int(told[0].split()[0]), content.decode()


def token(page: str) -> str:
    found = _TOKEN.search(page)
    if not found:
        raise RuntimeError("the page has no token")
    return html.unescape(found[1])


@dataclass
class Place:
    """Our application on a database, with the world of the tests."""

    app: Flask
    folder: Path
    settings: Settings

    def signed_in(self, code: str, name: str) -> Browser:
        """Return a browser in which a person has come in through the door."""
        client = self.app.test_client()
        assert isinstance(client, StrictClient)
        client.sign_in(code, name)
        cookie = client.get_cookie("sid")
        assert cookie is not None
        return Browser(self.app, f"sid={cookie.value}")

    def session(self) -> Session:
        with self.app.app_context():
            return Session(db.engine, expire_on_commit=False)

    def state_fact(self, code: str, name: str, value: str) -> None:
        """State something about an institution's grant, newer than what the world says."""
        with self.app.app_context(), self.session() as session:
            people = world.World(session)
            grant, office = people.grant(code), people.member(code, "office")
            session.add(
                models.Fact(
                    organization_id=grant.organization_id,
                    grant_id=grant.id,
                    name=name,
                    value=value,
                    source="institution",
                    stated_by=office.user_id,
                    stated_at=world.NOW + timedelta(days=1),
                )
            )
            session.commit()

    def add_rows(self, code: str, submission_id: UUID, group: str, number: int) -> None:
        """Add rows to a group that people fill."""
        with self.app.app_context(), self.session() as session:
            office = world.World(session).actor(code, "office")
            for _ in range(number):
                answers.add_row(session, office, revisions.find(session, office, submission_id), group)
            session.commit()

    def take_part(self, code: str, number: int) -> None:
        """Let so many people take part in an institution's grant, the principal investigator among them."""
        with self.app.app_context(), self.session() as session:
            people = world.World(session)
            grant = people.grant(code)
            there = [one for one in grant.participants if one.part != "principal_investigator"]
            for one in there[number - 1 :]:
                one.removed_at = world.NOW
            for index in range(len(there), number - 1):
                session.add(_participant(grant, "co_investigator", f"参加者 {index:03}"))
            session.flush()
            session.expire_all()
            revisions.align_drafts(session, people.actor(code, "office"), grant)
            session.commit()

    def filled(self, code: str, stage: str, participants: int) -> UUID:
        """Return a submission whose grant has so many participants, everything answered by the right people."""
        with self.app.app_context(), self.session() as session:
            people = world.World(session)
            grant = people.grant(code)
            for number in range(len(grant.participants), participants):
                name = f"参加者 {number:02}"
                session.add(_participant(grant, "co_investigator", name))
            session.flush()
            session.expire_all()
            submission_id = walking.filled(people, code, stage)
            session.commit()
        return submission_id

    def approved(self, code: str) -> UUID:
        """Return a submission that waits for its attester."""
        with self.app.app_context(), self.session() as session:
            submission_id = walking.approved(world.World(session), code)
            session.commit()
        return submission_id

    def many(self, code: str, number: int) -> None:
        """Give an institution so many grants, each with three people and submissions in all states."""
        with self.app.app_context(), self.session() as session:
            people = world.World(session)
            office = people.member(code, "office")
            call = people.grant(code).call
            requirements = [people.requirement("application"), people.requirement("award")]
            named = {"family": "research-security-integrity", "version": "2.0.0"}
            checklist = session.query(models.ChecklistVersion.sha256).filter_by(**named).one()[0]
            for index in range(1, number):
                grant = models.Grant(
                    organization_id=office.organization_id,
                    id=uuid4(),
                    agency_id=call.organization_id,
                    call_id=call.id,
                    number=f"JP26B{index:05}",
                    title_ja=f"量子測定の基礎 {index}",
                    title_en=f"Foundations of quantum measurement {index}",
                    created_at=world.NOW,
                )
                session.add(grant)
                parts = ("principal_investigator", "co_investigator", "participant")
                session.add_all(_participant(grant, part, f"参加者 {index}") for part in parts)
                for place, requirement in enumerate(requirements):
                    if (index + place) % 3:
                        _open(session, grant, requirement, office.user_id, checklist, STATES[(index + place) % 5])
                if index % 500 == 0:
                    session.flush()
            session.commit()


def _participant(grant: models.Grant, part: str, name: str) -> models.Participant:
    return models.Participant(
        organization_id=grant.organization_id,
        grant_id=grant.id,
        part=part,
        name=name,
        affiliation="見本大学",
        post="助教",
        added_at=world.NOW,
    )


def _open(
    session: Session, grant: models.Grant, requirement: models.Requirement, by: UUID, checklist: str, state: str
) -> None:
    submission = models.Submission(
        organization_id=grant.organization_id,
        id=uuid4(),
        grant_id=grant.id,
        agency_id=requirement.organization_id,
        requirement_id=requirement.id,
    )
    revision = models.Revision(
        organization_id=grant.organization_id,
        submission_id=submission.id,
        number=1,
        state=state,
        checklist_sha256=checklist,
        facts={"stage": requirement.stage},
        opened_by=by,
        opened_at=world.NOW,
        done=12,
        total=40,
    )
    session.add_all([submission, revision])


def make_keys(folder: Path) -> None:
    """Make a development authority with a seal for each institution, valid since a year ago."""
    at = datetime.now(UTC) - timedelta(days=365)
    make_authority(folder, at=at)
    for code in world.INSTITUTIONS:
        make_seal(folder, code, Text(ja=f"{code}大学", en=f"{code.title()} University"), at=at)


def open_place(folder: Path, database: str = "") -> Place:
    """Migrate a database, publish the checklists, make the world, and return the application on it."""
    place = found_place(folder, database)
    with place.app.app_context():
        alembic.upgrade()
        world.build()
        world.publish(db.session, load_all(ROOT / "checklists"))
        db.session.close()
    return place


def found_place(folder: Path, database: str = "") -> Place:
    """Return the application on what is there."""
    settings = Settings(
        data_folder=folder, database_url=database, limits=False, checklists_folder=ROOT / "checklists"
    )
    app = create_app(settings, PROPAGATE_EXCEPTIONS=True)
    app.test_client_class = StrictClient
    return Place(app, folder, settings)
