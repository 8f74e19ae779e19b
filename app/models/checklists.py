"""Published checklist versions and the lists they pin: bytes that never change, found by their hash."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import APPEND_ONLY, Base, Json


class ChecklistVersion(Base):
    """One published version: the author's bytes, the compiled data, and the content hash that names it."""

    __tablename__ = "checklist_version"
    __table_args__ = (UniqueConstraint("family", "version"),)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    family: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(40))
    source: Mapped[bytes] = mapped_column(LargeBinary)
    compiled: Mapped[dict[str, Any]] = mapped_column(Json)
    published_at: Mapped[datetime]


class ReferenceList(Base):
    """A dated list of codes that a version chooses from, named by the hash of its bytes."""

    __tablename__ = "reference_list"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    edition: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(LargeBinary)


APPEND_ONLY.update({ChecklistVersion.__tablename__, ReferenceList.__tablename__})
