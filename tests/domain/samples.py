"""Small checklists, written as an author would write them, and small situations around them."""

from collections.abc import Mapping
from typing import Any

from app.domain.checklist import Checklist, Kind, State
from app.domain.compiling import compile_checklist
from app.domain.conditions import Condition
from app.domain.dependencies import Key
from app.domain.evaluation import Evaluation, Slot

YES_NO = [
    {"value": "yes", "label": {"ja": "はい", "en": "Yes"}},
    {"value": "no", "label": {"ja": "いいえ", "en": "No"}},
]
SHA = "a" * 64


def words(text: str) -> dict[str, str]:
    return {"ja": f"{text}（日本語）", "en": text}


def item(name: str, kind: str = "single", **more: Any) -> dict[str, Any]:
    """Return an item of any kind with all it must have; a choice is yes or no unless told otherwise."""
    given: dict[str, Any] = {"id": name, "kind": kind, "text": words(name), "help": words(f"help on {name}")}
    given["cites"] = [{"source": "guide", "clause": "one"}]
    if kind in {"single", "multi", "derived"} and not more.keys() & {"scale", "options"}:
        given["options"] = YES_NO
    if kind == "code":
        given["list"] = "countries"
    if kind == "group":
        given["repeat"] = {}
    if kind == "derived":
        given["value_when"] = [{"then": "yes"}]
    if kind == "file":
        given["evidence"] = [{"id": "copy", "label": words("copy")}]
    return given | more


def rule(name: str, effect: str, asked: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "effect": effect, "when": asked, "message": words(name)}


def section(name: str, *items: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": name, "title": words(name), "items": list(items), **more}


def data(*sections: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return a whole version file as plain data; items alone are put into one section."""
    if sections and "kind" in sections[0]:
        sections = (section("part", *sections),)
    return {
        "format": "checklist/1",
        "family": "sample",
        "version": "1.0.0",
        "title": words("Sample"),
        "languages": {"authoritative": "ja", "required": ["ja", "en"]},
        "effective": {"from": "2026-04-01"},
        "sources": [
            {
                "id": "guide",
                "title": words("Guide"),
                "publisher": words("Agency"),
                "issued": "2026",
                "checked": "2026-11-23",
                "confirmed": True,
                "clauses": [{"id": "one", "title": words("Clause one")}],
            }
        ],
        "lists": [{"id": "countries", "file": "countries-2026", "edition": "2026-11", "sha256": SHA}],
        "sections": list(sections),
        "attestation": {
            "statement": {"version": "1.0.0", "text": words("We confirm.")},
            "signatories": [{"role": "attester", "order": 1}],
        },
        **more,
    }


def checklist(*sections: Mapping[str, Any], **more: Any) -> Checklist:
    return compile_checklist(data(*sections, **more))


def condition(written: Mapping[str, Any]) -> Condition:
    return Condition.model_validate(written)


def slots(answers: Mapping[Any, Any]) -> dict[Key, Slot]:
    """Return slots from ``{"item": value}`` and ``{("item", "row"): value}``; a State or Slot stands as it is."""
    found: dict[Key, Slot] = {}
    for name, value in answers.items():
        key = name if isinstance(name, tuple) else (name, None)
        if isinstance(value, Slot):
            found[key] = value
        elif isinstance(value, State):
            found[key] = Slot(value, None, "a reason")
        else:
            found[key] = Slot(State.ANSWERED, value)
    return found


def evaluate(
    one: Checklist,
    answers: Mapping[Any, Any] | None = None,
    rows: Mapping[str, list[str]] | None = None,
    **facts: Any,
) -> Evaluation:
    """Evaluate a checklist at the stage of application unless another is told; ``__`` in a fact's name is a dot."""
    known = {"stage": "application"} | {name.replace("__", "."): value for name, value in facts.items()}
    codes = {"countries": frozenset({"JP", "FR"})}
    return Evaluation(one, known, slots(answers or {}), rows or {}, codes)


def a_value_of(kind: Kind) -> Any:
    """Return an answer that fits a sample item of ``kind``."""
    return {
        Kind.SINGLE: "yes",
        Kind.MULTI: ["yes"],
        Kind.TEXT: "words",
        Kind.LONGTEXT: "more\nwords",
        Kind.INTEGER: 5,
        Kind.DECIMAL: "0.25",
        Kind.DATE: "2026-04-01",
        Kind.FILE: "attached",
        Kind.PERSON: "山田 花子（輸出管理室）",
        Kind.STATEMENT: "confirmed",
        Kind.DERIVED: "yes",
        Kind.CODE: "JP",
        Kind.GROUP: "complete",
    }[kind]
