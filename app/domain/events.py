"""The append-only log: which events there are, which fields each carries, and how one binds the last."""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785

# name -> the fields it must carry, no more and no fewer; sorted
EVENTS: Mapping[str, frozenset[str]] = {
    "account:signed_in": frozenset({"method"}),
    "account:signed_out": frozenset(),
    "annex:read": frozenset({"file"}),
    "answers:saved": frozenset({"slots"}),
    "attestation:attested": frozenset({"snapshot", "record", "statement"}),
    "attestation:certified": frozenset({"snapshot", "order", "statement"}),
    "attestation:downloaded": frozenset({"file"}),
    "attestation:expired": frozenset({"last_day"}),
    "attestation:issued": frozenset({"file"}),
    "attestation:kept": frozenset({"withdrawal"}),
    "attestation:scan_read": frozenset({"file"}),
    "attestation:superseded": frozenset({"by"}),
    "attestation:taken_in": frozenset({"snapshot", "record", "statement", "scan"}),
    "attestation:withdrawal_proposed": frozenset({"withdrawal"}),
    "attestation:withdrawn": frozenset({"withdrawal"}),
    "checklist:discarded": frozenset({"checklist", "reason"}),
    "checklist:proposed": frozenset({"checklist"}),
    "checklist:published": frozenset({"checklist"}),
    "checklist:withdrawn": frozenset({"checklist", "reason"}),
    "evidence:attached": frozenset({"item", "row", "rule", "file"}),
    "evidence:read": frozenset({"item", "row", "rule", "file"}),
    "evidence:removed": frozenset({"item", "row", "rule", "file"}),
    "grant:changed": frozenset({"facts"}),
    "grant:imported": frozenset({"file", "rows"}),
    "grant:registered": frozenset({"number"}),
    "participant:added": frozenset({"participant"}),
    "participant:removed": frozenset({"participant"}),
    "row:added": frozenset({"group", "row"}),
    "row:removed": frozenset({"group", "row"}),
    "submission:approved": frozenset({"snapshot"}),
    "submission:facts_renewed": frozenset({"facts"}),
    "submission:moved": frozenset({"checklist", "carried", "left"}),
    "submission:opened": frozenset({"checklist", "stage"}),
    "submission:read": frozenset({"institution"}),
    "submission:recalled": frozenset(),
    "submission:returned": frozenset({"items"}),
    "submission:revised": frozenset({"number"}),
    "submission:sent_back": frozenset({"items"}),
    "submission:submitted": frozenset({"snapshot"}),
}

FIRST = "0" * 64


def check_fields(kind: str, data: Mapping[str, Any]) -> None:
    """Raise ValueError unless ``kind`` is declared and ``data`` carries exactly its fields."""
    if kind not in EVENTS:
        raise ValueError(f"no event {kind} is declared")
    if set(data) != EVENTS[kind]:
        raise ValueError(f"the event {kind} carries {sorted(EVENTS[kind])}, not {sorted(data)}")


def chain_hash(previous: str, line: Mapping[str, Any]) -> str:
    """Return SHA-256 over the previous hash and the canonical JSON of a line; a change shows ever after."""
    return hashlib.sha256(bytes.fromhex(previous) + rfc8785.dumps(dict(line))).hexdigest()
