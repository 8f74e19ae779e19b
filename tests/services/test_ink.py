"""A sheet signed in ink: who takes it in, what of it is refused, what it leaves, and who opens the scan."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.demo.papers import paper
from app.domain.attestation import Record, record_bytes, sha256
from app.domain.errors import InvalidError, NotAllowedError, NotFoundError, StoredFileError, WrongStateError
from app.domain.machine import as_json
from app.domain.people import Actor, Role
from app.domain.workflow import FRESH
from app.models import Attestation, Event, InkSheet
from app.services import attestations, inking, revisions, verification
from app.services.inking import Sheet
from tests import signers, walking
from tests.services.test_signers import certify
from tests.world import NOW, World, later

MEGABYTE = 2**20
SCAN = paper(("application/pdf",), "sheet", 1)[1]
TODAY = date(2026, 11, 23)


def a_sheet(people: World, **changes: Any) -> Sheet:
    given = {"name": "../押印.PDF", "content": SCAN, "signed_on": TODAY}
    return Sheet(**{"attester_id": people.member("aoba", "attester").id, **given, **changes})


def take_in(people: World, app: Flask, who: Actor, submission_id: UUID, **changes: Any) -> Attestation:
    opened = revisions.find(people.session, who, submission_id)
    place = walking.premises(app)
    made = inking.take_in(people.session, who, opened, a_sheet(people, **changes), place, MEGABYTE)
    people.session.commit()
    attestations.issue(people.session, made, place, who.at)
    people.session.commit()
    return made


def test_a_signed_sheet_issues_like_any_other_act_and_is_marked(people: World, app: Flask) -> None:
    submission_id = walking.approved(people, "aoba")
    officer, place = people.actor("aoba", "integrity"), walking.premises(app)
    attestation = take_in(people, app, officer, submission_id)
    record = Record.model_validate_json(attestation.record)
    assert record_bytes(record) == attestation.record
    act = record.acts[-1]
    assert (act.act, act.role, act.method, act.signed_in_at) == ("attested", "attester", "ink", None)
    assert act.ink is not None
    assert (act.ink.signed_on, act.ink.scan_sha256) == ("2026-11-23", sha256(SCAN))
    assert (act.ink.role, act.ink.method) == ("integrity_officer", "password")
    assert attestation.attested_by == people.member("aoba", "attester").user_id
    verdict = verification.by_file(people.session, attestations.file_of(attestation, place), place, NOW)
    assert verdict.authentic
    assert verdict.in_force
    told = {each["check"]: each for each in as_json(verdict)["checks"]}
    assert (told["ink"]["result"], told["ink"]["reason"]) == ("warning", "signed_in_ink")
    by = people.session.scalars(
        select(Event.user_id).where(Event.kind.in_(["attestation:taken_in", "attestation:issued"]))
    )
    assert set(by) == {officer.user_id}


def test_the_scan_stays_inside_and_each_opening_is_logged(people: World, app: Flask) -> None:
    submission_id = walking.approved(people, "aoba")
    attestation = take_in(people, app, people.actor("aoba", "export"), submission_id)
    assert b"\xe6\x8a\xbc\xe5\x8d\xb0" not in attestation.record
    store = walking.premises(app).store
    for who in (people.actor("aoba", "office"), people.actor("jsps", "officer")):
        sheet, content = inking.open_scan(people.session, who, attestation, attestation.id, store)
        assert (sheet.name, content) == ("押印.PDF", SCAN)
    assert people.count(Event, kind="attestation:scan_read") == 2
    with pytest.raises(NotFoundError):
        inking.open_scan(people.session, people.actor("aoba", "office"), None, submission_id, store)
    store._place(sheet.sha256).chmod(0o600)
    store._place(sheet.sha256).write_bytes(b"other")
    with pytest.raises(StoredFileError, match="file_damaged"):
        inking.open_scan(people.session, people.actor("aoba", "office"), attestation, submission_id, store)


@pytest.mark.parametrize(
    ("changes", "reason", "place"),
    [
        ({"signed_on": TODAY - timedelta(days=1)}, "signed_too_early", "signed_on"),
        ({"signed_on": TODAY + timedelta(days=1)}, "signed_ahead", "signed_on"),
        ({"content": b"a,b\n"}, "file_other_kind", "file"),
        ({"content": b""}, "file_empty", "file"),
        ({"content": b"MZ\x00"}, "file_unknown", "file"),
        ({"content": SCAN + b" " * MEGABYTE}, "file_over_limit", "file"),
        ({"attester_id": UUID(int=1)}, "not_an_attester", "attester"),
    ],
)
def test_what_is_wrong_with_a_sheet_is_told_at_its_place(
    people: World, app: Flask, changes: dict[str, Any], reason: str, place: str
) -> None:
    submission_id = walking.approved(people, "aoba")
    with pytest.raises(InvalidError, match=reason) as caught:
        take_in(people, app, people.actor("aoba", "integrity"), submission_id, **changes)
    assert caught.value.values["place"] == place
    people.session.rollback()
    assert people.count(Attestation) == people.count(InkSheet) == 0


def test_the_attester_named_has_the_role_is_apart_and_is_somebody_else(people: World, app: Flask) -> None:
    submission_id = walking.approved(people, "aoba")
    officer = people.actor("aoba", "integrity")
    for name, who in (("pi", officer), ("office2", officer)):
        with pytest.raises(InvalidError, match="not_an_attester"):
            take_in(people, app, who, submission_id, attester_id=people.member("aoba", name).id)
    himself = people.actor("aoba", "attester")
    both = replace(himself, roles=himself.roles | {Role.INTEGRITY_OFFICER})
    with pytest.raises(InvalidError, match="not_an_attester"):
        take_in(people, app, both, submission_id)
    with pytest.raises(InvalidError, match="not_an_attester"):
        take_in(people, app, officer, submission_id, attester_id=people.member("seto", "attester").id)


def test_who_sent_it_or_signed_in_long_ago_takes_nothing_in(people: World, app: Flask) -> None:
    submission_id = walking.approved(people, "aoba")
    with pytest.raises(NotAllowedError, match="sender_takes_no_sheet"):
        take_in(people, app, people.actor("aoba", "office"), submission_id)
    stale = replace(people.actor("aoba", "integrity"), at=NOW + FRESH + timedelta(seconds=1))
    with pytest.raises(NotAllowedError, match="sign_in_again"):
        take_in(people, app, stale, submission_id)
    with pytest.raises(NotAllowedError, match="no_permission"):
        take_in(people, app, people.actor("aoba", "library"), submission_id)


def test_ink_is_for_the_attester_alone_after_everybody_else(people: World, app: Flask) -> None:
    submission_id = signers.approved(people)
    officer = later(people.actor("aoba", "integrity"), NOW + timedelta(minutes=3))
    with pytest.raises(WrongStateError, match="others_first"):
        take_in(people, app, officer, submission_id)
    certify(people, "pi", submission_id, 1)
    certify(people, "export", submission_id, 2)
    record = Record.model_validate_json(take_in(people, app, officer, submission_id).record)
    assert [act.method for act in record.acts] == ["password"] * 4 + ["ink"]
    assert record.acts[-1].statement_sha256 == record.statement.sha256


def test_a_checklist_may_refuse_ink(people: World, app: Flask) -> None:
    submission_id = signers.approved(people, ink=False, signatories=[{"role": "attester", "order": 1}])
    with pytest.raises(WrongStateError, match="no_ink"):
        take_in(people, app, people.actor("aoba", "integrity"), submission_id)
