"""The confidential annex: made where the agency asks for one, with the attestation or not at all."""

import io
import zipfile
from datetime import timedelta

import pytest
from flask import Flask

from app.domain.annex import Annex, annex_bytes, named, opens
from app.domain.attestation import Record, record_bytes
from app.domain.errors import NotAllowedError, NotFoundError, SealError
from app.domain.verdicts import Aspect, Check, Outcome
from app.models import Attestation, Event, LedgerEntry
from app.offline.holding import Held, Known
from app.offline.judging import judge
from app.offline.report import Exit
from app.pdf.annex import render
from app.services import anchors, annexes, archiving, attestations, audits, bundles, ledger, revisions, verification
from app.services.archiving import FileKind
from app.signing.errors import TimeStampUnavailableError
from tests import own, walking
from tests.world import NOW, World, later

LATER = NOW + timedelta(days=1, minutes=1)


def asked_for(people: World, stage: str = "award") -> None:
    """Have the agency ask for an annex."""
    wanted = own.required(people) if stage == "yearly" else people.requirement(stage)
    wanted.annex = True
    people.session.commit()


def with_annex(people: World, app: Flask, stage: str = "award") -> Attestation:
    asked_for(people, stage)
    return walking.attested(people, app, "aoba", stage)[1]


def parts(attestation: Attestation) -> tuple[Record, Annex]:
    return Record.model_validate_json(attestation.record), Annex.model_validate_json(attestation.annex)


def test_where_the_agency_asks_the_record_names_an_annex_that_opens_it(people: World, app: Flask) -> None:
    asked_for(people, "application")
    submission_id = walking.filled(people, "aoba", "application")
    file = walking.with_a_file(people, app, "aoba", submission_id)
    attestation = walking.attest(
        people, app, "aoba", walking.agreed(people, "aoba", walking.sent(people, "aoba", submission_id))
    )
    record, annex = parts(attestation)
    assert record_bytes(record) == attestation.record
    assert annex_bytes(annex) == attestation.annex
    assert named(record, annex)
    assert opens(record, annex) is None
    assert (annex.id, annex.code, annex.checklist) == (record.id, record.code, record.checklist)
    assert annex.salt != record.salt
    assert file.name.encode() in attestation.annex
    assert file.name.encode() not in attestation.record
    assert {"𠮷田 邦彦", "山﨑 美咲"} <= {row.label for row in annex.rows}
    assert [one.kind for one in attestation.annex_files] == ["seal"]
    assert attestation.annex_files[0].time_stamped_at is not None


def test_of_an_institution_itself_it_opens_too(people: World, app: Flask) -> None:
    record, annex = parts(with_annex(people, app, "yearly"))
    assert (record.grant, annex.grant, opens(record, annex)) == (None, None, None)


def test_where_nobody_asks_there_is_none(people: World, app: Flask) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    assert (attestation.annex, attestation.annex_files) == (None, [])
    assert b'"annex"' not in attestation.record
    with pytest.raises(NotFoundError, match="no_annex"):
        annexes.read(people.session, people.actor("aoba", "office"), attestation, walking.premises(app))


def certified(people: World, app: Flask) -> Attestation:
    """Certify and issue nothing yet, as when the service is cut off there."""
    asked_for(people)
    attester = later(people.actor("aoba", "attester"), NOW)
    opened = revisions.find(people.session, attester, walking.approved(people, "aoba"))
    attestation = attestations.attest(people.session, attester, opened, walking.premises(app))
    people.session.commit()
    return attestation


def test_cut_off_before_it_was_sealed_the_very_annex_is_drawn_later(people: World, app: Flask) -> None:
    attestation = certified(people, app)
    place, (record, annex) = walking.premises(app), parts(attestation)
    assert opens(record, annex) is None
    with pytest.raises(NotFoundError, match="no_annex"):
        annexes.read(people.session, people.actor("aoba", "office"), attestation, place)
    for hours in (1, 2):
        attestations.issue(people.session, attestation, place, NOW + timedelta(hours=hours))
        people.session.commit()
    assert attestation.status == "in_force"
    assert [len(attestation.files), len(attestation.annex_files)] == [1, 1]
    drawn = render(record, attestation.record_sha256, attestation.annex or b"")
    assert place.store.get(attestation.annex_files[0].sha256).startswith(drawn)


def test_while_the_annex_cannot_be_sealed_nothing_is_given_out(people: World, app: Flask, monkeypatch) -> None:
    attestation = certified(people, app)
    place = walking.premises(app)

    def away(*_args: object, **_more: object) -> bytes:
        raise TimeStampUnavailableError("time_stamp_unavailable", why="away")

    monkeypatch.setattr(annexes, "seal", away)
    with pytest.raises(SealError, match="time_stamp_unavailable"):
        attestations.issue(people.session, attestation, place, NOW)
    people.session.rollback()
    people.session.refresh(attestation)
    assert (attestation.status, attestation.pdf_sha256) == ("issuing", None)
    assert [*attestation.files, *attestation.annex_files] == []
    monkeypatch.undo()
    attestations.issue(people.session, attestation, place, NOW)
    people.session.commit()
    assert [len(attestation.files), len(attestation.annex_files)] == [1, 1]


