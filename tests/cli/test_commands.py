"""Every command ends with a sentence and an exit code."""

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskCliRunner

from app import cli
from app.config import Settings
from app.services import attestations, publishing
from app.web import create_app
from tests import walking
from tests.conftest import ROOT
from tests.world import NOW, World


@pytest.fixture
def commands(app: Flask, people: World) -> FlaskCliRunner:
    cli.init(app)
    people.session.commit()
    return app.test_cli_runner()


def test_verify_tells_by_its_exit_code(commands: FlaskCliRunner, app: Flask, people: World, tmp_path: Path) -> None:
    submission_id, attestation = walking.attested(people, app, "aoba")
    assert submission_id
    content = attestations.file_of(attestation, walking.premises(app))
    people.session.commit()
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(content)
    bad.write_bytes(content + b"%")
    answer = commands.invoke(args=["attestations", "verify", str(good)])
    assert (answer.exit_code, answer.output.splitlines()[-1]) == (0, "Authentic; status: in force.")
    answer = commands.invoke(args=["attestations", "verify", str(bad)])
    assert answer.exit_code == 4
    assert "not_whole_file" in answer.output
    answer = commands.invoke(args=["attestations", "verify", "--json", str(bad)])
    told = json.loads(answer.output)
    assert answer.exit_code == 4
    assert told["authentic"] is False
    assert told["format"] == "kakunin-verdict/2"
    assert {line["check"] for line in told["checks"]} >= {"signature", "whole", "issuer", "record", "issued"}
    assert commands.invoke(args=["attestations", "verify", str(tmp_path / "none.pdf")]).exit_code == 2


def test_a_superseded_attestation_has_its_own_exit_code(
    commands: FlaskCliRunner, app: Flask, people: World, tmp_path: Path
) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    attestation.valid_until = attestation.attested_at.date().replace(year=2020)
    people.session.commit()
    file = tmp_path / "a.pdf"
    file.write_bytes(attestations.file_of(attestation, walking.premises(app)))
    answer = commands.invoke(args=["attestations", "verify", str(file)])
    assert (answer.exit_code, answer.output.splitlines()[-1]) == (3, "Authentic; status: expired.")


def test_finish_finishes_what_a_crash_cut_off(commands: FlaskCliRunner, app: Flask, people: World) -> None:
    from app.services import revisions

    submission_id = walking.approved(people, "aoba")
    attester = people.actor("aoba", "attester")
    opened = revisions.find(people.session, attester, submission_id)
    attestations.attest(people.session, attester, opened, walking.premises(app))
    people.session.commit()
    assert commands.invoke(args=["attestations", "finish"]).output == "1 attestations were finished.\n"
    assert commands.invoke(args=["attestations", "finish"]).output == "0 attestations were finished.\n"


def test_finish_says_what_waits_while_no_time_is_to_be_had(app: Flask, people: World) -> None:
    from dataclasses import replace

    from app.services import revisions

    submission_id = walking.approved(people, "aoba")
    attester, place = people.actor("aoba", "attester"), walking.premises(app)
    opened = revisions.find(people.session, attester, submission_id)
    attestation = attestations.attest(people.session, attester, opened, place)
    people.session.commit()
    cli.init(app)
    app.extensions["premises"] = replace(place, times=replace(place.times, url="http://127.0.0.1:1/"))
    answer = app.test_cli_runner().invoke(args=["attestations", "finish"])
    assert answer.exit_code == 1
    assert "time_stamp_unavailable" in answer.stderr
    assert attestation.code in answer.stderr
    assert answer.stdout == "0 attestations were finished.\n"
    assert "1 attestations wait for what they need." in answer.stderr
    app.extensions["premises"] = place
    assert app.test_cli_runner().invoke(args=["attestations", "finish"]).exit_code == 0


FIRST, SECOND = "publisher@jsps.example.jp", "publisher2@jsps.example.jp"


def test_checklists_are_checked_with_their_golden_cases(commands: FlaskCliRunner) -> None:
    answer = commands.invoke(args=["checklists", "check"])
    assert answer.exit_code == 0
    assert re.fullmatch(r"7 versions are sound, 1\d\d golden cases come out as expected\.", _last(answer))


def _last(answer: Result) -> str:
    return answer.output.splitlines()[-1]


def _next_version(app: Flask, tmp_path: Path) -> Path:
    """Put a version 2.0.1 beside the others, locked."""
    folder = tmp_path / "checklists"
    shutil.copytree(ROOT / "checklists", folder)
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"checklists_folder": folder})
    file = folder / "institution-annual" / "1.0.1.yaml"
    text = (file.parent / "1.0.0.yaml").read_text("utf-8")
    file.write_text(text.replace('version: "1.0.0"', 'version: "1.0.1"', 1), "utf-8")
    return file


