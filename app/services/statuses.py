"""What an attestation is worth, and every change of it: superseded, withdrawn, expired, each kept for ever.

Each change leaves a row of ``attestation_event`` and a line of the organization's event log in the same
transaction. That pair is the outbox: who tells others of changes reads the log from the last number it
told of, and nothing that was committed is missed.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.attestation import AttestationStatus, Record, worth
from app.domain.ledger import Kind, expiring
from app.domain.people import Author
from app.domain.texts import in_japan
from app.models import Attestation, AttestationEvent
from app.services import events, ledger


def status_of(attestation: Attestation, at: datetime) -> AttestationStatus:
    """Return what an attestation is worth at a moment, whether or not its expiry is written down yet."""
    return worth(AttestationStatus(attestation.status), attestation.valid_until, in_japan(at).date())


def become(
    session: Session, author: Author, attestation: Attestation, status: AttestationStatus, reason: str = ""
) -> None:
    """Change what an attestation is worth; the change is kept with who, when and why."""
    attestation.status = status
    session.add(
        AttestationEvent(
            organization_id=attestation.organization_id,
            attestation_id=attestation.id,
            status=status,
            by=author.user_id,
            at=author.at,
            reason=reason,
        )
    )
    session.flush()


def overdue(session: Session, at: datetime) -> list[Attestation]:
    """Return the attestations whose last day in Japan has passed and of which that is not written down yet."""
    query = select(Attestation).where(
        Attestation.status == AttestationStatus.IN_FORCE, Attestation.valid_until < in_japan(at).date()
    )
    return list(session.scalars(query.order_by(Attestation.valid_until, Attestation.id)))


def expire(session: Session, attestation: Attestation, at: datetime) -> bool:
    """Write down that an attestation has expired; return whether it was this call that did.

    It is written under the attester, whose act set the last day: no other person did anything.
    """
    session.refresh(attestation, with_for_update=True)
    last = attestation.valid_until
    expired = status_of(attestation, at) is AttestationStatus.EXPIRED
    if last is None or not expired or attestation.status == AttestationStatus.EXPIRED:
        return False
    author = Author(attestation.organization_id, attestation.attested_by, at)
    become(session, author, attestation, AttestationStatus.EXPIRED)
    events.record(session, author, "attestation:expired", attestation.id, last_day=last.isoformat())
    record = Record.model_validate_json(attestation.record)
    ledger.append(session, Kind.EXPIRE, attestation.organization_id, record, expiring(last.isoformat()))
    return True
