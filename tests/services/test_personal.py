"""Persons sign an issued file beside the seal and bring it back; then it is archived."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from app import cli
from app.domain.errors import InvalidError, NotAllowedError, WrongStateError
from app.models import Event, LedgerEntry
from app.services import archiving, attestations, ledgerlinks, personal, verification
from app.services.archiving import FileKind
from tests import signers, walking
from tests.signing.people import House, sign
from tests.world import NOW, World

HOUSE = House()
HANAKO, JIRO = HOUSE.issue("Hanako Aoki"), HOUSE.issue("Jiro Baba")
FIRST, SECOND = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
NEXT_DAY, LATER = NOW + timedelta(days=1, hours=3), NOW + timedelta(days=15)


@pytest.fixture
def issued(people: World, app: Flask):
    """An attestation whose checklist lets two persons sign, and the file of it."""
    _, attestation, content = signers.invited(people, app, HOUSE)
    return attestation, content


def brought(people: World, app: Flask, content: bytes, at=FIRST, who: str = "office"):
    return signers.brought(people, app, content, at, who)


def test_two_persons_sign_and_the_file_is_archived(people: World, app: Flask, issued) -> None:
    attestation, content = issued
    of, place = (attestation.organization_id, attestation.id), walking.premises(app)
    one = sign(content, HANAKO, 1, FIRST)
    assert brought(people, app, one).kind == "personal"
    assert attestations.file_of(attestation, place) == one
    assert archiving.due(people.session, FileKind.ARCHIVE, NEXT_DAY) == []
    assert archiving.due(people.session, FileKind.ARCHIVE, LATER) == [of]
    brought(people, app, sign(one, JIRO, 2, SECOND), SECOND, "attester")
    assert archiving.due(people.session, FileKind.ARCHIVE, NEXT_DAY) == [of]
    with pytest.raises(WrongStateError, match="nobody_more_signs"):
        brought(people, app, attestations.file_of(attestation, place), SECOND)
    archiving.archive(people.session, of, place, NEXT_DAY)
    people.session.commit()
    assert [each.kind for each in attestation.files] == ["seal", "personal", "personal", "archive"]
    assert archiving.due(people.session, FileKind.ARCHIVE, LATER) == []
    for each in attestation.files:
        verdict = verification.by_file(people.session, place.store.get(each.sha256), place, LATER)
        assert verdict.authentic, verdict.reasons()
        assert verdict.in_force
    assert list(ledgerlinks.of_other_files(people.session)) == []
    entries = [entry.content for entry in people.session.query(LedgerEntry)]
    assert sum(b'"t":"archive"' in entry for entry in entries) == 3
    assert people.session.query(Event).filter_by(kind="attestation:signed_personally").count() == 2


def test_each_refusal_says_why(people: World, app: Flask, issued, monkeypatch) -> None:
    attestation, content = issued
    one = sign(content, HANAKO, 1, FIRST)
    stranger = House("Other CA").issue("Nobody")
    for bad, reason in (
        (b"%PDF-nothing", "not_ours"),
        (content, "not_signed_yet"),
        (sign(one, JIRO, 2, SECOND), "not_one_more_person"),
        (sign(content, stranger, 1, FIRST), "person_untrusted"),
        (sign(content, HANAKO, 2, FIRST), "file_not_good"),
    ):
        with pytest.raises(InvalidError, match=reason):
            brought(people, app, bad)
    with monkeypatch.context() as patched:
        patched.setattr(personal, "LARGEST_ADDITION", 1000)
        with pytest.raises(InvalidError, match="too_much_added"):
            brought(people, app, one)
    with pytest.raises(NotAllowedError):
        brought(people, app, one, who="library")
    brought(people, app, one)
    with pytest.raises(InvalidError, match="not_the_newest_file"):
        brought(people, app, sign(content, JIRO, 1, FIRST))
    archiving.archive(people.session, (attestation.organization_id, attestation.id), walking.premises(app), LATER)
    people.session.commit()
    with pytest.raises(WrongStateError, match="already_archived"):
        brought(people, app, sign(one, JIRO, 2, SECOND), LATER)


def test_the_command_takes_a_signed_file_in_and_says_why_not(
    people: World, app: Flask, issued, tmp_path: Path
) -> None:
    _, content = issued
    file, email = tmp_path / "signed.pdf", people.member("aoba", "office").user.email
    file.write_bytes(sign(content, HANAKO, 1, FIRST))
    people.session.rollback()
    cli.init(app)
    with time_machine.travel(FIRST, tick=False):
        done = app.test_cli_runner().invoke(args=["attestations", "bring", str(file), "--by", email])
        told = app.test_cli_runner().invoke(args=["attestations", "verify", str(file)])
        again = app.test_cli_runner().invoke(args=["attestations", "bring", str(file), "--by", email])
    assert done.exit_code == 0, done.output
    assert (
        "Signed beside the seal: Hanako Aoki, Seiran University, 2026-11-23 04:00 UTC (claimed)\n"
        "  vouched for by CN=People CA,O=Seiran University,C=JP\n"
    ) in told.output
    assert again.exit_code == 1
    assert done.output.endswith("has 1 signatures of persons; this file is now on offer.\n")
    assert (
        again.output
        == "Error: The file was not taken: it is the very file on offer: let one more person sign it first.\n"
    )


def test_nobody_signs_what_is_no_longer_in_force(people: World, app: Flask, issued) -> None:
    attestation, content = issued
    attestation.valid_until = NOW.date()
    people.session.commit()
    with pytest.raises(WrongStateError, match="not_in_force"):
        brought(people, app, sign(content, HANAKO, 1, FIRST), NEXT_DAY)
