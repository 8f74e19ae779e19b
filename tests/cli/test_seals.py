"""The life of a seal by its commands: each ends with a sentence and an exit code, and shows no secret."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import Result
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask
from flask.testing import FlaskCliRunner
from pydantic import SecretStr
from sqlalchemy import func, select

from app import cli
from app.models import SealCertificate, SealRevocation
from app.services import attestations, revisions, seals
from app.signing import keyfiles
from app.signing.errors import SealUnavailableError
from app.signing.keys import kept, load_seal
from tests import walking
from tests.signing import outside
from tests.world import INSTITUTIONS, NOW, World

DAY = timedelta(days=1)
WORDS, OTHER = "correct horse battery staple", "another passphrase altogether"


@pytest.fixture
def commands(app: Flask, people: World) -> FlaskCliRunner:
    cli.init(app)
    people.session.commit()
    return app.test_cli_runner()


@pytest.fixture
def folder(app: Flask) -> Path:
    return walking.premises(app).keys


def call(commands: FlaskCliRunner, *args: str, at: datetime = NOW) -> Result:
    with time_machine.travel(at, tick=False):
        return commands.invoke(args=["seals", *args])


def given(app: Flask, **changes: object) -> None:
    """Let the service have been started with other settings."""
    settings = app.extensions["settings"].model_copy(update=changes)
    app.extensions["settings"] = settings
    app.extensions["premises"] = replace(
        walking.premises(app), unlocking=settings.unlocking, sample=not settings.production
    )


def told(answer: Result) -> dict:
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    found = json.loads(answer.output)
    assert found["format"] == "kakunin-seals/1"
    return found


def of(found: dict, code: str) -> list[str]:
    return [one["state"] for one in found["seals"] if one["institution"] == code]


def serial(folder: Path, code: str = "aoba", number: int = 0) -> str:
    return kept(folder, code)[number].serial


def test_the_inventory_lists_every_seal_and_needs_nobody(commands: FlaskCliRunner, folder: Path) -> None:
    answer = call(commands, "list")
    assert answer.exit_code == 0
    lines = answer.output.splitlines()
    assert lines[-1] == "3 seals; 0 things need tending."
    assert [line.split()[:3] for line in lines[:-1]] == [[code, "current", "plain"] for code in INSTITUTIONS]
    found = told(call(commands, "list", "--json"))
    own = load_seal(folder, "aoba", at=NOW).certificate
    assert found["seals"][0] == {
        "institution": "aoba",
        "purpose": "attestation",
        "state": "current",
        "key": "plain",
        "development": True,
        "serial": f"{own.serial_number:x}",
        "fingerprint": own.fingerprint(own.signature_hash_algorithm).hex(),
        "not_before": "2026-01-23T02:55:00Z",
        "not_after": "2029-01-22T03:00:00Z",
        "starts_at": "2026-01-23T03:00:00Z",
        "revoked_at": None,
        "reason": None,
    }
    assert found["concerns"] == []
    assert call(commands, "check").exit_code == 0


END = datetime(2029, 1, 22, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "days", "within"),
    [(91, None, None), (90.5, 90, 90), (30.9, 30, 30), (31, 31, 90), (7.5, 7, 7), (8, 8, 30), (0.5, 0, 7)],
)
def test_the_end_of_a_seal_is_told_ahead(
    commands: FlaskCliRunner, before: float, days: int | None, within: int | None
) -> None:
    answer = call(commands, "list", "--json", at=END - before * DAY)
    concerns = [(one["reason"], one["days"], one["within"]) for one in told(answer)["concerns"]]
    if days is None:
        assert (answer.exit_code, concerns) == (0, [])
        return
    assert answer.exit_code == 3
    assert concerns == [("expires", days, within)] * 3
    said = call(commands, "list", at=END - before * DAY).output
    assert said.count(f"ends in {days} days and no other seal follows (told {within} days ahead).") == 3
    assert said.splitlines()[-1] == "3 seals; 3 things need tending."


def test_a_seal_that_has_ended_is_told(commands: FlaskCliRunner) -> None:
    answer = call(commands, "list", at=END + DAY)
    assert answer.exit_code == 3
    assert answer.output.count("cannot be used (seal_expired).") == 3


def test_a_prepared_seal_ends_the_warning_and_takes_over_at_its_moment(
    commands: FlaskCliRunner, folder: Path, people: World
) -> None:
    near = END - 20 * DAY
    starts = (END - 5 * DAY).isoformat()
    for code in INSTITUTIONS:
        answer = call(commands, "prepare", code, "--starts", starts, at=near)
        assert answer.exit_code == 0, answer.output
        assert answer.output.endswith(f"seals for {code} from 2029-01-17T03:00:00Z.\n")
    found = told(call(commands, "list", "--json", at=near))
    assert (of(found, "aoba"), found["concerns"]) == (["current", "next"], [])
    assert people.session.scalar(select(func.count()).select_from(SealCertificate)) == 3
    people.session.commit()
    found = told(call(commands, "check", "--json", at=END + DAY))
    assert (of(found, "aoba"), found["concerns"]) == (["retired", "current"], [])
    first, second = kept(folder, "aoba")
    assert load_seal(folder, "aoba", at=near).certificate == first.certificate
    answer = call(commands, "promote", "aoba", "--serial", second.serial, at=near + DAY)
    assert (answer.exit_code, answer.output) == (0, f"{second.serial} seals for aoba from 2029-01-03T03:00:00Z.\n")
    assert load_seal(folder, "aoba", at=near + DAY).certificate == second.certificate


def test_a_next_seal_that_starts_too_late_leaves_the_warning(commands: FlaskCliRunner) -> None:
    assert call(commands, "prepare", "aoba", "--starts", (END + DAY).isoformat(), at=END - 20 * DAY).exit_code == 0
    found = told(call(commands, "list", "--json", at=END - 20 * DAY))
    assert {(one["institution"], one["days"]) for one in found["concerns"]} == {(c, 20) for c in INSTITUTIONS}


def test_a_revoked_seal_seals_no_more_until_another_takes_over(
    commands: FlaskCliRunner, folder: Path, app: Flask, people: World, tmp_path: Path
) -> None:
    submission_id = walking.approved(people, "aoba")
    attester = people.actor("aoba", "attester")
    opened = revisions.find(people.session, attester, submission_id)
    attestations.attest(people.session, attester, opened, walking.premises(app))
    people.session.commit()
    own = serial(folder)
    command = ["revoke", "aoba", "--serial", own, "--at", "2026-11-22T12:00+09:00", "--reason", "key_compromise"]
    answer = call(commands, *command)
    assert answer.output == (
        f"{own} of aoba is revoked from 2026-11-22T03:00:00Z. The development authority lists it.\n"
    )
    assert answer.exit_code == 0
    assert call(commands, *command).exit_code == 0
    assert people.session.scalar(select(func.count()).select_from(SealRevocation)) == 1
    people.session.commit()
    later = call(commands, *[word.replace("22T", "23T") for word in command], at=NOW + DAY)
    assert (later.exit_code, later.output.startswith("Error: Nothing was revoked: revoked_earlier")) == (1, True)
    listed = call(commands, "list")
    assert listed.exit_code == 3
    assert "aoba has no seal in charge." in listed.output
    assert f"{own} since 2026-11-22T03:00:00Z (key_compromise)" in listed.output
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        waiting = commands.invoke(args=["attestations", "finish"])
    assert waiting.exit_code == 1
    assert "seal_revoked" in waiting.output
    assert "1 attestations wait for what they need." in waiting.output
    refused = call(commands, "promote", "aoba", "--serial", own)
    assert (refused.exit_code, "seal_revoked" in refused.output) == (1, True)
    assert call(commands, "prepare", "aoba", "--starts", "now").exit_code == 0
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert commands.invoke(args=["attestations", "finish"]).output == "1 attestations were finished.\n"
    assert of(told(call(commands, "check", "--json", at=NOW + DAY)), "aoba") == ["revoked", "current"]
    assert call(commands, "crl", str(tmp_path / "list.crl")).exit_code == 0
    listed_there = x509.load_der_x509_crl((tmp_path / "list.crl").read_bytes())
    assert listed_there.get_revoked_certificate_by_serial_number(int(own, 16)) is not None


def test_a_crash_between_record_and_list_is_told_and_done_by_repeating(
    commands: FlaskCliRunner, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.services import seals

    command = ["revoke", "aoba", "--serial", serial(folder), "--at", "now", "--reason", "superseded"]
    with monkeypatch.context() as crashing:
        crashing.setattr(seals, "publish_revocation", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert call(commands, *command).exit_code != 0
    concerns = [one["reason"] for one in told(call(commands, "list", "--json"))["concerns"]]
    assert concerns == ["none_in_charge", "not_on_list"]
    assert call(commands, *command).exit_code == 0
    assert [one["reason"] for one in told(call(commands, "list", "--json"))["concerns"]] == ["none_in_charge"]


def test_a_certificate_whose_folder_is_gone_is_still_listed_and_can_be_revoked(
    commands: FlaskCliRunner, folder: Path, app: Flask, people: World
) -> None:
    walking.attested(people, app, "aoba")
    own = serial(folder)
    assert call(commands, "prepare", "aoba", "--starts", "now").exit_code == 0
    shutil.rmtree(folder / "seals" / "aoba")
    found = told(call(commands, "list", "--json"))
    assert [(one["state"], one["key"]) for one in found["seals"][:2]] == [("current", "plain"), ("retired", "none")]
    assert (
        call(commands, "revoke", "aoba", "--serial", own, "--at", "now", "--reason", "unspecified").exit_code == 0
    )
    assert of(told(call(commands, "list", "--json")), "aoba") == ["current", "revoked"]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["revoke", "none", "--serial", "1", "--at", "now", "--reason", "superseded"], 1, "no institution none"),
        (["revoke", "aoba", "--serial", "1", "--at", "now", "--reason", "superseded"], 1, "aoba has no seal 1"),
        (["revoke", "aoba", "--serial", "1", "--at", "now", "--reason", "boredom"], 2, "boredom"),
        (["revoke", "aoba", "--serial", "1", "--at", "2026-11-22", "--reason", "superseded"], 2, "has no offset"),
        (["revoke", "aoba", "--serial", "1", "--at", "yesterday", "--reason", "superseded"], 2, "is no moment"),
        (["prepare", "aoba", "--starts", "2060-01-01T00:00Z"], 1, "Nothing was prepared: seal_expired"),
        (["prepare", "aoba", "--starts", "now", "--from", "."], 1, "Nothing was prepared: seal_missing"),
        (["promote", "aoba", "--serial", "1"], 1, "Nothing was changed: seal_missing"),
        (["encrypt"], 1, "gives no passphrase"),
        (["crl", "/nowhere/list.crl"], 1, "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(
    commands: FlaskCliRunner, args: list[str], code: int, said: str
) -> None:
    answer = call(commands, *args)
    assert answer.exit_code == code
    assert said in answer.output
    assert "Traceback" not in answer.output


def test_keys_are_encrypted_and_encrypted_anew_and_all_of_them_open(
    commands: FlaskCliRunner, app: Flask, folder: Path, people: World, tmp_path: Path
) -> None:
    (tmp_path / "words").write_text(WORDS + "\n")
    given(app, seal_passphrase_file=tmp_path / "words")
    answer = call(commands, "encrypt")
    assert answer.output == "3 keys were encrypted; every key file opens with the passphrase now.\n"
    assert call(commands, "encrypt").output.startswith("0 keys were encrypted")
    assert {one["key"] for one in told(call(commands, "check", "--json"))["seals"]} == {"encrypted"}
    walking.attested(people, app, "aoba")
    (tmp_path / "other").write_text(OTHER)
    given(app, seal_passphrase_file=tmp_path / "other")
    assert call(commands, "check").exit_code == 3
    refused = call(commands, "encrypt")
    assert refused.exit_code == 1
    assert "0 keys were encrypted, then one could not be: seal_passphrase" in refused.output
    # a crash after the first of them: repeating does the rest
    from app.signing.rotation import encrypt, key_files
    from app.signing.unlocking import secret_in

    place, code = key_files(folder)[0]
    encrypt(place, code, secret_in(tmp_path / "other"), secret_in(tmp_path / "words"))
    # the two others, and the key of the ledger, which was made encrypted when the first entry was signed
    assert call(commands, "encrypt", "--old", str(tmp_path / "words")).output.startswith("3 keys were encrypted")
    assert keyfiles.encrypted(folder / "ledger")
    assert call(commands, "check").exit_code == 0


def test_production_refuses_plain_and_development_seals_and_makes_none(
    commands: FlaskCliRunner, app: Flask, folder: Path
) -> None:
    given(app, production=True)
    found = told(call(commands, "check", "--json"))
    assert {one["reason"] for one in found["concerns"]} == {"seal_plain", "seal_development"}
    for command in (["make"], ["prepare", "aoba", "--starts", "now"]):
        answer = call(commands, *command)
        assert (answer.exit_code, "bought" in answer.output) == (1, True)
    assert call(
        commands, "revoke", "aoba", "--serial", serial(folder), "--at", "now", "--reason", "superseded"
    ).output


def test_check_finds_what_list_cannot_see(commands: FlaskCliRunner, folder: Path) -> None:
    (folder / "seals" / "aoba" / "key.pem").chmod(0o644)
    shutil.copy(folder / "authority" / "key.pem", folder / "seals" / "hokuryo" / "key.pem")
    (folder / "seals" / "seto" / "key.pem").unlink()
    assert call(commands, "list").exit_code == 0
    found = told(call(commands, "check", "--json"))
    assert [(one["institution"], one["reason"]) for one in found["concerns"]] == [
        ("aoba", "seal_exposed"),
        ("hokuryo", "seal_mismatch"),
        ("seto", "seal_missing"),
    ]


def test_a_seal_of_an_authority_that_is_gone_and_a_damaged_folder_are_told(
    commands: FlaskCliRunner, folder: Path
) -> None:
    from app.signing.authority import make_authority

    shutil.rmtree(folder / "authority")
    make_authority(folder, at=NOW)
    (folder / "seals" / "seto" / "certificate.pem").write_bytes(b"damaged")
    found = told(call(commands, "list", "--json"))
    assert [(one["institution"], one["reason"]) for one in found["concerns"]] == [
        ("aoba", "foreign_authority"),
        ("hokuryo", "foreign_authority"),
        ("seto", "seal_unreadable"),
    ]


def test_an_institution_without_a_seal_is_told_and_gets_one(commands: FlaskCliRunner, folder: Path) -> None:
    shutil.rmtree(folder / "seals" / "seto")
    listed = call(commands, "list")
    assert (listed.exit_code, "seto has no seal in charge." in listed.output) == (3, True)
    assert call(commands, "make").output == "1 seals were made. What they seal is marked as a sample.\n"
    assert call(commands, "list").exit_code == 0


def test_make_replaces_no_seal_that_only_cannot_be_opened(
    commands: FlaskCliRunner, folder: Path, app: Flask, tmp_path: Path
) -> None:
    keyfiles.replace(folder / "seals" / "hokuryo" / "key.pem", b"damaged")
    answer = call(commands, "make")
    assert answer.exit_code == 1
    assert "hokuryo has one that cannot be used: seal_unreadable" in answer.output
    assert len(kept(folder, "hokuryo")) == 1


def test_a_bought_seal_is_brought_by_command(
    commands: FlaskCliRunner, app: Flask, folder: Path, tmp_path: Path
) -> None:
    own = kept(folder, "aoba")[0]
    own.folder.rename(tmp_path / "bought")
    given(app, seal_passphrase=SecretStr(WORDS))
    answer = call(commands, "prepare", "aoba", "--from", str(tmp_path / "bought"), "--starts", "now")
    assert answer.output == f"{own.serial} seals for aoba from 2026-11-23T03:00:00Z.\n"
    assert told(call(commands, "list", "--json"))["seals"][0]["key"] == "encrypted"
    assert call(commands, "check").exit_code == 0
    again = call(commands, "prepare", "aoba", "--from", str(tmp_path / "bought"), "--starts", "now")
    assert (again.exit_code, "seal_known" in again.output) == (1, True)


@pytest.fixture
def bought(commands: FlaskCliRunner, app: Flask, folder: Path, tmp_path: Path) -> Iterator[outside.Outside]:
    """A seal of an authority outside of the house, which answers, in charge at one institution."""
    house = outside.Outside(tmp_path / "outside")
    with house.open(), time_machine.travel(NOW, tick=False):
        place = tmp_path / "bought"
        place.mkdir(mode=0o700)
        pems = [house.certificate(name).public_bytes(Encoding.PEM) for name in ("seal", "issuing")]
        (place / "certificate.pem").write_bytes(b"".join(pems))
        (place / "key.pem").write_bytes(keyfiles.key_pem(house.key("seal")))
        (place / "key.pem").chmod(0o600)
        for one in (folder / "seals").glob("aoba*"):
            shutil.rmtree(one)
        answer = call(commands, "prepare", "aoba", "--from", str(place), "--starts", "now")
        assert answer.exit_code == 0, answer.output
        yield house


def believing(app: Flask, house: outside.Outside) -> None:
    roots = walking.premises(app).anchors / "seals"
    roots.mkdir(parents=True)
    (roots / "outside.pem").write_bytes(house.certificate("root").public_bytes(Encoding.PEM))


def reasons(answer: Result) -> list[tuple[str, str]]:
    return [(one["institution"], one["reason"]) for one in told(answer)["concerns"]]


def test_a_bought_seal_that_nobody_would_believe_seals_nothing(
    commands: FlaskCliRunner, app: Flask, people: World, bought: outside.Outside
) -> None:
    place, owner = walking.premises(app), people.organization("aoba").id
    people.session.rollback()
    assert reasons(call(commands, "check", "--json")) == [("aoba", "seal_untrusted")]
    assert "chains to no root that is believed" in call(commands, "check").output
    with pytest.raises(SealUnavailableError) as refusal:
        seals.usable(people.session, place, owner, "aoba", NOW, sample=False)
    assert refusal.value.reason == "seal_untrusted"
    people.session.rollback()
    believing(app, bought)
    answer = call(commands, "check")
    assert (answer.exit_code, answer.output.splitlines()[-1]) == (0, "3 seals; 0 things need tending.")
    assert seals.usable(people.session, place, owner, "aoba", NOW, sample=False).certificate.subject


def test_what_its_authority_revoked_seals_no_more(
    commands: FlaskCliRunner, app: Flask, people: World, bought: outside.Outside
) -> None:
    believing(app, bought)
    place, owner = walking.premises(app), people.organization("aoba").id
    people.session.rollback()
    assert call(commands, "check").exit_code == 0
    assert bought.asked >= 3  # both lists, and the answer about the seal
    later = outside.REVOKED + 3 * DAY
    bought.revoke()
    with time_machine.travel(later, tick=False):
        answer = call(commands, "check", "--json", at=later)
        assert reasons(answer) == [("aoba", "none_in_charge"), ("aoba", "revoked_by_authority")]
        own = next(one for one in told(answer)["seals"] if one["institution"] == "aoba")
        since = f"{outside.REVOKED:%Y-%m-%dT%H:%M:%SZ}"
        assert (own["state"], own["revoked_at"], own["reason"]) == ("revoked", since, "key_compromise")
        people.session.rollback()
        with pytest.raises(SealUnavailableError) as refusal:
            seals.usable(people.session, place, owner, "aoba", later, sample=False)
        assert refusal.value.reason == "seal_revoked"
        people.session.rollback()
        # it is recorded once, and nobody is asked about it again
        asked = bought.asked
        assert reasons(call(commands, "check", "--json", at=later)) == [("aoba", "none_in_charge")]
        assert bought.asked == asked


def test_an_authority_that_does_not_answer_is_told_of_and_stops_nothing(
    commands: FlaskCliRunner, app: Flask, people: World, bought: outside.Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    believing(app, bought)
    bought.silent = True
    answer = call(commands, "check", "--json")
    assert (answer.exit_code, reasons(answer)) == (3, [("aoba", "authority_silent")])
    owner = people.organization("aoba").id
    assert seals.usable(people.session, walking.premises(app), owner, "aoba", NOW, sample=False)
