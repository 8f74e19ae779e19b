"""A submission as a whole: its task list, checking the answers, sending, taking back, its history."""

from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.attestation import Counts
from app.domain.checklist import Section, State
from app.domain.dependencies import Key
from app.domain.evaluation import Fired, Wanted, count
from app.domain.permissions import Permission
from app.domain.workflow import Action, RevisionState
from app.extensions import db
from app.models import ReviewRound
from app.services import (
    answers,
    attestations,
    reviews,
    revising,
    revisions,
    statuses,
    submissions,
    withdrawals,
)
from app.services.opened import Opened
from app.web.access import actor, member
from app.web.forms import PressForm, SendForm, SignedForm
from app.web.institution import INSTITUTION, blueprint
from app.web.institution.shapes import BlockView
from app.web.institution.slots import blocks, page_key
from app.web.institution.standpoints import Standpoint, stand
from app.web.languages import text


@dataclass(frozen=True)
class SectionLine:
    """One line of the task list."""

    title: str
    href: str
    state: str
    counts: Counts
    hint: str


def returned_reasons(opened: Opened, last: ReviewRound | None) -> dict[Key, str]:
    """Return the reasons of the items sent back, while the revision is returned."""
    if last is None or opened.revision.state != RevisionState.RETURNED:
        return {}
    return {(mark.item_id, str(mark.row_id) if mark.row_id else None): mark.reason for mark in last.marks}


def locks(opened: Opened) -> dict[Key, bool]:
    """Return for each slot whether this person must leave it as it is."""
    open_keys = answers.open_again(db.session, opened)
    return {key: not answers.answerable(actor(), opened, key, open_keys) for key in opened.answers}


def readable_sections(opened: Opened) -> list[tuple[Section, list[Key]]]:
    """Return the sections in which the person may read anything, with the slots in force that people answer."""
    found = []
    for section in opened.compiled.checklist.sections:
        keys = [key for key in opened.evaluation.in_force(section.id) if opened.readable(key)]
        if keys or any(opened.readable(key) for key in opened.evaluation.computed(section.id)):
            found.append((section, keys))
    return found


def _line(opened: Opened, section: Section, keys: list[Key], reasons: dict[Key, str]) -> SectionLine:
    counts = count(opened.evaluation.slot(key).state for key in keys)
    wanted = [one.key for one in opened.evaluation.wanting]
    missing = {*opened.evaluation.missing, *wanted} & set(keys)
    if any(key in reasons or (opened.compiled.checklist.group_of.get(key[0]), None) in reasons for key in keys):
        state = "returned"
    elif keys and counts.open == counts.total:
        state = "not_started"
    else:
        state = "in_progress" if missing else "done"
    return SectionLine(
        title=text(section.title),
        href=url_for("institution.section", submission_id=opened.revision.submission_id, section_id=section.id),
        state=state,
        counts=counts,
        hint=text(section.summary) if section.summary else "",
    )


@blueprint.get("/submissions/<uuid:submission_id>")
@member(INSTITUTION, Permission.GRANT_READ)
def submission(submission_id: UUID) -> str:
    """Show where a submission stands and what to do next."""
    return submission_page(stand(submission_id), SignedForm(formdata=None))


def submission_page(view: Standpoint, signed: SignedForm) -> str:
    """Return the page of a submission; ``signed`` is where a file comes back that a person signed."""
    reasons = returned_reasons(view.opened, view.last)
    lines = [_line(view.opened, section, keys, reasons) for section, keys in readable_sections(view.opened)]
    filling = view.opened.revision.state in {RevisionState.DRAFT, RevisionState.RETURNED}
    standing = attestations.in_force(db.session, view.opened)
    return render_template(
        "institution/submission.html",
        view=view,
        other_version=revising.other_version(db.session, view.opened) if filling else None,
        sections=lines,
        returned=reasons,
        status=statuses.status_of(view.attestation, actor().at).value if view.attestation else "",
        standing=standing,
        waiting=withdrawals.waiting(db.session, standing.revision) if standing else None,
        form=PressForm(),
        signed=signed,
        Action=Action,
    )


@dataclass(frozen=True)
class Said:
    """A rule that speaks, with the place it speaks about."""

    fired: Fired
    href: str


def problems(opened: Opened) -> tuple[list[tuple[Key, str]], list[Said]]:
    """Return the slots still missing and the rules that speak, each with the address of its place."""
    missing = [(key, place(opened, key)) for key in opened.evaluation.missing if opened.readable(key)]
    said = [
        Said(fired, place(opened, fired.key)) for fired in opened.evaluation.fired if opened.readable(fired.key)
    ]
    return missing, said


def wanted(opened: Opened) -> list[tuple[Wanted, str]]:
    """Return the files that answers ask for and do not have, each with the address of its place."""
    return [(one, place(opened, one.key)) for one in opened.evaluation.wanting if opened.readable(one.key)]


