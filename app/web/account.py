"""The audience everybody is: signing in, signing out, proving it again, choosing a language."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from app.domain.errors import InvalidError, NotAllowedError
from app.domain.people import OrganizationKind
from app.domain.permissions import Permission, may
from app.extensions import csrf, db, limiter
from app.services import accounts, events
from app.web import sessions
from app.web.access import actor, any_member, everybody
from app.web.errors import status_of
from app.web.forms import ConfirmForm, PressForm, SignInForm, refuse_unknown
from app.web.languages import COOKIE, LANGUAGES
from app.web.messages import sentence

blueprint = Blueprint("account", __name__)

SIGN_IN_LIMIT = "30 per minute; 300 per hour"
_YEAR = 365 * 24 * 3600


def safe_next(target: str | None) -> str:
    """Return a path on this site, or the first page: nothing leads elsewhere."""
    fallback: str = url_for("account.home")
    if not target or not target.startswith("/") or any(c in target for c in "\\\t\r\n\0"):
        return fallback
    parts = urlsplit(target)
    return target if not (parts.scheme or parts.netloc) and not target.startswith("//") else fallback


@blueprint.get("/")
@everybody()
def home() -> WerkzeugResponse:
    """Lead everybody to where their work is."""
    if g.actor is None:
        return redirect(url_for("account.sign_in"))
    if g.actor.kind is OrganizationKind.INSTITUTION:
        return redirect(url_for("institution.grants_list"))
    if may(g.actor, Permission.ATTESTATION_AUDIT):
        return redirect(url_for("agency.submissions"))
    return redirect(url_for("publisher.home"))


@blueprint.get("/sign-in")
@everybody()
def sign_in() -> str:
    """Show the door."""
    form = SignInForm()
    form.next.data = safe_next(request.args.get("next"))
    return render_template("account/sign_in.html", form=form)


@blueprint.post("/sign-in")
@everybody()
@limiter.limit(SIGN_IN_LIMIT)
def sign_in_submit() -> tuple[str, int] | WerkzeugResponse:
    """Let a member in, or say that address or password are not right without saying which."""
    form = SignInForm()
    if not form.accepted():
        return render_template("account/sign_in.html", form=form), 422
    try:
        membership = accounts.authenticate(db.session, form.email.data, form.password.data or "", g.now)
    except NotAllowedError as error:
        form.password.errors = [sentence(error)]
        return render_template("account/sign_in.html", form=form), status_of(error)
    if membership is None:
        db.session.commit()
        form.password.errors = [sentence(InvalidError("wrong_password"))]
        return render_template("account/sign_in.html", form=form), 422
    sessions.begin(membership, "password", g.now)
    author = accounts.author_of(membership, g.now)
    events.record(db.session, author, "account:signed_in", membership.id, method="password")
    db.session.commit()
    return redirect(safe_next(form.next.data))


@blueprint.post("/sign-out")
@any_member()
def sign_out() -> WerkzeugResponse:
    """End the session on the server."""
    PressForm().accepted()
    events.record(db.session, actor(), "account:signed_out", actor().membership_id)
    sessions.end()
    db.session.commit()
    return redirect(url_for("account.sign_in"))


@blueprint.get("/confirm")
@any_member()
def confirm() -> str:
    """Ask for a fresh proof before an act that needs one."""
    form = ConfirmForm()
    form.next.data = safe_next(request.args.get("next"))
    return render_template("account/confirm.html", form=form)


@blueprint.post("/confirm")
@any_member()
@limiter.limit(SIGN_IN_LIMIT)
def confirm_submit() -> tuple[str, int] | WerkzeugResponse:
    """Take the proof and go on."""
    form = ConfirmForm()
    right = form.accepted() and accounts.confirm(db.session, actor(), form.password.data or "")
    if not right:
        db.session.commit()
        form.password.errors = [sentence(InvalidError("wrong_password"))]
        return render_template("account/confirm.html", form=form), 422
    sessions.renew(actor(), "password")
    events.record(db.session, actor(), "account:signed_in", actor().membership_id, method="password")
    db.session.commit()
    flash(_("Thank you. You have signed in afresh."), "success")
    return redirect(safe_next(form.next.data))


@blueprint.post("/language")
@csrf.exempt
@everybody()
def language() -> Response:
    """Remember which language a person reads."""
    refuse_unknown({"language", "next"})
    response = make_response(redirect(safe_next(request.form.get("next"))))
    if request.form.get("language") in LANGUAGES:
        secure = request.is_secure
        response.set_cookie(
            COOKIE, request.form["language"], max_age=_YEAR, httponly=True, samesite="Lax", secure=secure
        )
    return response
