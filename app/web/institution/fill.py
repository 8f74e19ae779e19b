"""Filling: one form for each section, saved at once or as one types; two people on one answer lose nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.answers import displayable
from app.domain.checklist import Kind, Section
from app.domain.dependencies import Key
from app.domain.errors import InvalidError, KakuninError, NotFoundError, StaleError
from app.domain.permissions import Permission, may
from app.extensions import db
from app.pdf.fonts import named, unprintable
from app.services import answers, grants, revisions
from app.services.answers import Conflict, Typed
from app.services.opened import Opened
from app.web.access import actor, member
from app.web.forms import PressForm, refuse_unknown
from app.web.institution import INSTITUTION, blueprint
from app.web.institution.attached import Refusals
from app.web.institution.mirror import page_conditions
from app.web.institution.shapes import BlockView, SlotView
from app.web.institution.slots import blocks
from app.web.institution.submissions import locks, readable_sections, returned_reasons
from app.web.institution.told import told
from app.web.languages import text
from app.web.messages import sentence

_PARTS = ("v", "s", "r", "q")
_LARGEST_SEQ = 9
_NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Neighbours:
    """The sections before and after this one, for the way through."""

    before: Section | None
    after: Section | None
    number: int
    total: int


def section_of(opened: Opened, section_id: str) -> Section:
    """Return a section in which the person may read anything; raise NotFoundError for any other."""
    section = opened.compiled.checklist.section(section_id)
    if section is None or section not in [one for one, _keys in readable_sections(opened)]:
        raise NotFoundError("no_section")
    return section


def _neighbours(opened: Opened, section: Section) -> Neighbours:
    order = [one for one, _keys in readable_sections(opened)]
    at = order.index(section)
    before = order[at - 1] if at else None
    after = order[at + 1] if at + 1 < len(order) else None
    return Neighbours(before, after, at + 1, len(order))


@blueprint.get("/submissions/<uuid:submission_id>/sections/<section_id>")
@member(INSTITUTION, Permission.GRANT_READ)
def section(submission_id: UUID, section_id: str) -> str:
    """Show a section's form."""
    opened = revisions.find(db.session, actor(), submission_id)
    return section_page(opened, section_of(opened, section_id))


def section_page(
    opened: Opened,
    section_: Section,
    typed: Mapping[Key, Typed] = _NOTHING,
    errors: Mapping[Key, KakuninError] = _NOTHING,
    refusals: Refusals = _NOTHING,
) -> str:
    """Return a section's page, with what was typed or sent and is wrong at its place."""
    last = answers.last_round(db.session, opened)
    drawn = blocks(opened, section_, locks(opened), returned_reasons(opened, last), refusals)
    for view in views_of(drawn):
        keep_typed(view, typed.get(view.slot_key), errors.get(view.slot_key))
    counts = opened.evaluation.counts()
    editable = any(not view.locked for view in views_of(drawn))
    return render_template(
        "institution/section.html",
        opened=opened,
        section=section_,
        blocks=drawn,
        neighbours=_neighbours(opened, section_),
        errors=[view for view in views_of(drawn) if view.error],
        attached=[view for view in views_of(drawn) if view.evidence],
        editable=editable,
        conditions=page_conditions(opened, drawn) if editable else None,
        done=counts.total - counts.open,
        total=counts.total,
        people=_people(opened) if any(v.item.kind is Kind.PERSON and not v.locked for v in views_of(drawn)) else [],
        form=PressForm(),
    )


def _people(opened: Opened) -> list[str]:
    """Return whom one may name: the people of the grant, and for the offices the institution's members."""
    people = opened.grant.participants if opened.grant else []
    known = [(one.name, f"{one.affiliation} {one.post}".strip()) for one in people]
    if may(actor(), Permission.GRANT_READ_ALL):
        known += [(one.user.name, text(one.post)) for one in grants.colleagues(db.session, actor())]
    return list(dict.fromkeys(f"{name} ({post})" if post else name for name, post in known))


def views_of(drawn: list[BlockView]) -> list[SlotView]:
    """Return every slot of a section, in printed order."""
    return [
        view
        for block in drawn
        for view in [*([block.slot] if block.slot else []), *(s for row in block.rows for s in row.slots)]
    ]


def keep_typed(view: SlotView, typed: Typed | None, error: KakuninError | None) -> None:
    """Give back what was typed, with what is wrong with it."""
    if typed is not None:
        values = [displayable(value) for value in typed.values]
        view.value = values if view.item.kind == "multi" else (values[0] if values else "")
        view.state, view.reason = typed.state or view.state, displayable(typed.reason)
        view.seq = typed.base_seq
    if error is not None:
        view.error = sentence(error)


def _typed(opened: Opened) -> dict[Key, Typed]:
    """Read the fields of every slot whose base number was sent; raise for fields of no slot."""
    by_id = {str(answer.id): key for key, answer in opened.answers.items() if opened.readable(key)}
    refuse_unknown({f"{part}-{slot}" for slot in by_id for part in _PARTS} | {"next"})
    found = {}
    for slot, key in by_id.items():
        base = request.form.get(f"q-{slot}")
        if base is None:
            continue
        if not (base.isascii() and base.isdigit() and len(base) <= _LARGEST_SEQ):
            raise InvalidError("unknown_fields")
        found[key] = Typed(
            int(base),
            request.form.get(f"s-{slot}", ""),
            request.form.getlist(f"v-{slot}"),
            request.form.get(f"r-{slot}", ""),
        )
    return found


