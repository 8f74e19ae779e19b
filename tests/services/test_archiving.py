"""The files of an attestation as years go by: archived a day later, renewed in time, all of them verifying."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.domain.errors import SealError
from app.models import LedgerEntry
from app.services import archiving, attestations, verification
from app.services.archiving import FileKind
from app.signing import timekeys
from app.signing.timestamps import TimeAuthority
from tests import walking
from tests.world import NOW, World

LATER = NOW + timedelta(days=1, minutes=1)
IN_2036 = datetime(2035, 6, 1, tzinfo=UTC)


def of(attestation):
    return attestation.organization_id, attestation.id


def test_what_was_sealed_a_day_ago_is_due_and_archived_once(people: World, app: Flask) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    place = walking.premises(app)
    issued = attestations.file_of(attestation, place)
    assert archiving.due(people.session, FileKind.ARCHIVE, NOW + timedelta(hours=23)) == []
    assert archiving.due(people.session, FileKind.ARCHIVE, LATER) == [of(attestation)]
    kept = archiving.archive(people.session, of(attestation), place, LATER)
    people.session.commit()
    assert (kept.revision, kept.kind, kept.time_stamped_at) == (2, "archive", LATER.replace(microsecond=0))
    assert archiving.due(people.session, FileKind.ARCHIVE, LATER) == []
    again = archiving.archive(people.session, of(attestation), place, LATER)
    assert again.sha256 == kept.sha256
    newest = attestations.file_of(attestation, place)
    assert newest != issued
    assert newest.startswith(issued)
    assert attestation.pdf_sha256 == attestation.files[0].sha256
    last = people.session.query(LedgerEntry).order_by(LedgerEntry.index.desc()).first()
    assert b'"t":"archive"' in last.content
    assert kept.sha256.encode() in last.content


def test_the_file_issued_and_the_one_archived_both_verify(people: World, app: Flask) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    place = walking.premises(app)
    issued = attestations.file_of(attestation, place)
    archiving.archive(people.session, of(attestation), place, LATER)
    people.session.commit()
    for content in (issued, attestations.file_of(attestation, place)):
        verdict = verification.by_file(people.session, content, place, LATER)
        assert verdict.authentic, verdict.reasons()
        assert verdict.in_force
        years_later = verification.by_file(people.session, content, place, NOW.replace(year=2034))
        assert years_later.authentic, years_later.reasons()
    over = verification.by_file(people.session, content, place, NOW.replace(year=2040))
    assert over.reasons() == ["time_expired"]


def test_it_is_renewed_within_a_year_of_expiry_by_whoever_stamps_then(people: World, app: Flask, tmp_path) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    place = walking.premises(app)
    archiving.archive(people.session, of(attestation), place, LATER)
    people.session.commit()
    assert archiving.due(people.session, FileKind.RENEWAL, NOW.replace(year=2034)) == []
    assert archiving.due(people.session, FileKind.RENEWAL, IN_2036) == [of(attestation)]
    early = archiving.renew(people.session, of(attestation), place, NOW.replace(year=2034))
    assert early.kind == "archive"
    timekeys.make_time_authority(tmp_path / "second", at=IN_2036 - timedelta(days=1), name="Second time-stamp CA")
    folder = place.anchors / "time-stamps"
    folder.mkdir(parents=True)
    root = timekeys.load_time_root(tmp_path / "second")
    folder.joinpath("second.pem").write_bytes(root.public_bytes(timekeys.Encoding.PEM))
    second = replace(place, times=TimeAuthority(tmp_path / "second"))
    kept = archiving.renew(people.session, of(attestation), second, IN_2036)
    people.session.commit()
    assert (kept.revision, kept.kind, kept.good_until.year) == (3, "renewal", 2045)
    assert archiving.due(people.session, FileKind.RENEWAL, IN_2036) == []
    content = attestations.file_of(attestation, place)
    assert verification.by_file(people.session, content, place, NOW.replace(year=2040)).authentic


def test_while_no_time_is_to_be_had_nothing_changes(people: World, app: Flask) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    place = walking.premises(app)
    away = replace(place, times=replace(place.times, url="http://127.0.0.1:1/"))
    with pytest.raises(SealError, match="time_stamp_unavailable"):
        archiving.archive(people.session, of(attestation), away, LATER)
    people.session.rollback()
    assert [one.kind for one in attestation.files] == ["seal"]
    assert archiving.due(people.session, FileKind.ARCHIVE, LATER) == [of(attestation)]


def test_who_was_quicker_counts(people: World, app: Flask, monkeypatch) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    place = walking.premises(app)
    extend = archiving.extend

    def slowly(*args):
        monkeypatch.setattr(archiving, "extend", extend)
        archiving.archive(people.session, of(attestation), place, LATER)
        people.session.commit()
        return extend(*args)

    monkeypatch.setattr(archiving, "extend", slowly)
    kept = archiving.archive(people.session, of(attestation), place, LATER + timedelta(minutes=1))
    people.session.commit()
    assert kept.time_stamped_at == LATER.replace(microsecond=0)
    assert len(attestation.files) == 2
