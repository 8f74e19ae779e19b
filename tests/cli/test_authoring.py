"""The commands of authors: by their sentences and exit codes, in both languages."""

import json
import re
import shutil
from pathlib import Path

import pytest
import time_machine
from click.testing import Result
from flask.testing import FlaskCliRunner

from app import cli
from app.catalog.versions import CASES, load_version, version_files, write_lock
from app.config import Settings
from app.domain.comparing import compare
from app.domain.differences import as_data
from app.web import create_app
from tests.catalog.test_damaged_copies import FAMILY, SAMPLES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Checklists to work on: those of the sample."""
    shutil.copytree(SAMPLES, tmp_path / "checklists")
    return tmp_path / "checklists"


@pytest.fixture
def commands(folder: Path, tmp_path: Path) -> FlaskCliRunner:
    app = create_app(Settings(data_folder=tmp_path / "data", checklists_folder=folder))
    cli.init(app)
    return app.test_cli_runner()


def run(commands: FlaskCliRunner, *words: str) -> Result:
    return commands.invoke(args=["checklists", *words])


def filled(path: Path) -> None:
    """Fill in what is empty in a file, as an author would."""

    def fill(found: re.Match[str]) -> str:
        written = {"ja": "書いたもの", "en": "What was written", "issued": "2026"}[found["key"]]
        return f'{found["key"]}: "{written}"'

    text = path.read_text("utf-8")
    path.write_text(re.sub(r'(?P<key>ja|en|issued): ""', fill, text), "utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ["show", FAMILY, "9.9.9"],
        ["explain", FAMILY, "9.9.9", "plan.days"],
        ["coverage", FAMILY, "9.9.9"],
        ["diff", FAMILY, "1.0.0", "9.9.9"],
        ["new", FAMILY, "--from", "9.9.9"],
    ],
)
def test_a_version_that_is_not_there_is_said_not_to_be(commands: FlaskCliRunner, words: list[str]) -> None:
    answer = run(commands, *words)
    assert (answer.exit_code, answer.output) == (
        1,
        f"Error: {FAMILY} has no version 9.9.9; it has: 1.0.0, 2.0.0.\n",
    )


@pytest.mark.parametrize("name", ["nowhere", "../checklists", "lists", ".", "", "/etc"])
def test_a_family_that_is_not_there_is_said_not_to_be(commands: FlaskCliRunner, name: str) -> None:
    for words in (["show", name, "1.0.0"], ["diff", name, "1.0.0", "2.0.0"], ["new", name, "--from", "1.0.0"]):
        answer = run(commands, *words)
        assert (answer.exit_code, answer.output) == (1, f"Error: There is no family {name}; there are: {FAMILY}.\n")


def test_a_version_that_is_damaged_is_told_with_its_faults(commands: FlaskCliRunner, folder: Path) -> None:
    path = folder / FAMILY / "2.0.0.yaml"
    path.write_text(path.read_text("utf-8").replace("scope: grant", "scope: all", 1), "utf-8")
    answer = run(commands, "diff", FAMILY, "1.0.0", "2.0.0")
    assert answer.exit_code == 1
    assert answer.output.startswith(f"Error: {FAMILY}/2.0.0.yaml:10:8: scope is one of 'grant' or 'institution'")


def test_an_item_that_is_not_there_is_said_not_to_be(commands: FlaskCliRunner) -> None:
    answer = run(commands, "explain", FAMILY, "1.0.0", "plan.nothing")
    assert (answer.exit_code, answer.output) == (1, f"Error: {FAMILY} 1.0.0 has no item plan.nothing.\n")


def test_an_item_is_explained_in_both_languages(commands: FlaskCliRunner) -> None:
    answer = run(commands, "explain", FAMILY, "1.0.0", "plan.ground")
    assert answer.exit_code == 0
    assert answer.output.splitlines() == [
        "Question: What kind of place is it?",
        "Help: Equipment differs.",
        "Kind: choice from a list, optional",
        "Options: from the list “grounds (edition 2026)”",
        "Answered by: Research office",
        "Stages: Application, Award, Change",
        "Asked when: “Is the trip abroad?” is other than “Yes”",
        "Rules:",
        "  ground-closed: stops sending",
        "    “It is closed at present.”",
        "    “What kind of place is it?” is in the list “closed (edition 2026)”",
        "  ground-remote: warns",
        "    “Agree on how to stay in touch.”",
        "    “What kind of place is it?” is one of “Mountains”, “Forest”",
        "Rests on: “Guide to field trips (sample)”: Planning (confirmed)",
        "On the attestation: the state is printed, not the answer",
    ]
    answer = run(commands, "explain", FAMILY, "1.0.0", "plan.ground", "--language", "ja")
    assert answer.exit_code == 0
    assert "尋ねる条件: 「国外で行いますか。」が「はい」以外である" in answer.output.splitlines()
    assert "    「どのような場所ですか。」が「山岳」「森林」のいずれかである" in answer.output.splitlines()


def test_a_whole_version_is_shown_in_both_languages(commands: FlaskCliRunner) -> None:
    lines = run(commands, "show", FAMILY, "2.0.0").output.splitlines()
    assert lines[0] == "Safety of field trips (sample)"
    assert f"  Version: {FAMILY} 2.0.0" in lines
    assert "Plan [plan]" in lines
    assert "  1 plan.abroad" in lines
    assert "    stays.place" in lines
    assert "      Answered by: Research office" in lines
    checklist = load_version(SAMPLES / FAMILY / "2.0.0.yaml").checklist
    japanese = run(commands, "show", FAMILY, "2.0.0", "--language", "ja")
    assert japanese.exit_code == 0
    for item in checklist.items.values():
        assert item.text.ja in japanese.output
        assert any(item.text.en in line for line in lines)
    assert run(commands, "show", FAMILY, "2.0.0", "--language", "fr").exit_code == 2


def test_coverage_is_told_as_a_table_and_as_json(commands: FlaskCliRunner) -> None:
    answer = run(commands, "coverage", FAMILY, "1.0.0")
    assert answer.exit_code == 0
    lines = answer.output.splitlines()
    assert lines[3].split() == [
        "?",
        "practice",
        "records",
        "4",
        "plan.route,",
        "plan.map,",
        "plan.level,",
        "end.accidents",
    ]
    assert "plan.map rests on nothing that is confirmed." in lines
    assert lines[-1] == "4 clauses, 0 without an item; 23 items, 4 resting on nothing that is confirmed."
    found = json.loads(run(commands, "coverage", FAMILY, "1.0.0", "--json").output)
    assert found["format"] == "checklist-coverage/1"
    assert (found["family"], found["version"]) == (FAMILY, "1.0.0")
    assert found["unconfirmed"] == ["plan.route", "plan.map", "plan.level", "end.accidents"]
    assert found["clauses"][3] == {
        "source": "practice",
        "clause": "records",
        "confirmed": False,
        "items": found["unconfirmed"],
    }


def test_a_clause_without_an_item_is_told(commands: FlaskCliRunner, folder: Path) -> None:
    path = folder / FAMILY / "1.0.0.yaml"
    clause = "      - {id: stays, title: {ja: 滞在, en: Stays}}\n"
    path.write_text(
        path.read_text("utf-8").replace(clause, clause + clause.replace("id: stays", "id: unused")), "utf-8"
    )
    lines = run(commands, "coverage", FAMILY, "1.0.0").output.splitlines()
    assert any(line.split() == ["safety-guide", "unused", "0", "no", "item"] for line in lines)
    assert lines[-1].startswith("5 clauses, 1 without an item;")


def test_two_versions_are_compared_in_both_languages(commands: FlaskCliRunner) -> None:
    answer = run(commands, "diff", FAMILY, "1.0.0", "2.0.0")
    assert answer.exit_code == 0
    lines = answer.output.splitlines()
    new = "this item is new, and more can be asked for because of it."
    assert f"Item plan.contact “Who is called in an emergency?”: {new}" in lines
    assert "Item plan.days “For how many days?”: greatest value, tighter: 60 → 40." in lines
    assert "Item plan.name “What is the trip called?”: this item is named plan.name instead of plan.title." in lines
    assert lines[-1] == (
        "From 1.0.0 to 2.0.0, the least class is major (breaking). The version claims major (breaking)."
    )
    answer = run(commands, "diff", FAMILY, "1.0.0", "2.0.0", "--language", "ja")
    assert answer.exit_code == 0
    assert "項目 plan.days「何日間ですか。」：最大の値が厳しくなりました：60→40。" in answer.output.splitlines()
    assert answer.output.splitlines()[-1].startswith("1.0.0から2.0.0への変更は、少なくともメジャー")


def test_a_comparison_is_told_as_json(commands: FlaskCliRunner) -> None:
    versions = [load_version(path).checklist for path in version_files(SAMPLES / FAMILY)]
    answer = run(commands, "diff", FAMILY, "1.0.0", "2.0.0", "--json")
    assert answer.exit_code == 0
    assert json.loads(answer.output) == as_data(compare(*versions))


def test_a_version_that_is_compared_with_itself_or_with_a_later_one(commands: FlaskCliRunner) -> None:
    answer = run(commands, "diff", FAMILY, "2.0.0", "2.0.0")
    assert (answer.exit_code, answer.output) == (0, "Nothing differs between 2.0.0 and 2.0.0.\n")
    answer = run(commands, "diff", FAMILY, "2.0.0", "1.0.0")
    assert answer.exit_code == 0
    assert answer.output.endswith("1.0.0 makes no claim about 2.0.0.\n")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_claim_that_is_too_low_ends_with_exit_code_1(
    commands: FlaskCliRunner, folder: Path, language: str
) -> None:
    path = folder / FAMILY / "2.0.0.yaml"
    path.write_text(path.read_text("utf-8").replace("  change: major\n", "  change: minor\n"), "utf-8")
    answer = run(commands, "diff", FAMILY, "1.0.0", "2.0.0", "--language", language)
    assert answer.exit_code == 1
    said = {"en": "which is too little.", "ja": "足りません。"}
    assert answer.output.splitlines()[-1].endswith(said[language])
    assert run(commands, "diff", FAMILY, "1.0.0", "2.0.0", "--json").exit_code == 1


def test_a_new_family_is_begun_and_sound_once_it_is_filled(commands: FlaskCliRunner, folder: Path) -> None:
    with time_machine.travel("2026-11-24T20:00:00+00:00"):
        answer = run(commands, "new", "lab-visit")
    family = folder / "lab-visit"
    assert (answer.exit_code, answer.output) == (
        0,
        f"{family / '1.0.0.yaml'} was written.\n{family / CASES} was written.\n"
        "Fill in what is empty, then run: flask checklists check\n",
    )
    assert 'effective: {from: "2026-11-25"}' in (family / "1.0.0.yaml").read_text("utf-8")
    answer = run(commands, "check", str(family))
    assert answer.exit_code == 1
    empty = [line for line in answer.stderr.splitlines() if line.endswith(" is empty")]
    assert len(empty) == len(answer.stderr.splitlines()) - 1 == 19
    filled(family / "1.0.0.yaml")
    filled(family / CASES)
    assert run(commands, "lock", str(family / "1.0.0.yaml")).exit_code == 0
    answer = run(commands, "check", str(family))
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert answer.output.endswith("1 versions are sound, 1 golden cases come out as expected.\n")


def test_a_family_that_is_there_is_not_begun_again(commands: FlaskCliRunner, folder: Path) -> None:
    before = (folder / FAMILY / "1.0.0.yaml").read_bytes()
    answer = run(commands, "new", FAMILY)
    assert (answer.exit_code, answer.output) == (
        1,
        f"Error: {FAMILY} is there already; begin its next version with --from.\n",
    )
    assert (folder / FAMILY / "1.0.0.yaml").read_bytes() == before


@pytest.mark.parametrize("name", ["Lab Visit", "../lab", "lab_visit", "", "/tmp/lab", "lab/visit"])
def test_a_family_has_a_name_that_is_one(commands: FlaskCliRunner, folder: Path, name: str) -> None:
    answer = run(commands, "new", name)
    assert answer.exit_code == 1
    assert answer.output.endswith("is no name of a family: lower-case words with dots or hyphens.\n")
    assert sorted(path.name for path in folder.iterdir()) == [FAMILY, "lists"]


@pytest.mark.parametrize(
    ("change", "number"), [("major", "3.0.0"), ("minor", "2.1.0"), ("patch", "2.0.1"), (None, "2.1.0")]
)
def test_the_next_version_is_a_copy_that_is_sound_once_it_says_what_changed(
    commands: FlaskCliRunner, folder: Path, change: str | None, number: str
) -> None:
    family = folder / FAMILY
    write_lock(family, [load_version(path) for path in version_files(family)])
    how = ["--change", change] if change else []
    answer = run(commands, "new", FAMILY, "--from", "2.0.0", *how)
    path = family / f"{number}.yaml"
    assert answer.exit_code == 0
    assert answer.output.startswith(f"{path} was written.\n")
    answer = run(commands, "check", str(family))
    assert answer.stderr.splitlines()[:-1] == [
        f"{FAMILY}/{number}.yaml:15:9: summary.ja is empty",
        f"{FAMILY}/{number}.yaml:16:9: summary.en is empty",
    ]
    filled(path)
    assert run(commands, "lock", str(path)).exit_code == 0
    answer = run(commands, "check", str(family))
    assert (answer.exit_code, answer.stderr) == (0, "")
    answer = run(commands, "diff", FAMILY, "2.0.0", number)
    assert (answer.exit_code, answer.output) == (0, f"Nothing differs between 2.0.0 and {number}.\n")
    old, new = ((family / f"{one}.yaml").read_text("utf-8") for one in ("2.0.0", number))
    assert new.partition("\nsources:")[2] == old.partition("\nsources:")[2]
    assert new.startswith(old[: old.index("format:")])


def test_the_first_version_is_copied_with_its_comments(commands: FlaskCliRunner, folder: Path) -> None:
    (folder / FAMILY / "2.0.0.yaml").unlink()
    path = folder / FAMILY / "1.0.0.yaml"
    text = path.read_text("utf-8").replace("\nscope: grant", "  # a year\n# what it is about\nscope: grant", 1)
    path.write_text(text, "utf-8")
    assert run(commands, "new", FAMILY, "--from", "1.0.0").exit_code == 0
    copy = (folder / FAMILY / "1.1.0.yaml").read_text("utf-8")
    assert '"2026-03-31"}  # a year\nsupersedes:\n  version: "1.0.0"\n  change: minor' in copy
    assert "\n# what it is about\nscope: grant" in copy


def test_the_next_version_follows_the_newest_and_nothing_is_overwritten(
    commands: FlaskCliRunner, folder: Path
) -> None:
    answer = run(commands, "new", FAMILY, "--from", "1.0.0")
    assert (answer.exit_code, answer.output) == (
        1,
        "Error: The next version follows the newest one, 2.0.0, not 1.0.0.\n",
    )
    assert sorted(path.name for path in version_files(folder / FAMILY)) == ["1.0.0.yaml", "2.0.0.yaml"]


def test_a_version_that_cannot_be_copied_line_by_line_is_refused(commands: FlaskCliRunner, folder: Path) -> None:
    path = folder / FAMILY / "2.0.0.yaml"
    text = path.read_text("utf-8").replace('version: "2.0.0"\ntitle', '"version": "2.0.0"\ntitle', 1)
    path.write_text(text, "utf-8")
    answer = run(commands, "new", FAMILY, "--from", "2.0.0")
    assert (answer.exit_code, answer.output) == (
        1,
        f"Error: {FAMILY}/2.0.0.yaml cannot be copied line by line: write the next version by hand.\n",
    )
    assert len(version_files(folder / FAMILY)) == 2
