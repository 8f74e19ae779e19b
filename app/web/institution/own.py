"""The institution's own submissions: what agencies ask of it without a grant, and opening one."""

from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.domain.permissions import Permission
from app.domain.texts import in_japan
from app.extensions import db
from app.services import submissions
from app.web.access import actor, member
from app.web.forms import PressForm
from app.web.institution import INSTITUTION, blueprint


@blueprint.get("/institution")
@member(INSTITUTION, Permission.GRANT_READ_ALL)
def own_submissions() -> str:
    """Show what agencies ask of the institution itself, why, and how far it is."""
    return render_template(
        "institution/own.html",
        required=submissions.required_of_institution(db.session, actor()),
        today=in_japan(actor().at).date(),
    )


@blueprint.post("/institution/requirements/<uuid:requirement_id>/open")
@member(INSTITUTION, Permission.SUBMISSION_OPEN)
def open_own_submission(requirement_id: UUID) -> Response:
    """Open the submission for a requirement of the institution itself."""
    PressForm().accepted()
    submission = submissions.open_(db.session, actor(), None, requirement_id)
    db.session.commit()
    return redirect(url_for("institution.submission", submission_id=submission.id))
