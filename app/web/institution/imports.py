"""Importing an award list: upload, look at the dry run, then import exactly that file."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.answers import tidy
from app.domain.errors import InvalidError
from app.domain.importing import COLUMNS, MAX_BYTES
from app.domain.permissions import Permission
from app.extensions import db
from app.pdf.fonts import unprintable
from app.services import grants, imports
from app.web.access import MEGABYTE, actor, member
from app.web.forms import ImportForm, PressForm
from app.web.institution import INSTITUTION, blueprint
from app.web.messages import sentence


@blueprint.get("/grants/import")
@member(INSTITUTION, Permission.GRANT_IMPORT)
def import_grants() -> str:
    """Show how to import, and the codes of the calls."""
    return _import_page(ImportForm())


def _import_page(form: ImportForm) -> str:
    calls = grants.calls(db.session)
    return render_template("institution/import.html", form=form, calls=calls, columns=COLUMNS)


@blueprint.post("/grants/import")
@member(INSTITUTION, Permission.GRANT_IMPORT, largest_body=MAX_BYTES + MEGABYTE)
def import_grants_submit() -> tuple[str, int] | Response:
    """Take a file and show its dry run."""
    form = ImportForm()
    file = request.files.get("file")
    content = file.read(MAX_BYTES + 1) if file else b""
    if not form.accepted() or not content or file is None:
        form.file.errors = [sentence(InvalidError("no_file"))]
        return _import_page(form), 422
    try:
        name = tidy(file.filename or "", 200)
        run = imports.dry_run(db.session, actor(), name, content, unprintable)
    except InvalidError as error:
        form.file.errors = [sentence(error)]
        return _import_page(form), 422
    db.session.commit()
    return redirect(url_for("institution.import_report", batch_id=run.batch.id))


@blueprint.get("/grants/import/<uuid:batch_id>")
@member(INSTITUTION, Permission.GRANT_IMPORT)
def import_report(batch_id: UUID) -> str:
    """Show what importing the file would do, row by row."""
    run = imports.find(db.session, actor(), batch_id, unprintable)
    return render_template("institution/import_report.html", run=run, form=PressForm())


@blueprint.post("/grants/import/<uuid:batch_id>")
@member(INSTITUTION, Permission.GRANT_IMPORT)
def import_apply(batch_id: UUID) -> Response:
    """Import the file, whole or not at all."""
    PressForm().accepted()
    run = imports.find(db.session, actor(), batch_id, unprintable)
    number = imports.apply(db.session, actor(), run)
    db.session.commit()
    flash(_("%(number)s grants were imported.", number=number), "success")
    return redirect(url_for("institution.grants_list"))
