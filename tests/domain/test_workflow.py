"""The workflow: one table, and every state, action and role held to it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.domain.errors import InvalidError, KakuninError, NotAllowedError, WrongStateError
from app.domain.events import EVENTS
from app.domain.people import Actor, OrganizationKind, Role
from app.domain.permissions import PERMISSIONS, Permission
from app.domain.texts import Text
from app.domain.turns import Signing, Turn
from app.domain.workflow import (
    FRESH,
    OWNER,
    TRANSITIONS,
    Action,
    RevisionState,
    Situation,
    all_certified,
    another_reviewer,
    approved_content,
    attester_apart,
    check,
    complete,
    facts_current,
    fresh_sign_in,
    nothing_proposed,
    offered,
    on_paper,
    own_turn,
    refusal,
    second_person,
    second_withdraws,
    version_open,
    withdrawal_proposed,
)

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ME, OTHER = UUID(int=1), UUID(int=2)


def actor(*roles: Role, **more: Any) -> Actor:
    return replace(
        Actor(
            user_id=ME,
            membership_id=UUID(int=11),
            organization_id=UUID(int=21),
            kind=OrganizationKind.INSTITUTION,
            organization_name=Text(ja="大学", en="University"),
            name="𠮷田 邦彦",
            post=Text(ja="係長", en="Section chief"),
            roles=frozenset(roles),
            at=NOW,
            signed_in_at=NOW,
            method="password",
        ),
        **more,
    )


# The written table: who does what, from where, to where. A change of the rules changes it here too.
_FILLERS = set(Role) - {Role.AGENCY_OFFICER, Role.CHECKLIST_PUBLISHER}
_REVIEWERS = {Role.RESEARCH_OFFICE, Role.INTEGRITY_OFFICER, Role.EXPORT_CONTROL_OFFICER}
WRITTEN: Mapping[str, tuple[set[str], str | None, set[Role]]] = {
    "save": ({"draft", "returned"}, None, _FILLERS),
    "submit": ({"draft", "returned"}, "in_review", {Role.RESEARCH_OFFICE}),
    "recall": ({"in_review"}, "draft", {Role.RESEARCH_OFFICE}),
    "approve": ({"in_review"}, "awaiting_attestation", _REVIEWERS),
    "return": ({"in_review"}, "returned", _REVIEWERS),
    "send_back": ({"awaiting_attestation"}, "returned", {Role.ATTESTER}),
    "certify": ({"awaiting_attestation"}, None, _FILLERS),
    "attest": ({"awaiting_attestation"}, "submitted", {Role.ATTESTER}),
    "take_in": ({"awaiting_attestation"}, "submitted", _REVIEWERS),
    "revise": ({"submitted", "withdrawn"}, None, {Role.RESEARCH_OFFICE}),
    "propose_withdrawal": ({"submitted"}, None, _REVIEWERS | {Role.ATTESTER}),
    "keep": ({"submitted"}, None, _REVIEWERS | {Role.ATTESTER}),
    "withdraw": ({"submitted"}, "withdrawn", {Role.ATTESTER}),
}


def test_the_tables_are_complete() -> None:
    assert set(TRANSITIONS) == set(Action)
    assert set(OWNER) == set(RevisionState)
    assert set(PERMISSIONS) == set(Role)
    assert {action.value for action in Action} == set(WRITTEN)
    assert all(action is line.action for action, line in TRANSITIONS.items())


def test_every_transition_records_an_event_of_its_own_that_is_declared() -> None:
    events = [line.event for line in TRANSITIONS.values()]
    assert set(events) <= set(EVENTS)
    assert len(set(events)) == len(events)


def test_permissions_are_sorted_and_each_is_held_by_somebody() -> None:
    names = [permission.value for permission in Permission]
    assert names == sorted(names)
    assert frozenset().union(*PERMISSIONS.values()) == set(Permission)


def test_every_state_can_be_reached_and_every_one_but_the_last_left() -> None:
    reached = {line.to for line in TRANSITIONS.values() if line.to} | {RevisionState.DRAFT}
    left = {source for line in TRANSITIONS.values() for source in line.sources}
    # superseded is set by the next attestation, not by a person
    assert set(RevisionState) - reached == {RevisionState.SUPERSEDED}
    assert set(RevisionState) - left == {RevisionState.SUPERSEDED}


# a proposal must be there before it is decided, and only one is there at a time
PROPOSED = {Action.KEEP: OTHER, Action.WITHDRAW: OTHER}
# a turn must be there before it is taken; whoever is the principal investigator may have any role
LAST = Turn(9, "attester")
SIGNING = {Action.CERTIFY: Signing((Turn(1, "principal_investigator"), LAST), principal=ME)}


@pytest.mark.parametrize("action", list(Action))
def test_each_state_and_role_is_offered_an_action_exactly_as_written(action: Action) -> None:
    sources, to, roles = WRITTEN[action.value]
    for state in RevisionState:
        for role in Role:
            person, situation = (
                actor(role),
                Situation(state, withdrawal_by=PROPOSED.get(action), signing=SIGNING.get(action, Signing())),
            )
            why = refusal(action, person, situation)
            place = f"{role.value} in {state.value}"
            if role not in roles:
                assert isinstance(why, NotAllowedError), place
                assert why.reason == "no_permission", place
            elif state.value not in sources:
                assert isinstance(why, WrongStateError), place
                assert why.values == {"state": state.value}, place
            else:
                assert why is None, place
                assert check(action, person, situation).to == (RevisionState(to) if to else None), place
            assert (action in offered(person, situation)) is (role in roles and state.value in sources), place
            if why is not None:
                with pytest.raises(KakuninError):
                    check(action, person, situation)


def test_nobody_without_a_role_is_offered_anything() -> None:
    assert all(offered(actor(), Situation(state)) == {} for state in RevisionState)


def test_roles_of_one_person_add_up() -> None:
    both = actor(Role.RESEARCH_OFFICE, Role.ATTESTER)
    assert set(offered(both, Situation(RevisionState.IN_REVIEW))) == {Action.RECALL, Action.APPROVE, Action.RETURN}
    assert set(offered(both, Situation(RevisionState.AWAITING_ATTESTATION))) == {
        Action.SEND_BACK,
        Action.CERTIFY,
        Action.ATTEST,
        Action.TAKE_IN,
    }


GUARDS = {
    Action.SAVE: (),
    Action.SUBMIT: (version_open, complete, facts_current),
    Action.RECALL: (),
    Action.APPROVE: (second_person, another_reviewer, approved_content),
    Action.RETURN: (second_person,),
    Action.SEND_BACK: (),
    Action.CERTIFY: (own_turn, approved_content, fresh_sign_in),
    Action.ATTEST: (attester_apart, all_certified, approved_content, fresh_sign_in),
    Action.TAKE_IN: (on_paper, all_certified, approved_content, fresh_sign_in),
    Action.REVISE: (),
    Action.PROPOSE_WITHDRAWAL: (nothing_proposed,),
    Action.KEEP: (withdrawal_proposed,),
    Action.WITHDRAW: (withdrawal_proposed, second_withdraws, fresh_sign_in),
}


def test_each_action_is_guarded_exactly_as_written() -> None:
    assert {action: line.guards for action, line in TRANSITIONS.items()} == GUARDS


OFFICE, OFFICER, ATTESTER = actor(Role.RESEARCH_OFFICE), actor(Role.INTEGRITY_OFFICER), actor(Role.ATTESTER)
FILLED = Situation(RevisionState.RETURNED)
REVIEWED = Situation(RevisionState.IN_REVIEW, contributors=frozenset({OTHER}))
APPROVED = Situation(
    RevisionState.AWAITING_ATTESTATION, approvers=frozenset({OTHER}), contributors=frozenset({OTHER})
)


def refused(action: Action, person: Actor, situation: Situation) -> tuple[type[KakuninError], str] | None:
    why = refusal(action, person, situation)
    assert offered(person, situation)[action] == why or str(offered(person, situation)[action]) == str(why)
    return (type(why), why.reason) if why else None


@pytest.mark.parametrize("lacking", [{"missing": 1}, {"blocking": 2}, {"missing": 1, "blocking": 2}])
def test_nothing_incomplete_is_sent(lacking: dict[str, int]) -> None:
    assert refused(Action.SUBMIT, OFFICE, FILLED) is None
    assert refused(Action.SUBMIT, OFFICE, replace(FILLED, **lacking)) == (InvalidError, "incomplete")


def test_the_refusal_tells_how_much_is_missing() -> None:
    why = refusal(Action.SUBMIT, OFFICE, replace(FILLED, missing=3, blocking=2))
    assert why is not None
    assert why.values == {"missing": 3, "blocking": 2}


def test_nothing_is_sent_on_facts_that_have_changed() -> None:
    assert refused(Action.SUBMIT, OFFICE, replace(FILLED, stale_facts=True)) == (InvalidError, "facts_changed")


@pytest.mark.parametrize("action", [Action.APPROVE, Action.RETURN])
def test_who_answered_or_sent_it_neither_approves_nor_returns_it(action: Action) -> None:
    assert refused(action, OFFICER, REVIEWED) is None
    own = replace(REVIEWED, contributors=frozenset({ME, OTHER}))
    assert refused(action, OFFICER, own) == (NotAllowedError, "second_person")


def test_a_version_that_can_no_longer_be_sent_says_why_before_all_else() -> None:
    closed = replace(FILLED, version_closed="version_withdrawn", missing=3)
    assert refused(Action.SUBMIT, OFFICE, closed) == (InvalidError, "version_withdrawn")


def test_two_reviews_are_by_two_people() -> None:
    own = replace(REVIEWED, approvers=frozenset({ME}), approvals_needed=2)
    assert refused(Action.APPROVE, OFFICER, own) == (NotAllowedError, "another_reviewer")
    assert refused(Action.RETURN, OFFICER, own) is None
    others = replace(REVIEWED, approvers=frozenset({OTHER}), approvals_needed=2)
    assert refused(Action.APPROVE, OFFICER, others) is None


def test_only_the_content_that_was_sent_is_approved() -> None:
    changed = replace(REVIEWED, content_unchanged=False)
    assert refused(Action.APPROVE, OFFICER, changed) == (WrongStateError, "content_changed")
    assert refused(Action.RETURN, OFFICER, changed) is None


def test_who_approved_does_not_attest() -> None:
    assert refused(Action.ATTEST, ATTESTER, APPROVED) is None
    own = replace(APPROVED, approvers=frozenset({ME}))
    assert refused(Action.ATTEST, ATTESTER, own) == (NotAllowedError, "attester_not_apart")


def test_who_acted_in_a_role_the_checklist_sets_apart_does_not_attest() -> None:
    barred = replace(APPROVED, signing=Signing((replace(LAST, barred=frozenset({ME})),)))
    assert refused(Action.ATTEST, ATTESTER, barred) == (NotAllowedError, "attester_not_apart")
    others = replace(APPROVED, signing=Signing((replace(LAST, barred=frozenset({OTHER})),)))
    assert refused(Action.ATTEST, ATTESTER, others) is None


def test_signatories_take_their_turns_and_the_attester_comes_last() -> None:
    library, export = Turn(1, "library"), Turn(2, "export_control_officer", barred=frozenset({OTHER}))
    waiting = replace(APPROVED, signing=Signing((library, export, LAST)))
    librarian, officer = actor(Role.LIBRARY), actor(Role.EXPORT_CONTROL_OFFICER)
    assert refused(Action.CERTIFY, librarian, waiting) is None
    assert refused(Action.CERTIFY, officer, waiting) == (NotAllowedError, "not_your_turn")
    assert refused(Action.ATTEST, ATTESTER, waiting) == (WrongStateError, "others_first")
    first = replace(library, by=OTHER, at=NOW)
    one = replace(APPROVED, signing=Signing((first, export, LAST)))
    assert refused(Action.CERTIFY, officer, one) is None
    other = replace(officer, user_id=OTHER)
    assert refused(Action.CERTIFY, other, one) == (NotAllowedError, "certified_once")
    apart = replace(one, signing=Signing((replace(first, by=UUID(int=3)), export, LAST)))
    assert refused(Action.CERTIFY, other, apart) == (
        NotAllowedError,
        "signatory_not_apart",
    )
    done = replace(APPROVED, signing=Signing((first, replace(export, by=UUID(int=3), at=NOW), LAST)))
    assert refused(Action.CERTIFY, officer, done) == (WrongStateError, "nobody_before")
    assert refused(Action.ATTEST, ATTESTER, done) is None
    himself = replace(done, signing=Signing((replace(library, by=ME, at=NOW), LAST)))
    assert refused(Action.ATTEST, ATTESTER, himself) == (NotAllowedError, "attester_not_apart")


def test_a_sheet_in_ink_is_taken_in_by_an_officer_who_did_not_send_it_where_the_checklist_takes_ink() -> None:
    sent = replace(APPROVED, signing=Signing((LAST,), sent=OTHER))
    assert refused(Action.TAKE_IN, OFFICER, sent) is None
    own = replace(APPROVED, signing=Signing((LAST,), sent=ME))
    assert refused(Action.TAKE_IN, OFFICE, own) == (NotAllowedError, "sender_takes_no_sheet")
    none = replace(APPROVED, signing=Signing((LAST,), ink=False))
    assert refused(Action.TAKE_IN, OFFICER, none) == (WrongStateError, "no_ink")
    first = replace(APPROVED, signing=Signing((Turn(1, "library"), LAST)))
    assert refused(Action.TAKE_IN, OFFICER, first) == (WrongStateError, "others_first")
    late = replace(OFFICER, signed_in_at=NOW - FRESH - timedelta(seconds=1))
    assert refused(Action.TAKE_IN, late, sent) == (NotAllowedError, "sign_in_again")


def test_certifying_is_held_to_the_content_and_to_a_fresh_sign_in_like_attesting() -> None:
    waiting = replace(APPROVED, signing=Signing((Turn(1, "library"), LAST)))
    librarian = actor(Role.LIBRARY)
    changed = replace(waiting, content_unchanged=False)
    assert refused(Action.CERTIFY, librarian, changed) == (WrongStateError, "content_changed")
    late = replace(librarian, signed_in_at=NOW - FRESH - timedelta(seconds=1))
    assert refused(Action.CERTIFY, late, waiting) == (NotAllowedError, "sign_in_again")


def test_only_the_content_that_was_approved_is_attested() -> None:
    changed = replace(APPROVED, content_unchanged=False)
    assert refused(Action.ATTEST, ATTESTER, changed) == (WrongStateError, "content_changed")
    assert refused(Action.SEND_BACK, ATTESTER, changed) is None


def test_attesting_needs_a_sign_in_of_the_last_ten_minutes() -> None:
    assert timedelta(minutes=10) == FRESH
    just = actor(Role.ATTESTER, signed_in_at=NOW - FRESH)
    late = actor(Role.ATTESTER, signed_in_at=NOW - FRESH - timedelta(seconds=1))
    assert refused(Action.ATTEST, just, APPROVED) is None
    assert refused(Action.ATTEST, late, APPROVED) == (NotAllowedError, "sign_in_again")
    assert refused(Action.SEND_BACK, late, APPROVED) is None


ISSUED = Situation(RevisionState.SUBMITTED)


def test_one_withdrawal_waits_at_a_time_and_without_one_there_is_nothing_to_decide() -> None:
    waiting = replace(ISSUED, withdrawal_by=OTHER)
    assert refused(Action.PROPOSE_WITHDRAWAL, OFFICE, ISSUED) is None
    assert refused(Action.PROPOSE_WITHDRAWAL, OFFICE, waiting) == (WrongStateError, "withdrawal_waits")
    for action in (Action.KEEP, Action.WITHDRAW):
        assert refused(action, ATTESTER, waiting) is None
        assert refused(action, ATTESTER, ISSUED) == (WrongStateError, "no_withdrawal")


def test_nobody_withdraws_alone_but_everybody_may_think_better_of_it() -> None:
    own = replace(ISSUED, withdrawal_by=ME)
    assert refused(Action.WITHDRAW, ATTESTER, own) == (NotAllowedError, "second_withdraws")
    assert refused(Action.KEEP, ATTESTER, own) is None


def test_withdrawing_needs_a_sign_in_of_the_last_ten_minutes() -> None:
    waiting = replace(ISSUED, withdrawal_by=OTHER)
    late = actor(Role.ATTESTER, signed_in_at=NOW - FRESH - timedelta(seconds=1))
    assert refused(Action.WITHDRAW, late, waiting) == (NotAllowedError, "sign_in_again")
    assert refused(Action.KEEP, late, waiting) is None


def test_who_comes_before_when_and_when_before_the_guards() -> None:
    nobody = actor(Role.LIBRARY, signed_in_at=NOW - timedelta(days=1))
    worst = Situation(RevisionState.DRAFT, approvers=frozenset({ME}), content_unchanged=False)
    reasons = [refusal(Action.ATTEST, person, worst) for person in (nobody, replace(nobody, roles=ATTESTER.roles))]
    assert [why.reason for why in reasons if why] == ["no_permission", "wrong_state"]
