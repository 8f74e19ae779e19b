"""Grants, the people on them, the facts stated about them, and the files they were imported from."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.texts import Text
from app.models.accounts import Membership, User
from app.models.base import APPEND_ONLY, Base, Owned
from app.models.funding import Call
from app.models.organizations import Organization


class Grant(Owned, Base):
    """One project of one lead institution, funded under one call of an agency."""

    __tablename__ = "grants"
    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        ForeignKeyConstraint(["agency_id", "call_id"], [Call.organization_id, Call.id]),
        Index(None, "agency_id", "call_id"),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="period"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id), primary_key=True)
    agency_id: Mapped[UUID]
    call_id: Mapped[UUID]
    number: Mapped[str] = mapped_column(String(30))
    title_ja: Mapped[str] = mapped_column(String(300))
    title_en: Mapped[str] = mapped_column(String(300))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime]

    call: Mapped[Call] = relationship()
    organization: Mapped[Organization] = relationship()
    participants: Mapped[list["Participant"]] = relationship(
        order_by="Participant.id",
        primaryjoin="and_(Participant.organization_id == Grant.organization_id, "
        "Participant.grant_id == Grant.id, Participant.removed_at.is_(None))",
        viewonly=True,
    )

    @property
    def title(self) -> Text:
        """Return the title in both languages."""
        return Text(ja=self.title_ja, en=self.title_en)


class Participant(Owned, Base):
    """A person taking part in a grant, with an account or not, of this institution or another."""

    __tablename__ = "participant"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "grant_id"], [Grant.organization_id, Grant.id]),
        ForeignKeyConstraint(["organization_id", "membership_id"], [Membership.organization_id, Membership.id]),
        Index(
            "uq_participant_one_principal",
            "organization_id",
            "grant_id",
            unique=True,
            sqlite_where=text("part = 'principal_investigator' AND removed_at IS NULL"),
            postgresql_where=text("part = 'principal_investigator' AND removed_at IS NULL"),
        ),
        Index(None, "organization_id", "grant_id"),
        CheckConstraint("part IN ('principal_investigator', 'co_investigator', 'participant')", name="part"),
    )

    grant_id: Mapped[UUID]
    membership_id: Mapped[UUID | None]
    part: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(200))
    name_latin: Mapped[str] = mapped_column(String(200), default="")
    affiliation: Mapped[str] = mapped_column(String(200))
    post: Mapped[str] = mapped_column(String(200), default="")
    researcher_number: Mapped[str | None] = mapped_column(String(8))
    student: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Fact(Owned, Base):
    """One statement about a grant by somebody on a day; the newest of a name counts."""

    __tablename__ = "fact"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "grant_id"], [Grant.organization_id, Grant.id]),
        Index(None, "organization_id", "grant_id"),
    )

    grant_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(20))
    stated_by: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    stated_at: Mapped[datetime]


class ImportBatch(Owned, Base):
    """An uploaded file of grants, kept as it came between the dry run and the import."""

    __tablename__ = "import_batch"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id), primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    uploaded_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]


APPEND_ONLY.add(Fact.__tablename__)
