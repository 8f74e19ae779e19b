"""Organizations: the tenants, of two kinds."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.texts import Text
from app.models.base import Base, Identified


class Organization(Identified, Base):
    """A research institution or a funding agency. ``facts`` holds what its own policy states."""

    __tablename__ = "organization"
    __table_args__ = (CheckConstraint("kind IN ('institution', 'agency')", name="kind"),)

    kind: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_ja: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    ror: Mapped[str | None] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]

    @property
    def name(self) -> Text:
        """Return the name in both languages."""
        return Text(ja=self.name_ja, en=self.name_en)
