"""Withdrawing an attestation: one person proposes it with a reason, another decides. The file is never touched."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.attestation import AttestationStatus, Record
from app.domain.errors import InvalidError, NotFoundError, WrongStateError
from app.domain.ledger import Kind, withdrawing
from app.domain.people import Actor, Author
from app.domain.workflow import Action, Situation, check
from app.models import Attestation, Revision, Withdrawal
from app.services import events, ledger, statuses
from app.services.opened import Opened


def waiting(session: Session, revision: Revision) -> Withdrawal | None:
    """Return the proposal about the attestation of a revision that waits for its second person."""
    return session.scalar(
        select(Withdrawal)
        .join(Withdrawal.attestation)
        .where(
            Attestation.organization_id == revision.organization_id,
            Attestation.revision_id == revision.id,
            Withdrawal.decision.is_(None),
        )
    )


def of_attestation(session: Session, attestation: Attestation) -> Sequence[Withdrawal]:
    """Return every proposal about an attestation, oldest first."""
    of = {"organization_id": attestation.organization_id, "attestation_id": attestation.id}
    return session.scalars(select(Withdrawal).filter_by(**of).order_by(Withdrawal.proposed_at, Withdrawal.id)).all()


def withdrawn(session: Session, attestation: Attestation) -> Withdrawal | None:
    """Return by what an attestation was withdrawn, None while it was not."""
    return next((one for one in of_attestation(session, attestation) if one.decision == "withdrawn"), None)


def propose(session: Session, actor: Actor, opened: Opened, situation: Situation, reason: str) -> Withdrawal:
    """Propose to withdraw the attestation of a revision; it stays in force until another person agrees."""
    line = check(Action.PROPOSE_WITHDRAWAL, actor, situation)
    if not reason.strip():
        raise InvalidError("required")
    attestation = _issued(session, opened)
    proposal = Withdrawal(
        organization_id=attestation.organization_id,
        attestation_id=attestation.id,
        reason=reason,
        proposed_by=actor.user_id,
        proposed_at=actor.at,
        proposed_method=actor.method,
    )
    session.add(proposal)
    session.flush()
    events.record(session, actor, line.event, attestation.id, withdrawal=str(proposal.id))
    return proposal


def keep(session: Session, actor: Actor, opened: Opened, situation: Situation) -> Withdrawal:
    """Turn a proposal down, or take one's own back: the attestation stays as it is."""
    line = check(Action.KEEP, actor, situation)
    proposal = _decide(session, actor, opened, "kept")
    events.record(session, actor, line.event, proposal.attestation_id, withdrawal=str(proposal.id))
    return proposal


def withdraw(session: Session, actor: Actor, opened: Opened, situation: Situation) -> Withdrawal:
    """Withdraw the attestation as proposed by another person, for ever; a new revision can follow."""
    line = check(Action.WITHDRAW, actor, situation)
    attestation = _issued(session, opened)
    proposal = _decide(session, actor, opened, "withdrawn")
    opened.revision.state = line.to or opened.revision.state
    author = Author(actor.organization_id, actor.user_id, actor.at)
    statuses.become(session, author, attestation, AttestationStatus.WITHDRAWN, proposal.reason)
    events.record(session, actor, line.event, attestation.id, withdrawal=str(proposal.id))
    record = Record.model_validate_json(attestation.record)
    told = withdrawing(attestation.opening or record.salt, proposal.reason)
    ledger.append(session, Kind.WITHDRAW, attestation.organization_id, record, told)
    return proposal


def _issued(session: Session, opened: Opened) -> Attestation:
    """Return the attestation of a revision, held until the commit; one that is being issued cannot change yet."""
    of = {"organization_id": opened.revision.organization_id, "revision_id": opened.revision.id}
    attestation = session.scalar(select(Attestation).filter_by(**of).with_for_update())
    if attestation is None:
        raise NotFoundError("no_attestation")
    if attestation.status == AttestationStatus.ISSUING:
        raise WrongStateError("being_issued")
    return attestation


def _decide(session: Session, actor: Actor, opened: Opened, decision: str) -> Withdrawal:
    proposal = waiting(session, opened.revision)
    if proposal is None:
        raise WrongStateError("no_withdrawal")
    proposal.decision, proposal.decided_by, proposal.decided_at = decision, actor.user_id, actor.at
    proposal.decided_method = actor.method
    session.flush()
    return proposal
