"""Versions go out as workbooks and come back the same; the schema is printed."""

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from app import cli
from app.catalog.versions import load_version
from app.config import Settings
from app.web import create_app
from tests.conftest import ROOT

FAMILY = "open-access-research-data"


@pytest.fixture
def commands(tmp_path: Path) -> FlaskCliRunner:
    settings = Settings(data_folder=tmp_path / "data", checklists_folder=tmp_path / "checklists")
    (tmp_path / "checklists").mkdir()
    (tmp_path / "checklists" / "lists").symlink_to(ROOT / "checklists" / "lists")
    (tmp_path / "checklists" / FAMILY).mkdir()
    for number in ("1.0.0", "2.0.0"):
        source = (ROOT / "checklists" / FAMILY / f"{number}.yaml").read_bytes()
        (tmp_path / "checklists" / FAMILY / f"{number}.yaml").write_bytes(source)
    app: Flask = create_app(settings)
    cli.init(app)
    return app.test_cli_runner()


def test_a_version_goes_out_and_comes_back_with_the_same_hash(commands: FlaskCliRunner, tmp_path: Path) -> None:
    book, file = tmp_path / "2.0.0.xlsx", tmp_path / "checklists" / FAMILY / "2.0.0.yaml"
    before = load_version(file).sha256
    out = commands.invoke(args=["checklists", "export", FAMILY, "2.0.0", str(book)])
    assert (out.exit_code, out.output) == (0, f"{FAMILY} 2.0.0 was written to {book}.\n")
    file.unlink()
    back = commands.invoke(args=["checklists", "import", str(book)])
    assert back.exit_code == 0
    assert back.output.endswith("Next: flask checklists check, then lock.\n")
    assert load_version(file).sha256 == before


def test_a_file_with_other_content_is_not_overwritten(commands: FlaskCliRunner, tmp_path: Path) -> None:
    book, file = tmp_path / "2.0.0.xlsx", tmp_path / "checklists" / FAMILY / "2.0.0.yaml"
    commands.invoke(args=["checklists", "export", FAMILY, "2.0.0", str(book)])
    changed = file.read_text("utf-8").replace("valid_for_days: 365", "valid_for_days: 30")
    file.write_text(changed, "utf-8")
    answer = commands.invoke(args=["checklists", "import", str(book)])
    assert answer.exit_code == 1
    assert "give the version its own number" in answer.output
    assert file.read_text("utf-8") == changed


def test_what_is_not_there_and_what_is_no_workbook_end_with_a_sentence(
    commands: FlaskCliRunner, tmp_path: Path
) -> None:
    answer = commands.invoke(args=["checklists", "export", FAMILY, "9.0.0"])
    assert answer.exit_code == 1
    assert f"There is no {FAMILY} 9.0.0" in answer.output
    (tmp_path / "no.xlsx").write_bytes(b"PK\x03\x04 nothing")
    answer = commands.invoke(args=["checklists", "import", str(tmp_path / "no.xlsx")])
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: no.xlsx:")


def test_the_schema_is_the_published_one(commands: FlaskCliRunner) -> None:
    answer = commands.invoke(args=["checklists", "schema"])
    published = (ROOT / "docs" / "checklists" / "checklist-1.schema.json").read_text("utf-8")
    assert json.loads(answer.output) == json.loads(published)
