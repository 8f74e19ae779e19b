"""The door for browsers: Flask lives here, one blueprint for each audience."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, g, request
from flask_babel import gettext as _
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from app import logs
from app.config import Settings
from app.domain.answers import displayable
from app.domain.labels import PARTS, ROLES, STAGES, respondent
from app.domain.people import OrganizationKind
from app.domain.permissions import Permission, may
from app.extensions import alembic, csrf, db, limiter, prepare
from app.services.records import Premises
from app.services.statuslists import StatusLists
from app.signing.anchors import load_anchors
from app.signing.timestamps import TimeAuthority
from app.store import FileStore
from app.web import access, account, agency, errors, languages, ledger, protection, sessions, verify
from app.web.checklists import blueprint as checklists
from app.web.checklists import comparisons, versions
from app.web.institution import blueprint as institution
from app.web.institution import (
    certify,
    decide,
    evidence,
    fill,
    grants,
    imports,
    ink,
    own,
    persons,
    submissions,
    withdrawing,
)
from app.web.institution.slots import fact_label, fact_value, reason_sentence, row_label, value_words
from app.web.messages import reason, sentence, state_name
from app.web.publisher import acts, previews, uploads
from app.web.publisher import blueprint as publisher
from app.web.publisher import versions as versions_of_publisher
from app.web.secret import secret_key

ROOT = Path(__file__).parent.parent.parent

# importing these modules puts their views on the blueprints of their rooms
VIEWS = (grants, imports, own, submissions, fill, evidence, decide, certify, ink, persons, withdrawing)
VIEWS_OF_VERSIONS = (versions, comparisons, versions_of_publisher, uploads, acts, previews)


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    """Return the application for ``settings``; it seeds nothing and migrates nothing."""
    settings = settings or Settings()
    logs.configure()
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(Path(__file__).parent / "static"),
        instance_path=str(settings.data_folder.resolve()),
    )
    app.config.from_mapping({**_config(settings), **overrides})
    app.jinja_env.undefined = StrictUndefined
    app.extensions["settings"] = settings
    app.extensions["premises"] = Premises(
        store=FileStore(settings.files_folder),
        keys=settings.keys_folder,
        ledger=settings.checkpoint_folder,
        address=settings.address,
        sample=not settings.production,
        times=TimeAuthority(
            settings.keys_folder, settings.time_stamp_url, load_anchors(settings.anchors_folder, None).times
        ),
        anchors=settings.anchors_folder,
        unlocking=settings.unlocking,
    )
    app.extensions["status lists"] = StatusLists()
    app.session_interface = sessions.DatabaseSessions()
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    alembic.init_app(app)
    access.init_measure(app)
    csrf.init_app(app)
    limiter.init_app(app)
    protection.init(app)
    access.init(app)
    languages.init(app)
    errors.init(app)
    public = (verify.blueprint, ledger.blueprint, checklists)
    for blueprint in (account.blueprint, institution, agency.blueprint, *public, publisher):
        app.register_blueprint(blueprint)
    app.context_processor(_frame)
    app.get("/healthz")(_health)
    if settings.secure:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0, x_prefix=0)  # type: ignore[method-assign]
    return app


def _config(settings: Settings) -> Mapping[str, Any]:
    return {
        "SECRET_KEY": secret_key(settings),
        "SQLALCHEMY_ENGINES": {"default": settings.database},
        "ALEMBIC": {"script_location": str(ROOT / "migrations")},
        "SESSION_COOKIE_NAME": "__Host-sid" if settings.secure else "sid",
        "SESSION_COOKIE_SECURE": settings.secure,
        "MAX_CONTENT_LENGTH": 2 * access.MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": 2 * access.MEGABYTE,
        "MAX_FORM_PARTS": 4000,
        # a token ends with its session; an hour of writing must not be thrown away
        "WTF_CSRF_TIME_LIMIT": None,
        "PROPAGATE_EXCEPTIONS": False,
        "RATELIMIT_ENABLED": settings.limits,
        "RATELIMIT_STORAGE_URI": settings.limits_storage,
        "BABEL_TRANSLATION_DIRECTORIES": str(Path(__file__).parent / "translations"),
    }


@access.everybody()
def _health() -> tuple[str, int]:
    """Answer whether the service runs."""
    return "ok\n", 200


def _frame() -> dict[str, object]:
    """Give every page who is there and where they can go."""
    actor = g.get("actor")
    places: list[tuple[str, str]] = []
    if actor is not None and actor.kind is OrganizationKind.INSTITUTION:
        places.append(("institution.grants_list", _("Grants")))
        if may(actor, Permission.GRANT_READ_ALL):
            places.append(("institution.own_submissions", _("Institution's submissions")))
        if may(actor, Permission.GRANT_IMPORT):
            places.append(("institution.import_grants", _("Import")))
    elif actor is not None:
        if may(actor, Permission.ATTESTATION_AUDIT):
            places.append(("agency.submissions", _("Attested submissions")))
        if may(actor, Permission.CHECKLIST_PUBLISH):
            places.append(("publisher.home", _("Publishing")))
    places += [("checklists.families", _("Checklists")), ("verify.form", _("Verify"))]
    nav = [{"endpoint": name, "label": label, "current": request.endpoint == name} for name, label in places]
    return {
        "actor": actor,
        "nav": nav,
        "here": displayable(request.full_path.rstrip("?")) if request.method in {"GET", "HEAD"} else "/",
        "Permission": Permission,
        "may": may,
        "reason": reason,
        "sentence": sentence,
        "state_name": state_name,
        "stage_name": lambda code: STAGES[code],
        "role_name": lambda code: ROLES[code],
        "respondent_name": respondent,
        "part_name": lambda code: PARTS[code],
        "reason_sentence": reason_sentence,
        "fact_label": fact_label,
        "row_label": row_label,
        "fact_value": fact_value,
        "value_words": value_words,
    }