def place(opened: Opened, key: Key) -> str:
    """Return the address of a slot on its section's page."""
    section = opened.compiled.checklist.section_of[key[0]]
    anchor = f"item-{page_key(opened, key)}"
    submission_id = opened.revision.submission_id
    address: str = url_for("institution.section", submission_id=submission_id, section_id=section, _anchor=anchor)
    return address


def whole(opened: Opened) -> list[tuple[Section, list[BlockView]]]:
    """Return every section the person may read, as locked text, for checking, reviewing and attesting."""
    locked = dict.fromkeys(opened.answers, True)
    return [(section, blocks(opened, section, locked, {})) for section, _keys in readable_sections(opened)]


@blueprint.get("/submissions/<uuid:submission_id>/check")
@member(INSTITUTION, Permission.GRANT_READ)
def check_answers(submission_id: UUID) -> str:
    """Show all answers on one page before they are sent, with what is missing."""
    return _check_page(submission_id, SendForm())


def _check_page(submission_id: UUID, form: SendForm) -> str:
    view = stand(submission_id)
    missing, said = problems(view.opened)
    return render_template(
        "institution/check.html",
        view=view,
        sections=whole(view.opened),
        missing=missing,
        wanted=wanted(view.opened),
        said=said,
        form=form,
        State=State,
        Action=Action,
    )


@blueprint.post("/submissions/<uuid:submission_id>/submit")
@member(INSTITUTION, Permission.SUBMISSION_SUBMIT)
def submit(submission_id: UUID) -> tuple[str, int] | Response:
    """Send a revision for review."""
    form = SendForm()
    if not form.accepted():
        return _check_page(submission_id, form), 422
    opened = revisions.find(db.session, actor(), submission_id, lock=True)
    reviews.submit(db.session, actor(), opened, form.note.data)
    db.session.commit()
    flash(_("Sent for review. A second person looks at it now."), "success")
    return redirect(url_for("institution.submission", submission_id=submission_id))


@blueprint.post("/submissions/<uuid:submission_id>/recall")
@member(INSTITUTION, Permission.SUBMISSION_SUBMIT)
def recall(submission_id: UUID) -> Response:
    """Take a revision back from review."""
    PressForm().accepted()
    opened = revisions.find(db.session, actor(), submission_id, lock=True)
    reviews.recall(db.session, actor(), opened)
    db.session.commit()
    flash(_("Taken back. You can change it now."), "success")
    return redirect(url_for("institution.submission", submission_id=submission_id))


@blueprint.post("/submissions/<uuid:submission_id>/facts")
@member(INSTITUTION, Permission.SUBMISSION_OPEN)
def renew_facts(submission_id: UUID) -> Response:
    """Pin the grant's facts as they are now."""
    PressForm().accepted()
    opened = revisions.find(db.session, actor(), submission_id, lock=True)
    submissions.renew_facts(db.session, actor(), opened)
    db.session.commit()
    flash(_("The facts are renewed. Please look at what is asked now."), "success")
    return redirect(url_for("institution.submission", submission_id=submission_id))


@blueprint.post("/submissions/<uuid:submission_id>/move")
@member(INSTITUTION, Permission.SUBMISSION_OPEN)
def move(submission_id: UUID) -> Response:
    """Move a submission to the version of its checklist that applies now."""
    PressForm().accepted()
    opened = revisions.find(db.session, actor(), submission_id, lock=True)
    moved = revising.move(db.session, actor(), opened)
    db.session.commit()
    flash(
        _(
            "Moved to the version that applies now. %(carried)s answers went along; %(left)s stay readable in the "
            "revision before and are asked anew.",
            carried=moved.carried,
            left=moved.left,
        ),
        "success",
    )
    return redirect(url_for("institution.submission", submission_id=submission_id))


@blueprint.post("/submissions/<uuid:submission_id>/revise")
@member(INSTITUTION, Permission.SUBMISSION_OPEN)
def revise(submission_id: UUID) -> Response:
    """Start a new revision of an attested submission, with its answers as a start."""
    PressForm().accepted()
    opened = revisions.find(db.session, actor(), submission_id, lock=True)
    revising.revise(db.session, actor(), opened)
    db.session.commit()
    flash(_("A new revision is open. The attestation in force stays so until the new one is attested."), "success")
    return redirect(url_for("institution.submission", submission_id=submission_id))


@blueprint.get("/submissions/<uuid:submission_id>/history")
@member(INSTITUTION, Permission.GRANT_READ_ALL)
def history(submission_id: UUID) -> str:
    """Show who did what when, down to each change of each answer the person may read."""
    view = stand(submission_id)
    lines = submissions.history(db.session, view.opened)
    return render_template("institution/history.html", view=view, lines=lines)
