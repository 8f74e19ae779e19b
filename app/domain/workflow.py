"""The workflow of a revision: one table of actions; buttons, checks, tests and diagram are read from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from app.domain.errors import InvalidError, KakuninError, NotAllowedError, WrongStateError
from app.domain.people import Actor
from app.domain.permissions import Permission, may
from app.domain.turns import Signing

FRESH = timedelta(minutes=10)


class RevisionState(StrEnum):
    """Where a revision stands; each state has one owner."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    AWAITING_ATTESTATION = "awaiting_attestation"
    SUBMITTED = "submitted"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


OWNER: Mapping[RevisionState, str] = {
    RevisionState.DRAFT: "fillers",
    RevisionState.IN_REVIEW: "reviewers",
    RevisionState.RETURNED: "fillers",
    RevisionState.AWAITING_ATTESTATION: "signatories",
    RevisionState.SUBMITTED: "agency",
    RevisionState.SUPERSEDED: "system",
    RevisionState.WITHDRAWN: "fillers",
}


class Action(StrEnum):
    """What people do to a revision."""

    SAVE = "save"
    SUBMIT = "submit"
    RECALL = "recall"
    APPROVE = "approve"
    RETURN = "return"
    SEND_BACK = "send_back"
    CERTIFY = "certify"
    ATTEST = "attest"
    TAKE_IN = "take_in"
    REVISE = "revise"
    PROPOSE_WITHDRAWAL = "propose_withdrawal"
    KEEP = "keep"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Situation:
    """What guards look at: the revision as it stands and what is known of the people behind it.

    ``contributors`` answered something in force or sent it; ``approvers`` approved the snapshot, of whom
    the content needs ``approvals_needed``; ``signing`` is who certifies; ``withdrawal_by`` proposed to
    withdraw the attestation.
    """

    state: RevisionState
    missing: int = 0
    blocking: int = 0
    stale_facts: bool = False
    version_closed: str = ""
    contributors: frozenset[UUID] = frozenset()
    approvers: frozenset[UUID] = frozenset()
    approvals_needed: int = 1
    content_unchanged: bool = True
    signing: Signing = field(default_factory=Signing)
    withdrawal_by: UUID | None = None


Guard = Callable[[Actor, Situation], KakuninError | None]


def complete(_: Actor, situation: Situation) -> KakuninError | None:
    """Demand that every required item in force is answered and no rule stands in the way."""
    if situation.missing or situation.blocking:
        return InvalidError("incomplete", missing=situation.missing, blocking=situation.blocking)
    return None


def facts_current(_: Actor, situation: Situation) -> KakuninError | None:
    """Demand that the pinned facts are still those of the grant."""
    return InvalidError("facts_changed") if situation.stale_facts else None


def version_open(_: Actor, situation: Situation) -> KakuninError | None:
    """Demand a version that may still be sent with what is known: not withdrawn, ended or unfitting."""
    return InvalidError(situation.version_closed) if situation.version_closed else None


def second_person(actor: Actor, situation: Situation) -> KakuninError | None:
    """Demand a person who has neither answered nor sent it (rule 5 of the house)."""
    return NotAllowedError("second_person") if actor.user_id in situation.contributors else None


def another_reviewer(actor: Actor, situation: Situation) -> KakuninError | None:
    """Demand a person who has not approved it before: two reviews are by two people."""
    return NotAllowedError("another_reviewer") if actor.user_id in situation.approvers else None


def attester_apart(actor: Actor, situation: Situation) -> KakuninError | None:
    """Demand an attester who neither reviewed it nor acted in a role the checklist sets apart."""
    acted = actor.user_id in situation.approvers | situation.signing.kept_from_attesting
    return NotAllowedError("attester_not_apart") if acted else None


def own_turn(actor: Actor, situation: Situation) -> KakuninError | None:
    """Demand the signatory whose turn it is before the attester, apart from others as the checklist says."""
    return situation.signing.refusal(actor)


def all_certified(_: Actor, situation: Situation) -> KakuninError | None:
    """Demand that everybody before the attester has certified this very content."""
    return WrongStateError("others_first") if situation.signing.waiting else None


def on_paper(actor: Actor, situation: Situation) -> KakuninError | None:
    """Demand a checklist that takes ink, and an officer who did not send it."""
    return situation.signing.refusal_on_paper(actor)


def approved_content(_: Actor, situation: Situation) -> KakuninError | None:
    """Demand that what was approved is what stands now (rule 6 of the house)."""
    return None if situation.content_unchanged else WrongStateError("content_changed")


def fresh_sign_in(actor: Actor, _: Situation) -> KakuninError | None:
    """Demand a sign-in no older than ten minutes, for this act (rule 7 of the house)."""
    return None if is_fresh(actor) else NotAllowedError("sign_in_again")


def nothing_proposed(_: Actor, situation: Situation) -> KakuninError | None:
    """Demand that no withdrawal is waiting for its second person."""
    return WrongStateError("withdrawal_waits") if situation.withdrawal_by else None


def withdrawal_proposed(_: Actor, situation: Situation) -> KakuninError | None:
    """Demand that somebody has proposed the withdrawal."""
    return None if situation.withdrawal_by else WrongStateError("no_withdrawal")


