"""Bringing a version: checked at once, every fault at its place, mended on the page, and then proposed."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.catalog.packages import MAX_BYTES as LARGEST_WORKBOOK
from app.catalog.strict import MAX_BYTES, Fault
from app.domain.answers import displayable
from app.domain.errors import InvalidError, WrongStateError
from app.domain.permissions import Permission
from app.extensions import db
from app.services import proposals, publishing
from app.services.proposals import Reading
from app.web.access import MEGABYTE, actor, member
from app.web.checklists import outlines
from app.web.forms import UploadForm
from app.web.messages import sentence
from app.web.publisher import AGENCY, blueprint
from app.web.publisher.faults import told

# a file that is too large is told so on the page; far beyond it the request itself is refused
_LARGEST_BODY = 16 * MEGABYTE


@blueprint.get("/upload")
@member(AGENCY, Permission.CHECKLIST_PUBLISH)
def upload() -> str:
    """Show where to bring a version."""
    return _page(UploadForm(), None, "")


@blueprint.post("/upload")
@member(AGENCY, Permission.CHECKLIST_PUBLISH, largest_body=_LARGEST_BODY)
def upload_submit() -> tuple[str, int] | Response | str:
    """Check what was brought; propose it when that is asked and it is sound and what was checked."""
    form = UploadForm()
    form.accepted()
    content, name = _brought()
    if not content.strip():
        form.file.errors = [sentence(InvalidError("no_file"))]
        return _page(form, None, ""), 422
    reading = proposals.read(db.session, content, current_app.extensions["settings"].checklists_folder, name)
    source = reading.source
    text = displayable(source[: MAX_BYTES + 1].decode("utf-8-sig", "replace")) if _is_text(source) else ""
    file = reading.sound
    if file is not None and form.act.data == "propose" and form.checked.data == file.sha256:
        try:
            publishing.propose(db.session, actor(), file)
        except WrongStateError as error:
            db.session.rollback()
            form.text.errors = [sentence(error)]
            return _page(form, reading, text), 409
        db.session.commit()
        flash(_("Proposed. A second publisher can publish it now."), "success")
        return redirect(url_for("publisher.version", sha256=file.sha256))
    return _page(form, reading, text), (422 if file is None else 200)


def _brought() -> tuple[bytes, str]:
    """Return the bytes of the file and its name, or else the text; a browser ends its lines with CR and LF."""
    file = request.files.get("file")
    if file is not None:
        with file.stream as stream:
            # as much as shows that it is too large, whichever of the two kinds it is
            content = stream.read(LARGEST_WORKBOOK + 1)
        if content:
            return content, file.filename or proposals.NAME
    return request.form.get("text", "").replace("\r\n", "\n").encode("utf-8", "surrogatepass"), proposals.NAME


def _is_text(source: bytes) -> bool:
    """Return whether the bytes may be shown for mending: text of a size that a page can carry."""
    try:
        source.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(source) <= MAX_BYTES and b"\x00" not in source


def _page(form: UploadForm, reading: Reading | None, text: str) -> str:
    file = reading.sound if reading else None
    form.text.data = text
    form.checked.data = file.sha256 if file else ""
    form.act.data = ""
    rows = text.split("\n")
    return render_template(
        "publisher/upload.html",
        form=form,
        reading=reading,
        told=told,
        faults=_shown(reading.faults if reading else (), rows),
        warnings=_shown(reading.warnings if reading else (), rows),
        file=file,
        stages=outlines.stages(file.checklist) if file else [],
        questions=outlines.questions(file.checklist) if file else 0,
    )


def _shown(faults: tuple[Fault, ...], rows: list[str]) -> list[tuple[Fault, str]]:
    """Return faults, each with what stands on its line of the text."""
    return [(fault, rows[fault.line - 1].strip()[:160] if fault.line <= len(rows) else "") for fault in faults]
