"""Attestations: the certified record, its signed PDF, what it is worth, and the seals they carry."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Constraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from app.models.accounts import User
from app.models.base import APPEND_ONLY, Base, Json, Owned
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
        CheckConstraint("status IN ('issuing', 'in_force', 'superseded', 'withdrawn', 'expired')", name="status"),
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
    # the salt of the record's commitments, which the record does not tell; of old ones it is the record's own
    opening: Mapped[str | None] = mapped_column(String(32))
    # the confidential annex that the record names by its hash, where the agency asks for one
    annex: Mapped[bytes | None] = mapped_column(LargeBinary)
    # what is enclosed in the PDF beside the record: the statement on paper and the ledger's proof
    statement: Mapped[str | None] = mapped_column(Text)
    proof: Mapped[str | None] = mapped_column(Text)
    pdf_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    attested_by: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    attested_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    valid_until: Mapped[date | None]

    revision: Mapped[Revision] = relationship()
    snapshot: Mapped[Snapshot] = relationship(overlaps="revision")
    # the newest last; the first is the one issued
    files: Mapped[list["AttestationFile"]] = relationship(order_by="AttestationFile.revision")
    annex_files: Mapped[list["AnnexFile"]] = relationship(order_by="AnnexFile.revision")


class SealedFile:
    """One state of a PDF, kept for ever: sealed, archived, renewed. Each begins with the one before.

    ``time_stamped_at`` is what its newest time-stamp of ours proves, ``good_until`` when the certificate of that
    one expires; both are unknown of what was sealed before time was stamped.
    """

    kinds: ClassVar[tuple[str, ...]] = ("seal", "archive", "renewal")

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Constraint, ...]:
        """Return what holds for every sealed file."""
        return (
            ForeignKeyConstraint(
                ["organization_id", "attestation_id"], [Attestation.organization_id, Attestation.id]
            ),
            CheckConstraint(f"kind IN ({', '.join(map(repr, cls.kinds))})", name="kind"),
            CheckConstraint("revision >= 1 AND (revision = 1) = (kind = 'seal')", name="seal_is_first"),
            CheckConstraint(
                "kind = 'seal' OR (time_stamped_at IS NOT NULL AND good_until IS NOT NULL)",
                name="later_ones_are_stamped",
            ),
        )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    attestation_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[datetime]
    time_stamped_at: Mapped[datetime | None]
    good_until: Mapped[datetime | None]


class AttestationFile(SealedFile, Base):
    """One state of an attestation's PDF; a person may have signed beside the seal before it was archived."""

    kinds = ("seal", "personal", "archive", "renewal")

    __tablename__ = "attestation_file"

    # who signed, as found when the file was brought: the file says it, and nobody reads it again for each page
    person: Mapped[dict[str, Any] | None] = mapped_column(Json)


class AnnexFile(SealedFile, Base):
    """One state of the PDF of an attestation's confidential annex."""

    __tablename__ = "annex_file"


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


class Withdrawal(Owned, Base):
    """One person's proposal to withdraw an attestation, and what another person decided; one waits at a time."""

    __tablename__ = "withdrawal"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "attestation_id"], [Attestation.organization_id, Attestation.id]),
        CheckConstraint("reason <> ''", name="says_why"),
        CheckConstraint("decision IS NULL OR decision IN ('withdrawn', 'kept')", name="decision"),
        CheckConstraint(
            "(decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint(
            "decision IS NULL OR decision <> 'withdrawn' OR decided_by <> proposed_by", name="two_people"
        ),
        Index(
            "uq_withdrawal_one_waiting",
            "organization_id",
            "attestation_id",
            unique=True,
            sqlite_where=text("decision IS NULL"),
            postgresql_where=text("decision IS NULL"),
        ),
    )

    attestation_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    proposed_at: Mapped[datetime]
    proposed_method: Mapped[str] = mapped_column(String(20))
    decision: Mapped[str | None] = mapped_column(String(20))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    decided_at: Mapped[datetime | None]
    decided_method: Mapped[str | None] = mapped_column(String(20))

    attestation: Mapped[Attestation] = relationship()


class SealCertificate(Base):
    """A certificate whose key seals for an institution; kept after rotation so that old PDFs verify."""

    __tablename__ = "seal_certificate"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    pem: Mapped[str] = mapped_column(Text)
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]


APPEND_ONLY.update(each.__tablename__ for each in (AttestationEvent, AttestationFile, AnnexFile, SealCertificate))
