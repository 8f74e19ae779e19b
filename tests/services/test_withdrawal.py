"""Withdrawing by two people, expiring by the date in Japan, and what each leaves behind."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.domain.attestation import AttestationStatus, Record
from app.domain.errors import InvalidError, NotAllowedError, WrongStateError
from app.domain.ledger import expiring, name_of, withdrawing
from app.domain.people import Actor
from app.domain.workflow import FRESH, RevisionState
from app.models import Attestation, AttestationEvent, Event, Withdrawal
from app.services import (
    attestations,
    events,
    ledger,
    reviews,
    revising,
    revisions,
    statuses,
    verification,
    withdrawals,
)
from tests import walking
from tests.world import NOW, World

WHY = "分担者の所属に誤りがありました。"


def propose(people: World, name: str, submission_id, reason: str = WHY) -> Withdrawal:
    actor = people.actor("aoba", name)
    opened = revisions.find(people.session, actor, submission_id, lock=True)
    made = withdrawals.propose(people.session, actor, opened, reviews.situation(people.session, opened), reason)
    people.session.commit()
    return made


def decide(people: World, actor: Actor, submission_id, verb=withdrawals.withdraw) -> Withdrawal:
    opened = revisions.find(people.session, actor, submission_id, lock=True)
    made = verb(people.session, actor, opened, reviews.situation(people.session, opened))
    people.session.commit()
    return made


def told(people: World, attestation: Attestation) -> list[str]:
    """Return the kinds of events of an attestation, and check that the chain holds."""
    assert events.first_break(people.session, attestation.organization_id) is None
    query = select(Event).where(Event.object_id == attestation.id).order_by(Event.seq)
    return [event.kind for event in people.session.scalars(query)]


def changes(people: World, attestation: Attestation) -> list[tuple[str, str]]:
    query = select(AttestationEvent).filter_by(attestation_id=attestation.id).order_by(AttestationEvent.id)
    return [(one.status, one.reason) for one in people.session.scalars(query)]


def entered(people: World, attestation: Attestation) -> list[dict]:
    """Return the entries of an attestation in the ledger, as others would read them."""
    found = ledger.of_attestation(people.session, attestation.organization_id, attestation.id)
    return [json.loads(one.content) for one in found]


def test_the_ledger_tells_outsiders_that_and_not_why_it_was_withdrawn(people: World, app: Flask) -> None:
    submission_id, attestation = walking.attested(people, app, "aoba")
    propose(people, "office", submission_id)
    decide(people, people.actor("aoba", "attester"), submission_id)
    record = Record.model_validate_json(attestation.record)
    entries = entered(people, attestation)
    assert [one["t"] for one in entries] == ["issue", "seal", "withdraw"]
    assert {one["n"] for one in entries} == {name_of(record.salt, record.id)}
    assert entries[-1]["h"] == withdrawing(attestation.opening, WHY)


def test_two_people_withdraw_and_everybody_is_told(people: World, app: Flask) -> None:
    submission_id, attestation = walking.attested(people, app, "aoba")
    before = attestation.pdf_sha256, attestation.record
    propose(people, "office", submission_id)
    assert attestation.status == AttestationStatus.IN_FORCE
    made = decide(people, people.actor("aoba", "attester"), submission_id)
    assert (attestation.status, attestation.revision.state) == ("withdrawn", RevisionState.WITHDRAWN)
    assert (attestation.pdf_sha256, attestation.record) == before
    assert made.decided_by != made.proposed_by
    assert changes(people, attestation) == [("in_force", ""), ("withdrawn", WHY)]
    assert told(people, attestation)[-2:] == ["attestation:withdrawal_proposed", "attestation:withdrawn"]
    verdict = verification.by_code(people.session, attestation.code, walking.premises(app), NOW)
    assert verdict is not None
    assert (verdict.status, verdict.in_force) == (AttestationStatus.WITHDRAWN, False)


def test_who_proposed_it_cannot_confirm_it_but_may_take_it_back(people: World, app: Flask) -> None:
    submission_id, attestation = walking.attested(people, app, "aoba")
    propose(people, "attester", submission_id)
    attester = people.actor("aoba", "attester")
    with pytest.raises(NotAllowedError, match="second_withdraws"):
        decide(people, attester, submission_id)
    people.session.rollback()
    assert decide(people, attester, submission_id, withdrawals.keep).decision == "kept"
    assert attestation.status == AttestationStatus.IN_FORCE
    assert told(people, attestation)[-1] == "attestation:kept"
    assert propose(people, "office", submission_id).decision is None


def test_the_database_too_refuses_one_person_for_both(people: World, app: Flask) -> None:
    submission_id, _ = walking.attested(people, app, "aoba")
    made = propose(people, "office", submission_id)
    made.decision, made.decided_by, made.decided_at = "withdrawn", made.proposed_by, NOW
    with pytest.raises(IntegrityError, match="two_people"):
        people.session.flush()
    people.session.rollback()


@pytest.mark.parametrize("reason", ["", " \n "])
def test_no_withdrawal_without_a_reason(people: World, app: Flask, reason: str) -> None:
    submission_id, _ = walking.attested(people, app, "aoba")
    with pytest.raises(InvalidError, match="required"):
        propose(people, "office", submission_id, reason)


def test_one_proposal_waits_at_a_time(people: World, app: Flask) -> None:
    submission_id, _ = walking.attested(people, app, "aoba")
    propose(people, "office", submission_id)
    with pytest.raises(WrongStateError, match="withdrawal_waits"):
        propose(people, "integrity", submission_id)


@pytest.mark.parametrize(("name", "reason"), [("office", "no_permission"), ("library", "no_permission")])
def test_only_an_attester_confirms(people: World, app: Flask, name: str, reason: str) -> None:
    submission_id, _ = walking.attested(people, app, "aoba")
    propose(people, "integrity", submission_id)
    with pytest.raises(NotAllowedError, match=reason):
        decide(people, people.actor("aoba", name), submission_id)


def test_confirming_needs_a_fresh_sign_in(people: World, app: Flask) -> None:
    submission_id, _ = walking.attested(people, app, "aoba")
    propose(people, "office", submission_id)
    attester = people.actor("aoba", "attester")
    with pytest.raises(NotAllowedError, match="sign_in_again"):
        decide(people, replace(attester, at=NOW + FRESH + timedelta(seconds=1)), submission_id)


def test_what_is_withdrawn_cannot_be_withdrawn_again_but_revised_and_attested_anew(
    people: World, app: Flask
) -> None:
    submission_id, attestation = walking.attested(people, app, "aoba")
    propose(people, "office", submission_id)
    decide(people, people.actor("aoba", "attester"), submission_id)
    with pytest.raises(WrongStateError, match="wrong_state"):
        propose(people, "office", submission_id)
    people.session.rollback()
    office = people.actor("aoba", "office")
    revising.revise(people.session, office, revisions.find(people.session, office, submission_id))
    people.session.commit()
    walking.agreed(people, "aoba", walking.sent(people, "aoba", submission_id))
    again = walking.attest(people, app, "aoba", submission_id, minutes=5)
    people.session.expire_all()
    assert (attestation.status, again.status) == ("withdrawn", "in_force")
    assert b'"supersedes":null' in again.record


def test_what_a_newer_revision_superseded_is_not_withdrawn(people: World, app: Flask) -> None:
    submission_id, attestation = walking.attested(people, app, "aoba")
    office = people.actor("aoba", "office")
    revising.revise(people.session, office, revisions.find(people.session, office, submission_id))
    people.session.commit()
    # an older revision is addressed by its number while the newer one is a draft
    opened = revisions.find(people.session, office, submission_id, number=1, lock=True)
    assert attestations.in_force(people.session, opened) is attestation
    withdrawals.propose(people.session, office, opened, reviews.situation(people.session, opened), WHY)
    people.session.commit()
    walking.agreed(people, "aoba", walking.sent(people, "aoba", submission_id))
    walking.attest(people, app, "aoba", submission_id, minutes=5)
    people.session.expire_all()
    assert attestation.status == AttestationStatus.SUPERSEDED
    attester = people.actor("aoba", "attester")
    opened = revisions.find(people.session, attester, submission_id, number=1, lock=True)
    with pytest.raises(WrongStateError, match="wrong_state"):
        withdrawals.withdraw(people.session, attester, opened, reviews.situation(people.session, opened))


# expiring

LAST = date(2027, 3, 31)
MIDNIGHT = datetime(2027, 3, 31, 15, 0, tzinfo=UTC)  # when that day ends in Japan


@pytest.fixture
def ending(people: World, app: Flask) -> Attestation:
    """An attestation whose last day is the end of the fiscal year."""
    _, attestation = walking.attested(people, app, "aoba")
    attestation.valid_until = LAST
    people.session.commit()
    return attestation


def test_it_expires_at_midnight_in_japan_and_not_a_second_before(people: World, ending: Attestation) -> None:
    before = MIDNIGHT - timedelta(seconds=1)
    assert statuses.status_of(ending, before) is AttestationStatus.IN_FORCE
    assert statuses.overdue(people.session, before) == []
    assert not statuses.expire(people.session, ending, before)
    assert statuses.status_of(ending, MIDNIGHT) is AttestationStatus.EXPIRED
    assert statuses.overdue(people.session, MIDNIGHT) == [ending]


def test_expiring_is_written_once_under_the_attester_and_changes_what_is_told_by_nothing(
    people: World, ending: Attestation
) -> None:
    assert statuses.expire(people.session, ending, MIDNIGHT)
    people.session.commit()
    assert not statuses.expire(people.session, ending, MIDNIGHT)
    assert statuses.overdue(people.session, MIDNIGHT) == []
    assert statuses.status_of(ending, MIDNIGHT) is AttestationStatus.EXPIRED
    assert changes(people, ending) == [("in_force", ""), ("expired", "")]
    assert told(people, ending)[-1] == "attestation:expired"
    event = people.session.scalars(select(AttestationEvent).filter_by(status="expired")).one()
    assert event.by == ending.attested_by
    assert entered(people, ending)[-1]["h"] == expiring("2027-03-31")
    assert [one["t"] for one in entered(people, ending)] == ["issue", "seal", "expire"]


def test_what_has_no_last_day_does_not_expire(people: World, ending: Attestation) -> None:
    ending.valid_until = None
    people.session.commit()
    assert statuses.overdue(people.session, MIDNIGHT) == []
    assert not statuses.expire(people.session, ending, MIDNIGHT)


def test_what_has_expired_may_still_be_withdrawn(people: World, ending: Attestation) -> None:
    statuses.expire(people.session, ending, MIDNIGHT)
    people.session.commit()
    submission_id = ending.revision.submission_id
    propose(people, "office", submission_id)
    decide(people, people.actor("aoba", "attester"), submission_id)
    assert statuses.overdue(people.session, MIDNIGHT) == []
    assert [status for status, _ in changes(people, ending)][-1] == "withdrawn"
