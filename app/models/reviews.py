"""Snapshots of revisions, and what reviewers decided on them."""

from datetime import datetime
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
from app.models.submissions import Revision, RowInstance


class Snapshot(Owned, Base):
    """Canonical JSON of a revision at a moment, named by its hash."""

    __tablename__ = "snapshot"
    __table_args__ = (
        UniqueConstraint("organization_id", "revision_id", "sha256"),
        ForeignKeyConstraint(["organization_id", "revision_id"], [Revision.organization_id, Revision.id]),
    )

    revision_id: Mapped[UUID]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    taken_at: Mapped[datetime]


class ReviewRound(Owned, Base):
    """One sending for review and what became of it; a decision names a person and a moment."""

    __tablename__ = "review_round"
    __table_args__ = (
        UniqueConstraint("organization_id", "revision_id", "number"),
        ForeignKeyConstraint(["organization_id", "revision_id"], [Revision.organization_id, Revision.id]),
        ForeignKeyConstraint(["organization_id", "snapshot_id"], [Snapshot.organization_id, Snapshot.id]),
        CheckConstraint(
            "decision IS NULL OR decision IN ('approved', 'returned', 'sent_back', 'recalled')",
            name="decision",
        ),
        CheckConstraint(
            "(decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL)",
            name="decided_by_somebody",
        ),
    )

    revision_id: Mapped[UUID]
    number: Mapped[int]
    snapshot_id: Mapped[UUID]
    sent_by: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    sent_at: Mapped[datetime]
    sent_method: Mapped[str] = mapped_column(String(20))
    # not kept of what was sent before it was asked for
    sent_signed_in_at: Mapped[datetime | None]
    decision: Mapped[str | None] = mapped_column(String(20))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    decided_at: Mapped[datetime | None]
    decided_method: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    decision_note: Mapped[str] = mapped_column(Text, default="")

    snapshot: Mapped[Snapshot] = relationship(overlaps="revision")
    marks: Mapped[list["ReturnMark"]] = relationship(order_by="ReturnMark.id")
    approvals: Mapped[list["Approval"]] = relationship(order_by="Approval.at")
    certifications: Mapped[list["Certification"]] = relationship(order_by="Certification.signatory")


class Approval(Owned, Base):
    """One person's approval of the snapshot in a round; some contents need two."""

    __tablename__ = "approval"
    __table_args__ = (
        UniqueConstraint("organization_id", "round_id", "by"),
        ForeignKeyConstraint(["organization_id", "round_id"], [ReviewRound.organization_id, ReviewRound.id]),
    )

    round_id: Mapped[UUID]
    by: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime]
    method: Mapped[str] = mapped_column(String(20))
    signed_in_at: Mapped[datetime | None]
    sha256: Mapped[str] = mapped_column(String(64))


class Certification(Owned, Base):
    """A signatory's certification of the snapshot in a round, before the attester's; ``sha256`` names the snapshot.

    Who certified acted in the ``role`` of the checklist's signatory of that order, in the post held then, and
    certified the statement of that version and hash.
    """

    __tablename__ = "certification"
    __table_args__ = (
        UniqueConstraint("organization_id", "round_id", "signatory"),
        UniqueConstraint("organization_id", "round_id", "by"),
        ForeignKeyConstraint(["organization_id", "round_id"], [ReviewRound.organization_id, ReviewRound.id]),
    )

    round_id: Mapped[UUID]
    signatory: Mapped[int]
    role: Mapped[str] = mapped_column(String(40))
    post_ja: Mapped[str] = mapped_column(String(200))
    post_en: Mapped[str] = mapped_column(String(200))
    by: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime]
    method: Mapped[str] = mapped_column(String(20))
    signed_in_at: Mapped[datetime]
    sha256: Mapped[str] = mapped_column(String(64))
    statement_version: Mapped[str] = mapped_column(String(40))
    statement_sha256: Mapped[str] = mapped_column(String(64))


class ReturnMark(Owned, Base):
    """An item sent back, with the reason for it."""

    __tablename__ = "return_mark"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "round_id"], [ReviewRound.organization_id, ReviewRound.id]),
        ForeignKeyConstraint(["organization_id", "row_id"], [RowInstance.organization_id, RowInstance.id]),
    )

    round_id: Mapped[UUID]
    item_id: Mapped[str] = mapped_column(String(80))
    row_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(Text)


APPEND_ONLY.update(
    {Snapshot.__tablename__, Approval.__tablename__, Certification.__tablename__, ReturnMark.__tablename__}
)
