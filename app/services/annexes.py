"""Confidential annexes: made with the record where the agency asks for one, sealed with its PDF, read inside."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.annex import Inside, annex_bytes, build
from app.domain.attestation import AnnexPart, Record, sha256
from app.domain.errors import NotFoundError
from app.domain.people import Actor
from app.domain.permissions import Permission
from app.models import Attestation
from app.pdf.annex import render
from app.services import events, files
from app.services.grants import require
from app.services.opened import Opened
from app.services.records import Premises
from app.signing.keys import Seal
from app.signing.seal import seal


def joined(opened: Opened, record: Record, opening: str) -> tuple[Record, bytes | None]:
    """Return the record with the hash of its annex, and the annex; as it is and None where nobody asks for one.

    ``opening`` is the salt of the record's commitments, which stands in the annex.
    """
    if not opened.revision.submission.requirement.annex:
        return record, None
    inside = Inside(
        evaluation=opened.evaluation,
        codes=opened.compiled.codes,
        rows=opened.row_labels(),
        files=files.content(opened.evidence),
        kinds={one.sha256: one.file.media for filed in opened.evidence.values() for one in filed},
    )
    data = annex_bytes(build(record, inside, opening))
    return record.model_copy(update={"annex": AnnexPart(sha256=sha256(data))}), data


def sealed(attestation: Attestation, record: Record, own: Seal, premises: Premises, at: datetime) -> bytes | None:
    """Return the sealed PDF of an attestation's annex, drawn from record and annex alone, if it has one."""
    if attestation.annex is None:
        return None
    drawn = render(record, attestation.record_sha256, attestation.annex)
    return seal(drawn, own, at, timestamper=premises.times.timestamper(at))


def read(session: Session, actor: Actor, attestation: Attestation, premises: Premises) -> bytes:
    """Return the newest PDF of an annex; reading it is logged.

    For whoever may see the attestation and may read all of it. Raise NotFoundError where there is none.
    """
    require(actor, Permission.ANNEX_READ)
    if not attestation.annex_files:
        raise NotFoundError("no_annex")
    file = attestation.annex_files[-1].sha256
    events.record(session, actor, "annex:read", attestation.id, file=file)
    return premises.store.get(file)
