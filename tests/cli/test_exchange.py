"""Versions go out as workbooks and come back the same; the schema is printed."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from openpyxl import Workbook

from app import cli
from app.catalog.strict import parse
from app.catalog.versions import load_version
from app.config import Settings
from app.web import create_app
from tests.catalog.xlsx import cell, changed
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
    assert back.output.splitlines() == [
        f"{file} was written: the content is {before}.",
        f"Next: flask checklists check {file.parent}, then flask checklists lock {file}.",
    ]
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
    file.write_text("a: [", "utf-8")
    assert commands.invoke(args=["checklists", "import", str(book)]).exit_code == 1
    assert file.read_text("utf-8") == "a: ["


def test_a_file_with_the_same_content_keeps_its_comments(commands: FlaskCliRunner, tmp_path: Path) -> None:
    book, file = tmp_path / "2.0.0.xlsx", tmp_path / "checklists" / FAMILY / "2.0.0.yaml"
    commands.invoke(args=["checklists", "export", FAMILY, "2.0.0", str(book)])
    before = file.read_bytes()
    answer = commands.invoke(args=["checklists", "import", str(book)])
    assert answer.exit_code == 0
    assert "holds this content already" in answer.output
    assert file.read_bytes() == before


def test_another_folder_takes_a_version_in(commands: FlaskCliRunner, tmp_path: Path) -> None:
    book, there = tmp_path / "2.0.0.xlsx", tmp_path / "drafts"
    commands.invoke(args=["checklists", "export", FAMILY, "2.0.0", str(book)])
    answer = commands.invoke(args=["checklists", "import", str(book), "--into", str(there)])
    assert answer.exit_code == 0
    written = (there / FAMILY / "2.0.0.yaml").read_bytes()
    original = (tmp_path / "checklists" / FAMILY / "2.0.0.yaml").read_bytes()
    assert parse(written, "f")[0] == parse(original, "f")[0]
    (tmp_path / "no-folder").write_text("a file")
    answer = commands.invoke(args=["checklists", "import", str(book), "--into", str(tmp_path / "no-folder" / "x")])
    assert answer.exit_code == 1
    assert "could not be written" in answer.output


def test_a_workbook_that_is_there_is_left_alone(commands: FlaskCliRunner, tmp_path: Path) -> None:
    book = tmp_path / "mine.xlsx"
    book.write_bytes(b"my work")
    answer = commands.invoke(args=["checklists", "export", FAMILY, "2.0.0", str(book)])
    assert answer.exit_code == 1
    assert "was left alone" in answer.output
    assert book.read_bytes() == b"my work"


def test_faults_stand_one_a_line_and_nothing_is_written(commands: FlaskCliRunner, tmp_path: Path) -> None:
    book = tmp_path / "bad.xlsx"
    commands.invoke(args=["checklists", "export", FAMILY, "2.0.0", str(book)])

    def damage(found: Workbook) -> None:
        cell(found, "Version", "version").value = "3.0.0"
        cell(found, "Items", "kind").value = "=A1"
        cell(found, "Rules", "effect").value = "explode"

    book.write_bytes(changed(book.read_bytes(), damage))
    answer = commands.invoke(args=["checklists", "import", str(book)])
    assert answer.exit_code == 1
    assert [line.partition("!")[0] for line in answer.output.splitlines()] == [
        "Error: bad.xlsx:Items",
        "bad.xlsx:Rules",
    ]
    assert not (tmp_path / "checklists" / FAMILY / "3.0.0.yaml").exists()


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


@pytest.mark.parametrize(("name", "more"), [("checklist-1", []), ("cases-1", ["--cases"])])
def test_the_schema_is_the_published_one(
    commands: FlaskCliRunner, tmp_path: Path, name: str, more: list[str]
) -> None:
    published = (ROOT / "docs" / "checklists" / f"{name}.schema.json").read_text("utf-8")
    assert commands.invoke(args=["checklists", "schema", *more]).output == published
    file = tmp_path / "schema.json"
    answer = commands.invoke(args=["checklists", "schema", str(file), *more])
    assert (answer.exit_code, answer.output) == (0, f"The schema was written to {file}.\n")
    assert file.read_text("utf-8") == published
    assert commands.invoke(args=["checklists", "schema", str(tmp_path / "no" / "x")]).exit_code == 1
