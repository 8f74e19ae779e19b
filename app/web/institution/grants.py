"""Grants: the list at a glance, one grant with what it needs, registering by form."""

from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from app.domain import labels
from app.domain.errors import InvalidError
from app.domain.permissions import Permission
from app.domain.texts import in_japan
from app.domain.workflow import RevisionState
from app.extensions import db
from app.services import checklists, grants, overviews, revisions, submissions
from app.services.grants import Particulars, Person
from app.web.access import actor, member
from app.web.forms import FactsForm, GrantForm, ParticipantForm, PressForm
from app.web.institution import INSTITUTION, blueprint
from app.web.languages import text
from app.web.messages import sentence
from app.web.query import page_number, words

STATES = ("not_started", *(state.value for state in RevisionState if state is not RevisionState.SUPERSEDED))


def _today() -> date:
    return in_japan(actor().at).date()


@blueprint.get("/grants")
@member(INSTITUTION, Permission.GRANT_READ)
def grants_list() -> str:
    """Show the grants the person may see, the most pressing first."""
    state = request.args.get("state", "")
    if state not in STATES:
        state = ""
    overview = overviews.overview(db.session, actor(), page=page_number(), words=words(), state=state)
    return render_template(
        "institution/grants.html",
        overview=overview,
        families=checklists.names(db.session),
        states=STATES,
        state=state,
        words=words(),
        today=_today(),
    )


@blueprint.get("/grants/new")
@member(INSTITUTION, Permission.GRANT_REGISTER)
def register_grant() -> str:
    """Show the form for a new grant."""
    return render_template("institution/grant_new.html", form=_grant_form())


def _grant_form() -> GrantForm:
    form = GrantForm()
    choices = [SelectChoice("", _("Choose"))]
    for call in grants.calls(db.session):
        names = (call.programme.organization.name, call.programme.name, call.name)
        choices.append(SelectChoice(str(call.id), " · ".join(text(name) for name in names)))
    form.call.choices = choices
    return form


@blueprint.post("/grants/new")
@member(INSTITUTION, Permission.GRANT_REGISTER)
def register_grant_submit() -> tuple[str, int] | Response:
    """Register a grant."""
    form = _grant_form()
    call = next((one for one in grants.calls(db.session) if str(one.id) == form.call.data), None)
    right = form.accepted()
    if call is None:
        form.call.errors = [sentence(InvalidError("required"))]
    if not right or call is None:
        return render_template("institution/grant_new.html", form=form), 422
    given = Particulars(
        number=form.number.data,
        title_ja=form.title_ja.data,
        title_en=form.title_en.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        facts=form.stated(),
    )
    try:
        grant = grants.register(db.session, actor(), call, given, [])
    except InvalidError as error:
        form.number.errors = [sentence(error)]
        return render_template("institution/grant_new.html", form=form), 422
    db.session.commit()
    flash(_("The grant is registered. Add the people who take part."), "success")
    return redirect(url_for("institution.grant", grant_id=grant.id))


@blueprint.get("/grants/<uuid:grant_id>")
@member(INSTITUTION, Permission.GRANT_READ)
def grant(grant_id: UUID) -> str:
    """Show one grant: what it needs and why, who takes part."""
    return _grant_page(grant_id, None, None)


def _grant_page(grant_id: UUID, people: ParticipantForm | None, facts: FactsForm | None) -> str:
    found = grants.find(db.session, actor(), grant_id)
    stated = grants.stated(db.session, found)
    if facts is None:
        facts = FactsForm()
        facts.hold(stated)
    return render_template(
        "institution/grant.html",
        grant=found,
        required=submissions.required(db.session, found),
        facts_form=facts,
        participant_form=people or _participant_form(),
        press_form=PressForm(),
        today=_today(),
    )


def _participant_form() -> ParticipantForm:
    form = ParticipantForm()
    form.part.choices = [SelectChoice(code, text(name)) for code, name in labels.PARTS.items()]
    colleagues = sorted(grants.colleagues(db.session, actor()), key=lambda one: one.user.name)
    form.member.choices = [SelectChoice("", _("No account here"))] + [
        SelectChoice(str(one.id), f"{one.user.name}({text(one.post)})") for one in colleagues
    ]
    return form


@blueprint.post("/grants/<uuid:grant_id>/facts")
@member(INSTITUTION, Permission.GRANT_REGISTER)
def state_facts(grant_id: UUID) -> tuple[str, int] | Response:
    """State what decides which questions apply."""
    found = grants.find(db.session, actor(), grant_id)
    form = FactsForm()
    if not form.accepted():
        return _grant_page(grant_id, None, form), 422
    changed = grants.state_facts(db.session, actor(), found, form.stated())
    db.session.commit()
    if changed:
        flash(_("The facts are recorded. Submissions being filled in will offer to renew theirs."), "success")
    return redirect(url_for("institution.grant", grant_id=grant_id))


@blueprint.post("/grants/<uuid:grant_id>/participants")
@member(INSTITUTION, Permission.GRANT_REGISTER)
def add_participant(grant_id: UUID) -> tuple[str, int] | Response:
    """Put a person on a grant."""
    found = grants.find(db.session, actor(), grant_id)
    form = _participant_form()
    if not form.accepted():
        return _grant_page(grant_id, form, None), 422
    person = Person(
        part=form.part.data,
        name=form.name.data,
        name_latin=form.name_latin.data,
        affiliation=form.affiliation.data,
        post=form.post.data,
        researcher_number=form.researcher_number.data,
        student=form.student.data,
        membership_id=UUID(form.member.data) if form.member.data else None,
    )
    try:
        grants.add_participant(db.session, actor(), found, person)
    except InvalidError as error:
        form.part.errors = [sentence(error)]
        return _grant_page(grant_id, form, None), 422
    revisions.align_drafts(db.session, actor(), found)
    db.session.commit()
    flash(_("%(name)s takes part now.", name=person.name), "success")
    return redirect(url_for("institution.grant", grant_id=grant_id, _anchor="people"))


@blueprint.post("/grants/<uuid:grant_id>/participants/<uuid:participant_id>/remove")
@member(INSTITUTION, Permission.GRANT_REGISTER)
def remove_participant(grant_id: UUID, participant_id: UUID) -> Response:
    """Take a person off a grant."""
    PressForm().accepted()
    found = grants.find(db.session, actor(), grant_id)
    person = grants.remove_participant(db.session, actor(), found, participant_id)
    revisions.align_drafts(db.session, actor(), found)
    db.session.commit()
    flash(_("%(name)s does not take part any more. Earlier answers are kept.", name=person.name), "success")
    return redirect(url_for("institution.grant", grant_id=grant_id, _anchor="people"))


@blueprint.post("/grants/<uuid:grant_id>/requirements/<uuid:requirement_id>/open")
@member(INSTITUTION, Permission.SUBMISSION_OPEN)
def open_submission(grant_id: UUID, requirement_id: UUID) -> Response:
    """Open the submission for a requirement."""
    PressForm().accepted()
    found = grants.find(db.session, actor(), grant_id)
    submission = submissions.open_(db.session, actor(), found, requirement_id)
    db.session.commit()
    return redirect(url_for("institution.submission", submission_id=submission.id))
