"""A submission as one person meets it: what it holds, what may be done, and whose turn it is."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from app.domain.errors import KakuninError
from app.domain.workflow import Action, RevisionState, Situation, offered
from app.extensions import db
from app.models import Attestation, InkSheet, ReviewRound
from app.services import answers, attestations, inking, personal, reviews, revisions
from app.services.opened import Opened
from app.services.personal import Invited
from app.web.access import actor

_STEPS = {
    RevisionState.DRAFT: "fill",
    RevisionState.RETURNED: "fill",
    RevisionState.IN_REVIEW: "review",
    RevisionState.AWAITING_ATTESTATION: "attest",
    RevisionState.SUBMITTED: "done",
    RevisionState.SUPERSEDED: "done",
    RevisionState.WITHDRAWN: "done",
}


@dataclass(frozen=True)
class Standpoint:
    """A submission as one person meets it: what it holds and what may be done."""

    opened: Opened
    situation: Situation
    actions: dict[Action, KakuninError | None]
    last: ReviewRound | None
    attestation: Attestation | None

    @property
    def own_turn(self) -> bool:
        """Return whether the person is the one who certifies now, before the attester."""
        why = self.actions.get(Action.CERTIFY)
        own = why is None or why.reason in {"sign_in_again", "content_changed"}
        return Action.CERTIFY in self.actions and own

    @property
    def signers(self) -> dict[UUID, str]:
        """Return the names of who has certified so far."""
        return revisions.names(db.session, self.situation.signing.signed)

    @property
    def sheet(self) -> InkSheet | None:
        """Return the sheet that the attester signed in ink, if there is one."""
        return inking.sheet_of(db.session, self.attestation)

    @cached_property
    def invited(self) -> Invited | None:
        """Return how the attestation stands with persons who may sign it, None where it invites nobody."""
        return personal.invited(self.attestation, actor().at)

    @property
    def step(self) -> str:
        """Return the step of the way it is in."""
        return _STEPS[self.situation.state]


def stand(submission_id: UUID, *, lock: bool = False) -> Standpoint:
    """Return how a submission stands before the person who asks; a stranger's is not found."""
    opened = revisions.find(db.session, actor(), submission_id, lock=lock)
    situation = reviews.situation(db.session, opened)
    return Standpoint(
        opened=opened,
        situation=situation,
        actions=offered(actor(), situation),
        last=answers.last_round(db.session, opened),
        attestation=attestations.of_revision(db.session, opened.revision),
    )
