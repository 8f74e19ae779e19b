"""A small version that uses every part of the language, as plain data."""

from typing import Any


def both(ja: str, en: str) -> dict[str, str]:
    return {"ja": ja, "en": en}


def asked(item_id: str, kind: str, **more: Any) -> dict[str, Any]:
    """Return an item with what every item has."""
    return {
        "id": item_id,
        "kind": kind,
        "text": both(f"{item_id}を確かめましたか。", f"Was {item_id} checked?"),
        "help": both("例：はい", "Example: yes"),
        "cites": [{"source": "guide", "clause": "3.1"}],
    } | more


def choices(*values: str) -> list[dict[str, Any]]:
    return [{"value": value, "label": both(f"選択肢{value}", f"Option {value}")} for value in values]


def _partners() -> dict[str, Any]:
    country = asked(
        "partners.country", "code", list="countries", show_when={"item": "partners.name", "answered": True}
    )
    name = asked(
        "partners.name", "text", max_length=200, required=True, origin_reason=both("様式が求めます", "Forms ask")
    )
    second = asked(
        "partners.judged",
        "single",
        scale="yes-no",
        answered_by="integrity_officer",
        must_differ_from=["foreign"],
        edition_of="partners.name",
        states=["not_applicable", "unsure", "not_obtained"],
    )
    any_of = {"some": "partners", "where": {"item": "partners.country", "in_list": "countries"}}
    return asked(
        "partners",
        "group",
        number="1.10",
        show_when={"all": [{"item": "foreign", "answered": True}, {"item": "foreign", "eq": "yes"}]},
        repeat={"min": 0, "max": 50, "label_from": "partners.name"},
        items=[name, country, second],
        rules=[
            {"id": "some-country", "when": any_of, "effect": "warn", "message": both("確認", "Check")},
            {"id": "again", "when": any_of, "effect": "flag_for_agency", "message": both("=SUM(A1)", "+1 -2 @x")},
        ],
    )


def _judgement() -> list[dict[str, Any]]:
    record = {
        "id": "record",
        "label": both("記録", "Record"),
        "required_when": {"item": "foreign", "eq": "yes"},
        "min_files": 1,
        "media": ["application/pdf", "text/csv"],
        "max_age_days": 365,
        "age_from": "document_date",
    }
    long = {"any": [{"item": "areas", "has": value} for value in ("quantum", "materials", "no", "quantum")]}
    return [
        asked("areas", "multi", options=choices("quantum", "materials", "no"), stages=["award", "change"]),
        asked("budget", "decimal", min=0, max=100, places=2, disclosure="answer"),
        asked("count", "integer", min=-1, max=10),
        asked("begins", "date", risk="high"),
        asked("copy", "file", evidence=[record]),
        asked("named", "person"),
        asked("promise", "statement", required=False),
        asked("notes", "longtext", max_length=4000),
        asked(
            "result",
            "derived",
            scale="yes-no",
            value_when=[
                {"if": {"not": {"all": [long, {"item": "begins", "gte": "2026-04-01"}]}}, "then": "yes"},
                {"if": {"every": "partners", "where": {"item": "partners.judged", "ne": "no"}}, "then": "yes"},
                {"then": "no"},
            ],
        ),
        asked("everyone", "group", repeat={"over": "participants"}, items=[asked("everyone.said", "text")]),
    ]


def whole() -> dict[str, Any]:
    """Return the version, made anew."""
    record = {"id": "talk", "label": both("面談記録", "Interview"), "min_files": 0}
    foreign = asked("foreign", "single", scale="yes-no", required=True, evidence=[record], number="A-1")
    return {
        "format": "checklist/1",
        "family": "sample.whole",
        "version": "1.10.0",
        "title": both("見本", "Sample"),
        "short_title": both("見", "S"),
        "scope": "grant",
        "languages": {"authoritative": "ja", "required": ["ja", "en"]},
        "effective": {"from": "2026-04-01", "until": "2027-03-31"},
        "supersedes": {
            "version": "1.9.0",
            "change": "major",
            "summary": both("質問を加えました。", "Questions were added."),
            "in_progress": {"policy": "must_move", "finish_by": "2026-09-30T17:00:00+09:00"},
            "renamed": {"abroad": "foreign"},
            "options": {"abroad": {"1": "yes", "0": "no"}},
            "removed": ["gone"],
            "reconfirm": ["foreign", "areas"],
            "editorial": ["notes"],
        },
        "sources": [
            {
                "id": "guide",
                "title": both("手引", "Guide"),
                "publisher": both("庁", "Agency"),
                "issued": "2026-02",
                "checked": "2026-11-23",
                "url": "https://agency.example/guide#3",
                "confirmed": False,
                "note": both("本文は未確認です。", "The text was not read."),
                "clauses": [{"id": "3.1", "title": both("三の一", "Three one")}],
            }
        ],
        "lists": [{"id": "countries", "file": "countries-2026-11", "edition": "2026-11", "sha256": "0a" * 32}],
        "applies_when": {
            "all": [{"fact": "funder", "in": ["jst", "amed"]}, {"not": {"fact": "call.fiscal_year", "lt": 2025}}]
        },
        "scales": {"yes-no": choices("yes", "no")},
        "sections": [
            {
                "id": "collab",
                "title": both("共同研究", "Collaboration"),
                "summary": both("相手機関", "Partners"),
                "items": [foreign, _partners()],
            },
            {
                "id": "judging",
                "title": both("判断", "Judging"),
                "stages": ["award", "yearly"],
                "show_when": {"fact": "stage", "ne": "application"},
                "items": _judgement(),
            },
        ],
        "attestation": {
            "statement": {"version": "1.0.0", "text": both("確認しました。\n\n以上", "I confirm.\n- all of it")},
            "signatories": [
                {
                    "role": "principal_investigator",
                    "order": 1,
                    "statement": {"version": "1.0.0", "text": both("申告します。", "I declare.")},
                },
                {"role": "attester", "order": 2, "must_differ_from": ["research_office", "library"]},
            ],
            "ink": False,
            "valid_for_days": 365,
            "personal_signatures": 2,
        },
    }
