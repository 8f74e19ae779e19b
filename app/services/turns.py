"""Who certifies a revision, in order: whom the checklist keeps apart, and who has certified what is in review."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from app.domain.checklist import Respondent
from app.domain.dependencies import Key
from app.domain.turns import Signing, Turn
from app.models import Membership, ReviewRound
from app.services.opened import Opened


def signing(session: Session, opened: Opened, behind: Mapping[Key, set[UUID]], last: ReviewRound | None) -> Signing:
    """Return who certifies and who has: in the newest round alone, and of its very snapshot.

    ``behind`` are the people behind each slot in force.
    """
    principal = _principal(session, opened)
    certified = last.certifications if last else []
    taken = {one.signatory: (one.by, one.at) for one in certified if last and one.sha256 == last.snapshot.sha256}
    turns = []
    for one in opened.compiled.checklist.attestation.in_order:
        apart = frozenset(one.must_differ_from)
        barred = {by for key, people in behind.items() if opened.item(key).answered_by in apart for by in people}
        if last and Respondent.RESEARCH_OFFICE in apart:
            barred.add(last.sent_by)
        if principal and Respondent.PRINCIPAL_INVESTIGATOR in apart:
            barred.add(principal)
        turns.append(Turn(one.order, one.role, frozenset(barred), *taken.get(one.order, (None, None))))
    return Signing(
        tuple(turns), principal, opened.compiled.checklist.attestation.ink, last.sent_by if last else None
    )


def _principal(session: Session, opened: Opened) -> UUID | None:
    """Return the grant's principal investigator, if that is a member of the institution."""
    people = opened.grant.participants if opened.grant else []
    principal = next((one for one in people if one.part == "principal_investigator"), None)
    if principal is None or principal.membership_id is None:
        return None
    member = session.get(Membership, (principal.organization_id, principal.membership_id))
    return member.user_id if member else None
