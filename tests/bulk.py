"""A large ledger quickly: rows as the service would have written them, many at a time."""

from itertools import islice

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain import ledger, merkle
from app.domain.attestation import Record, sha256
from app.models import Attestation, LedgerEntry, LedgerHead, LedgerLink, LedgerNode

_AT_ONCE = 20_000


def fill(session: Session, attestation: Attestation, number: int) -> None:
    """Enter ``number`` things about an attestation and commit; everything but the way there is the service's."""
    record = Record.model_validate_json(attestation.record)
    name = ledger.name_of(record.salt, record.id)
    head = session.get_one(LedgerHead, 1)
    peaks = {level: ledger_hash(session, level, index) for level, index in merkle.peaks(head.size)}
    coming = iter(range(head.size, head.size + number))
    while indexes := list(islice(coming, _AT_ONCE)):
        entries, nodes, links = [], [], []
        for index in indexes:
            content = ledger.Entry(ledger.Kind.ARCHIVE, name, sha256(b"%d" % index)).content
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
