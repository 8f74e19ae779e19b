"""Files with answers: taking them in, out of force, and handing them out."""

from uuid import UUID

from flask import flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.answers import displayable
from app.domain.checklist import Section
from app.domain.dependencies import Key
from app.domain.errors import InvalidError, NotAllowedError, NotFoundError, StaleError
from app.domain.permissions import Permission
from app.extensions import db
from app.services import evidence, revisions
from app.services.evidence import Upload
from app.services.opened import Opened
from app.web.access import actor, member
from app.web.errors import status_of
from app.web.files import file_response, premises
from app.web.forms import EvidenceForm, PressForm
from app.web.institution import INSTITUTION, blueprint
from app.web.institution.attached import Refused, largest_file
from app.web.institution.fill import section_of, section_page
from app.web.institution.submissions import place
from app.web.messages import sentence
from app.web.protection import write_now

_LARGEST_SEQ = 9


def _slot(opened: Opened, answer_id: UUID) -> tuple[Key, Section]:
    """Return the slot of an answer that the person may read, and the section it stands in."""
    key = next((key for key, one in opened.answers.items() if one.id == answer_id and opened.readable(key)), None)
    if key is None:
        raise NotFoundError("no_slot")
    return key, section_of(opened, opened.compiled.checklist.section_of[key[0]])


@blueprint.post("/submissions/<uuid:submission_id>/answers/<uuid:answer_id>/evidence/<rule_id>")
@member(INSTITUTION, Permission.SUBMISSION_FILL, takes_file=True)
def attach(submission_id: UUID, answer_id: UUID, rule_id: str) -> tuple[str, int] | Response:
    """Attach a file to an answer; what is not taken is told at its place."""
    form = EvidenceForm()
    opened = revisions.find(db.session, actor(), submission_id, lock=True)
    key, section = _slot(opened, answer_id)
    largest = largest_file()
    try:
        upload = _upload(form, largest)
        evidence.attach(db.session, actor(), opened, key, rule_id, upload, premises().store, largest)
    except (InvalidError, NotAllowedError, StaleError) as error:
        db.session.rollback()
        opened = revisions.find(db.session, actor(), submission_id)
        refused = Refused(sentence(error), displayable(request.form.get("document_on", "")))
        return section_page(opened, section, refusals={(*key, rule_id): refused}), status_of(error)
    db.session.commit()
    flash(_("The file is attached."), "success")
    return redirect(place(opened, key))


def _upload(form: EvidenceForm, largest: int) -> Upload:
    """Return what was sent; one byte beyond the limit is read to know that it is beyond."""
    right = form.accepted()
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidError("no_file")
    seq = form.seq.data or ""
    if not right or not (seq.isascii() and seq.isdigit() and len(seq) <= _LARGEST_SEQ):
        raise InvalidError("not_a_date" if form.document_on.errors else "wrong_input")
    return Upload(file.filename, file.read(largest + 1), form.document_on.data, int(seq))


@blueprint.post("/submissions/<uuid:submission_id>/evidence/<uuid:evidence_id>/remove")
@member(INSTITUTION, Permission.SUBMISSION_FILL)
def remove_evidence(submission_id: UUID, evidence_id: UUID) -> Response:
    """Take a file out of force; it is kept."""
    PressForm().accepted()
    opened = revisions.find(db.session, actor(), submission_id, lock=True)
    key = evidence.remove(db.session, actor(), opened, evidence_id)
    db.session.commit()
    flash(_("The file is removed from the answer. It is kept in the history."), "success")
    return redirect(place(opened, key))


@blueprint.get("/submissions/<uuid:submission_id>/evidence/<uuid:evidence_id>")
@member(INSTITUTION, Permission.GRANT_READ)
def evidence_file(submission_id: UUID, evidence_id: UUID) -> Response:
    """Hand out a file as it came, to be saved and never run; taking it is logged."""
    write_now()
    found, content = evidence.open_(db.session, actor(), submission_id, evidence_id, premises().store)
    db.session.commit()
    return file_response(content, found.file.media, found.name)