def test_publishing_takes_two_people_and_happens_once(commands: FlaskCliRunner, app: Flask, tmp_path: Path) -> None:
    file = _next_version(app, tmp_path)
    assert commands.invoke(args=["checklists", "lock", str(file)]).exit_code == 0
    stranger = commands.invoke(args=["checklists", "publish", "--as", "office@aoba.example.jp"])
    assert (stranger.exit_code, _last(stranger)) == (1, "Error: office@aoba.example.jp is no checklist publisher.")
    proposed = commands.invoke(args=["checklists", "publish", "--as", FIRST])
    assert proposed.output.startswith("1 versions were proposed, 0 were published.\n")
    alone = commands.invoke(args=["checklists", "publish", "--as", FIRST])
    assert alone.exit_code == 1
    assert "a second publisher is needed" in alone.output
    published = commands.invoke(args=["checklists", "publish", "--as", SECOND])
    assert published.output == "0 versions were proposed, 1 were published.\n"
    again = commands.invoke(args=["checklists", "publish", "--as", SECOND])
    assert again.output == "0 versions were proposed, 0 were published.\n"
    assert "institution-annual" in commands.invoke(args=["checklists", "list"]).output


def test_what_was_taken_back_is_proposed_again_only_when_its_file_is_named(
    commands: FlaskCliRunner, app: Flask, people: World, tmp_path: Path
) -> None:
    file = _next_version(app, tmp_path)
    commands.invoke(args=["checklists", "lock", str(file)])
    commands.invoke(args=["checklists", "publish", "--as", FIRST])
    (proposed,) = [one for one in publishing.standings(people.session) if one.status == "proposed"]
    publishing.discard(people.session, people.actor("jsps", "publisher"), proposed.sha256, "A slip.")
    people.session.commit()
    left = commands.invoke(args=["checklists", "publish", "--as", FIRST])
    assert left.output.startswith(
        "0 versions were proposed, 0 were published.\nTaken back, and proposed again only"
    )
    named = commands.invoke(args=["checklists", "publish", str(file), "--as", FIRST])
    assert named.output.startswith("1 versions were proposed, 0 were published.\n")


def test_a_withdrawn_version_is_listed_as_such_and_withdrawn_once(commands: FlaskCliRunner) -> None:
    call = [
        "checklists",
        "withdraw",
        "open-access-research-data",
        "1.0.0",
        "--as",
        FIRST,
        "--reason",
        "誤りがありました",
    ]
    assert commands.invoke(args=call).output == "open-access-research-data 1.0.0 is withdrawn.\n"
    again = commands.invoke(args=call)
    assert again.exit_code == 1
    assert "withdrawn before" in again.output
    assert "withdrawn" in commands.invoke(args=["checklists", "list"]).output
    unknown = commands.invoke(args=["checklists", "withdraw", "x", "1.0.0", "--as", FIRST, "--reason", "why"])
    assert (unknown.exit_code, _last(unknown)) == (1, "Error: x 1.0.0 is not published.")


def test_a_published_number_with_other_content_is_refused(
    commands: FlaskCliRunner, app: Flask, tmp_path: Path
) -> None:
    folder = tmp_path / "checklists"
    shutil.copytree(ROOT / "checklists", folder)
    file = folder / "research-security-integrity" / "2.0.0.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("valid_for_days: 365", "valid_for_days: 364"), "utf-8")
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"checklists_folder": folder})
    answer = commands.invoke(args=["checklists", "check"])
    assert answer.exit_code == 1
    assert "not what was locked" in answer.output
    assert commands.invoke(args=["checklists", "lock", str(file)]).exit_code == 1
    (file.parent / "index.json").unlink()
    for each in sorted(file.parent.glob("[0-9]*.yaml")):
        assert commands.invoke(args=["checklists", "lock", str(each)]).exit_code == 0
    answer = commands.invoke(args=["checklists", "publish", "--as", FIRST])
    assert answer.exit_code == 1
    assert "never changes" in answer.output


def test_people_and_organizations_are_created_or_refused_with_a_sentence(
    commands: FlaskCliRunner, app: Flask
) -> None:
    names = ["--name-ja", "新大学", "--name-en", "New University"]
    assert commands.invoke(args=["accounts", "organization", "institution", "shin", *names]).exit_code == 0
    again = commands.invoke(args=["accounts", "organization", "institution", "shin", *names])
    assert again.exit_code == 1
    assert "Nothing was created" in again.output
    person = ["--name", "髙木 新", "--post-ja", "係長", "--post-en", "Chief"]
    address = ["accounts", "person", "shin", "takagi@shin.example.jp", *person]
    short = commands.invoke(args=[*address, "--role", "research_office", "--password", "short"])
    assert short.exit_code == 1
    assert "password_too_short" in short.output
    wrong = commands.invoke(args=[*address, "--role", "agency_officer", "--password", "long enough password"])
    assert wrong.exit_code == 1
    good = commands.invoke(args=[*address, "--role", "research_office", "--password", "long enough password"])
    assert good.output == "takagi@shin.example.jp can sign in now.\n"
    assert "1 seals were made" in commands.invoke(args=["seals", "make"]).output
    assert commands.invoke(args=["accounts", "purge"]).exit_code == 0


