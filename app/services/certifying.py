"""Certifying before the attester: one signatory after the other, each by a separate act on the approved content."""

from sqlalchemy.orm import Session

from app.domain.attestation import Statement
from app.domain.checklist import StatementText
from app.domain.errors import NotFoundError
from app.domain.people import Actor
from app.domain.workflow import Action, check
from app.models import Certification
from app.services import events
from app.services.answers import last_round
from app.services.opened import Opened
from app.services.reviews import situation


def certify(session: Session, actor: Actor, opened: Opened) -> Certification:
    """Certify the approved snapshot as the signatory whose turn it is.

    Raise NotAllowedError for whom it is not, WrongStateError when the content has changed or nobody comes
    before the attester any more.
    """
    stand = situation(session, opened)
    line = check(Action.CERTIFY, actor, stand)
    turn, round_ = stand.signing.waiting, last_round(session, opened)
    if turn is None or round_ is None:
        raise NotFoundError("no_round")
    words = words_of(opened, turn.order)
    made = Certification(
        organization_id=round_.organization_id,
        round_id=round_.id,
        signatory=turn.order,
        role=turn.role,
        post_ja=actor.post.ja,
        post_en=actor.post.en,
        by=actor.user_id,
        at=actor.at,
        method=actor.method,
        signed_in_at=actor.signed_in_at,
        sha256=round_.snapshot.sha256,
        statement_version=words.version,
        statement_sha256=Statement(version=words.version, text=words.text).sha256,
    )
    round_.certifications.append(made)
    session.flush()
    events.record(
        session,
        actor,
        line.event,
        opened.revision.submission_id,
        snapshot=made.sha256,
        order=made.signatory,
        statement=made.statement_sha256,
    )
    return made


def words_of(opened: Opened, order: int) -> StatementText:
    """Return the words that the signatory of an order certifies."""
    attesting = opened.compiled.checklist.attestation
    return attesting.words_of(next(one for one in attesting.in_order if one.order == order))