def _unprintable(typed: Mapping[Key, Typed]) -> dict[Key, KakuninError]:
    found: dict[Key, KakuninError] = {}
    for key, given in typed.items():
        # what cannot even be stored is refused when it is read, with a sentence of its own
        typed_here = [displayable(value) for value in [*given.values, given.reason]]
        odd = [each for value in typed_here for each in unprintable(value)]
        if odd:
            found[key] = InvalidError("unprintable", characters=", ".join(map(named, dict.fromkeys(odd))))
    return found


@blueprint.post("/submissions/<uuid:submission_id>/sections/<section_id>")
@member(INSTITUTION, Permission.SUBMISSION_FILL)
def save_section(submission_id: UUID, section_id: str) -> tuple[str | Response, int] | Response:
    """Save a section, or the slots a page sends while one types; a clash shows both texts."""
    opened = revisions.find(db.session, actor(), submission_id, lock=True)
    found = section_of(opened, section_id)
    typed = _typed(opened)
    by_itself = request.accept_mimetypes.best == "application/json"
    errors = _unprintable(typed)
    try:
        errors |= _save(opened, typed, errors, partly=by_itself)
    except StaleError as clash:
        db.session.rollback()
        if by_itself:
            return jsonify(saved=False), 409
        return _clash_page(submission_id, found, typed, list(clash.values["conflicts"])), 409  # type: ignore[call-overload]
    if errors and not by_itself:
        db.session.rollback()
        return section_page(revisions.find(db.session, actor(), submission_id), found, typed, errors), 422
    db.session.commit()
    if by_itself:
        # held since it was locked and evaluated anew when it was saved: nothing to read again
        return jsonify(told(opened, found, typed, errors))
    return _onward(submission_id, found, opened)


def _save(
    opened: Opened, typed: Mapping[Key, Typed], wrong: Mapping[Key, KakuninError], *, partly: bool
) -> dict[Key, KakuninError]:
    """Save what is right; in parts only while typing, where the rest stays on the page."""
    right = {key: given for key, given in typed.items() if key not in wrong}
    if wrong and not partly:
        right = {}
    try:
        answers.save(db.session, actor(), opened, right)
    except InvalidError as error:
        found: dict[Key, KakuninError] = dict(error.values["errors"])  # type: ignore[call-overload]
        if partly:
            answers.save(db.session, actor(), opened, {k: g for k, g in right.items() if k not in found})
        return found
    return {}


def _onward(submission_id: UUID, found: Section, opened: Opened) -> Response:
    flash(_("Saved."), "success")
    after = _neighbours(opened, found).after if found in [s for s, _k in readable_sections(opened)] else None
    if request.form.get("next") == "onward" and after:
        return redirect(url_for("institution.section", submission_id=submission_id, section_id=after.id))
    if request.form.get("next") == "overview" or request.form.get("next") == "onward":
        return redirect(url_for("institution.submission", submission_id=submission_id))
    return redirect(url_for("institution.section", submission_id=submission_id, section_id=found.id))


def _clash_page(submission_id: UUID, found: Section, typed: Mapping[Key, Typed], conflicts: list[Conflict]) -> str:
    """Show both texts of each clash side by side; everything else typed travels along."""
    opened = revisions.find(db.session, actor(), submission_id)
    drawn = blocks(opened, found, dict.fromkeys(opened.answers, True), {})
    views = {view.slot_key: view for view in views_of(drawn)}
    # a slot that is hidden by now cannot be compared here; what was typed there is sent along
    clashing = {conflict.key for conflict in conflicts} & set(views)
    others = [
        (str(opened.answers[key].id), given)
        for key, given in typed.items()
        if key not in clashing and key in opened.answers
    ]
    return render_template(
        "institution/clash.html",
        opened=opened,
        section=found,
        clashes=[(views[one.key], one, typed[one.key]) for one in conflicts if one.key in views],
        others=others,
        people=revisions.names(db.session, [one.theirs.answered_by for one in conflicts]),
        form=PressForm(),
    )


@blueprint.post("/submissions/<uuid:submission_id>/sections/<section_id>/rows/<group_id>")
@member(INSTITUTION, Permission.SUBMISSION_FILL)
def add_row(submission_id: UUID, section_id: str, group_id: str) -> Response:
    """Add a row to a group."""
    PressForm().accepted()
    opened = revisions.find(db.session, actor(), submission_id, lock=True)
    found = section_of(opened, section_id)
    row = answers.add_row(db.session, actor(), opened, group_id)
    db.session.commit()
    anchor = f"row-{row.id}"
    return redirect(
        url_for("institution.section", submission_id=submission_id, section_id=found.id, _anchor=anchor)
    )


@blueprint.post("/submissions/<uuid:submission_id>/sections/<section_id>/rows/<group_id>/<uuid:row_id>/remove")
@member(INSTITUTION, Permission.SUBMISSION_FILL)
def remove_row(submission_id: UUID, section_id: str, group_id: str, row_id: UUID) -> Response:
    """Take a row out; its answers are kept in the history."""
    PressForm().accepted()
    opened = revisions.find(db.session, actor(), submission_id, lock=True)
    found = section_of(opened, section_id)
    answers.remove_row(db.session, actor(), opened, group_id, row_id)
    db.session.commit()
    flash(_("The row was removed. Its answers are kept in the history."), "success")
    return redirect(url_for("institution.section", submission_id=submission_id, section_id=found.id))
