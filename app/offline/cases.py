"""Test vectors, as ``docs/verification/vectors`` has them: reading one, and judging what it holds."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography import x509

from app.domain.notes import VerifierKey
from app.offline import page
from app.offline.holding import Held, Known, Trust, statement_of
from app.offline.judging import judge
from app.offline.report import Report

FORMAT = "kakunin-vector/1"


def judged(vector: Mapping[str, Any], files: Mapping[str, bytes]) -> Report:
    """Return the report on what a vector holds; ``files`` are those that it names."""
    held, known = vector["held"], vector["known"]
    record = held.get("record")
    given = Held(
        name=vector["name"],
        pdf=files[held["pdf"]] if "pdf" in held else None,
        record=record.encode() if record is not None else _unbase64(held.get("record_base64")),
        statement=held.get("statement") or (statement_of(held["qr"]) if "qr" in held else None),
        proofs=tuple((one["proof"], one["entry"] and one["entry"].encode()) for one in held.get("proofs", ())),
    )
    beside = Known(
        lists=tuple(known.get("lists", ())),
        checkpoints=tuple(
            (one["note"], tuple(base64.b64decode(token) for token in one["tokens"]))
            for one in known.get("checkpoints", ())
        ),
    )
    look = page.look if vector.get("page") else page.stand_in
    return judge(given, _trust(vector["trust"], files), beside, datetime.fromisoformat(vector["at"]), look)


def _trust(trust: Mapping[str, Any], files: Mapping[str, bytes]) -> Trust:
    seals, times, persons = (
        tuple(one for name in trust.get(kind, ()) for one in x509.load_pem_x509_certificates(files[name]))
        for kind in ("seals", "times", "persons")
    )
    return Trust(seals, times, tuple(VerifierKey.read(text) for text in trust.get("ledgers", ())), persons)


def _unbase64(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)


def differences(vector: Mapping[str, Any], report: Report) -> list[str]:
    """Return how a report differs from what the vector expects, in words of its members; nothing if it does not."""
    found, expected = report.as_data(), vector["expected"]
    # who signed beside the seal is in no line
    found["persons"] = report.facts.get("persons", [])
    return [
        f"{name}: expected {expected.get(name, [])!r}, found {found[name]!r}"
        for name in ("exit", "verdicts", "status", "lines", "persons")
        if expected.get(name, []) != found[name]
    ]
