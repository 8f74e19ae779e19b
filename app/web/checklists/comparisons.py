"""Two versions of a family side by side: every difference with its class, and its words marked."""

from collections import Counter
from dataclasses import dataclass

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from app.domain.changes import ASPECTS
from app.domain.comparing import compare
from app.domain.describing import describe
from app.domain.differences import Difference, Place, conclusion
from app.domain.errors import NotFoundError
from app.domain.marking import Piece, marked
from app.domain.naming import number_of
from app.domain.succession import ChangeClass
from app.domain.texts import Text, filled
from app.extensions import db
from app.services import checklists
from app.web.access import everybody
from app.web.caching import until_changed
from app.web.checklists import blueprint
from app.web.checklists.outlines import aspects
from app.web.checklists.versions import found
from app.web.languages import language

# in which order the parts of a version are shown
_PARTS = ("version", "section", "item", "list", "source")
_OTHER = {"ja": "en", "en": "ja"}


@dataclass(frozen=True)
class Shown:
    """One difference as the page draws it; ``speaks`` is the language of the texts where it is not the page's."""

    difference: Difference
    noun: Text
    before: tuple[Piece, ...] | None
    after: tuple[Piece, ...] | None
    speaks: str | None


@dataclass(frozen=True)
class Group:
    """All that differs at one place."""

    place: Place
    shown: list[Shown]

    @property
    def change(self) -> ChangeClass:
        """Return the largest class among its differences."""
        return max((one.difference.change for one in self.shown), key=lambda one: one.weight)


@blueprint.get("/<sha256>/compare/<other_sha256>")
@everybody()
def comparison(sha256: str, other_sha256: str) -> Response | WerkzeugResponse:
    """Show what differs between two versions, the smaller number first; ``?class=`` shows one class only."""
    before, after = found(sha256), found(other_sha256)
    if before.family != after.family or before.sha256 == after.sha256:
        raise NotFoundError("no_checklist")
    if number_of(before.version) > number_of(after.version):
        return redirect(url_for("checklists.comparison", sha256=other_sha256, other_sha256=sha256))
    known = checklists.read(db.session, [before.sha256, after.sha256])
    old, new = known[before.sha256].checklist, known[after.sha256].checklist
    compared = compare(old, new)
    only = next((one for one in ChangeClass if one == request.args.get("class")), None)
    follows = new.supersedes if new.supersedes and new.supersedes.version == old.version else None
    return until_changed(
        render_template(
            "checklists/comparison.html",
            before=before,
            after=after,
            checklist=new,
            compared=compared,
            conclusion=conclusion(compared),
            follows=follows,
            progress=aspects(part for part in describe(new) if part.name == "progress") if follows else (),
            classes=Counter(one.change for one in compared.differences),
            only=only,
            parts=_groups([one for one in compared.differences if only in {None, one.change}]),
            ChangeClass=ChangeClass,
        )
    )


def _groups(differences: list[Difference]) -> list[tuple[str, list[Group]]]:
    """Return differences by the kind of part and by place, in printed order."""
    by_place: dict[Place, list[Shown]] = {}
    for one in differences:
        by_place.setdefault(one.place, []).append(_shown(one))
    groups = [Group(place, shown) for place, shown in by_place.items()]
    found = [(kind, [group for group in groups if group.place.kind == kind]) for kind in _PARTS]
    return [(kind, each) for kind, each in found if each]


def _shown(one: Difference) -> Shown:
    """Return a difference with its words marked, in the language in which the two texts differ."""
    here = language()
    speaks = here
    if one.before and one.after and one.before.in_(here) == one.after.in_(here):
        speaks = _OTHER[here]
    before, after = (text.in_(speaks) if text else None for text in (one.before, one.after))
    if before is not None and after is not None:
        gone, fresh = marked(before, after)
    else:
        gone, fresh = _all_of(before), _all_of(after)
    noun = filled(ASPECTS[one.aspect].noun, name=one.name)
    return Shown(one, noun, gone or None, fresh or None, speaks if speaks != here else None)


def _all_of(text: str | None) -> tuple[Piece, ...]:
    return (Piece(text, True),) if text else ()
