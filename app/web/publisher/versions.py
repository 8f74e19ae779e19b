"""Versions as their publishers see them: all of them with who did what, and one with what may be done to it."""

from flask import render_template

from app.domain import checking
from app.domain.permissions import Permission
from app.extensions import db
from app.services import checklists, publishing
from app.web.access import actor, member
from app.web.checklists import outlines
from app.web.checklists.versions import found, lines
from app.web.publisher import AGENCY, blueprint
from app.web.publisher.faults import told


@blueprint.get("")
@member(AGENCY, Permission.CHECKLIST_PUBLISH)
def home() -> str:
    """List the families with all their versions, and how each stands."""
    standings = publishing.standings(db.session)
    return render_template(
        "publisher/home.html",
        families=lines(standings),
        waiting=[one for one in standings if one.status == "proposed"],
    )


@blueprint.get("/versions/<sha256>")
@member(AGENCY, Permission.CHECKLIST_PUBLISH)
def version(sha256: str) -> str:
    """Show how a version stands, and what a publisher may look at and do."""
    standing = found(sha256)
    checklist = checklists.compiled(db.session, sha256).checklist
    covered = checking.coverage(checklist)
    return render_template(
        "publisher/version.html",
        standing=standing,
        checklist=checklist,
        stages=outlines.stages(checklist),
        questions=outlines.questions(checklist),
        why_not=publishing.why_not(db.session, actor(), standing),
        why_not_discard=publishing.why_not_discard(db.session, actor(), standing),
        told=told,
        warnings=[message for _path, message in checking.warnings(checklist)],
        covered=covered,
        others=[
            one
            for one in publishing.standings(db.session)
            if one.family == standing.family and one.sha256 != sha256 and one.public
        ],
    )


@blueprint.get("/versions/<sha256>/coverage")
@member(AGENCY, Permission.CHECKLIST_PUBLISH)
def coverage(sha256: str) -> str:
    """Show how sources and items meet: what no item rests on, and what rests on nothing confirmed."""
    standing = found(sha256)
    checklist = checklists.compiled(db.session, sha256).checklist
    return render_template(
        "publisher/coverage.html", standing=standing, checklist=checklist, covered=checking.coverage(checklist)
    )
