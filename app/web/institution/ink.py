"""Ink: a sheet to print, the place where an officer takes in its scan, and the scan for those who may open it."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms.fields import SelectChoice

from app.domain.errors import InvalidError, LedgerError, NotAllowedError, NotFoundError, SealError
from app.domain.permissions import Permission
from app.domain.workflow import Action
from app.extensions import db
from app.services import attestations, inking, revisions
from app.services.inking import Sheet
from app.web.access import actor, member
from app.web.files import file_response, premises
from app.web.forms import InkForm
from app.web.institution import INSTITUTION, blueprint
from app.web.institution.attached import largest_file
from app.web.institution.standpoints import Standpoint, stand
from app.web.languages import text
from app.web.messages import sentence
from app.web.protection import write_now


@blueprint.get("/submissions/<uuid:submission_id>/sheet")
@member(INSTITUTION, Permission.ATTESTATION_TAKE_IN)
def sheet(submission_id: UUID) -> str:
    """Show the sheet to be printed and signed: the statement, what it is about, the hash of the content."""
    view = stand(submission_id)
    if view.last is None:
        raise NotFoundError("no_round")
    return render_template(
        "institution/sheet.html",
        view=view,
        statement=view.opened.compiled.checklist.attestation.statement,
        Action=Action,
    )


def _form(view: Standpoint) -> InkForm:
    form = InkForm()
    people = inking.attesters(db.session, actor(), view.situation)
    form.attester.choices = [SelectChoice("", _("Choose"))] + [
        SelectChoice(str(one.id), f"{one.user.name} ({text(one.post)})") for one in people
    ]
    return form


@blueprint.get("/submissions/<uuid:submission_id>/ink")
@member(INSTITUTION, Permission.ATTESTATION_TAKE_IN)
def ink(submission_id: UUID) -> str:
    """Show where a sheet signed in ink is taken in."""
    view = stand(submission_id)
    return _page(view, _form(view))


def _page(view: Standpoint, form: InkForm) -> str:
    refusal = view.actions.get(Action.TAKE_IN)
    return render_template(
        "institution/ink.html",
        view=view,
        form=form,
        refusal=refusal,
        must_sign_in=refusal is not None and refusal.reason == "sign_in_again",
        Action=Action,
    )


@blueprint.post("/submissions/<uuid:submission_id>/ink")
@member(INSTITUTION, Permission.ATTESTATION_TAKE_IN, takes_file=True)
def ink_submit(submission_id: UUID) -> tuple[str, int] | WerkzeugResponse:
    """Take in a sheet, then make the PDF as for any other attestation."""
    view = stand(submission_id)
    form, file, largest = _form(view), request.files.get("file"), largest_file()
    right = form.accepted()
    if file is None or not file.filename:
        form.file.errors = [sentence(InvalidError("no_file"))]
    for field in (form.signed_on, form.attester):
        if not field.data and not field.errors:
            field.errors = [sentence(InvalidError("required"))]
    signed_on = form.signed_on.data
    if not right or file is None or signed_on is None or form.errors:
        return _page(view, form), 422
    opened = revisions.find(db.session, actor(), submission_id, lock=True)
    given = Sheet(file.filename or "", file.read(largest + 1), UUID(form.attester.data), signed_on)
    try:
        attestation = inking.take_in(db.session, actor(), opened, given, premises(), largest)
    except InvalidError as error:
        db.session.rollback()
        form[str(error.values.get("place", "file"))].errors = [sentence(error)]
        return _page(stand(submission_id), form), 422
    except NotAllowedError as error:
        if error.reason != "sign_in_again":
            raise
        db.session.rollback()
        return redirect(url_for("account.confirm", next=url_for("institution.ink", submission_id=submission_id)))
    db.session.commit()
    try:
        attestations.issue(db.session, attestation, premises(), actor().at)
        db.session.commit()
        flash(_("Taken in. The signed PDF is ready."), "success")
    except (SealError, LedgerError) as error:
        # what was taken in is safe; the PDF follows when what it needs is there
        db.session.rollback()
        flash(_("Taken in; its PDF is still to come.") + " " + sentence(error), "warning")
    return redirect(url_for("institution.submission", submission_id=submission_id))


@blueprint.get("/submissions/<uuid:submission_id>/revisions/<int:number>/scan")
@member(INSTITUTION, Permission.ATTESTATION_OPEN_SCAN)
def scan(submission_id: UUID, number: int) -> Response:
    """Hand out the scan of the sheet that was signed in ink; taking it is logged."""
    if not 1 <= number <= 10_000:
        raise NotFoundError("no_revision")
    write_now()
    opened = revisions.find(db.session, actor(), submission_id, number=number)
    attestation = attestations.of_revision(db.session, opened.revision)
    found, content = inking.open_scan(db.session, actor(), attestation, submission_id, premises().store)
    db.session.commit()
    return file_response(content, found.media, found.name)
