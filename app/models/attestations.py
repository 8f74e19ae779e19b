"""Attestations: the certified record, its signed PDF, what it is worth, and the seals they carry."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import APPEND_ONLY, Base, Owned
from app.models.organizations import Organization
from app.models.reviews import Snapshot
from app.models.submissions import Revision


class Attestation(Owned, Base):
    """A certified snapshot. The record is frozen when certified; the PDF is made from it and kept."""

    __tablename__ = "attestation"
    __table_args__ = (
        UniqueConstraint("organization_id", "revision_id"),
        ForeignKeyConstraint(["organization_id", "revision_id"], [Revision.organization_id, Revision.id]),
        ForeignKeyConstraint(["organization_id", "snapshot_id"], [Snapshot.organization_id, Snapshot.id]),
        CheckConstraint("status IN ('issuing', 'in_force', 'superseded', 'withdrawn')", name="status"),
        CheckConstraint(
            "status = 'issuing' OR (pdf_sha256 IS NOT NULL AND issued_at IS NOT NULL)", name="issued_has_file"
        ),
    )

    revision_id: Mapped[UUID]
    snapshot_id: Mapped[UUID]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    status: Mapped[str] = mapped_column(String(20))
    record: Mapped[bytes] = mapped_column(LargeBinary)
    record_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    pdf_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    attested_by: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    attested_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    valid_until: Mapped[date | None]

    revision: Mapped[Revision] = relationship()
    snapshot: Mapped[Snapshot] = relationship(overlaps="revision")


class AttestationEvent(Owned, Base):
    """One change of an attestation's status, kept for ever."""

    __tablename__ = "attestation_event"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "attestation_id"], [Attestation.organization_id, Attestation.id]),
    )

    attestation_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(String(20))
    by: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text, default="")


class SealCertificate(Base):
    """A certificate whose key seals for an institution; kept after rotation so that old PDFs verify."""

    __tablename__ = "seal_certificate"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    pem: Mapped[str] = mapped_column(Text)
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]


APPEND_ONLY.update({AttestationEvent.__tablename__, SealCertificate.__tablename__})
