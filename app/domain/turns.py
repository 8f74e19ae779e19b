"""Who certifies one content, one after the other: whose turn it is, and who must not take it.

The institution's attester is the last, and issues. What the others certified counts for the very content alone.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.checklist import SignatoryRole
from app.domain.errors import KakuninError, NotAllowedError, WrongStateError
from app.domain.people import Actor, Role

PRINCIPAL = "principal_investigator"


@dataclass(frozen=True)
class Turn:
    """One signatory's place: whose it is, whom the checklist keeps from it, and who took it, when."""

    order: int
    role: SignatoryRole
    barred: frozenset[UUID] = frozenset()
    by: UUID | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Signing:
    """All who certify, in order; ``principal`` is the grant's principal investigator, if that is a member.

    ``ink`` tells whether the attester may sign on paper; whoever ``sent`` it cannot take such a sheet in.
    """

    turns: tuple[Turn, ...] = ()
    principal: UUID | None = None
    ink: bool = True
    sent: UUID | None = None

    @property
    def several(self) -> bool:
        """Return whether anybody certifies before the attester."""
        return len(self.turns) > 1

    @property
    def before(self) -> tuple[Turn, ...]:
        """Return the turns before the attester's."""
        return self.turns[:-1]

    @property
    def waiting(self) -> Turn | None:
        """Return the first turn before the attester's that nobody has taken, None when all have."""
        return next((turn for turn in self.before if turn.by is None), None)

    @property
    def signed(self) -> frozenset[UUID]:
        """Return who has certified so far."""
        return frozenset(turn.by for turn in self.turns if turn.by is not None)

    @property
    def kept_from_attesting(self) -> frozenset[UUID]:
        """Return whom the checklist keeps from the last turn, and who certified before: one person, one turn."""
        return self.signed.union(*(turn.barred for turn in self.turns[-1:]))

    def is_for(self, turn: Turn, actor: Actor) -> bool:
        """Return whether a turn is one of the actor's role, or of the principal investigator they are."""
        if turn.role == PRINCIPAL:
            return actor.user_id == self.principal
        return Role(turn.role) in actor.roles

    def refusal(self, actor: Actor) -> KakuninError | None:
        """Return why the actor may not certify now, before the attester; None when it is their turn."""
        turn = self.waiting
        if turn is None:
            return WrongStateError("nobody_before")
        if not self.is_for(turn, actor):
            return NotAllowedError("not_your_turn")
        if actor.user_id in self.signed:
            return NotAllowedError("certified_once")
        return NotAllowedError("signatory_not_apart") if actor.user_id in turn.barred else None

    def refusal_on_paper(self, actor: Actor) -> KakuninError | None:
        """Return why the actor may not take in a sheet that the attester signed in ink."""
        if not self.ink:
            return WrongStateError("no_ink")
        return NotAllowedError("sender_takes_no_sheet") if actor.user_id == self.sent else None
