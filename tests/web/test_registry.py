"""A service whose published versions are not what they were does not start, and says why."""

import shutil
from pathlib import Path

import pytest
from flask import Flask

from app.catalog.versions import load_version, write_lock
from app.web import registry

FAMILY = "research-security-integrity"


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    """The checklists in a folder of their own, from which the service is to start."""
    settings = app.extensions["settings"]
    shutil.copytree(settings.checklists_folder, tmp_path / "checklists")
    app.extensions["settings"] = settings.model_copy(update={"checklists_folder": tmp_path / "checklists"})
    return tmp_path / "checklists"


def refusal(app: Flask) -> str:
    with pytest.raises(SystemExit) as caught:
        registry.hold(app)
    assert "does not start" in str(caught.value)
    return str(caught.value)


def test_a_service_with_what_was_published_starts(app: Flask, folder: Path) -> None:
    registry.hold(app)


def test_one_changed_byte_of_a_locked_file_stops_the_start(app: Flask, folder: Path) -> None:
    file = folder / FAMILY / "2.0.0.yaml"
    file.write_bytes(file.read_bytes() + b"# a comment\n")
    assert f"{FAMILY}/2.0.0.yaml is not what was locked" in refusal(app)


def test_a_number_that_was_locked_anew_with_other_content_stops_the_start(app: Flask, folder: Path) -> None:
    file = folder / FAMILY / "2.0.0.yaml"
    file.write_text(file.read_text("utf-8").replace("valid_for_days: 365", "valid_for_days: 30"), "utf-8")
    (folder / FAMILY / "index.json").unlink()
    write_lock(folder / FAMILY, [load_version(folder / FAMILY / f"{number}.0.0.yaml") for number in (1, 2)])
    assert f"{FAMILY} 2.0.0 is published here with other content" in refusal(app)


def test_a_lock_that_cannot_be_read_and_a_folder_that_is_gone_stop_the_start(app: Flask, folder: Path) -> None:
    (folder / FAMILY / "index.json").write_text("{}", "utf-8")
    assert "the lock cannot be read" in refusal(app)
    shutil.rmtree(folder)
    refusal(app)
