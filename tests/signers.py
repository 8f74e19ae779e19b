"""A small family that three certify: the principal investigator in words of their own, an officer, the attester."""

from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask
from sqlalchemy import select

from app.catalog.versions import VersionFile
from app.domain.attestation import canonical
from app.domain.compiling import compile_checklist
from app.domain.errors import KakuninError
from app.models import Attestation, Requirement
from app.services import attestations, personal
from app.services.archiving import File
from tests import walking, world
from tests.signing.people import House
from tests.world import World

FAMILY = "signers-sample"
STAGE = "completion"
DECLARED = {
    "version": "1.0.0",
    "text": {"ja": "私は、この課題について申告しました。", "en": "I have declared what there is to declare."},
}


def _text(ja: str, en: str) -> dict[str, str]:
    return {"ja": ja, "en": en}


def _item(name: str, number: str, **more: Any) -> dict[str, Any]:
    words = {"text": _text("守られていますか。", "Is it kept?"), "help": _text("説明", "Help")}
    options = [{"value": "yes", "label": _text("はい", "Yes")}, {"value": "no", "label": _text("いいえ", "No")}]
    given = {"id": name, "number": number, "kind": "single", "required": True, "options": options}
    return given | words | {"cites": [{"source": "guide", "clause": "one"}]} | more


def data(**attestation: Any) -> dict[str, Any]:
    """Return the version; ``attestation`` adds to how it is certified."""
    return {
        "format": "checklist/1",
        "family": FAMILY,
        "version": "1.0.0",
        "title": _text("三者の確認（見本）", "Certified by three (sample)"),
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
        "sections": [
            {
                "id": "kept",
                "title": _text("確認", "Checks"),
                "items": [
                    _item("kept.rules", "1", disclosure="answer"),
                    _item("kept.export", "2", answered_by="integrity_officer"),
                ],
            }
        ],
        "attestation": {
            "statement": {
                "version": "2.0.0",
                "text": _text("当機関は、確認しました。", "The institution confirms."),
            },
            "signatories": [
                {"role": "attester", "order": 9, "must_differ_from": ["principal_investigator", "research_office"]},
                {"role": "principal_investigator", "order": 1, "statement": DECLARED},
                {"role": "export_control_officer", "order": 2, "must_differ_from": ["integrity_officer"]},
            ],
            "valid_for_days": 365,
        }
        | attestation,
    }


def approved(people: World, code: str = "aoba", **attestation: Any) -> Any:
    """Require the family of the world's call, and walk a submission until it waits for who certifies."""
    return walking.approved(people, code, _required(people, **attestation))


def invited(people: World, app: Flask, house: House) -> tuple[UUID, Attestation, bytes]:
    """Issue an attestation that two persons of a house may sign, and return its submission, itself and its file."""
    alone = [{"role": "attester", "order": 1, "must_differ_from": ["research_office"]}]
    submission_id = approved(people, signatories=alone, personal_signatures=2)
    folder = walking.premises(app).anchors / "persons"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "people.pem").write_bytes(house.root.public_bytes(Encoding.PEM))
    attestation = walking.attest(people, app, "aoba", submission_id)
    return submission_id, attestation, attestations.file_of(attestation, walking.premises(app))


def brought(people: World, app: Flask, content: bytes, at: datetime, who: str = "office") -> File:
    """Bring a file that a person signed, as a member of the institution."""
    actor = people.actor("aoba", who, at)
    try:
        found = personal.read(people.session, content, walking.premises(app), at)
        kept = personal.bring(people.session, actor, actor.roles, found, walking.premises(app))
        people.session.commit()
    except KakuninError:
        people.session.rollback()
        raise
    return kept


def _required(people: World, **attestation: Any) -> str:
    if people.session.scalar(select(Requirement).filter_by(family=FAMILY)) is None:
        content = data(**attestation)
        file = VersionFile(f"{FAMILY}/1.0.0.yaml", canonical(content), content, compile_checklist(content), (), {})
        world.publish(people.session, [file])
        call, due = people.requirement().call, people.requirement().due_on
        of_call = {"organization_id": call.organization_id, "call_id": call.id}
        people.session.add(Requirement(**of_call, family=FAMILY, stage=STAGE, due_on=due))
        people.session.commit()
    return STAGE
