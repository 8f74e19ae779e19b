"""Certifying before the attester: the same reading page, with the words of whose turn it is."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.errors import NotAllowedError
from app.domain.permissions import Permission
from app.domain.workflow import Action
from app.extensions import db
from app.services import certifying, revisions
from app.web.access import actor, member
from app.web.forms import CertifyForm
from app.web.institution import INSTITUTION, blueprint
from app.web.institution.decide import reading_page
from app.web.institution.standpoints import stand


@blueprint.get("/submissions/<uuid:submission_id>/certify")
@member(INSTITUTION, Permission.ATTESTATION_CERTIFY)
def certify(submission_id: UUID) -> str:
    """Show what the person may read of the whole, and the exact statement whose turn it is."""
    return reading_page(stand(submission_id), Action.CERTIFY, CertifyForm())


@blueprint.post("/submissions/<uuid:submission_id>/certify")
@member(INSTITUTION, Permission.ATTESTATION_CERTIFY)
def certify_submit(submission_id: UUID) -> tuple[str, int] | Response:
    """Certify as the signatory whose turn it is."""
    form = CertifyForm()
    if not form.accepted():
        return reading_page(stand(submission_id), Action.CERTIFY, form), 422
    opened = revisions.find(db.session, actor(), submission_id, lock=True)
    try:
        certifying.certify(db.session, actor(), opened)
    except NotAllowedError as error:
        if error.reason != "sign_in_again":
            raise
        db.session.rollback()
        back = url_for("institution.certify", submission_id=submission_id)
        return redirect(url_for("account.confirm", next=back))
    db.session.commit()
    flash(_("Certified. It is the next person's turn now."), "success")
    return redirect(url_for("institution.submission", submission_id=submission_id))