def second_withdraws(actor: Actor, situation: Situation) -> KakuninError | None:
    """Demand another person than the one who proposed it: nobody takes an attestation back alone."""
    return NotAllowedError("second_withdraws") if actor.user_id == situation.withdrawal_by else None


def is_fresh(actor: Actor) -> bool:
    """Return whether the person proved who they are in the last ten minutes."""
    return actor.at - actor.signed_in_at <= FRESH


@dataclass(frozen=True)
class Transition:
    """One line of the table. ``to`` None means the state stays."""

    action: Action
    sources: frozenset[RevisionState]
    to: RevisionState | None
    permission: Permission
    event: str
    guards: tuple[Guard, ...] = field(default=())


_S = RevisionState
TRANSITIONS: Mapping[Action, Transition] = {
    line.action: line
    for line in (
        Transition(
            Action.SAVE, frozenset({_S.DRAFT, _S.RETURNED}), None, Permission.SUBMISSION_FILL, "answers:saved"
        ),
        Transition(
            Action.SUBMIT,
            frozenset({_S.DRAFT, _S.RETURNED}),
            _S.IN_REVIEW,
            Permission.SUBMISSION_SUBMIT,
            "submission:submitted",
            (version_open, complete, facts_current),
        ),
        Transition(
            Action.RECALL, frozenset({_S.IN_REVIEW}), _S.DRAFT, Permission.SUBMISSION_SUBMIT, "submission:recalled"
        ),
        Transition(
            Action.APPROVE,
            frozenset({_S.IN_REVIEW}),
            _S.AWAITING_ATTESTATION,
            Permission.SUBMISSION_REVIEW,
            "submission:approved",
            (second_person, another_reviewer, approved_content),
        ),
        Transition(
            Action.RETURN,
            frozenset({_S.IN_REVIEW}),
            _S.RETURNED,
            Permission.SUBMISSION_REVIEW,
            "submission:returned",
            (second_person,),
        ),
        Transition(
            Action.SEND_BACK,
            frozenset({_S.AWAITING_ATTESTATION}),
            _S.RETURNED,
            Permission.ATTESTATION_ATTEST,
            "submission:sent_back",
        ),
        Transition(
            Action.CERTIFY,
            frozenset({_S.AWAITING_ATTESTATION}),
            None,
            Permission.ATTESTATION_CERTIFY,
            "attestation:certified",
            (own_turn, approved_content, fresh_sign_in),
        ),
        Transition(
            Action.ATTEST,
            frozenset({_S.AWAITING_ATTESTATION}),
            _S.SUBMITTED,
            Permission.ATTESTATION_ATTEST,
            "attestation:attested",
            (attester_apart, all_certified, approved_content, fresh_sign_in),
        ),
        Transition(
            Action.TAKE_IN,
            frozenset({_S.AWAITING_ATTESTATION}),
            _S.SUBMITTED,
            Permission.ATTESTATION_TAKE_IN,
            "attestation:taken_in",
            (on_paper, all_certified, approved_content, fresh_sign_in),
        ),
        Transition(
            Action.REVISE,
            frozenset({_S.SUBMITTED, _S.WITHDRAWN}),
            None,
            Permission.SUBMISSION_OPEN,
            "submission:revised",
        ),
        Transition(
            Action.PROPOSE_WITHDRAWAL,
            frozenset({_S.SUBMITTED}),
            None,
            Permission.ATTESTATION_PROPOSE_WITHDRAWAL,
            "attestation:withdrawal_proposed",
            (nothing_proposed,),
        ),
        Transition(
            Action.KEEP,
            frozenset({_S.SUBMITTED}),
            None,
            Permission.ATTESTATION_PROPOSE_WITHDRAWAL,
            "attestation:kept",
            (withdrawal_proposed,),
        ),
        Transition(
            Action.WITHDRAW,
            frozenset({_S.SUBMITTED}),
            _S.WITHDRAWN,
            Permission.ATTESTATION_WITHDRAW,
            "attestation:withdrawn",
            (withdrawal_proposed, second_withdraws, fresh_sign_in),
        ),
    )
}

if set(TRANSITIONS) != set(Action) or set(OWNER) != set(RevisionState):
    raise RuntimeError("every action needs a transition and every state an owner")


def refusal(action: Action, actor: Actor, situation: Situation) -> KakuninError | None:
    """Return why the actor may not do ``action`` now, or None: first who, then when, then the guards."""
    line = TRANSITIONS[action]
    if not may(actor, line.permission):
        return NotAllowedError("no_permission", permission=line.permission.value)
    if situation.state not in line.sources:
        return WrongStateError("wrong_state", state=situation.state.value)
    return next((why for guard in line.guards if (why := guard(actor, situation))), None)


def check(action: Action, actor: Actor, situation: Situation) -> Transition:
    """Return the transition, or raise why it is refused."""
    why = refusal(action, actor, situation)
    if why is not None:
        raise why
    return TRANSITIONS[action]


def offered(actor: Actor, situation: Situation) -> dict[Action, KakuninError | None]:
    """Return the actions that role and state allow now, each with a guard's refusal or None."""
    return {
        action: refusal(action, actor, situation)
        for action, line in TRANSITIONS.items()
        if may(actor, line.permission) and situation.state in line.sources
    }
