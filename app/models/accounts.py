"""People, what they may do for whom, and their sign-ins."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.texts import Text
from app.models.base import Base, Identified, Owned
from app.models.organizations import Organization


class User(Identified, Base):
    """A person who can sign in; without a membership there is nothing to see."""

    __tablename__ = "user_account"
    __table_args__ = (Index("uq_user_account_orcid", "orcid", unique=True),)

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    researcher_number: Mapped[str | None] = mapped_column(String(8), unique=True)
    orcid: Mapped[str | None] = mapped_column(String(19))
    password_hash: Mapped[str] = mapped_column(String(200))
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Membership(Owned, Base):
    """A person's place in an organization: post, roles, and from when until when."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("organization_id", "user_id"),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    post_ja: Mapped[str] = mapped_column(String(200))
    post_en: Mapped[str] = mapped_column(String(200))
    roles: Mapped[list[str]]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]

    user: Mapped[User] = relationship()
    organization: Mapped[Organization] = relationship()

    @property
    def post(self) -> Text:
        """Return the post in both languages."""
        return Text(ja=self.post_ja, en=self.post_en)


class SessionRecord(Base):
    """A browser session, kept here so that signing out ends it; only the hash of its key is stored."""

    __tablename__ = "session_record"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "membership_id"], [Membership.organization_id, Membership.id]),
        Index(None, "seen_at"),
    )

    key_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    organization_id: Mapped[UUID | None]
    membership_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]
    method: Mapped[str | None] = mapped_column(String(20))

    membership: Mapped[Membership | None] = relationship()


class SignInFailure(Identified, Base):
    """A sign-in that failed, by the hash of the address typed; the limit per account counts these."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index(None, "account_sha256", "at"),)

    account_sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