def test_the_demo_refuses_a_database_that_is_in_use(commands: FlaskCliRunner) -> None:
    answer = commands.invoke(args=["demo", "load"])
    assert answer.exit_code == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"secret_key": "short", "address": "https://kakunin.example.jp"}, "KAKUNIN_SECRET_KEY"),
        ({"secret_key": "x" * 40, "address": "http://kakunin.example.jp"}, "https://"),
        ({"secret_key": "x" * 40, "address": "https://kakunin.example.jp"}, "KAKUNIN_TIME_STAMP_URL"),
    ],
)
def test_production_does_not_start_with_development_settings(given: dict, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Settings(production=True, **given)


def test_production_makes_no_seals_and_uses_the_host_cookie(tmp_path: Path) -> None:
    settings = Settings(
        production=True,
        data_folder=tmp_path,
        secret_key="x" * 40,
        address="https://kakunin.example.jp",
        time_stamp_url="https://tsa.example.jp",
    )
    app = create_app(settings)
    cli.init(app)
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-sid"
    assert app.config["SESSION_COOKIE_SECURE"]
    assert not app.extensions["premises"].sample
    answer = app.test_cli_runner().invoke(args=["seals", "make"])
    assert answer.exit_code == 1
    assert app.test_cli_runner().invoke(args=["demo", "load"]).exit_code == 1


def test_expire_writes_down_what_has_expired_once(commands: FlaskCliRunner, app: Flask, people: World) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    walking.attested(people, app, "seto")
    assert commands.invoke(args=["attestations", "expire"]).output == "0 attestations have expired.\n"
    attestation.valid_until = attestation.attested_at.date().replace(year=2020)
    people.session.commit()
    assert commands.invoke(args=["attestations", "expire"]).output == "1 attestations have expired.\n"
    assert commands.invoke(args=["attestations", "expire"]).output == "0 attestations have expired.\n"
    people.session.expire_all()
    assert attestation.status == "expired"


def test_an_annex_is_archived_beside_its_attestation(app: Flask, people: World, time_machine) -> None:
    people.requirement().annex = True
    people.session.commit()
    _, attestation = walking.attested(people, app, "aoba")
    cli.init(app)
    time_machine.move_to(NOW + timedelta(days=2))
    answer = app.test_cli_runner().invoke(args=["attestations", "archive"])
    assert answer.output.splitlines() == [
        f"1 of 2: {attestation.id} is good until 2036-01-23.",
        f"2 of 2: {attestation.id} (annex) is good until 2036-01-23.",
        "2 files were archived.",
    ]


def test_archive_and_renew_do_what_is_due_and_say_what_waits(app: Flask, people: World, time_machine) -> None:
    from dataclasses import replace

    _, attestation = walking.attested(people, app, "aoba")
    cli.init(app)
    runner, place = app.test_cli_runner(), app.extensions["premises"]
    time_machine.move_to(NOW + timedelta(hours=2))
    assert runner.invoke(args=["attestations", "archive"]).output == "0 files were archived.\n"
    time_machine.move_to(NOW + timedelta(days=2))
    app.extensions["premises"] = replace(place, times=replace(place.times, url="http://127.0.0.1:1/"))
    answer = runner.invoke(args=["attestations", "archive"])
    assert answer.exit_code == 1
    assert "time_stamp_unavailable" in answer.stderr
    app.extensions["premises"] = place
    answer = runner.invoke(args=["attestations", "archive"])
    assert answer.exit_code == 0
    assert answer.output.splitlines()[-1] == "1 files were archived."
    assert f"1 of 1: {attestation.id} is good until 2036-01-23." in answer.output
    assert runner.invoke(args=["attestations", "archive"]).output == "0 files were archived.\n"
    assert runner.invoke(args=["attestations", "renew"]).output == "0 files were renewed.\n"
    time_machine.move_to(NOW.replace(year=2035))
    answer = runner.invoke(args=["attestations", "renew"])
    assert answer.exit_code == 1
    assert "renewal_gains_nothing" in answer.stderr
    assert answer.stdout == "0 files were renewed.\n"
