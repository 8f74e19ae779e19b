"""Deciding: a second person approves or returns named items; the attester certifies; the PDF is handed out."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from app.domain.answers import REASON_LENGTH, displayable, tidy
from app.domain.attestation import Record
from app.domain.dependencies import Key
from app.domain.errors import InvalidError, LedgerError, NotAllowedError, NotFoundError, SealError
from app.domain.permissions import Permission
from app.domain.workflow import Action
from app.extensions import db
from app.models import Attestation
from app.services import annexes, attestations, reviews, revisions
from app.services.certifying import words_of
from app.services.opened import Opened
from app.web.access import actor, member
from app.web.files import pdf_response, premises
from app.web.forms import AttestForm, PressForm, refuse_unknown
from app.web.institution import INSTITUTION, blueprint
from app.web.institution.standpoints import Standpoint, stand
from app.web.institution.submissions import problems, whole
from app.web.messages import sentence
from app.web.protection import write_now

NOTHING: Mapping[str, str] = MappingProxyType({})


@blueprint.get("/submissions/<uuid:submission_id>/review")
@member(INSTITUTION, Permission.SUBMISSION_REVIEW)
def review(submission_id: UUID) -> str:
    """Show the whole to the reviewer, what changed first, with a place to return each item."""
    return _review_page(stand(submission_id), {}, None)


def _review_page(view: Standpoint, typed: dict[str, str], error: str | None) -> str:
    _missing, said = problems(view.opened)
    return render_template(
        "institution/review.html",
        view=view,
        sections=whole(view.opened),
        said=said,
        changes=reviews.changed_since(db.session, view.opened),
        people=revisions.names(db.session, view.situation.contributors),
        typed=typed,
        error=error,
        form=PressForm(),
        Action=Action,
    )


@blueprint.post("/submissions/<uuid:submission_id>/approve")
@member(INSTITUTION, Permission.SUBMISSION_REVIEW)
def approve(submission_id: UUID) -> WerkzeugResponse:
    """Approve what is in review, as a second person."""
    PressForm().accepted()
    reviews.approve(db.session, actor(), revisions.find(db.session, actor(), submission_id, lock=True))
    db.session.commit()
    flash(_("Approved. It waits for the attester now."), "success")
    return redirect(url_for("institution.submission", submission_id=submission_id))


@blueprint.post("/submissions/<uuid:submission_id>/return")
@member(INSTITUTION, Permission.SUBMISSION_REVIEW)
def return_(submission_id: UUID) -> tuple[str, int] | WerkzeugResponse:
    """Return named items with reasons."""
    return _send_home(submission_id, reviews.return_, _review_page)


@blueprint.post("/submissions/<uuid:submission_id>/send-back")
@member(INSTITUTION, Permission.ATTESTATION_ATTEST)
def send_back(submission_id: UUID) -> tuple[str, int] | WerkzeugResponse:
    """Send named items back from the attester's desk."""
    return _send_home(submission_id, reviews.send_back, _attest_page)


def _send_home(
    submission_id: UUID, verb: Callable[..., None], page: Callable[[Standpoint, dict[str, str], str], str]
) -> tuple[str, int] | WerkzeugResponse:
    opened = revisions.find(db.session, actor(), submission_id, lock=True)
    slots = {str(answer.id): key for key, answer in opened.answers.items()}
    refuse_unknown({f"reason-{slot}" for slot in slots} | {"note"})
    typed = {name: displayable(value) for name, value in request.form.items()}
    try:
        reasons = _reasons(slots, request.form)
        note = tidy(request.form.get("note", ""), REASON_LENGTH, lines=True)
        verb(db.session, actor(), opened, reasons, note)
    except InvalidError as error:
        db.session.rollback()
        return page(stand(submission_id), typed, sentence(error)), 422
    db.session.commit()
    flash(_("Returned with your reasons."), "success")
    return redirect(url_for("institution.submission", submission_id=submission_id))


def _reasons(slots: dict[str, Key], typed: Mapping[str, str]) -> dict[Key, str]:
    found = {}
    for slot, key in slots.items():
        reason = tidy(typed.get(f"reason-{slot}", ""), REASON_LENGTH, lines=True)
        if reason:
            found[key] = reason
    return found


