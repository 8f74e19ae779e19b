"""The same page twice: what ours asks, told to the floor, and both pages held against each other."""

import re
from uuid import UUID

import html5lib
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.extensions import db
from app.services import revisions
from app.web.access import actor
from app.web.institution.slots import BlockView, SlotView, blocks
from app.web.institution.submissions import locks
from bench.bare import BareAnswer, Field
from bench.place import Browser, Place

_CONTROL = re.compile(r"<(?:input|textarea|select|option)\b[^>]*")
_NAME = re.compile(r'name="([vsrq])-')


def mirror(
    place: Place, browser: Browser, submission_id: UUID, section_id: str, engine: Engine, name: str
) -> list[Field]:
    """Store the answers of a section in the floor's table under ``name`` and return its questions."""
    path = section_path(submission_id, section_id)
    with place.app.test_request_context(path, headers={"Cookie": browser.cookies, "Accept-Language": "en"}):
        place.app.preprocess_request()
        opened = revisions.find(db.session, actor(), submission_id)
        section = opened.compiled.checklist.section(section_id)
        drawn = blocks(opened, section, locks(opened), {})
        pairs = [pair for block in drawn for pair in _pairs(block)]
    with Session(engine) as session:
        for place_, (_, slot) in enumerate(pairs):
            value = slot.value if slot.value not in ("", []) else None
            session.add(
                BareAnswer(page=name, field=place_, seq=slot.seq, state=slot.state, value=value, reason=slot.reason)
            )
        session.commit()
    return [field for field, _ in pairs]


def section_path(submission_id: UUID, section_id: str) -> str:
    return f"/submissions/{submission_id}/sections/{section_id}"


def _pairs(block: BlockView) -> list[tuple[Field, SlotView]]:
    found = []
    for row in block.rows:
        found += [(_field(slot, row.label if place == 0 else ""), slot) for place, slot in enumerate(row.slots)]
    if block.slot:
        found.append((_field(block.slot, ""), block.slot))
    return found


def _field(slot: SlotView, lead: str) -> Field:
    item = slot.item
    if slot.locked:
        # told, not asked: the floor prints the answer as ours does
        return Field(item.number, item.text.en, item.help.en, "locked", [], [], False, lead)
    options = [(option.value, option.label.en) for option in slot.options]
    if item.kind == "group":
        options = [("complete", "All rows are entered")]
    explains = any(rule.effect == "require_reason" for rule in item.rules)
    states = ["answered", *item.states] if item.states else []
    reason = bool(states or explains or slot.reason)
    return Field(item.number, item.text.en, item.help.en, item.kind.value, options, states, reason, lead)


def controls(page: str) -> int:
    """Return how many controls and options of questions a page has."""
    found = [each for each in _CONTROL.findall(page) if each.startswith("<option") or _NAME.search(each)]
    return len(found)


def same_controls(ours: str, bare: str) -> int:
    """Return how many controls both pages have; raise unless they are the same number."""
    counted = controls(ours), controls(bare)
    if counted[0] != counted[1] or not counted[0]:
        raise RuntimeError(f"the pages do not ask the same: {counted}")
    return counted[0]


def sent(page: str, only: str | None = None) -> list[tuple[str, str]]:
    """Return what a browser would send of the questions of a page, of all or of one."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    found: list[tuple[str, str]] = []
    for node in tree.iter():
        name = node.get("name", "") if isinstance(node.tag, str) else ""
        if not re.fullmatch(r"[vsrq]-.{36}", name) or (only and not name.endswith(only)):
            continue
        if node.tag == "select":
            chosen = [each for each in node.iter("option") if "selected" in each.attrib]
            found.append((name, chosen[0].get("value", "") if chosen else ""))
        elif node.tag == "textarea":
            found.append((name, (node.text or "").lstrip("\n")))
        elif node.get("type") not in {"radio", "checkbox"} or "checked" in node.attrib:
            found.append((name, node.get("value", "")))
    return found
