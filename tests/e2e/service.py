"""A real server over a folder of its own, started as the Makefile starts it and stopped by its process id."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from app import models
from app.catalog.versions import load_all
from app.config import Settings
from app.domain.people import Actor
from app.domain.texts import Text, in_japan
from app.extensions import db
from app.signing.authority import make_authority
from app.signing.rotation import make_seal
from app.web import create_app
from tests import servers, world

ROOT = Path(__file__).parents[2]
NAMES = {
    "pi": "𠮷田 邦彦",
    "office": "佐々木 恵",
    "office2": "鈴木 誠",
    "integrity": "高木 智子",
    "attester": "渡邉 隆",
}


class Today(world.World):
    """The world of the tests where whoever acts does so now, as the people at their browsers do."""

    def actor(self, code: str, name: str, at: datetime | None = None) -> Actor:
        return super().actor(code, name, at or datetime.now(UTC))


@dataclass
class Service:
    """A running server: its folder, the application over the same database, and the address it prints."""

    folder: Path
    port: int
    public: str = ""
    app: Flask = field(init=False)
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        settings = Settings(
            data_folder=self.folder, address=self.address, limits=False, checklists_folder=ROOT / "checklists"
        )
        self.app = create_app(settings)
        # taken now: leaving an application context is not possible beside a browser's event loop
        with self.app.app_context():
            self.engine = db.engine

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "KAKUNIN_BIND": f"127.0.0.1:{self.port}",
            "KAKUNIN_ADDRESS": self.public or self.address,
            "KAKUNIN_DATA_FOLDER": str(self.folder),
            "KAKUNIN_LIMITS": "false",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return {name: value for name, value in os.environ.items() if not name.startswith("KAKUNIN_")} | own

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the service and return what came of it."""
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def must(self, *arguments: str) -> None:
        """Run a command that has to succeed."""
        done = self.flask(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr

    @contextlib.contextmanager
    def people(self) -> Iterator[Today]:
        """Look into the database of the server, and change it."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield Today(session)
            session.commit()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def actor(self, people: world.World, name: str, code: str = "aoba") -> Actor:
        return people.actor(code, name, self.now())

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text("utf-8")


@contextlib.contextmanager
def running(folder: Path, prepare: Callable[[Service], None], public: str = "") -> Iterator[Service]:
    """Prepare a database, serve it, and stop the server by its process id."""
    service = Service(folder, servers.free_port(), public)
    service.must("db", "upgrade")
    prepare(service)
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "wsgi:app"],
            cwd=ROOT,
            env=service.environment,
            stdout=log,
            stderr=log,
        )
        try:
            _wait(service, server)
            yield service
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(timeout=10)
            service.engine.dispose()


def _wait(service: Service, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        assert server.poll() is None, service.log
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{service.address}/healthz", timeout=2) as answer,
        ):
            assert answer.status == 200
            return
        time.sleep(0.1)
    raise RuntimeError("the server did not start: " + service.log)


def small_world(service: Service) -> None:
    """Build the world of the tests around today, with names by which people tell each other apart."""
    began = service.now() - timedelta(days=90)
    due = in_japan(service.now()).date() + timedelta(days=14)
    with service.app.app_context():
        world.build()
        world.publish(db.session, load_all(ROOT / "checklists"))
        db.session.execute(update(models.Requirement).values(due_on=due))
        for name, called in NAMES.items():
            email = f"{name}@aoba.example.jp"
            db.session.execute(update(models.User).where(models.User.email == email).values(name=called))
        db.session.commit()
    keys = service.folder / "keys"
    make_authority(keys, at=began)
    for code in world.INSTITUTIONS:
        make_seal(keys, code, Text(ja=f"{code}大学", en=f"{code.title()} University"), at=began)
