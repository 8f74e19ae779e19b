"""Submissions, their revisions, and the answers in them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import APPEND_ONLY, Base, Json, Owned
from app.models.checklists import ChecklistVersion
from app.models.funding import Requirement
from app.models.grants import Grant, Participant
from app.models.organizations import Organization

_WORKING = "state IN ('draft', 'in_review', 'returned', 'awaiting_attestation')"
_IN_FORCE = "state = 'submitted'"


class Submission(Owned, Base):
    """One institution's container for one requirement and grant; without a grant, about the institution itself."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("organization_id", "grant_id", "requirement_id"),
        Index(
            "uq_submission_of_institution",
            "organization_id",
            "requirement_id",
            unique=True,
            sqlite_where=text("grant_id IS NULL"),
            postgresql_where=text("grant_id IS NULL"),
        ),
        ForeignKeyConstraint(["organization_id", "grant_id"], [Grant.organization_id, Grant.id]),
        ForeignKeyConstraint(["agency_id", "requirement_id"], [Requirement.organization_id, Requirement.id]),
        Index(None, "agency_id", "requirement_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id), primary_key=True)
    grant_id: Mapped[UUID | None]
    agency_id: Mapped[UUID]
    requirement_id: Mapped[UUID]

    organization: Mapped[Organization] = relationship()
    grant: Mapped[Grant | None] = relationship(overlaps="organization")
    requirement: Mapped[Requirement] = relationship()
    revisions: Mapped[list["Revision"]] = relationship(order_by="Revision.number", back_populates="submission")

    @property
    def current(self) -> "Revision":
        """Return the newest revision, the one people look at."""
        return self.revisions[-1]


class Revision(Owned, Base):
    """What people edit, review and attest. It pins a version by hash, and the facts of the day it was opened."""

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("organization_id", "submission_id", "number"),
        ForeignKeyConstraint(["organization_id", "submission_id"], [Submission.organization_id, Submission.id]),
        Index(
            "uq_revision_one_working",
            "organization_id",
            "submission_id",
            unique=True,
            sqlite_where=text(_WORKING),
            postgresql_where=text(_WORKING),
        ),
        Index(
            "uq_revision_one_in_force",
            "organization_id",
            "submission_id",
            unique=True,
            sqlite_where=text(_IN_FORCE),
            postgresql_where=text(_IN_FORCE),
        ),
        CheckConstraint(
            "state IN ('draft', 'in_review', 'returned', 'awaiting_attestation', 'submitted', 'superseded', "
            "'withdrawn')",
            name="state",
        ),
    )

    submission_id: Mapped[UUID]
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(30))
    checklist_sha256: Mapped[str] = mapped_column(ForeignKey(ChecklistVersion.sha256))
    facts: Mapped[dict[str, Any]]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    opened_at: Mapped[datetime]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    seq: Mapped[int] = mapped_column(default=0)

    submission: Mapped[Submission] = relationship(back_populates="revisions")

    __mapper_args__ = {"version_id_col": seq}  # noqa: RUF012


class RowInstance(Owned, Base):
    """A row of a repeating group, known by identity and never by position."""

    __tablename__ = "row_instance"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "revision_id"], [Revision.organization_id, Revision.id]),
        ForeignKeyConstraint(["organization_id", "participant_id"], [Participant.organization_id, Participant.id]),
        UniqueConstraint("organization_id", "revision_id", "group_id", "participant_id"),
    )

    revision_id: Mapped[UUID]
    group_id: Mapped[str] = mapped_column(String(80))
    participant_id: Mapped[UUID | None]
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    participant: Mapped[Participant | None] = relationship(overlaps="revision")


class Answer(Owned, Base):
    """One slot as it stands. ``head_seq`` counts its changes: a save names the one it was made from."""

    __tablename__ = "answer"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "revision_id"], [Revision.organization_id, Revision.id]),
        ForeignKeyConstraint(["organization_id", "row_id"], [RowInstance.organization_id, RowInstance.id]),
        Index(
            "uq_answer_item",
            "organization_id",
            "revision_id",
            "item_id",
            unique=True,
            sqlite_where=text("row_id IS NULL"),
            postgresql_where=text("row_id IS NULL"),
        ),
        Index(
            "uq_answer_item_row",
            "organization_id",
            "revision_id",
            "item_id",
            "row_id",
            unique=True,
            sqlite_where=text("row_id IS NOT NULL"),
            postgresql_where=text("row_id IS NOT NULL"),
        ),
        CheckConstraint(
            "state IN ('open', 'cleared', 'answered', 'not_applicable', 'unsure', 'not_obtained')", name="state"
        ),
        CheckConstraint("state = 'open' OR answered_by IS NOT NULL", name="somebody_answered"),
    )

    revision_id: Mapped[UUID]
    item_id: Mapped[str] = mapped_column(String(80))
    row_id: Mapped[UUID | None]
    head_seq: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(20), default="open")
    value: Mapped[Any] = mapped_column(Json, default=None, nullable=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    answered_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": head_seq, "version_id_generator": False}  # noqa: RUF012


class AnswerRevision(Owned, Base):
    """One change of a slot, kept for ever: what, by whom, when, how."""

    __tablename__ = "answer_revision"
    __table_args__ = (
        UniqueConstraint("organization_id", "answer_id", "seq"),
        ForeignKeyConstraint(["organization_id", "answer_id"], [Answer.organization_id, Answer.id]),
    )

    answer_id: Mapped[UUID]
    seq: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    value: Mapped[Any] = mapped_column(Json, nullable=True)
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime]
    method: Mapped[str] = mapped_column(String(20))


APPEND_ONLY.add(AnswerRevision.__tablename__)
