"""The canonical content of a revision at one moment; every decision points at one by its hash."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from app.domain.checklist import State
from app.domain.dependencies import Key
from app.domain.evaluation import EMPTY, Evaluation, Slot
from app.domain.evidence import Filed
from app.domain.facts import FactValue
from app.domain.rules import Effect


@dataclass(frozen=True)
class Row:
    """A row of a repeating group: its label as shown, and the participant it stands for, if any."""

    id: str
    label: str
    participant_id: str | None


def build(
    evaluation: Evaluation,
    *,
    submission: str,
    number: int,
    checklist_sha256: str,
    facts: Mapping[str, FactValue],
    rows: Mapping[str, Iterable[Row]],
    evidence: Mapping[Key, Iterable[Filed]] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return the content of a revision as plain data: slots in force, files, rows, facts, flags; no clock in it.

    Who answered and when is not part of the content: an approval counts while the content stands.
    """
    checklist = evaluation.checklist
    return {
        "format": "kakunin-snapshot/1",
        "submission": submission,
        "revision": number,
        "checklist": {
            "family": checklist.family,
            "version": checklist.version,
            "sha256": checklist_sha256,
        },
        "facts": dict(facts),
        "rows": {
            group: [{"id": row.id, "label": row.label, "participant": row.participant_id} for row in each]
            for group, each in rows.items()
        },
        "computed": [
            {"item": key[0], "row": key[1], "value": evaluation.derived(key)} for key in evaluation.computed()
        ],
        "answers": [_answer(key, evaluation.slot(key)) for key in evaluation.in_force()],
        "evidence": [_file(key, one) for key in evaluation.in_force() for one in evidence.get(key, ())],
        "flags": [
            {"rule": fired.rule.id, "item": fired.key[0], "row": fired.key[1]}
            for fired in evaluation.fired
            if fired.rule.effect is Effect.FLAG_FOR_AGENCY
        ],
        "statement": checklist.attestation.statement.model_dump(mode="json"),
    }


def _answer(key: Key, slot: Slot) -> dict[str, Any]:
    return {
        "item": key[0],
        "row": key[1],
        "state": slot.state.value,
        "value": slot.value,
        "reason": slot.reason,
    }


def _file(key: Key, one: Filed) -> dict[str, Any]:
    return {
        "item": key[0],
        "row": key[1],
        "rule": one.rule,
        "sha256": one.sha256,
        "name": one.name,
        "document_on": one.document_on.isoformat() if one.document_on else None,
    }


def slots_of(content: Mapping[str, Any]) -> dict[Key, Slot]:
    """Return the slots a snapshot holds, by key."""
    return {
        (each["item"], each["row"]): Slot(State(each["state"]), each["value"], each["reason"])
        for each in content["answers"]
    }


def files_of(content: Mapping[str, Any]) -> dict[Key, tuple[Filed, ...]]:
    """Return the files a snapshot holds, by key; one taken before there were files holds none."""
    found: dict[Key, tuple[Filed, ...]] = {}
    for each in content.get("evidence", ()):
        day = date.fromisoformat(each["document_on"]) if each["document_on"] else None
        key = (each["item"], each["row"])
        found[key] = (*found.get(key, ()), Filed(each["rule"], each["sha256"], each["name"], day))
    return found


@dataclass(frozen=True)
class Change:
    """What became of one slot between two contents: what it said, and what was attached."""

    key: Key
    before: Slot
    after: Slot
    files_before: tuple[Filed, ...] = ()
    files_after: tuple[Filed, ...] = ()


Files = Mapping[Key, tuple[Filed, ...]]
_NONE: Files = MappingProxyType({})


def changes(
    before: Mapping[Key, Slot], after: Mapping[Key, Slot], files_before: Files = _NONE, files_after: Files = _NONE
) -> list[Change]:
    """Return the slots whose state, value, reason or files differ, in the order of ``after``, dropped ones last."""
    keys = [*after, *(key for key in before if key not in after)]
    found = (
        Change(
            key,
            before.get(key, EMPTY),
            after.get(key, EMPTY),
            files_before.get(key, ()),
            files_after.get(key, ()),
        )
        for key in keys
    )
    return [one for one in found if (one.before, one.files_before) != (one.after, one.files_after)]
