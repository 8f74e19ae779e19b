"""What a page is told after it saved by itself: numbers, what shows now, what is computed, how far it is."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from app.domain.checklist import Kind, Section
from app.domain.dependencies import Key
from app.domain.errors import KakuninError
from app.services.answers import Typed
from app.services.opened import Opened
from app.web.institution.attached import evidence_key, needed
from app.web.institution.mirror import groups_shown
from app.web.institution.slots import computed_view, page_key, why_shown
from app.web.languages import language
from app.web.messages import sentence


def told(
    opened: Opened, section: Section, typed: Mapping[Key, Typed], errors: Mapping[Key, KakuninError]
) -> dict[str, Any]:
    """Return what became of what a page sent."""
    slots = {key: str(answer.id) for key, answer in opened.answers.items() if opened.readable(key)}
    of_section = [key for key in slots if opened.compiled.checklist.section_of[key[0]] == section.id]
    computed = list(_computed(opened, section))
    counts = opened.evaluation.counts()
    return {
        "saved": True,
        "seqs": {slots[key]: opened.answers[key].head_seq for key in typed if key not in errors},
        "shown": {
            page_key(opened, key): opened.evaluation.shown(key) is not False for key in [*of_section, *computed]
        },
        "errors": {slots[key]: sentence(error) for key, error in errors.items()},
        "groups": groups_shown(opened, section),
        "because": {slots[key]: [why] for key in of_section if (why := why_shown(opened, key))},
        "computed": {page_key(opened, key): _value(opened, key) for key in computed},
        "needed": {
            evidence_key(opened, key, rule): rule.id in wanted
            for key in of_section
            if opened.item(key).evidence
            for wanted in [needed(opened, key)]
            for rule in opened.item(key).evidence
        },
        "progress": {"done": counts.total - counts.open, "total": counts.total},
        "language": language(),
    }


def _computed(opened: Opened, section: Section) -> Iterator[Key]:
    """Yield the computed items of a section that the person may read, shown or not."""
    for item in section.items:
        for one in (item, *item.items):
            rows = [None] if one is item else [str(row.id) for row in opened.rows.get(item.id, [])]
            if one.kind is Kind.DERIVED:
                yield from ((one.id, row) for row in rows if opened.readable((one.id, row)))


def _value(opened: Opened, key: Key) -> dict[str, str]:
    view = computed_view(opened, key)
    return {"text": view.answer_text or _("Not decided yet"), "why": " ".join(view.why)}
