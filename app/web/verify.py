"""The audience anybody is: verifying an attestation by file, print, QR text or code, without an account."""

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from app.domain import machine
from app.domain.attestation import read_code
from app.domain.errors import InvalidError
from app.domain.verdicts import Aspect, Verdict
from app.extensions import csrf, db, limiter
from app.services import verification
from app.services.statuslists import StatusLists
from app.signing.validate import LARGEST_PDF
from app.web.access import MEGABYTE, everybody
from app.web.asking import VerifyCodeForm, VerifyFileForm, VerifyTextForm
from app.web.files import premises
from app.web.messages import sentence

blueprint = Blueprint("verify", __name__)

LIMIT = "20 per minute; 300 per hour"
_JSON, _JSON_LD, _HTML = "application/json", "application/ld+json", "text/html"

Answer = tuple[Response | str, int] | Response | str


@blueprint.get("/verify")
@everybody()
def form() -> Response:
    """Show the ways to verify. This page alone may ask for the camera, to read a QR code."""
    page = make_response(_form_page())
    page.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    return page


def _form_page(
    by_file: VerifyFileForm | None = None,
    by_text: VerifyTextForm | None = None,
    by_code: VerifyCodeForm | None = None,
) -> str:
    return render_template(
        "verify/form.html",
        by_file=by_file or VerifyFileForm(formdata=None),
        by_text=by_text or VerifyTextForm(formdata=None),
        by_code=by_code or VerifyCodeForm(formdata=None),
    )


@blueprint.post("/verify/file")
@csrf.exempt
@everybody(largest_body=LARGEST_PDF + MEGABYTE)
@limiter.limit(LIMIT)
def by_file() -> Answer:
    """Verify an uploaded PDF or picture; the file is read apart, judged and forgotten."""
    asked = VerifyFileForm()
    file = request.files.get("file")
    content = file.read(LARGEST_PDF + 1) if file else b""
    if not asked.accepted() or not content:
        asked.file.errors = [sentence(InvalidError("no_file"))]
        return _form_page(by_file=asked), 422
    return _answer(verification.by_file(db.session, content, premises(), g.now))


@blueprint.post("/verify/text")
@csrf.exempt
@everybody()
@limiter.limit(LIMIT)
def by_text() -> Answer:
    """Verify what a QR code reads as, pasted or scanned in the browser."""
    asked = VerifyTextForm()
    if not asked.accepted():
        return _form_page(by_text=asked), 422
    try:
        verdict = verification.by_text(db.session, asked.text.data, premises(), g.now)
    except InvalidError as error:
        asked.text.errors = [sentence(error)]
        return _form_page(by_text=asked), 422
    if verdict is None:
        asked.text.errors = [_("No attestation has this code. Compare it with the paper, letter by letter.")]
        return _form_page(by_text=asked), 404
    return _answer(verdict)


@blueprint.post("/verify/code")
@csrf.exempt
@everybody()
@limiter.limit(LIMIT)
def by_code() -> tuple[str, int] | WerkzeugResponse:
    """Lead a typed code to its page."""
    asked = VerifyCodeForm()
    code = read_code(asked.code.data or "") if asked.accepted() else None
    if code is None:
        asked.code.errors = [sentence(InvalidError("not_a_code"))]
        return _form_page(by_code=asked), 422
    return redirect(url_for("verify.code", code=code))


@blueprint.get("/verify/<code>")
@everybody()
@limiter.limit(LIMIT)
def code(code: str) -> Answer:
    """Say what is known under a code; a code that names nothing is 404."""
    verdict = verification.by_code(db.session, code, premises(), g.now)
    if verdict is None:
        if _wanted() != _HTML:
            abort(404)
        unknown = VerifyCodeForm()
        unknown.code.data = code[:60] if code.isprintable() else ""
        unknown.code.errors = [_("No attestation has this code. Compare it with the paper, letter by letter.")]
        return _form_page(by_code=unknown), 404
    return _answer(verdict)


@blueprint.get("/status")
@everybody()
def status() -> Response:
    """Give out the signed status list, for verifiers that work without the network."""
    lists: StatusLists = current_app.extensions["status lists"]
    answer = Response(lists.text(db.session, premises(), g.now), mimetype="application/jose")
    answer.headers["Cache-Control"] = "public, max-age=60"
    return answer


def _wanted() -> str:
    """Return what kind of answer is asked for; a browser gets a page."""
    best = request.accept_mimetypes.best_match([_HTML, _JSON, _JSON_LD], default=_HTML)
    return best if request.accept_mimetypes.best in {_JSON, _JSON_LD} else _HTML


def _answer(verdict: Verdict) -> Answer:
    wanted = _wanted()
    if wanted == _JSON_LD:
        answer = jsonify(machine.as_json_ld(verdict))
        answer.mimetype = _JSON_LD
        return answer
    if wanted == _JSON:
        return jsonify(machine.as_json(verdict))
    return render_template(
        "verify/result.html", verdict=verdict, Aspect=Aspect, by_text=VerifyTextForm(formdata=None)
    )
