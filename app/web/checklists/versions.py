"""Published versions: the list of families, one version by its content hash, and its files."""

import re
from dataclasses import dataclass
from functools import lru_cache

from flask import Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from app.catalog.spreadsheet import write_workbook
from app.catalog.strict import CatalogError, parse
from app.domain.attestation import canonical
from app.domain.checklist import Checklist, Stage
from app.domain.errors import NotFoundError, WrongStateError
from app.extensions import db
from app.services import checklists, publishing
from app.services.publishing import Standing
from app.web.access import everybody
from app.web.caching import for_ever, until_changed
from app.web.checklists import blueprint, outlines
from app.web.files import file_response

_HASH = re.compile(r"[0-9a-f]{64}")
YAML, JSON = "application/yaml", "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class VersionLine:
    """A version in a list: how it stands and what it is for."""

    standing: Standing
    checklist: Checklist

    @property
    def stages(self) -> list[Stage]:
        """Return the stages at which it may ask anything."""
        return outlines.stages(self.checklist)

    @property
    def questions(self) -> int:
        """Return how many items it has."""
        return outlines.questions(self.checklist)


def lines(standings: list[Standing]) -> dict[str, list[VersionLine]]:
    """Return versions by family, newest number first, with what each is for."""
    known = checklists.read(db.session, [one.sha256 for one in standings])
    found: dict[str, list[VersionLine]] = {}
    for one in standings:
        found.setdefault(one.family, []).append(VersionLine(one, known[one.sha256].checklist))
    return found


def found(sha256: str) -> Standing:
    """Return how the version with a content hash stands for who asks; nothing else is found."""
    if not _HASH.fullmatch(sha256):
        raise NotFoundError("no_checklist")
    return publishing.find(db.session, g.actor, sha256)


@blueprint.get("")
@everybody()
def families() -> Response:
    """List the families with their published versions."""
    public = [one for one in publishing.standings(db.session) if one.public]
    return until_changed(
        render_template("checklists/families.html", families=lines(public), applies=outlines.applies)
    )


@blueprint.get("/<sha256>")
@everybody()
def version(sha256: str) -> Response:
    """Show a version so that anybody can read what was asked; ``?stage=`` leaves out what is not asked then."""
    standing = found(sha256)
    compiled = checklists.compiled(db.session, sha256)
    asked = outlines.stages(compiled.checklist)
    stage = next((one for one in asked if one == request.args.get("stage")), None)
    others = [
        one
        for one in publishing.standings(db.session)
        if one.family == standing.family and one.sha256 != sha256 and one.public
    ]
    return until_changed(
        render_template(
            "checklists/version.html",
            standing=standing,
            checklist=compiled.checklist,
            sections=outlines.outline(compiled, stage),
            about=outlines.about(compiled.checklist),
            stages=asked,
            stage=stage,
            others=others,
            questions=outlines.questions(compiled.checklist),
        )
    )


@blueprint.get("/<family>/<version_number>")
@everybody()
def by_number(family: str, version_number: str) -> WerkzeugResponse:
    """Lead from a family and number to the content that was published under it."""
    sha256 = publishing.numbered(db.session, family[:80], version_number[:40])
    return redirect(url_for("checklists.version", sha256=sha256))


@blueprint.get("/<sha256>/checklist.yaml")
@everybody()
def source(sha256: str) -> Response:
    """Hand out the author's bytes, as they were published."""
    standing = found(sha256)
    content, _compiled = publishing.content(db.session, sha256)
    return _file(standing, content, YAML, "yaml")


@blueprint.get("/<sha256>/checklist.xlsx")
@everybody()
def workbook(sha256: str) -> Response:
    """Hand out the version as a workbook; the content is the same, and so are the bytes each time."""
    standing = found(sha256)
    content, _compiled = publishing.content(db.session, sha256)
    try:
        drawn = _drawn(content, f"{standing.family} {standing.version}")
    except CatalogError:
        raise WrongStateError("no_workbook") from None
    return _file(standing, drawn, XLSX, "xlsx")


@lru_cache(maxsize=8)
def _drawn(source: bytes, name: str) -> bytes:
    """Return the workbook of a version; drawing takes half a second, and anybody may ask."""
    return write_workbook(parse(source, name)[0], name)


@blueprint.get("/<sha256>/content.json")
@everybody()
def content(sha256: str) -> Response:
    """Hand out the content in canonical form: the SHA-256 of this very file is the hash that names the version."""
    standing = found(sha256)
    source_bytes, _compiled = publishing.content(db.session, sha256)
    data, _places = parse(source_bytes, sha256)
    return _file(standing, canonical(data), JSON, "content.json")


@blueprint.get("/<sha256>/compiled.json")
@everybody()
def compiled(sha256: str) -> Response:
    """Hand out the compiled form, scales resolved and defaults left out, in canonical JSON."""
    standing = found(sha256)
    _source, form = publishing.content(db.session, sha256)
    return _file(standing, canonical(form), JSON, "compiled.json")


@blueprint.get("/<sha256>/lists/<list_id>.json")
@everybody()
def code_list(sha256: str, list_id: str) -> Response:
    """Hand out a list that a version pins, as it was published."""
    standing = found(sha256)
    checklist = checklists.compiled(db.session, sha256).checklist
    use = next((one for one in checklist.lists if one.id == list_id), None)
    if use is None:
        raise NotFoundError("no_list")
    response = file_response(publishing.pinned_list(db.session, use.sha256), JSON, f"{use.file}.json")
    return for_ever(response, use.sha256) if standing.public else response


def _file(standing: Standing, content: bytes, media: str, ending: str) -> Response:
    """Return a file of a version; what is not public is kept by nobody."""
    response = file_response(content, media, f"{standing.family}-{standing.version}.{ending}")
    return for_ever(response, f"{standing.sha256}-{ending}") if standing.public else response
