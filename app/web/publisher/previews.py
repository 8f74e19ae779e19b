"""Trying a version out: the page of each section as people will have it, with answers that nobody keeps."""

from dataclasses import dataclass

from flask import g, render_template, request
from flask_babel import gettext as _

from app.domain.checklist import UNANSWERED, Kind
from app.domain.conditions import decide, reasons
from app.domain.dependencies import Key
from app.domain.errors import InvalidError
from app.domain.evaluation import EMPTY, Fired, Wanted
from app.domain.facts import FACTS
from app.domain.permissions import Permission
from app.domain.recording import value_text
from app.domain.texts import in_japan
from app.extensions import db
from app.services import checklists, previews
from app.services.answers import Typed
from app.services.opened import Opened
from app.services.previews import Supposed, Trial
from app.web.access import MEGABYTE, actor, member
from app.web.checklists.versions import found
from app.web.institution.attached import evidence_key
from app.web.institution.fill import keep_typed, views_of
from app.web.institution.mirror import page_conditions
from app.web.institution.shapes import SlotView
from app.web.institution.slots import blocks, reason_sentence
from app.web.institution.submissions import readable_sections
from app.web.languages import text
from app.web.publisher import AGENCY, blueprint, trials

_LARGEST_BODY = 4 * MEGABYTE


@dataclass(frozen=True)
class Mark:
    """A box to tick: its field, what it supposes to be attached, and whether it does."""

    name: str
    label: str
    checked: bool


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
    supposed, typed, wrong = _answers(compiled, trial)
    if request.form.get("act") == "fill":
        supposed = previews.filled(compiled, trial, supposed, _("Invented for the preview"), actor().at)
    typed = {key: given for key, given in typed.items() if key in wrong}
    opened = previews.opened(compiled, trial, supposed, _("An invented grant"), actor().at)
    sections = [section for section, _keys in readable_sections(opened)]
    shown = next((one for one in sections if one.id == _wanted()), sections[0] if sections else None)
    drawn = blocks(opened, shown, previews.locks(opened), {}) if shown else []
    views = views_of(drawn)
    for view in views:
        keep_typed(view, typed.get(view.slot_key), wrong.get(view.slot_key))
    marks = _marks(opened, supposed, views)
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
        carried=_carried(opened, supposed, views),
        marks=marks,
        places={view.slot_key: view.key for view in views},
        conditions=page_conditions(opened, drawn),
        outcome=_outcome(opened),
        errors=[view for view in views if view.error],
        elsewhere=[key for key in wrong if key not in {view.slot_key for view in views}],
    )


def _fiscal_year() -> int:
    today = in_japan(g.now).date()
    return today.year - (today.month < 4)


def _wanted() -> str:
    """Return the section asked for by a button, or the one that was on the page."""
    return request.form.get("section", "") or request.form.get("shown", "")


def _answers(
    compiled: checklists.Compiled, trial: Trial
) -> tuple[Supposed, dict[Key, Typed], dict[Key, InvalidError]]:
    """Return the answers that were sent, as they read, as they were typed, and what is wrong with some."""
    if request.form.get("act") == "clear":
        return Supposed({}), {}, {}
    keys = previews.keys_of(compiled.checklist, previews.rows_of(compiled.checklist, trial))
    sent = request.form
    typed = {
        key: Typed(0, sent.get(f"s-{name}", ""), sent.getlist(f"v-{name}"), sent.get(f"r-{name}", ""))
        for name, key in keys.items()
        if any(f"{part}-{name}" in sent for part in "vsr")
    }
    places = previews.file_keys_of(compiled.checklist, keys)
    filed = frozenset(place for name, place in places.items() if f"a-{name}" in sent)
    supposed, wrong = previews.read(compiled, typed, filed)
    return supposed, typed, wrong


def _marks(opened: Opened, supposed: Supposed, views: list[SlotView]) -> dict[Key, list[Mark]]:
    """Return for each slot that can be changed here the marks that suppose its files; nothing is uploaded here."""
    found: dict[Key, list[Mark]] = {}
    for view in views:
        if not view.locked:
            found[view.slot_key] = [
                Mark(
                    f"a-{evidence_key(opened, view.slot_key, rule)}",
                    text(rule.label),
                    (*view.slot_key, rule.id) in supposed.filed,
                )
                for rule in view.item.evidence
            ]
        view.evidence = ()
    return found


def _carried(opened: Opened, supposed: Supposed, views: list[SlotView]) -> list[tuple[str, str]]:
    """Return the fields of the answers that are not on this page to be changed, so that they come along."""
    here = {view.slot_key for view in views if not view.locked}
    fields = []
    for key, answer in opened.answers.items():
        slot = supposed.slots.get(key, EMPTY)
        if key in here:
            continue
        filed = [rule for rule in opened.item(key).evidence if (*key, rule.id) in supposed.filed]
        fields += [(f"a-{evidence_key(opened, key, rule)}", "1") for rule in filed]
        if opened.item(key).kind is Kind.FILE or (slot.state in UNANSWERED and not slot.reason):
            continue
        values = slot.value if isinstance(slot.value, list) else [] if slot.value is None else [slot.value]
        fields += [(f"v-{answer.id}", str(value)) for value in values]
        fields += [(f"s-{answer.id}", slot.state.value)]
        fields += [(f"r-{answer.id}", slot.reason)] if slot.reason else []
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
