"""What an agency asks of institutions themselves: a small family, required for a fiscal year."""

from typing import Any

from sqlalchemy import select

from app.catalog.versions import VersionFile
from app.domain.attestation import canonical
from app.domain.checklist import Stage
from app.domain.compiling import compile_checklist
from app.models import Requirement
from app.services import funding
from tests import world
from tests.world import NOW, World

FAMILY = "institution-sample"
SECTION, GROUP = "duty", "systems"
YEAR = 2026
# of the two agencies the one under which the world has no grant
AGENCY = "jst"


def _text(ja: str, en: str) -> dict[str, str]:
    return {"ja": ja, "en": en}


_YES_NO = [{"value": "yes", "label": _text("はい", "Yes")}, {"value": "no", "label": _text("いいえ", "No")}]


def _item(name: str, ja: str, en: str, **more: Any) -> dict[str, Any]:
    given = {"id": name, "kind": "single", "required": True, "text": _text(ja, en), "help": _text("説明", "Help")}
    if more.get("kind", "single") == "single":
        given["options"] = _YES_NO
    return given | {"cites": [{"source": "guide", "clause": "one"}]} | more


DATA: dict[str, Any] = {
    "format": "checklist/1",
    "family": FAMILY,
    "version": "1.0.0",
    "title": _text("機関の体制の確認（見本）", "How the institution is set up (sample)"),
    "scope": "institution",
    "languages": {"authoritative": "ja", "required": ["ja", "en"]},
    "effective": {"from": "2026-04-01"},
    "sources": [
        {
            "id": "guide",
            "title": _text("手引き", "Guide"),
            "publisher": _text("配分機関", "Agency"),
            "issued": "2026",
            "checked": "2026-11-23",
            "confirmed": True,
            "clauses": [{"id": "one", "title": _text("一", "One")}],
        }
    ],
    "applies_when": {"all": [{"fact": "stage", "eq": "yearly"}, {"fact": "fiscal_year", "gte": 2026}]},
    "sections": [
        {
            "id": SECTION,
            "title": _text("体制", "How it is set up"),
            "items": [
                _item("duty.rules", "規程を定めていますか。", "Are there rules?", number="1", disclosure="answer"),
                _item(
                    "duty.judged",
                    "規程は守られていますか。",
                    "Are the rules kept?",
                    number="2",
                    answered_by="integrity_officer",
                ),
                _item(
                    "duty.checked",
                    "別の者が確かめましたか。",
                    "Did another person check that?",
                    number="3",
                    answered_by="integrity_officer",
                    must_differ_from=["duty.judged"],
                ),
                _item(
                    "duty.national",
                    "国立研究開発法人として公表していますか。",
                    "Is it published, as a national agency must?",
                    number="4",
                    show_when={"fact": "institution.national_agency", "eq": "yes"},
                ),
                _item(
                    GROUP,
                    "使っている仕組みを挙げてください。",
                    "Which systems are used?",
                    kind="group",
                    number="5",
                    repeat={"min": 1, "label_from": "systems.name"},
                    items=[_item("systems.name", "名称", "Name", kind="text")],
                ),
                _item(
                    "persons",
                    "参加者ごとの確認",
                    "About each participant",
                    kind="group",
                    required=False,
                    repeat={"over": "participants"},
                    items=[_item("persons.told", "伝えましたか。", "Were they told?", answered_by="participant")],
                ),
            ],
        }
    ],
    "attestation": {
        "statement": {
            "version": "1.0.0",
            "text": _text("当機関は、体制を確かめました。", "The institution has checked how it is set up."),
        },
        "signatories": [
            {"role": "attester", "order": 1, "must_differ_from": ["principal_investigator", "research_office"]}
        ],
        "valid_for_days": 365,
    },
}


def publish(people: World) -> None:
    """Publish the family, once."""
    file = VersionFile(f"{FAMILY}/1.0.0.yaml", canonical(DATA), DATA, compile_checklist(DATA), (), {})
    world.publish(people.session, [file])


def required(people: World, year: int = YEAR) -> Requirement:
    """Return what the agency requires of institutions for a fiscal year; asked for the first time, it is made."""
    query = select(Requirement).filter_by(call_id=None, family=FAMILY, fiscal_year=year)
    there = people.session.scalar(query)
    if there is not None:
        return there
    publish(people)
    agency = people.organization(AGENCY)
    due_on = NOW.date().replace(year=year + 1, month=3, day=31)
    made = funding.require_of_institutions(people.session, agency, FAMILY, Stage.YEARLY, year, due_on)
    people.session.commit()
    return made
