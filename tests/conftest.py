"""What every test may ask for: the application on each real database, and a world in it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.catalog.versions import load_all
from app.config import Settings
from app.domain.texts import Text
from app.extensions import alembic, db
from app.sandbox.desk import Desk
from app.signing.authority import make_authority
from app.signing.rotation import make_seal
from app.signing.timestamps import TimeAuthority
from app.web import create_app
from tests import servers, world
from tests.web.client import StrictClient

ROOT = Path(__file__).parent.parent
DIALECTS = ("sqlite", "postgresql")

MakeDatabase = Callable[[], str]


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Development authorities for seals and for time, with a seal for each institution, made once."""
    folder = tmp_path_factory.mktemp("keys")
    make_authority(folder, at=world.NOW.replace(year=2026, month=1))
    for code in world.INSTITUTIONS:
        name = Text(ja=f"{code}大学", en=f"{code.title()} University")
        make_seal(folder, code, name, at=world.NOW.replace(month=1))
    # it makes itself when it is first asked
    TimeAuthority(folder).timestamper(world.NOW)
    return folder


def _settings(folder: Path, database: str) -> Settings:
    return Settings(data_folder=folder, database_url=database, limits=False, checklists_folder=ROOT / "checklists")


def _prepare(folder: Path, database: str) -> None:
    """Migrate a database, publish the checklists, and make the world in it."""
    app = create_app(_settings(folder, database))
    with app.app_context():
        alembic.upgrade()
        world.build()
        world.publish(db.session, load_all(ROOT / "checklists"))
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sqlite")
    file = folder / "template.sqlite"
    _prepare(folder, f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    # the server's own account must be able to walk to its folder
    folder = Path(tmp_path_factory.mktemp("pg"))
    for parent in (folder, *folder.parents):
        if parent != Path("/") and parent.stat().st_uid == folder.stat().st_uid:
            parent.chmod(parent.stat().st_mode | 0o011)
    with servers.postgres(folder / "server") as address:
        yield address


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    servers.run_sql(postgres_server, "CREATE DATABASE template_world")
    _prepare(tmp_path_factory.mktemp("postgres"), f"{postgres_server}/template_world")
    return postgres_server


@pytest.fixture(params=DIALECTS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database with the world in it, on each dialect in turn."""
    if request.param == "sqlite":
        file = tmp_path / "kakunin.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    server = request.getfixturevalue("postgres_template")
    name = f"test_{abs(hash(request.node.nodeid)):x}"
    servers.run_sql(server, f'CREATE DATABASE "{name}" TEMPLATE template_world')
    yield f"{server}/{name}"
    servers.run_sql(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """Where files of strangers are read; one keeper serves all tests."""
    desk = Desk()
    yield desk
    desk.close()


@pytest.fixture
def app(database: str, tmp_path: Path, keys: Path, desk: Desk) -> Iterator[Flask]:
    """The application on a fresh database."""
    shutil.copytree(keys, tmp_path / "data" / "keys")
    app = create_app(_settings(tmp_path / "data", database), TESTING=True, PROPAGATE_EXCEPTIONS=True)
    app.test_client_class = StrictClient
    app.extensions["premises"] = replace(app.extensions["premises"], desk=desk)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def people(app: Flask) -> Iterator[world.World]:
    """The world, with a session of its own; the client commits it before each request."""
    with app.app_context():
        engine = db.engine
    with Session(engine, expire_on_commit=False) as session:
        app.extensions["session of the test"] = session
        yield world.World(session)


@pytest.fixture
def client(app: Flask) -> StrictClient:
    """A browser of the strictest kind, nobody signed in."""
    client = app.test_client()
    assert isinstance(client, StrictClient)
    return client
