"""Published checklist versions and the lists they pin: bytes that never change, found by their hash."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
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


_ONCE = text("status IN ('published', 'withdrawn')")


class VersionStatus(Identified, Base):
    """What a person did with a version, and when: proposed, discarded, published or withdrew it; the content stays.

    ``seq`` counts the acts of one version, so that of two people who act at once one comes first. What was
    discarded may be proposed again.
    """

    __tablename__ = "version_status"
    __table_args__ = (
        UniqueConstraint("sha256", "seq"),
        Index(
            "uq_version_status_once", "sha256", "status", unique=True, sqlite_where=_ONCE, postgresql_where=_ONCE
        ),
        CheckConstraint("status IN ('proposed', 'discarded', 'published', 'withdrawn')", name="status"),
        CheckConstraint("status NOT IN ('discarded', 'withdrawn') OR reason <> ''", name="says_why"),
    )

    sha256: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    by: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[User] = relationship()


class VersionProposal(Base):
    """What one publisher holds ready, as it was brought then; its number is taken only when a second publishes it.

    ``seq`` is that of the act: the same content may be proposed again in other bytes when it was discarded.
    """

    __tablename__ = "version_proposal"
    __table_args__ = (ForeignKeyConstraint(["sha256", "seq"], [VersionStatus.sha256, VersionStatus.seq]),)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    family: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(40))
    source: Mapped[bytes] = mapped_column(LargeBinary)
    compiled: Mapped[dict[str, Any]] = mapped_column(Json)


class ReferenceList(Base):
    """A dated list of codes that a version chooses from, named by the hash of its bytes."""

    __tablename__ = "reference_list"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    edition: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(LargeBinary)


APPEND_ONLY.update(one.__tablename__ for one in (ChecklistVersion, VersionProposal, VersionStatus, ReferenceList))
