"""A bundle: everything that it takes in one zip, the same bytes every time, and verified by the packed program."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from app import cli
from app.domain.attestation import sha256
from app.domain.errors import NotFoundError
from app.domain.texts import utc_text
from app.services import anchors, archiving, bundles, ledger, revising, revisions
from tests import signers, walking
from tests.offline.test_packed import place, run
from tests.signing.people import House, sign
from tests.world import NOW, World

__all__ = ["place"]

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def commands(app: Flask) -> FlaskCliRunner:
    cli.init(app)
    return app.test_cli_runner()


def made(people: World, app: Flask, *codes: str) -> bytes:
    """Return the bundle of attestations, as of an hour after they were issued."""
    premises = walking.premises(app)
    checkpoint = ledger.checkpoint(people.session, premises, LATER)
    size = ledger.newest(people.session).size
    if not anchors.stamps(people.session, size):
        anchors.keep_stamp(people.session, size, premises.times.stamp(checkpoint.encode(), LATER))
    people.session.commit()
    out = io.BytesIO()
    bundles.write(people.session, bundles.named(people.session, codes), premises, LATER, out)
    return out.getvalue()


def changed(content: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Return a zip with files changed, or left out where None comes of it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return out.getvalue()


def told(done) -> dict:
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_a_bundle_verifies_offline_once_its_anchors_are_confirmed(
    people: World, app: Flask, place: Path, tmp_path: Path
) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    content = made(people, app, attestation.code)
    assert made(people, app, str(attestation.id)) == content
    file = tmp_path / "bundle.zip"
    file.write_bytes(content)
    fingerprint = anchors.believed(walking.premises(app)).fingerprint
    call = (str(file), "--at", (LATER + timedelta(days=1)).isoformat(), "--json")

    unknown = run(place, *call)
    assert unknown.returncode == told(unknown)["exit"] == 5
    assert told(unknown)["unconfirmed_anchors"] == [fingerprint]
    assert told(unknown)["reports"][0]["verdicts"]["issuer"] == "unknown"

    known = run(place, *call, "--trust", fingerprint)
    report = told(known)["reports"][0]
    assert (known.returncode, report["status"]) == (0, "in_force")
    assert report["verdicts"] == {"content": "good", "issuer": "note", "time": "good", "status": "good"}
    assert {line["check"] for line in report["lines"] if line["result"] != "passed"} == {"sample"}
    assert report["facts"]["code"] == attestation.code

    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(file) as packed:
        packed.extractall(folder)
    again = run(place, str(folder), *call[1:], "--trust", fingerprint)
    assert told(again)["reports"] == told(known)["reports"]
    elsewhere = run(place, str(file), *call[1:], "--anchors", str(folder / "anchors"))
    assert told(elsewhere)["reports"] == told(known)["reports"]
    assert run(place, "--fingerprint", "--anchors", str(folder / "anchors")).stdout == f"{fingerprint}\n"
    alone = folder / "attestations" / attestation.code / "attestation.pdf"
    single = run(place, str(alone), *call[1:], "--anchors", str(folder / "anchors"))
    assert (single.returncode, told(single)["reports"][0]["verdicts"]["content"]) == (5, "good")
    with_list = ("--list", str(folder / "status" / "list.jws"))
    assert run(place, str(alone), *call[1:], "--anchors", str(folder / "anchors"), *with_list).returncode == 0


def test_a_file_that_a_person_signed_and_that_was_archived_then_is_bundled_and_verified(
    people: World, app: Flask, place: Path, tmp_path: Path
) -> None:
    house, premises = House(), walking.premises(app)
    _, attestation, content = signers.invited(people, app, house)
    signers.brought(people, app, sign(content, house.issue("Hanako Aoki"), 1, LATER), LATER)
    of, at = (attestation.organization_id, attestation.id), NOW + timedelta(days=15)
    archiving.archive(people.session, of, premises, at)
    people.session.commit()
    file = tmp_path / "bundle.zip"
    file.write_bytes(made(people, app, attestation.code))
    with zipfile.ZipFile(file) as packed:
        assert any(name.startswith("anchors/persons/") for name in packed.namelist())
    fingerprint = anchors.believed(premises).fingerprint
    call = ("--at", (at + timedelta(days=1)).isoformat(), "--json")
    report = told(run(place, str(file), *call, "--trust", fingerprint))["reports"][0]
    assert report["verdicts"] == {"content": "good", "issuer": "note", "time": "good", "status": "note"}
    (person,) = report["facts"]["persons"]
    assert (person["name"], person["fault"]) == ("Hanako Aoki", None)
    assert person["authority"] == house.root.subject.rfc4514_string()
    assert person["proven_at"] == utc_text(at)
    unknown = told(run(place, str(file), *call))["reports"][0]
    assert [one["fault"] for one in unknown["facts"]["persons"]] == ["untrusted"]


def test_the_manifest_names_every_file_and_what_was_changed_on_the_way_is_told(
    people: World, app: Flask, place: Path, tmp_path: Path
) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    content = made(people, app, attestation.code)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = packed.namelist()
        manifest = json.loads(packed.read("manifest.json"))
        assert {one["path"]: one["sha256"] for one in manifest["files"]} == {
            name: sha256(packed.read(name)) for name in names if name != "manifest.json"
        }
    folder = f"attestations/{attestation.code}/"
    ours = ("pdf", "issue.tlog-proof", "issue.entry", "seal.tlog-proof", "seal.entry")
    mine = [name for name in names if name.startswith(folder)]
    assert len(mine) == len(ours)
    assert all(any(name.endswith(end) for name in mine) for end in ours)
    beside = {"ledger/checkpoint", "status/list.jws", "instruction.ja.md", "verifier/kakunin-verify.pyz"}
    assert beside <= set(names)
    fingerprint = anchors.believed(walking.premises(app)).fingerprint
    file = tmp_path / "changed.zip"
    call = (str(file), "--at", LATER.isoformat(), "--json", "--trust", fingerprint)
    file.write_bytes(changed(content, lambda name, data: None if name.endswith("seal.entry") else data))
    done = run(place, *call)
    assert done.returncode == 4
    assert [name.rpartition("-")[2] for name in told(done)["damaged"]] == ["seal.entry"]
    file.write_bytes(changed(content, lambda name, data: data + b"%x" if name.endswith(".pdf") else data))
    done = run(place, *call)
    assert (done.returncode, told(done)["damaged"]) == (4, [f"{folder}attestation.pdf"])
    assert told(done)["reports"][0]["verdicts"]["content"] == "bad"


def test_anchors_that_nobody_confirmed_are_not_believed(
    people: World, app: Flask, place: Path, tmp_path: Path
) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    content = made(people, app, attestation.code)
    file = tmp_path / "bundle.zip"
    file.write_bytes(content)
    done = run(place, str(file), "--at", LATER.isoformat(), "--trust", "0" * 64, "--language", "en")
    assert done.returncode == 5
    assert "The anchors in this bundle are others than those of --trust" in done.stdout


def test_a_superseded_one_is_told_by_the_list_and_by_its_entry(
    people: World, app: Flask, place: Path, tmp_path: Path
) -> None:
    submission_id, older = walking.attested(people, app, "aoba")
    office = people.actor("aoba", "office")
    opened = revisions.find(people.session, office, submission_id)
    revising.revise(people.session, office, opened)
    walking.attest(
        people, app, "aoba", walking.agreed(people, "aoba", walking.sent(people, "aoba", submission_id)), 5
    )
    file = tmp_path / "bundle.zip"
    file.write_bytes(made(people, app, older.code))
    fingerprint = anchors.believed(walking.premises(app)).fingerprint
    done = run(place, str(file), "--at", LATER.isoformat(), "--json", "--trust", fingerprint)
    report = told(done)["reports"][0]
    assert (done.returncode, report["status"]) == (3, "superseded")


def test_a_whole_year_of_an_agency_is_bundled(
    people: World, app: Flask, commands: FlaskCliRunner, tmp_path: Path, time_machine
) -> None:
    time_machine.move_to(LATER)
    _, attestation = walking.attested(people, app, "aoba")
    record = json.loads(attestation.record)
    agency, year, out = record["funder"]["code"], record["funder"]["fiscal_year"], tmp_path / "year.zip"
    done = commands.invoke(args=["attestations", "bundle", "--agency", agency, "--year", str(year), "-o", str(out)])
    fingerprint = anchors.believed(walking.premises(app)).fingerprint
    assert done.output == (
        f"1 attestations are in {out}.\n"
        f"The fingerprint of its anchors is {fingerprint}, as the ledger's page shows.\n"
    )
    with zipfile.ZipFile(out) as packed:
        assert f"attestations/{attestation.code}/attestation.pdf" in packed.namelist()
    none = commands.invoke(args=["attestations", "bundle", "--agency", agency, "--year", "2001", "-o", str(out)])
    assert (none.exit_code, "nothing was written" in none.output) == (1, True)
    assert list(tmp_path.glob(".*.draft")) == []


def test_what_is_not_there_is_told_and_nothing_is_written(commands: FlaskCliRunner, tmp_path: Path, people) -> None:
    out = tmp_path / "x.zip"
    unknown = commands.invoke(args=["attestations", "bundle", "AAAAA-AAAAA-AAAAA-AAAAA", "-o", str(out)])
    assert (unknown.exit_code, out.exists()) == (1, False)
    for wrong in ([], ["x", "--agency", "jsps", "--year", "2026"], ["--agency", "jsps"]):
        assert commands.invoke(args=["attestations", "bundle", *wrong, "-o", str(out)]).exit_code == 2
    with pytest.raises(NotFoundError):
        bundles.named(people.session, ["hello"])


def test_the_verifier_is_written_for_itself(commands: FlaskCliRunner, tmp_path: Path) -> None:
    done = commands.invoke(args=["attestations", "verifier", str(tmp_path / "out")])
    assert done.output == f"kakunin-verify.pyz is in {tmp_path / 'out'}.\n"
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"kakunin-verify.pyz", "kakunin-verify-requirements.txt", "verify.html"}
