"""The agency's side: programmes, their calls, and which checklist is needed by when."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.texts import Text
from app.models.accounts import Membership
from app.models.base import Base, Owned
from app.models.organizations import Organization


class Programme(Owned, Base):
    """An agency's funding line."""

    __tablename__ = "programme"
    __table_args__ = (UniqueConstraint("organization_id", "code"),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id), primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    name_ja: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))

    organization: Mapped[Organization] = relationship()

    @property
    def name(self) -> Text:
        """Return the name in both languages."""
        return Text(ja=self.name_ja, en=self.name_en)


class ProgrammeOfficer(Base):
    """Which programmes an agency's officer looks after; she sees no others."""

    __tablename__ = "programme_officer"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "programme_id"], [Programme.organization_id, Programme.id]),
        ForeignKeyConstraint(["organization_id", "membership_id"], [Membership.organization_id, Membership.id]),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    membership_id: Mapped[UUID] = mapped_column(primary_key=True)


class Call(Owned, Base):
    """One call of a programme. ``facts`` holds what its guidelines state, e.g. a designation."""

    __tablename__ = "call"
    __table_args__ = (
        UniqueConstraint("organization_id", "code"),
        ForeignKeyConstraint(["organization_id", "programme_id"], [Programme.organization_id, Programme.id]),
        CheckConstraint("fiscal_year BETWEEN 2000 AND 2100", name="fiscal_year"),
    )

    programme_id: Mapped[UUID]
    code: Mapped[str] = mapped_column(String(40))
    name_ja: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    fiscal_year: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    programme: Mapped[Programme] = relationship()

    @property
    def name(self) -> Text:
        """Return the name in both languages."""
        return Text(ja=self.name_ja, en=self.name_en)


class Requirement(Owned, Base):
    """This call, or without one each institution itself for a fiscal year, needs that family by then."""

    __tablename__ = "requirement"
    __table_args__ = (
        UniqueConstraint("organization_id", "call_id", "family", "stage"),
        Index(
            "uq_requirement_of_institutions",
            "organization_id",
            "family",
            "stage",
            "fiscal_year",
            unique=True,
            sqlite_where=text("call_id IS NULL"),
            postgresql_where=text("call_id IS NULL"),
        ),
        ForeignKeyConstraint(["organization_id", "call_id"], [Call.organization_id, Call.id]),
        CheckConstraint("stage IN ('application', 'award', 'yearly', 'change', 'completion')", name="stage"),
        CheckConstraint("(call_id IS NULL) = (fiscal_year IS NOT NULL)", name="call_or_fiscal_year"),
        CheckConstraint("fiscal_year BETWEEN 2000 AND 2100", name="fiscal_year"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id), primary_key=True)
    call_id: Mapped[UUID | None]
    family: Mapped[str] = mapped_column(String(80))
    stage: Mapped[str] = mapped_column(String(20))
    due_on: Mapped[date]
    fiscal_year: Mapped[int | None]
    # whether a confidential annex goes to the agency: answers, reasons and files that the record keeps inside
    annex: Mapped[bool] = mapped_column(default=False, server_default=false())

    organization: Mapped[Organization] = relationship()
    call: Mapped[Call | None] = relationship(overlaps="organization")
