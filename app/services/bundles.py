"""Bundles: attestations with all that it takes to verify them without the service, as one zip."""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain import ledger as entries
from app.domain import statuslist
from app.domain.attestation import AttestationStatus, canonical, read_code, sha256
from app.domain.errors import NotFoundError
from app.domain.texts import utc_text
from app.models import Attestation, Call, Organization, Requirement, Revision, Submission
from app.offline import opening, packing
from app.services import anchors, attestations, ledger, statuslists
from app.services.records import Premises
from app.signing.keys import fingerprint

_DOCUMENTS = Path(__file__).parents[2] / "docs" / "verification"


def named(session: Session, given: Sequence[str]) -> list[Attestation]:
    """Return attestations by id or verification code, in order of codes; raise NotFoundError for one not issued."""
    found = {}
    for typed in given:
        code, attestation = read_code(typed), None
        if code is not None:
            attestation = session.scalar(select(Attestation).filter_by(code=code))
        elif _is_id(typed):
            attestation = session.scalar(select(Attestation).filter_by(id=UUID(typed)))
        if attestation is None or attestation.status == AttestationStatus.ISSUING:
            raise NotFoundError("no_attestation", given=typed)
        found[attestation.code] = attestation
    return [found[code] for code in sorted(found)]


def _is_id(typed: str) -> bool:
    try:
        UUID(typed)
    except ValueError:
        return False
    return True


def of_agency(session: Session, code: str, fiscal_year: int) -> list[Attestation]:
    """Return everything that was issued for an agency in a fiscal year, in order of codes."""
    year = func.coalesce(Requirement.fiscal_year, Call.fiscal_year)
    query = (
        select(Attestation)
        .join(Attestation.revision)
        .join(Revision.submission)
        .join(Submission.requirement)
        .outerjoin(Requirement.call)
        .join(Organization, Organization.id == Requirement.organization_id)
        .where(Organization.code == code, year == fiscal_year, Attestation.status != AttestationStatus.ISSUING)
    )
    return list(session.scalars(query.order_by(Attestation.code)))


def write(session: Session, found: Sequence[Attestation], premises: Premises, at: datetime, out: BinaryIO) -> None:
    """Write a bundle of attestations; sign the ledger, have that stamped, and commit before.

    The same attestations, ledger and moment give the same bytes.
    """
    listed = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _parts(session, found, premises, at):
            packing.put(archive, name, content)
            listed.append({"path": name, "sha256": sha256(content), "size": len(content)})
        manifest = {
            "format": opening.BUNDLE,
            "made_at": utc_text(at),
            "address": premises.address,
            "anchors": anchors.believed(premises).fingerprint,
            "files": listed,
        }
        packing.put(archive, opening.MANIFEST, canonical(manifest))


def _parts(
    session: Session, found: Sequence[Attestation], premises: Premises, at: datetime
) -> Iterator[tuple[str, bytes]]:
    for document in sorted(_DOCUMENTS.glob("*.md")):
        yield document.name, document.read_bytes()
    for schema in sorted(_DOCUMENTS.rglob("*.schema.json")):
        yield f"schemas/{schema.name}", schema.read_bytes()
    for name, content in packing.verifier().items():
        yield f"verifier/{name}", content
    trust = anchors.believed(premises)
    for folder, roots in (("seals", trust.seals), ("time-stamps", trust.times), ("persons", trust.persons)):
        for root in roots:
            yield f"{opening.ANCHORS}/{folder}/{fingerprint(root)[:16]}.pem", root.public_bytes(Encoding.PEM)
    yield f"{opening.ANCHORS}/ledger.vkey", "".join(f"{key.text}\n" for key in trust.ledgers).encode()
    yield from _ledger(session)
    yield f"{opening.LISTS}list.jws", _status_list(session, premises, at).encode()
    for attestation in found:
        yield from _of(session, attestation, premises)


def _ledger(session: Session) -> Iterator[tuple[str, bytes]]:
    stored = ledger.newest(session)
    if stored is not None:
        # the note without cosignatures: that is what the time-stamp is over
        yield opening.CHECKPOINT, stored.note.encode()
        for token in anchors.stamps(session, stored.size):
            yield f"{opening.CHECKPOINT}.{sha256(token)[:16]}.tsr", token


def _status_list(session: Session, premises: Premises, at: datetime) -> str:
    key, stored = ledger.key_of(premises), ledger.newest(session)
    names = statuslists.names(session, at)
    size = stored.size if stored else 0
    return statuslist.written(key.name, at, size, names, key.sign, key.verifier.id.hex())


def _of(session: Session, attestation: Attestation, premises: Premises) -> Iterator[tuple[str, bytes]]:
    """Yield the newest file of an attestation, and the proof of each of its entries under the newest checkpoint."""
    stem = f"attestations/{attestation.code}/attestation"
    yield f"{stem}.pdf", attestations.file_of(attestation, premises)
    for entry in ledger.of_attestation(session, attestation.organization_id, attestation.id):
        kind = entries.read(entry.content).kind
        name = f"{stem}.{entry.index:08d}-{kind.value}"
        yield f"{name}.tlog-proof", ledger.prove(session, premises, entry.index).encode()
        yield f"{name}.entry", entry.content
