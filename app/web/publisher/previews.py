"""Trying a version out: the page of each section as people will have it, with answers that nobody keeps."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g, render_template, request
from flask_babel import gettext as _

from app.domain.answers import displayable
from app.domain.checklist import UNANSWERED
from app.domain.conditions import decide, reasons
from app.domain.dependencies import Key
from app.domain.errors import InvalidError
from app.domain.evaluation import Fired, Slot, Wanted
from app.domain.facts import FACTS
from app.domain.permissions import Permission
from app.domain.recording import value_text
from app.domain.texts import in_japan
from app.extensions import db
from app.services import checklists, previews
from app.services.answers import Typed
from app.services.opened import Opened
from app.services.previews import Trial
from app.web.access import MEGABYTE, actor, member
from app.web.checklists.versions import found
from app.web.institution.fill import keep_typed, views_of
from app.web.institution.slots import BlockView, blocks, reason_sentence
from app.web.institution.submissions import readable_sections
from app.web.languages import text
from app.web.publisher import AGENCY, blueprint, trials

_LARGEST_BODY = 4 * MEGABYTE


@dataclass(frozen=True)
class Computed:
    """A computed item: what it amounts to, and why."""

    key: Key
    value: str
    why: list[str]


@dataclass(frozen=True)
class Outcome:
    """What the supposed answers come to: whether the version applies, what is open, speaks and is computed."""

    applies: bool | None
    why: list[str]
    done: int
    total: int
    missing: list[Key]
    fired: list[Fired]
    wanting: list[Wanted]
    computed: list[Computed]
    reviews: int


@blueprint.route("/versions/<sha256>/preview", methods=["GET", "POST"])
@member(AGENCY, Permission.CHECKLIST_PUBLISH, largest_body=_LARGEST_BODY)
def preview(sha256: str) -> str:
    """Show a section as it would be; what is sent comes back on the page and is stored nowhere."""
    standing = found(sha256)
    compiled = checklists.compiled(db.session, sha256)
    form = trials.form_for(compiled.checklist)
    if request.method == "GET":
        trials.begin(form, compiled.checklist, _fiscal_year())
    else:
        form.validate()
    trial = trials.trial_of(form, compiled)
    slots, typed, wrong = _answers(compiled, trial)
    if request.form.get("act") == "fill":
        slots = previews.filled(compiled, trial, slots, _("Invented for the preview"), actor().at)
        typed = {key: given for key, given in typed.items() if key in wrong}
    opened = previews.opened(compiled, trial, slots, _("An invented grant"), actor().at)
    sections = [section for section, _keys in readable_sections(opened)]
    shown = next((one for one in sections if one.id == _wanted()), sections[0] if sections else None)
    drawn = blocks(opened, shown, previews.locks(opened), {}) if shown else []
    for view in views_of(drawn):
        keep_typed(view, typed.get(view.slot_key), wrong.get(view.slot_key))
    return render_template(
        "publisher/preview.html",
        standing=standing,
        checklist=compiled.checklist,
        opened=opened,
        form=form,
        facts=list(FACTS),
        row_fields=[trials.rows_field(group.id) for group in previews.typed_groups(compiled.checklist)],
        looked_at=trials.looked_at(compiled.checklist),
        trials=trials,
        sections=sections,
        section=shown,
        blocks=drawn,
        carried=_carried(opened, slots, drawn),
        outcome=_outcome(opened),
        errors=[view for view in views_of(drawn) if view.error],
        elsewhere=[key for key in wrong if key not in {view.slot_key for view in views_of(drawn)}],
    )


def _fiscal_year() -> int:
    today = in_japan(g.now).date()
    return today.year - (today.month < 4)


def _wanted() -> str:
    """Return the section asked for by a button, or the one that was on the page."""
    return request.form.get("section", "") or request.form.get("shown", "")


def _answers(
    compiled: checklists.Compiled, trial: Trial
) -> tuple[dict[Key, Slot], dict[Key, Typed], dict[Key, InvalidError]]:
    """Return the answers that were sent, as they read, as they were typed, and what is wrong with some."""
    if request.form.get("act") == "clear":
        return {}, {}, {}
    keys = previews.keys_of(compiled.checklist, previews.rows_of(compiled.checklist, trial))
    sent = request.form
    typed = {
        key: Typed(0, sent.get(f"s-{name}", ""), sent.getlist(f"v-{name}"), sent.get(f"r-{name}", ""))
        for name, key in keys.items()
        if any(f"{part}-{name}" in sent for part in "vsr")
    }
    slots, wrong = previews.read(compiled, typed)
    return slots, typed, wrong


def _carried(opened: Opened, slots: Mapping[Key, Slot], drawn: list[BlockView]) -> list[tuple[str, str]]:
    """Return the fields of the answers that are not on this page to be changed, so that they come along."""
    here = {view.slot_key for view in views_of(drawn) if not view.locked}
    fields = []
    for key, answer in opened.answers.items():
        slot = slots.get(key)
        if key in here or slot is None or (slot.state in UNANSWERED and not slot.reason):
            continue
        values = slot.value if isinstance(slot.value, list) else [] if slot.value is None else [slot.value]
        fields += [(f"v-{answer.id}", str(value)) for value in values]
        fields += [(f"s-{answer.id}", slot.state.value)]
        fields += [(f"r-{answer.id}", displayable(slot.reason))] if slot.reason else []
    return fields


def _outcome(opened: Opened) -> Outcome:
    evaluation, checklist = opened.evaluation, opened.compiled.checklist
    scope = evaluation.scope(None, None)
    counts = evaluation.counts()
    return Outcome(
        applies=decide(checklist.applies_when, scope),
        why=[reason_sentence(each, opened) for each in reasons(checklist.applies_when, scope)],
        done=counts.total - counts.open,
        total=counts.total,
        missing=evaluation.missing,
        fired=evaluation.fired,
        wanting=evaluation.wanting,
        computed=[_computed(opened, key) for key in evaluation.computed()],
        reviews=evaluation.reviews_needed,
    )


def _computed(opened: Opened, key: Key) -> Computed:
    value = opened.evaluation.derived(key)
    words = text(value_text(opened.item(key), value, {})) if value is not None else _("not decided yet")
    said = [reason_sentence(one, opened) for one in opened.evaluation.derived_because(key)]
    return Computed(key, words, [one for one in said if one])
