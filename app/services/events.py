"""Writing the append-only log, and checking its chain."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.events import FIRST, chain_hash, check_fields
from app.domain.people import Actor, Author
from app.domain.texts import utc_text
from app.models import Event, Organization


def record(session: Session, actor: Actor | Author, kind: str, object_id: UUID, **data: Any) -> Event:
    """Add one line to the chain of the actor's organization; raise ValueError for undeclared fields.

    The organization's row is locked first, so that two writers cannot fork the chain.
    """
    check_fields(kind, data)
    session.execute(select(Organization.id).where(Organization.id == actor.organization_id).with_for_update())
    head = session.execute(
        select(Event.seq, Event.hash)
        .where(Event.organization_id == actor.organization_id)
        .order_by(Event.seq.desc())
        .limit(1)
    ).one_or_none()
    seq, previous = (head.seq + 1, head.hash) if head else (1, FIRST)
    event = Event(
        organization_id=actor.organization_id,
        seq=seq,
        at=actor.at.replace(microsecond=0),
        user_id=actor.user_id,
        kind=kind,
        object_id=object_id,
        data=data,
        previous_hash=previous,
    )
    event.hash = chain_hash(previous, _line(event))
    session.add(event)
    session.flush()
    return event


def _line(event: Event) -> dict[str, Any]:
    return {
        "organization": str(event.organization_id),
        "seq": event.seq,
        "at": utc_text(event.at),
        "user": str(event.user_id),
        "kind": event.kind,
        "object": str(event.object_id),
        "data": event.data,
    }


def first_break(session: Session, organization_id: UUID) -> int | None:
    """Return the number of the first line that does not fit its chain, or None when all fit."""
    previous, expected = FIRST, 1
    lines = select(Event).where(Event.organization_id == organization_id).order_by(Event.seq)
    for event in session.scalars(lines).yield_per(500):
        fits = event.seq == expected and event.previous_hash == previous
        if not fits or event.hash != chain_hash(previous, _line(event)):
            return event.seq
        previous, expected = event.hash, expected + 1
    return None
