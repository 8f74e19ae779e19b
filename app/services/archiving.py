"""The files of an attestation: sealed when it is issued, archived a day later, renewed before its time runs out."""

from datetime import datetime

from app.models import Attestation, AttestationFile
from app.services.records import Premises
from app.signing.archive import newest_stamp


def keep(attestation: Attestation, kind: str, content: bytes, premises: Premises, at: datetime) -> AttestationFile:
    """Store a newer file of an attestation durably, and note what its newest time-stamp proves."""
    stamp = newest_stamp(content)
    kept = AttestationFile(
        organization_id=attestation.organization_id,
        attestation_id=attestation.id,
        revision=len(attestation.files) + 1,
        kind=kind,
        sha256=premises.store.put(content),
        at=at,
        time_stamped_at=stamp.at if stamp else None,
        good_until=stamp.good_until if stamp else None,
    )
    attestation.files.append(kept)
    return kept
