"""A large ledger, and many who wait for their PDF, quickly: rows as the service would have written them."""

import secrets
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import insert, inspect
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.domain import ledger, merkle
from app.domain.attestation import Record, new_code, new_salt, record_bytes, sha256
from app.models import Attestation, Grant, LedgerEntry, LedgerHead, LedgerLink, LedgerNode
from app.services import ledger as service

Row = TypeVar("Row", bound=Any)

_AT_ONCE = 20_000


def fill(session: Session, attestation: Attestation, number: int) -> None:
    """Enter ``number`` things about an attestation and commit; everything but the way there is the service's.

    None of them is about a file, as none is kept.
    """
    record = Record.model_validate_json(attestation.record)
    name = ledger.name_of(record.salt, record.id)
    head = session.get_one(LedgerHead, 1)
    peaks = {level: ledger_hash(session, level, index) for level, index in merkle.peaks(head.size)}
    coming = iter(range(head.size, head.size + number))
    while indexes := list(islice(coming, _AT_ONCE)):
        entries, nodes, links = [], [], []
        for index in indexes:
            content = ledger.Entry(ledger.Kind.EXPIRE, name, sha256(b"%d" % index)).content
            entries.append({"index": index, "content": content})
            for level, place, found in merkle.append(
                lambda level, _: peaks[level], index, merkle.leaf_hash(content)
            ):
                nodes.append({"level": level, "index": place, "hash": found})
                peaks[level] = found
            links.append(
                {
                    "organization_id": attestation.organization_id,
                    "attestation_id": attestation.id,
                    "index": index,
                    "salt": record.salt,
                }
            )
        session.execute(insert(LedgerEntry), entries)
        session.execute(insert(LedgerNode), nodes)
        session.execute(insert(LedgerLink), links)
    head.size += number
    session.commit()


def ledger_hash(session: Session, level: int, index: int) -> bytes:
    return session.get_one(LedgerNode, (level, index)).hash


def waiting(session: Session, attestation: Attestation, number: int) -> list[Attestation]:
    """Certify ``number`` more like one that is being issued, each of a grant of its own, and commit.

    Each has its own record and entry, as the service would have written them, so that issuing meets what it
    always meets; the answers behind the snapshots are not copied, and there is no annex.
    """
    first = Record.model_validate_json(attestation.record)
    grant = session.get_one(Grant, (attestation.organization_id, attestation.revision.submission.grant_id))
    made = []
    for _ in range(number):
        copied = [_like(one) for one in (grant, attestation.revision.submission, attestation.revision)]
        its_grant, submission, revision = copied
        its_grant.number = f"JP26B{secrets.randbelow(10**12):012}"
        submission.grant_id, revision.submission_id = its_grant.id, submission.id
        snapshot, one = _like(attestation.snapshot), _like(attestation)
        snapshot.revision_id = one.revision_id = revision.id
        one.snapshot_id = snapshot.id
        code = new_code()
        record = first.model_copy(
            update={
                "id": str(one.id),
                "code": code,
                "salt": new_salt(),
                "grant": first.grant and first.grant.model_copy(update={"number": its_grant.number}),
                "verify_url": first.verify_url.replace(first.code, code),
            }
        )
        one.code, one.record = code, record_bytes(record)
        one.record_sha256 = sha256(one.record)
        for row in (its_grant, submission, revision, snapshot, one):
            session.add(row)
            session.flush()
        service.append(session, ledger.Kind.ISSUE, one.organization_id, record, one.record_sha256)
        made.append(one)
    session.commit()
    return made


def _like(row: Row) -> Row:
    """Return a new row with the values of another, under an id of its own."""
    values = {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}
    return type(row)(**values | {"id": uuid7()})