@blueprint.get("/submissions/<uuid:submission_id>/attest")
@member(INSTITUTION, Permission.ATTESTATION_ATTEST)
def attest(submission_id: UUID) -> str:
    """Show the attester the whole and the exact statement."""
    return _attest_page(stand(submission_id), {}, None)


def _attest_page(view: Standpoint, typed: dict[str, str], error: str | None) -> str:
    return reading_page(view, Action.ATTEST, AttestForm(), typed, error)


def reading_page(
    view: Standpoint, act: Action, form: AttestForm, typed: Mapping[str, str] = NOTHING, error: str | None = None
) -> str:
    """Return the page on which the attester attests or who comes before certifies, with the words of their own."""
    opened, turn = view.opened, view.situation.signing.waiting
    _missing, said = problems(opened)
    refusal = view.actions.get(act)
    words = opened.compiled.checklist.attestation.statement
    if act is Action.CERTIFY and turn is not None:
        words = words_of(opened, turn.order)
    return render_template(
        "institution/attest.html",
        view=view,
        certifying=act is Action.CERTIFY,
        offered=act in view.actions and (act is Action.ATTEST or turn is not None),
        partly=not all(opened.readable(key) for key in opened.evaluation.in_force()),
        sections=whole(opened),
        said=said,
        statement=words,
        changes=reviews.changed_since(db.session, opened),
        refusal=refusal,
        must_sign_in=refusal is not None and refusal.reason == "sign_in_again",
        sample=premises().sample,
        typed=typed,
        error=error,
        form=form,
        Action=Action,
        sentence=sentence,
    )


@blueprint.post("/submissions/<uuid:submission_id>/attest")
@member(INSTITUTION, Permission.ATTESTATION_ATTEST)
def attest_submit(submission_id: UUID) -> tuple[str, int] | WerkzeugResponse:
    """Certify, then make the PDF: first what was certified is safe, then the file is made from it."""
    form = AttestForm()
    if not form.accepted():
        return reading_page(stand(submission_id), Action.ATTEST, form), 422
    opened = revisions.find(db.session, actor(), submission_id, lock=True)
    try:
        attestation = attestations.attest(db.session, actor(), opened, premises())
    except NotAllowedError as error:
        if error.reason != "sign_in_again":
            raise
        db.session.rollback()
        return redirect(url_for("account.confirm", next=url_for("institution.attest", submission_id=submission_id)))
    db.session.commit()
    try:
        attestations.issue(db.session, attestation, premises(), actor().at)
        db.session.commit()
        flash(_("Attested. The signed PDF is ready."), "success")
    except (SealError, LedgerError) as error:
        # what was certified is safe; the PDF follows when what it needs is there
        db.session.rollback()
        flash(_("Attested; its PDF is still to come.") + " " + sentence(error), "warning")
    return redirect(url_for("institution.submission", submission_id=submission_id))


@blueprint.get("/submissions/<uuid:submission_id>/revisions/<int:number>/attestation.pdf")
@member(INSTITUTION, Permission.GRANT_READ)
def attestation_pdf(submission_id: UUID, number: int) -> Response:
    """Hand out the signed PDF of a revision, exactly as issued."""
    found, about = _certified(submission_id, number)
    return pdf_response(attestations.file_of(found, premises()), about, found.code)


@blueprint.get("/submissions/<uuid:submission_id>/revisions/<int:number>/annex.pdf")
@member(INSTITUTION, Permission.ANNEX_READ)
def annex_pdf(submission_id: UUID, number: int) -> Response:
    """Hand out the confidential annex of a revision; reading it is logged."""
    write_now()
    found, about = _certified(submission_id, number)
    content = annexes.read(db.session, actor(), found, premises())
    db.session.commit()
    return pdf_response(content, f"{about}-annex", found.code)


def _certified(submission_id: UUID, number: int) -> tuple[Attestation, str]:
    """Return the attestation of a revision, and what it is about in letters for names of files."""
    if not 1 <= number <= 10_000:
        raise NotFoundError("no_revision")
    opened: Opened = revisions.find(db.session, actor(), submission_id, number=number)
    found = attestations.of_revision(db.session, opened.revision)
    if found is None:
        raise NotFoundError("no_attestation")
    return found, Record.model_validate_json(found.record).about