def test_who_reads_all_reads_it_and_each_reading_is_logged(people: World, app: Flask) -> None:
    attestation = with_annex(people, app)
    place, file = walking.premises(app), attestation.annex_files[0].sha256
    readers = ("office", "office2", "integrity", "export", "attester")
    for name in readers:
        assert annexes.read(people.session, people.actor("aoba", name), attestation, place) == place.store.get(file)
    for name in ("library", "pi", "researcher"):
        with pytest.raises(NotAllowedError):
            annexes.read(people.session, people.actor("aoba", name), attestation, place)
    lines = people.session.query(Event).filter_by(kind="annex:read").order_by(Event.seq).all()
    assert [line.user_id for line in lines] == [people.member("aoba", name).user_id for name in readers]
    assert {(line.object_id, line.data["file"]) for line in lines} == {(attestation.id, file)}


def test_the_agency_reads_what_is_of_its_officers_programme_and_no_other_does(people: World, app: Flask) -> None:
    attestation = with_annex(people, app)
    officer = people.actor("jsps", "officer")
    found, _ = audits.read(people.session, officer, attestation.id)
    assert annexes.read(people.session, officer, found, walking.premises(app)).startswith(b"%PDF-")
    line = people.session.query(Event).filter_by(kind="annex:read").one()
    assert (line.organization_id, line.user_id) == (officer.organization_id, officer.user_id)
    for code, name in (("jsps", "outsider"), ("jst", "officer"), ("jst", "outsider")):
        with pytest.raises(NotFoundError):
            audits.read(people.session, people.actor(code, name), attestation.id)
    with pytest.raises(NotAllowedError):
        annexes.read(people.session, people.actor("jsps", "publisher"), found, walking.premises(app))


def test_it_is_archived_as_its_attestation_is_and_the_ledger_says_nothing_of_it(people: World, app: Flask) -> None:
    attestation = with_annex(people, app)
    place, of = walking.premises(app), (attestation.organization_id, attestation.id)
    issued = place.store.get(attestation.annex_files[0].sha256)
    for series in archiving.SERIES:
        assert archiving.due(people.session, FileKind.ARCHIVE, NOW + timedelta(hours=23), series) == []
        assert archiving.due(people.session, FileKind.ARCHIVE, LATER, series) == [of]
        kept = archiving.archive(people.session, of, place, LATER, series)
        people.session.commit()
        assert (kept.revision, kept.kind, kept.time_stamped_at) == (2, "archive", LATER.replace(microsecond=0))
        assert archiving.archive(people.session, of, place, LATER, series) is kept
        assert archiving.due(people.session, FileKind.ARCHIVE, LATER, series) == []
        assert archiving.due(people.session, FileKind.RENEWAL, NOW.replace(year=2035, month=12), series) == [of]
    newest = annexes.read(people.session, people.actor("aoba", "office"), attestation, place)
    assert newest.startswith(issued)
    assert newest != issued
    entries = b"".join(people.session.scalars(people.session.query(LedgerEntry.content).statement))
    files = [one.sha256.encode() for one in (*attestation.annex_files, *attestation.files)]
    assert [file in entries for file in files] == [False, False, True, True]


def test_verifying_an_annex_leads_to_its_attestation_and_tells_nothing_of_it(people: World, app: Flask) -> None:
    attestation = with_annex(people, app)
    place, (record, annex) = walking.premises(app), parts(attestation)
    content = place.store.get(attestation.annex_files[0].sha256)
    verdict = verification.by_file(people.session, content, place, NOW)
    assert not verdict.authentic
    assert verdict.outcome(Aspect.CONTENT) is Outcome.UNKNOWN
    assert {(one.check, one.reason) for one in verdict.lines} >= {(Check.FILE, "annex"), (Check.ISSUER, "annex")}
    assert (verdict.record, verdict.status) == (record, attestation.status)
    assert not any(row.label in repr(verdict) for row in annex.rows if row.label)
    assert annex.salt not in repr(verdict)
    changed = verification.by_file(people.session, content + b"\n", place, NOW)
    assert not changed.authentic
    assert "annex" in changed.reasons()
    assert changed.record is None


@pytest.mark.parametrize("with_record", [False, True])
def test_the_offline_verifier_takes_no_annex_for_an_attestation(
    people: World, app: Flask, with_record: bool
) -> None:
    attestation = with_annex(people, app)
    place = walking.premises(app)
    ledger.checkpoint(people.session, place, NOW)
    held = Held(
        pdf=place.store.get(attestation.annex_files[0].sha256),
        record=attestation.record if with_record else None,
        statement=attestation.statement if with_record else None,
        proofs=((attestation.proof or "", None),) if with_record else (),
    )
    report = judge(held, anchors.believed(place), Known(), NOW)
    assert report.exit is Exit.NOT_GENUINE
    assert ("record", "failed", "annex") in {(one.check, one.result, one.reason) for one in report.lines}


def test_a_bundle_holds_no_annex(people: World, app: Flask) -> None:
    attestation = with_annex(people, app)
    place, out = walking.premises(app), io.BytesIO()
    ledger.checkpoint(people.session, place, NOW)
    bundles.write(people.session, [attestation], place, NOW, out)
    content = place.store.get(attestation.annex_files[0].sha256)
    with zipfile.ZipFile(out) as made:
        assert attestation.code in "".join(made.namelist())
        assert all(made.read(name) not in {content, attestation.annex} for name in made.namelist())
        assert not any("annex" in name for name in made.namelist())
