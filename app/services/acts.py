"""The acts in a record: who prepared, reviewed and attested, by post, and the words of those with their own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import labels
from app.domain.acts import Act, Ink
from app.domain.attestation import Statement
from app.domain.checklist import Attesting
from app.domain.errors import NotFoundError
from app.domain.people import Actor, Role
from app.domain.texts import Text, utc_text
from app.models import Membership, ReviewRound, User

OFFICERS = (Role.INTEGRITY_OFFICER, Role.EXPORT_CONTROL_OFFICER, Role.RESEARCH_OFFICE)


@dataclass(frozen=True)
class _Done:
    """One act as it is kept: who, in which role and post, when, signed in how, and what they certified."""

    act: str
    role: str
    by: UUID
    post: Text
    at: datetime
    method: str
    signed_in_at: datetime | None
    seen: str
    statement: str | None = None
    ink: Ink | None = None


@dataclass(frozen=True)
class Inked:
    """The attester's hand on paper, and how it came in."""

    attester: Membership
    ink: Ink


def of_round(
    session: Session, actor: Actor, round_: ReviewRound, statement: Statement, inked: Inked | None
) -> tuple[Act, ...]:
    """Return the acts on a round's snapshot in order, the attester's last: the actor's own, or one in ink.

    People's names stay inside; an ORCID is told where the account has one.
    """
    seen = round_.snapshot.sha256
    last = _Done(
        "attested",
        Role.ATTESTER,
        actor.user_id,
        actor.post,
        actor.at,
        actor.method,
        actor.signed_in_at,
        seen,
        statement.sha256,
    )
    if inked is not None:
        attester = inked.attester
        last = replace(
            last, by=attester.user_id, post=attester.post, method="ink", signed_in_at=None, ink=inked.ink
        )
    done = [*_before(session, round_), *_certified(round_), last]
    known = select(User.id, User.orcid).where(User.id.in_([one.by for one in done]), User.orcid.is_not(None))
    orcids = {row.id: f"https://orcid.org/{row.orcid}" for row in session.execute(known)}
    return tuple(_act(one, orcids.get(one.by)) for one in done)


def _before(session: Session, round_: ReviewRound) -> Iterator[_Done]:
    """Yield who prepared and reviewed, in the posts they hold now."""
    if not round_.approvals:
        raise NotFoundError("no_approval")
    of_people = select(Membership).where(
        Membership.organization_id == round_.organization_id,
        Membership.user_id.in_([round_.sent_by, *(one.by for one in round_.approvals)]),
    )
    people = {member.user_id: member for member in session.scalars(of_people)}
    yield _Done(
        "prepared",
        Role.RESEARCH_OFFICE,
        round_.sent_by,
        people[round_.sent_by].post,
        round_.sent_at,
        round_.sent_method,
        round_.sent_signed_in_at,
        round_.snapshot.sha256,
    )
    for one in round_.approvals:
        member = people[one.by]
        role = next(each for each in OFFICERS if each in member.roles)
        yield _Done("reviewed", role, one.by, member.post, one.at, one.method, one.signed_in_at, one.sha256)


def _certified(round_: ReviewRound) -> Iterator[_Done]:
    """Yield who certified before the attester, in the posts they held then."""
    for one in round_.certifications:
        if one.sha256 == round_.snapshot.sha256:
            post = Text(ja=one.post_ja, en=one.post_en)
            act = _Done("attested", one.role, one.by, post, one.at, one.method, one.signed_in_at, one.sha256)
            yield replace(act, statement=one.statement_sha256)


def _act(done: _Done, orcid: str | None) -> Act:
    return Act.model_validate(
        {
            "act": done.act,
            "role": str(done.role),
            "role_name": labels.respondent(done.role),
            "post": done.post,
            "orcid": orcid,
            "at": utc_text(done.at),
            "method": done.method,
            "signed_in_at": utc_text(done.signed_in_at) if done.signed_in_at else None,
            "seen_sha256": done.seen,
            "statement_sha256": done.statement,
            "ink": done.ink,
        }
    )


def declarations(attesting: Attesting, acts: Iterable[Act]) -> tuple[Statement, ...]:
    """Return the words certified beside the statement of the attestation, each once, in the order of the acts."""
    own = [
        Statement(version=one.version, text=one.text) for one in map(attesting.words_of, attesting.in_order[:-1])
    ]
    by_hash = {one.sha256: one for one in own}
    main = Statement(version=attesting.statement.version, text=attesting.statement.text).sha256
    certified = dict.fromkeys(act.statement_sha256 for act in acts if act.statement_sha256 not in {None, main})
    return tuple(by_hash[name] for name in certified if name)
