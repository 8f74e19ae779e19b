"""Withdrawing an attestation: one person proposes it with a reason, another confirms; or it is kept."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.errors import NotAllowedError, NotFoundError
from app.domain.permissions import Permission
from app.domain.workflow import Action, offered
from app.extensions import db
from app.services import attestations, reviews, revisions, statuses, withdrawals
from app.services.opened import Opened
from app.web.access import actor, member
from app.web.forms import PressForm, ReasonForm
from app.web.institution import INSTITUTION, blueprint

_PLACE = "/submissions/<uuid:submission_id>/revisions/<int:number>/withdrawal"


def _found(submission_id: UUID, number: int, *, lock: bool = False) -> Opened:
    if not 1 <= number <= 10_000:
        raise NotFoundError("no_revision")
    return revisions.find(db.session, actor(), submission_id, number=number, lock=lock)


@blueprint.get(_PLACE)
@member(INSTITUTION, Permission.ATTESTATION_PROPOSE_WITHDRAWAL)
def withdrawal(submission_id: UUID, number: int) -> str:
    """Show what withdrawing does, who proposed it and why, and what this person may do."""
    return _page(_found(submission_id, number), ReasonForm())


def _page(opened: Opened, form: ReasonForm) -> str:
    attestation = attestations.of_revision(db.session, opened.revision)
    if attestation is None:
        raise NotFoundError("no_attestation")
    proposals = withdrawals.of_attestation(db.session, attestation)
    people = {by for one in proposals for by in (one.proposed_by, one.decided_by) if by}
    return render_template(
        "institution/withdrawal.html",
        opened=opened,
        attestation=attestation,
        status=statuses.status_of(attestation, actor().at).value,
        proposals=proposals,
        people=revisions.names(db.session, people),
        actions=offered(actor(), reviews.situation(db.session, opened)),
        form=form,
        Action=Action,
    )


@blueprint.post(_PLACE)
@member(INSTITUTION, Permission.ATTESTATION_PROPOSE_WITHDRAWAL)
def withdrawal_propose(submission_id: UUID, number: int) -> tuple[str, int] | Response:
    """Propose to withdraw, with a reason; nothing changes until another person confirms."""
    form = ReasonForm()
    opened = _found(submission_id, number, lock=True)
    if not form.accepted():
        return _page(opened, form), 422
    situation = reviews.situation(db.session, opened)
    withdrawals.propose(db.session, actor(), opened, situation, form.reason.data)
    db.session.commit()
    flash(_("Proposed. The attestation stays in force until another person confirms the withdrawal."), "success")
    return _back(submission_id, number)


@blueprint.post(_PLACE + "/keep")
@member(INSTITUTION, Permission.ATTESTATION_PROPOSE_WITHDRAWAL)
def withdrawal_keep(submission_id: UUID, number: int) -> Response:
    """Turn the proposal down, or take one's own back."""
    PressForm().accepted()
    opened = _found(submission_id, number, lock=True)
    withdrawals.keep(db.session, actor(), opened, reviews.situation(db.session, opened))
    db.session.commit()
    flash(_("The attestation stays in force. The proposal is kept in the history."), "success")
    return _back(submission_id, number)


@blueprint.post(_PLACE + "/confirm")
@member(INSTITUTION, Permission.ATTESTATION_WITHDRAW)
def withdrawal_confirm(submission_id: UUID, number: int) -> Response:
    """Withdraw for ever, as another person than the one who proposed it."""
    PressForm().accepted()
    opened = _found(submission_id, number, lock=True)
    try:
        withdrawals.withdraw(db.session, actor(), opened, reviews.situation(db.session, opened))
    except NotAllowedError as error:
        if error.reason != "sign_in_again":
            raise
        db.session.rollback()
        back = url_for("institution.withdrawal", submission_id=submission_id, number=number)
        return redirect(url_for("account.confirm", next=back))
    db.session.commit()
    flash(_("Withdrawn. Everybody who verifies the attestation is told so from now on."), "success")
    return _back(submission_id, number)


def _back(submission_id: UUID, number: int) -> Response:
    return redirect(url_for("institution.withdrawal", submission_id=submission_id, number=number))
