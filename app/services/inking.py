"""Ink: taking in the sheet that an attester signed on paper, by a scan that an officer holds to the original."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.domain import labels
from app.domain.acts import Ink
from app.domain.errors import InvalidError, NotFoundError, StoredFileError
from app.domain.evidence import MEGABYTE, media_of, tidy_name
from app.domain.people import Actor, Role
from app.domain.rules import Media
from app.domain.texts import in_japan, utc_text
from app.domain.workflow import Action, Situation, check
from app.models import Attestation, InkSheet, Membership
from app.services import attestations, events
from app.services.acts import OFFICERS, Inked
from app.services.answers import last_round
from app.services.opened import Opened
from app.services.records import Premises
from app.services.reviews import situation
from app.store import FileStore

log = structlog.get_logger()

KINDS: frozenset[Media] = frozenset({"application/pdf", "image/png", "image/jpeg"})


@dataclass(frozen=True)
class Sheet:
    """A signed sheet as it came: the scan, the membership of who signed it, and the day on it."""

    name: str
    content: bytes
    attester_id: UUID
    signed_on: date


def take_in(
    session: Session, actor: Actor, opened: Opened, sheet: Sheet, premises: Premises, largest: int
) -> Attestation:
    """Take in a sheet that the attester signed in ink, as their act on the approved snapshot.

    Commit, then call ``attestations.issue``. Raise NotAllowedError for whoever may not, WrongStateError when
    it is not the attester's turn, InvalidError with ``place`` for what is wrong with the sheet. The actor
    vouches for the original.
    """
    stand = situation(session, opened)
    line = check(Action.TAKE_IN, actor, stand)
    attester = next((one for one in attesters(session, actor, stand) if one.id == sheet.attester_id), None)
    if attester is None:
        raise InvalidError("not_an_attester", place="attester")
    _day(session, opened, stand, sheet.signed_on)
    media = _media(sheet.content, largest)
    name = premises.store.put(sheet.content)
    role = next(each for each in OFFICERS if each in actor.roles)
    ink = Ink(
        signed_on=sheet.signed_on.isoformat(),
        scan_sha256=name,
        role=role.value,
        role_name=labels.ROLES[role],
        post=actor.post,
        at=utc_text(actor.at),
        method=actor.method,
    )
    made = attestations.freeze(session, actor, opened, premises, line, Inked(attester, ink), scan=name)
    session.add(
        InkSheet(
            organization_id=made.organization_id,
            attestation_id=made.id,
            sha256=name,
            media=media,
            size=len(sheet.content),
            name=tidy_name(sheet.name, media),
            signed_on=sheet.signed_on,
            taken_by=actor.user_id,
            taken_at=actor.at,
            method=actor.method,
        )
    )
    session.flush()
    return made


def attesters(session: Session, actor: Actor, stand: Situation) -> Sequence[Membership]:
    """Return the members who may have signed as the attester: apart as for attesting, and not who takes it in."""
    apart = stand.approvers | stand.signing.kept_from_attesting | {actor.user_id}
    today = in_japan(actor.at).date()
    members = session.scalars(
        select(Membership)
        .where(Membership.organization_id == actor.organization_id, Membership.valid_from <= today)
        .options(joinedload(Membership.user))
        .order_by(Membership.id)
    )
    return [
        one
        for one in members
        if Role.ATTESTER in one.roles
        and one.user_id not in apart
        and one.user.disabled_at is None
        and (one.valid_until is None or one.valid_until >= today)
    ]


def _day(session: Session, opened: Opened, stand: Situation, signed_on: date) -> None:
    """Refuse a day before the content was approved, or certified by those before; and one that is still to come."""
    round_ = last_round(session, opened)
    moments: list[datetime | None] = [
        round_.decided_at if round_ else None,
        *(one.at for one in stand.signing.before),
    ]
    if any(moment and signed_on < in_japan(moment).date() for moment in moments):
        raise InvalidError("signed_too_early", place="signed_on")
    if signed_on > opened.today:
        raise InvalidError("signed_ahead", place="signed_on")


def _media(content: bytes, largest: int) -> Media:
    if len(content) > largest:
        raise InvalidError("file_over_limit", limit=largest // MEGABYTE, place="file")
    try:
        media = media_of(content)
    except InvalidError as error:
        raise InvalidError(error.reason, **error.values, place="file") from None
    if media not in KINDS:
        raise InvalidError("file_other_kind", place="file")
    return media


def sheet_of(session: Session, attestation: Attestation | None) -> InkSheet | None:
    """Return the signed sheet behind an attestation, None where its attester signed in."""
    if attestation is None:
        return None
    return session.get(InkSheet, (attestation.organization_id, attestation.id))


def open_scan(
    session: Session, actor: Actor, attestation: Attestation | None, about: UUID, store: FileStore
) -> tuple[InkSheet, bytes]:
    """Return the scan behind an attestation that the actor may read; taking it is logged.

    Raise NotFoundError where there is none, StoredFileError when the bytes are not those kept.
    """
    sheet = sheet_of(session, attestation)
    if sheet is None:
        raise NotFoundError("no_scan")
    try:
        content = store.get(sheet.sha256)
    except OSError as error:
        log.error("a stored file cannot be given out", file=sheet.sha256, exc_info=error)
        raise StoredFileError("file_damaged") from None
    events.record(session, actor, "attestation:scan_read", about, file=sheet.sha256)
    return sheet, content
