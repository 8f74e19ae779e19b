"""The audience of a funding agency: attested submissions of an officer's own programmes, read-only."""

from uuid import UUID

from flask import Blueprint, Response, g, render_template

from app.domain.people import OrganizationKind
from app.domain.permissions import Permission
from app.extensions import db
from app.services import annexes, attestations, audits, inking, statuses, withdrawals
from app.web.access import actor, member
from app.web.files import file_response, pdf_response, premises
from app.web.protection import write_now
from app.web.query import page_number, words

blueprint = Blueprint("agency", __name__, url_prefix="/agency")
AGENCY = OrganizationKind.AGENCY


@blueprint.get("/submissions")
@member(AGENCY, Permission.ATTESTATION_AUDIT)
def submissions() -> str:
    """List the attested submissions of the officer's programmes."""
    found = audits.attested(db.session, actor(), page=page_number(), words=words())
    worth = {one.id: statuses.status_of(one, g.now).value for one in found.attestations}
    return render_template(
        "agency/submissions.html",
        found=found,
        statuses=worth,
        programmes=audits.programmes(db.session, actor()),
        words=words(),
    )


@blueprint.get("/submissions/<uuid:attestation_id>")
@member(AGENCY, Permission.ATTESTATION_AUDIT)
def submission(attestation_id: UUID) -> str:
    """Show one as certified; reading it is logged."""
    write_now()
    attestation, record = audits.read(db.session, actor(), attestation_id)
    db.session.commit()
    return render_template(
        "agency/submission.html",
        attestation=attestation,
        record=record,
        status=statuses.status_of(attestation, g.now).value,
        withdrawn=withdrawals.withdrawn(db.session, attestation),
        sheet=inking.sheet_of(db.session, attestation),
    )


@blueprint.get("/submissions/<uuid:attestation_id>/scan")
@member(AGENCY, Permission.ATTESTATION_AUDIT)
def scan(attestation_id: UUID) -> Response:
    """Hand out the scan of the sheet that was signed in ink; taking it is logged."""
    write_now()
    attestation, _record = audits.read(db.session, actor(), attestation_id)
    found, content = inking.open_scan(db.session, actor(), attestation, attestation.id, premises().store)
    db.session.commit()
    return file_response(content, found.media, found.name)


@blueprint.get("/submissions/<uuid:attestation_id>/attestation.pdf")
@member(AGENCY, Permission.ATTESTATION_AUDIT)
def attestation_pdf(attestation_id: UUID) -> Response:
    """Hand out the signed PDF; taking it is logged."""
    write_now()
    attestation, record = audits.read(db.session, actor(), attestation_id)
    audits.downloaded(db.session, actor(), attestation)
    db.session.commit()
    return pdf_response(attestations.file_of(attestation, premises()), record.about, record.code)


@blueprint.get("/submissions/<uuid:attestation_id>/annex.pdf")
@member(AGENCY, Permission.ANNEX_READ)
def annex_pdf(attestation_id: UUID) -> Response:
    """Hand out the confidential annex; reading it is logged."""
    write_now()
    attestation, record = audits.read(db.session, actor(), attestation_id)
    content = annexes.read(db.session, actor(), attestation, premises())
    db.session.commit()
    return pdf_response(content, f"{record.about}-annex", record.code)
