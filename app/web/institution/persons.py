"""Persons who sign beside the seal: taking back the file that one more of them signed."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.errors import BusyError, InvalidError, NotFoundError, WrongStateError
from app.domain.evidence import MEGABYTE
from app.domain.permissions import Permission
from app.extensions import db
from app.models import Attestation
from app.services import personal
from app.web.access import actor, member
from app.web.errors import status_of
from app.web.files import premises
from app.web.forms import SignedForm
from app.web.institution import INSTITUTION, blueprint
from app.web.institution.attached import largest_file
from app.web.institution.standpoints import stand
from app.web.institution.submissions import submission_page
from app.web.messages import sentence


@blueprint.post("/submissions/<uuid:submission_id>/signed")
@member(INSTITUTION, Permission.ATTESTATION_BRING, takes_file=True)
def bring_signed(submission_id: UUID) -> tuple[str, int] | Response:
    """Take back the attestation of a submission that one more person signed."""
    view = stand(submission_id)
    if view.invited is None or view.attestation is None:
        raise NotFoundError("no_attestation")
    form, file, largest = SignedForm(), request.files.get("file"), largest_file()
    form.accepted()
    try:
        _bring(view.attestation, file.read(largest + 1) if file and file.filename else b"", largest)
    except (InvalidError, WrongStateError, BusyError) as error:
        db.session.rollback()
        form.file.errors = [sentence(error)]
        return submission_page(stand(submission_id), form), status_of(error)
    db.session.commit()
    flash(_("Taken in. The file that was signed is the one on offer now."), "success")
    return redirect(url_for("institution.submission", submission_id=submission_id, _anchor="persons"))


def _bring(attestation: Attestation, content: bytes, largest: int) -> None:
    if not content:
        raise InvalidError("no_file")
    if len(content) > largest:
        raise InvalidError("file_over_limit", limit=largest // MEGABYTE)
    brought = personal.read(db.session, content, premises(), actor().at)
    if brought.attestation is not attestation:
        # whose it is, is told to nobody
        raise InvalidError("other_attestation")
    personal.bring(db.session, actor(), actor().roles, brought, premises())
