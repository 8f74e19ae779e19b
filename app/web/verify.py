"""The audience anybody is: verifying an attestation by its file or its code, without an account."""

from flask import Blueprint, abort, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.attestation import read_code
from app.domain.errors import InvalidError
from app.extensions import csrf, db, limiter
from app.services import verification
from app.services.verification import Verdict
from app.signing.validate import LARGEST_PDF
from app.web.access import MEGABYTE, everybody
from app.web.files import premises
from app.web.forms import VerifyCodeForm, VerifyFileForm
from app.web.messages import sentence

blueprint = Blueprint("verify", __name__, url_prefix="/verify")

LIMIT = "20 per minute; 300 per hour"


@blueprint.get("")
@everybody()
def form() -> str:
    """Show the two ways to verify."""
    return _form_page(VerifyFileForm(), VerifyCodeForm())


def _form_page(by_file: VerifyFileForm, by_code: VerifyCodeForm) -> str:
    return render_template("verify/form.html", by_file=by_file, by_code=by_code)


@blueprint.post("/file")
@csrf.exempt
@everybody(largest_body=LARGEST_PDF + MEGABYTE)
@limiter.limit(LIMIT)
def by_file() -> tuple[str | Response, int] | Response | str:
    """Verify an uploaded PDF; the file is read, judged and forgotten."""
    asked = VerifyFileForm()
    file = request.files.get("file")
    content = file.read(LARGEST_PDF + 1) if file else b""
    if not asked.accepted() or not content:
        asked.file.errors = [sentence(InvalidError("no_file"))]
        return _form_page(asked, VerifyCodeForm()), 422
    return _answer(verification.by_file(db.session, content, premises(), g.now))


@blueprint.post("/code")
@csrf.exempt
@everybody()
@limiter.limit(LIMIT)
def by_code() -> tuple[str, int] | Response:
    """Lead a typed code to its page."""
    asked = VerifyCodeForm()
    code = read_code(asked.code.data or "") if asked.accepted() else None
    if code is None:
        asked.code.errors = [sentence(InvalidError("not_a_code"))]
        return _form_page(VerifyFileForm(), asked), 422
    return redirect(url_for("verify.code", code=code))


@blueprint.get("/<code>")
@everybody()
@limiter.limit(LIMIT)
def code(code: str) -> tuple[str | Response, int] | Response | str:
    """Say what is known under a code; a code that names nothing is 404."""
    verdict = verification.by_code(db.session, code, g.now)
    if verdict is None:
        if request.accept_mimetypes.best == "application/json":
            abort(404)
        unknown = VerifyCodeForm()
        unknown.code.data = code[:60] if code.isprintable() else ""
        unknown.code.errors = [_("No attestation has this code. Compare it with the paper, letter by letter.")]
        return _form_page(VerifyFileForm(), unknown), 404
    return _answer(verdict)


def _answer(verdict: Verdict) -> Response | str:
    if request.accept_mimetypes.best == "application/json":
        return jsonify(verification.as_data(verdict))
    return render_template("verify/result.html", verdict=verdict)
