"""Accounts: people, passwords, memberships and sign-ins."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

import argon2
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.domain.errors import InvalidError, NotAllowedError, WrongStateError
from app.domain.identifiers import is_orcid, narrow
from app.domain.people import ROLES_OF, Actor, Author, OrganizationKind, Role
from app.domain.texts import Text, in_japan
from app.models import Membership, Organization, SessionRecord, SignInFailure, User
from app.pdf.fonts import require_printable

# argon2-cffi's defaults are those of RFC 9106, second choice: 64 MiB, 3 passes, 4 lanes
_HASHER = argon2.PasswordHasher()
# verified when nobody has the address, so that knowing and not knowing take the same time
_NOBODY = _HASHER.hash("nobody has this address")

SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 200
FAILURES_ALLOWED = 10
FAILURE_WINDOW = timedelta(minutes=15)
IDLE_LIMIT = timedelta(hours=2)
ABSOLUTE_LIMIT = timedelta(hours=12)


def create_user(
    session: Session, email: str, name: str, password: str, at: datetime, researcher_number: str | None = None
) -> User:
    """Create a person who can sign in.

    Raise InvalidError for a short password, an address in use, and a name that cannot be printed.
    """
    require_printable(name)
    address = email.strip().lower()
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidError("password_too_short", limit=SHORTEST_PASSWORD)
    if session.scalar(select(User.id).where(User.email == address)) is not None:
        raise InvalidError("address_taken")
    user = User(
        email=address,
        name=name,
        researcher_number=researcher_number,
        password_hash=_HASHER.hash(password),
        created_at=at,
    )
    session.add(user)
    session.flush()
    return user


def join(
    session: Session, user: User, organization: Organization, post: Text, roles: Iterable[Role], at: datetime
) -> Membership:
    """Make a person a member.

    Raise InvalidError for a role that the kind of organization does not have, and a post that cannot be printed.
    """
    require_printable(post.ja, post.en)
    wanted = frozenset(roles)
    if not wanted or wanted - ROLES_OF[OrganizationKind(organization.kind)]:
        raise InvalidError("role_does_not_fit")
    membership = Membership(
        organization_id=organization.id,
        user_id=user.id,
        post_ja=post.ja,
        post_en=post.en,
        roles=sorted(wanted),
        valid_from=in_japan(at).date(),
    )
    session.add(membership)
    session.flush()
    return membership


def set_orcid(session: Session, user: User, typed: str) -> str:
    """Keep a person's ORCID iD, which their acts then tell, and return it as kept.

    Raise InvalidError ``not_an_orcid`` for what is none by its check character, ``orcid_taken`` for another's.
    """
    orcid = narrow(typed).upper().removeprefix("HTTPS://ORCID.ORG/")
    if not is_orcid(orcid):
        raise InvalidError("not_an_orcid")
    if session.scalar(select(User.id).where(User.orcid == orcid, User.id != user.id)) is not None:
        raise InvalidError("orcid_taken")
    user.orcid = orcid
    session.flush()
    return orcid


def _account_key(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()


def authenticate(session: Session, email: str, password: str, at: datetime) -> Membership | None:
    """Return the membership of a person whose password is right, None for any other reason.

    A failure is written down (the caller commits it); raise NotAllowedError ``too_many_failures``
    when an account has had too many of them lately. Known and unknown addresses take the same time.
    """
    key = _account_key(email)
    recent = session.scalar(
        select(func.count())
        .select_from(SignInFailure)
        .where(SignInFailure.account_sha256 == key, SignInFailure.at > at - FAILURE_WINDOW)
    )
    if recent is not None and recent >= FAILURES_ALLOWED:
        raise NotAllowedError("too_many_failures", minutes=int(FAILURE_WINDOW.total_seconds() // 60))
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    right = _matches(user.password_hash if user else _NOBODY, password) and user is not None
    membership = _membership(session, user, at) if right and user and user.disabled_at is None else None
    if membership is None:
        session.add(SignInFailure(account_sha256=key, at=at))
    elif user is not None and _HASHER.check_needs_rehash(user.password_hash):
        user.password_hash = _HASHER.hash(password)
    session.flush()
    return membership


def _matches(password_hash: str, password: str) -> bool:
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        return _HASHER.verify(password_hash, password)
    except (argon2.exceptions.VerifyMismatchError, UnicodeEncodeError):
        return False


def _membership(session: Session, user: User, at: datetime) -> Membership | None:
    today = in_japan(at).date()
    query = select(Membership).where(
        Membership.user_id == user.id,
        Membership.valid_from <= today,
        or_(Membership.valid_until.is_(None), Membership.valid_until >= today),
    )
    return session.scalars(query.order_by(Membership.valid_from)).first()


def actor_of(session: Session, key_sha256: str, at: datetime) -> tuple[SessionRecord | None, Actor | None]:
    """Return the living session of a key and who acts in it; roles are read anew each time."""
    record = session.scalar(
        select(SessionRecord)
        .where(SessionRecord.key_sha256 == key_sha256)
        .options(
            joinedload(SessionRecord.membership).joinedload(Membership.user),
            joinedload(SessionRecord.membership).joinedload(Membership.organization),
        )
    )
    if record is None or at - record.seen_at > IDLE_LIMIT or at - record.created_at > ABSOLUTE_LIMIT:
        return None, None
    member = record.membership
    if member is None or record.signed_in_at is None or member.user.disabled_at is not None:
        return record, None
    if member.valid_until is not None and member.valid_until < in_japan(at).date():
        return record, None
    return record, _actor(member, at, record.signed_in_at, record.method or "password")


def _actor(member: Membership, at: datetime, signed_in_at: datetime, method: str) -> Actor:
    return Actor(
        user_id=member.user_id,
        membership_id=member.id,
        organization_id=member.organization_id,
        kind=OrganizationKind(member.organization.kind),
        organization_name=member.organization.name,
        name=member.user.name,
        post=member.post,
        roles=frozenset(Role(role) for role in member.roles),
        at=at,
        signed_in_at=signed_in_at,
        method=method,
    )


def acting(session: Session, email: str, at: datetime) -> Actor | None:
    """Return the person with this address as an actor of a command line, or None; the shell is their proof."""
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    member = _membership(session, user, at) if user and user.disabled_at is None else None
    return _actor(member, at, at, "command") if member else None


def author_of(membership: Membership, at: datetime) -> Author:
    """Return for whom to write a line about a member who has just come in."""
    return Author(membership.organization_id, membership.user_id, at)


def confirm(session: Session, actor: Actor, password: str) -> bool:
    """Return whether the actor typed their own password again; failures count like those at the door."""
    user = session.get_one(User, actor.user_id)
    return authenticate(session, user.email, password, actor.at) is not None


def purge(session: Session, at: datetime) -> int:
    """Delete sessions and failures that can no longer matter; return how many sessions went."""
    old = session.scalars(select(SessionRecord).where(SessionRecord.seen_at < at - IDLE_LIMIT)).all()
    for record in old:
        session.delete(record)
    for failure in session.scalars(select(SignInFailure).where(SignInFailure.at < at - FAILURE_WINDOW)):
        session.delete(failure)
    session.flush()
    return len(old)


def create_organization(
    session: Session, kind: OrganizationKind, code: str, name: Text, ror: str | None, at: datetime
) -> Organization:
    """Create a tenant; raise WrongStateError when the code is in use, InvalidError for an unprintable name."""
    require_printable(name.ja, name.en)
    if session.scalar(select(Organization.id).where(Organization.code == code)) is not None:
        raise WrongStateError("code_taken", code=code)
    organization = Organization(kind=kind, code=code, name_ja=name.ja, name_en=name.en, ror=ror, created_at=at)
    session.add(organization)
    session.flush()
    return organization
