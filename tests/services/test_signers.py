"""Several certify one content, in order: who may when, what it leaves in the record, and what voids it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.attestation import Record, record_bytes
from app.domain.errors import NotAllowedError, WrongStateError
from app.domain.people import Actor, Role
from app.domain.workflow import FRESH
from app.models import Certification, Event
from app.services import accounts, attestations, certifying, events, reviews, revisions, verification
from app.services.opened import Opened
from tests import signers, walking
from tests.world import NOW, World, later


def seen(people: World, who: Actor, submission_id: UUID) -> Opened:
    return revisions.find(people.session, who, submission_id)


def certify(people: World, name: str, submission_id: UUID, minutes: int = 0) -> Certification:
    who = later(people.actor("aoba", name), NOW + timedelta(minutes=minutes))
    made = certifying.certify(people.session, who, seen(people, who, submission_id))
    people.session.commit()
    return made


def refused(people: World, who: Actor, submission_id: UUID) -> str:
    with pytest.raises((NotAllowedError, WrongStateError)) as caught:
        certifying.certify(people.session, who, seen(people, who, submission_id))
    return caught.value.reason


def test_three_certify_in_order_and_the_file_tells_of_each(people: World, app: Flask) -> None:
    submission_id = signers.approved(people)
    accounts.set_orcid(people.session, people.member("aoba", "pi").user, "0000-0002-1825-0097")
    certify(people, "pi", submission_id, 1)
    certify(people, "export", submission_id, 2)
    attestation = walking.attest(people, app, "aoba", submission_id, minutes=3)
    record = Record.model_validate_json(attestation.record)
    assert record_bytes(record) == attestation.record
    assert [(act.act, act.role) for act in record.acts] == [
        ("prepared", "research_office"),
        ("reviewed", "research_office"),
        ("attested", "principal_investigator"),
        ("attested", "export_control_officer"),
        ("attested", "attester"),
    ]
    assert all(act.signed_in_at for act in record.acts)
    assert {act.seen_sha256 for act in record.acts} == {record.snapshot_sha256}
    assert [act.orcid for act in record.acts if act.orcid] == ["https://orcid.org/0000-0002-1825-0097"]
    (own,) = record.declarations
    assert own.text.model_dump() == signers.DECLARED["text"]
    main = record.statement.sha256
    assert [act.statement_sha256 for act in record.acts] == [None, None, own.sha256, main, main]
    place = walking.premises(app)
    verdict = verification.by_file(people.session, attestations.file_of(attestation, place), place, NOW)
    assert verdict.authentic
    assert verdict.in_force
    kinds = people.session.scalars(select(Event.kind).filter_by(organization_id=attestation.organization_id)).all()
    assert kinds.count("attestation:certified") == 2
    assert events.first_break(people.session, attestation.organization_id) is None


def test_nobody_comes_before_their_turn_and_the_attester_last(people: World, app: Flask) -> None:
    submission_id = signers.approved(people)
    attester, export = people.actor("aoba", "attester"), people.actor("aoba", "export")
    assert refused(people, export, submission_id) == "not_your_turn"
    for name in ("pi", "export"):
        with pytest.raises(WrongStateError, match="others_first"):
            attestations.attest(
                people.session, attester, seen(people, attester, submission_id), walking.premises(app)
            )
        certify(people, name, submission_id)
    assert refused(people, export, submission_id) == "nobody_before"


@pytest.mark.parametrize("name", ["office", "library", "attester", "integrity"])
def test_a_turn_is_for_its_role_alone(people: World, name: str) -> None:
    submission_id = signers.approved(people)
    assert refused(people, people.actor("aoba", name), submission_id) == "not_your_turn"
    certify(people, "pi", submission_id)
    assert refused(people, people.actor("aoba", name), submission_id) == "not_your_turn"


def test_one_person_certifies_once_whatever_their_roles(people: World, app: Flask) -> None:
    submission_id = signers.approved(people)
    certify(people, "pi", submission_id)
    principal = people.actor("aoba", "pi")
    both = replace(principal, roles=frozenset({Role.EXPORT_CONTROL_OFFICER, Role.ATTESTER}))
    assert refused(people, both, submission_id) == "certified_once"
    certify(people, "export", submission_id)
    with pytest.raises(NotAllowedError, match="attester_not_apart"):
        attestations.attest(people.session, both, seen(people, both, submission_id), walking.premises(app))


def test_who_answered_in_a_role_that_is_set_apart_does_not_certify(people: World) -> None:
    submission_id = signers.approved(people)
    certify(people, "pi", submission_id)
    judged = people.actor("aoba", "integrity")
    both = replace(judged, roles=judged.roles | {Role.EXPORT_CONTROL_OFFICER})
    assert refused(people, both, submission_id) == "signatory_not_apart"


def test_certifying_needs_a_fresh_sign_in(people: World) -> None:
    submission_id = signers.approved(people)
    stale = replace(people.actor("aoba", "pi"), at=NOW + FRESH + timedelta(seconds=1))
    assert refused(people, stale, submission_id) == "sign_in_again"


def test_content_that_changed_in_between_is_not_certified(people: World) -> None:
    submission_id = signers.approved(people)
    certify(people, "pi", submission_id)
    export = people.actor("aoba", "export")
    opened = seen(people, export, submission_id)
    answer = next(iter(opened.answers.values()))
    answer.reason, answer.head_seq = "changed behind everybody's back", answer.head_seq + 1
    people.session.flush()
    assert refused(people, export, submission_id) == "content_changed"


def test_what_is_sent_back_is_certified_anew_even_if_nothing_changes(people: World, app: Flask) -> None:
    submission_id = signers.approved(people)
    for name in ("pi", "export"):
        certify(people, name, submission_id)
    attester, office = people.actor("aoba", "attester"), people.actor("aoba", "office")
    opened = seen(people, attester, submission_id)
    reviews.send_back(people.session, attester, opened, {("kept.rules", None): "理由"})
    people.session.commit()
    assert refused(people, people.actor("aoba", "pi"), submission_id) == "wrong_state"
    walking.agreed(people, "aoba", walking.sent(people, "aoba", submission_id))
    signing = reviews.situation(people.session, seen(people, office, submission_id)).signing
    assert signing.waiting is not None
    assert signing.waiting.role == "principal_investigator"
    with pytest.raises(WrongStateError, match="others_first"):
        attestations.attest(people.session, attester, seen(people, attester, submission_id), walking.premises(app))
    certify(people, "pi", submission_id, 1)
    certify(people, "export", submission_id, 2)
    record = Record.model_validate_json(walking.attest(people, app, "aoba", submission_id, minutes=3).record)
    assert [act.at[11:16] for act in record.acts if act.act == "attested"] == ["03:01", "03:02", "03:03"]


def test_one_attester_alone_has_nobody_before_and_nothing_beside_the_statement(people: World, app: Flask) -> None:
    submission_id = walking.approved(people, "aoba")
    assert refused(people, people.actor("aoba", "pi"), submission_id) == "nobody_before"
    attestation = walking.attest(people, app, "aoba", submission_id)
    assert b'"declarations"' not in attestation.record
