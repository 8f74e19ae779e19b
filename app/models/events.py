"""The append-only technical log, one chain for each organization."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.accounts import User
from app.models.base import APPEND_ONLY, Base
from app.models.organizations import Organization


class Event(Base):
    """One line; unique on the previous hash, so that the chain cannot fork."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("organization_id", "previous_hash"),
        Index(None, "organization_id", "object_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[UUID]
    data: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


APPEND_ONLY.add(Event.__tablename__)
