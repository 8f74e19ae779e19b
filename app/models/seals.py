"""What became of a seal's certificate: revocations, kept for ever."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.attestations import SealCertificate
from app.models.base import APPEND_ONLY, Base, Owned


class SealRevocation(Owned, Base):
    """A certificate no longer seals, and what was sealed from ``revoked_at`` on proves nothing.

    The moment may lie before ``recorded_at``: a key is found to be stolen after it was. When more than
    one is known for a certificate, the earliest counts.
    """

    __tablename__ = "seal_revocation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "fingerprint"], [SealCertificate.organization_id, SealCertificate.fingerprint]
        ),
        UniqueConstraint("organization_id", "fingerprint", "revoked_at"),
        CheckConstraint("revoked_at <= recorded_at", name="not_ahead"),
    )

    fingerprint: Mapped[str] = mapped_column(String(64))
    revoked_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime]


APPEND_ONLY.add(SealRevocation.__tablename__)
