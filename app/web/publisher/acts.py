"""What is decided about a version, each on a page of its own.

Publishing as a second person and withdrawing bind everybody; taking a proposal back does not.
"""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.errors import NotAllowedError
from app.domain.permissions import Permission
from app.domain.workflow import is_fresh
from app.extensions import db
from app.services import checklists, publishing
from app.web.access import actor, member
from app.web.checklists.versions import found
from app.web.forms import PressForm, ReasonForm
from app.web.publisher import AGENCY, blueprint


@blueprint.get("/versions/<sha256>/publish")
@member(AGENCY, Permission.CHECKLIST_PUBLISH)
def publish(sha256: str) -> str:
    """Show what publishing does, before it is done."""
    standing = found(sha256)
    return render_template(
        "publisher/publish.html",
        standing=standing,
        checklist=checklists.compiled(db.session, sha256).checklist,
        why_not=publishing.why_not(db.session, actor(), standing),
        fresh=is_fresh(actor()),
    )


@blueprint.post("/versions/<sha256>/publish")
@member(AGENCY, Permission.CHECKLIST_PUBLISH)
def publish_submit(sha256: str) -> Response:
    """Publish a proposed version, for ever."""
    PressForm().accepted()
    standing = found(sha256)
    try:
        publishing.publish(db.session, actor(), sha256)
    except NotAllowedError as error:
        return _proof(error, url_for("publisher.publish", sha256=sha256))
    db.session.commit()
    flash(_("Published: %(family)s %(number)s.", family=standing.family, number=standing.version), "success")
    return redirect(url_for("publisher.version", sha256=sha256))


@blueprint.get("/versions/<sha256>/withdraw")
@member(AGENCY, Permission.CHECKLIST_PUBLISH)
def withdraw(sha256: str) -> str:
    """Show what withdrawing does, and ask for the reason."""
    return _withdraw_page(sha256, ReasonForm())


def _withdraw_page(sha256: str, form: ReasonForm) -> str:
    return render_template(
        "publisher/withdraw.html",
        standing=found(sha256),
        checklist=checklists.compiled(db.session, sha256).checklist,
        fresh=is_fresh(actor()),
        form=form,
    )


@blueprint.post("/versions/<sha256>/withdraw")
@member(AGENCY, Permission.CHECKLIST_PUBLISH)
def withdraw_submit(sha256: str) -> tuple[str, int] | Response:
    """Withdraw a published version: it stays readable and is no longer started."""
    form = ReasonForm()
    standing = found(sha256)
    if not form.accepted():
        return _withdraw_page(sha256, form), 422
    try:
        publishing.withdraw(db.session, actor(), sha256, form.reason.data)
    except NotAllowedError as error:
        return _proof(error, url_for("publisher.withdraw", sha256=sha256))
    db.session.commit()
    flash(_("Withdrawn: %(family)s %(number)s.", family=standing.family, number=standing.version), "success")
    return redirect(url_for("publisher.version", sha256=sha256))


@blueprint.get("/versions/<sha256>/discard")
@member(AGENCY, Permission.CHECKLIST_PUBLISH)
def discard(sha256: str) -> str:
    """Show what taking a proposal back does, and ask for the reason."""
    return _discard_page(sha256, ReasonForm())


def _discard_page(sha256: str, form: ReasonForm) -> str:
    standing = found(sha256)
    return render_template(
        "publisher/discard.html",
        standing=standing,
        checklist=checklists.compiled(db.session, sha256).checklist,
        why_not=publishing.why_not_discard(db.session, actor(), standing),
        form=form,
    )


@blueprint.post("/versions/<sha256>/discard")
@member(AGENCY, Permission.CHECKLIST_PUBLISH)
def discard_submit(sha256: str) -> tuple[str, int] | Response:
    """Take a proposal back while nobody has published it."""
    form = ReasonForm()
    standing = found(sha256)
    if not form.accepted():
        return _discard_page(sha256, form), 422
    publishing.discard(db.session, actor(), sha256, form.reason.data)
    db.session.commit()
    flash(_("Taken back: %(family)s %(number)s.", family=standing.family, number=standing.version), "success")
    return redirect(url_for("publisher.version", sha256=sha256))


def _proof(error: NotAllowedError, back: str) -> Response:
    """Lead to a fresh sign-in and back; raise any other refusal."""
    if error.reason != "sign_in_again":
        raise error
    db.session.rollback()
    return redirect(url_for("account.confirm", next=back))
