"""Ledgers for tests: entries about a real attestation, in whatever number is needed."""

from datetime import timedelta

from flask import Flask

from app.domain.attestation import Record, sha256
from app.domain.ledger import Kind
from app.models import Attestation, LedgerEntry
from app.services import ledger
from tests import walking
from tests.world import NOW, World


def attested(people: World, app: Flask) -> Attestation:
    """Return an attestation to write about."""
    return walking.attested(people, app, "aoba")[1]


def enter(people: World, attestation: Attestation, number: int, kind: Kind = Kind.EXPIRE) -> list[LedgerEntry]:
    """Enter so many things about an attestation, and commit."""
    record = Record.model_validate_json(attestation.record)
    found = []
    for _ in range(number):
        hashed = attestation.record_sha256 if kind is Kind.ISSUE else sha256(b"%d" % len(found))
        found.append(ledger.append(people.session, kind, attestation.organization_id, record, hashed))
    people.session.commit()
    return found


def sign(people: World, app: Flask, minutes: int = 0) -> str:
    """Sign the ledger as it is, and commit."""
    note = ledger.checkpoint(people.session, walking.premises(app), NOW + timedelta(minutes=minutes))
    people.session.commit()
    return note
