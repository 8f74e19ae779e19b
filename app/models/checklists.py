"""Published checklist versions and the lists they pin: bytes that never change, found by their hash."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import APPEND_ONLY, Base, Identified, Json


class ChecklistVersion(Base):
    """One published version: the author's bytes, the compiled form, and the content hash that names it."""

    __tablename__ = "checklist_version"
    __table_args__ = (UniqueConstraint("family", "version"),)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    family: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(40))
    source: Mapped[bytes] = mapped_column(LargeBinary)
    compiled: Mapped[dict[str, Any]] = mapped_column(Json)
    published_at: Mapped[datetime]


class VersionProposal(Base):
    """A version that one publisher holds ready; its number is taken only when a second one publishes it."""

    __tablename__ = "version_proposal"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    family: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(40))
    source: Mapped[bytes] = mapped_column(LargeBinary)
    compiled: Mapped[dict[str, Any]] = mapped_column(Json)


class VersionStatus(Identified, Base):
    """What a person did with a version: proposed, published or withdrew it, when and why; the content stays."""

    __tablename__ = "version_status"
    __table_args__ = (
        UniqueConstraint("sha256", "status"),
        CheckConstraint("status IN ('proposed', 'published', 'withdrawn')", name="status"),
        CheckConstraint("status <> 'withdrawn' OR reason <> ''", name="withdrawn_says_why"),
    )

    sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(20))
    by: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[User] = relationship()


class ReferenceList(Base):
    """A dated list of codes that a version chooses from, named by the hash of its bytes."""

    __tablename__ = "reference_list"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    edition: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(LargeBinary)


APPEND_ONLY.update(one.__tablename__ for one in (ChecklistVersion, VersionProposal, VersionStatus, ReferenceList))
