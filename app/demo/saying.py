"""What one person says at one slot: as the story tells, or the first thing that can be said."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.domain.answers import MARKS
from app.domain.checklist import Item, Kind, State
from app.domain.dependencies import Key
from app.domain.evaluation import Slot
from app.domain.people import Actor
from app.domain.texts import in_japan
from app.services.opened import Opened

Story = Mapping[str, Any]


def say(story: Story, opened: Opened, key: Key, actor: Actor) -> Slot:
    """Return what ``actor`` says at ``key``: an answer, or why there is none."""
    item = opened.item(key)
    told: Any = story.get(item.id)
    if isinstance(told, dict) and "by_row" in told:
        row_ids = [str(row.id) for row in opened.rows[opened.compiled.checklist.group_of[item.id]]]
        told = told["by_row"][row_ids.index(str(key[1])) % len(told["by_row"])]
    if isinstance(told, dict) and "fact" in told:
        told = opened.revision.facts.get(told["fact"], told["otherwise"])
    reason = ""
    if isinstance(told, dict):
        if told.get("state"):
            return Slot(State(told["state"]), None, told.get("reason", ""))
        told, reason = told.get("value"), told.get("reason", "")
    return Slot(State.ANSWERED, _typed(opened, item, told, actor), reason)


def _typed(opened: Opened, item: Item, told: Any, actor: Actor) -> Any:
    """Return what is typed: as told, days counted from today, or the first thing that can be said."""
    match item.kind:
        case Kind.GROUP | Kind.STATEMENT:
            return MARKS[item.kind]
        case Kind.PERSON:
            return told or f"{actor.name} ({actor.post.ja})"
        case Kind.DECIMAL:
            return told if told is not None else str(item.min or min(1, 1 if item.max is None else item.max))
        case Kind.DATE:
            today = in_japan(actor.at).date()
            return (today + timedelta(days=told or 0)).isoformat() if not isinstance(told, str) else told
        case Kind.INTEGER if told == "participants":
            return len(opened.grant.participants) if opened.grant else 0
        case Kind.INTEGER:
            return told if told is not None else max(item.min or 0, min(1, item.max or 1))
        case Kind.SINGLE | Kind.MULTI:
            return told if told is not None else item.choices[0].value
        case Kind.CODE:
            return told or min(opened.compiled.codes[item.list or ""])
        case _:
            return told or "記録のとおり"
