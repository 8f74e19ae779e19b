"""Sheets signed in ink: the scan by the hash of its bytes, which the store keeps, and who took it in."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.accounts import User
from app.models.attestations import Attestation
from app.models.base import APPEND_ONLY, Base


class InkSheet(Base):
    """The sheet that an attester signed in ink, one for an attestation, under the name it came with."""

    __tablename__ = "ink_sheet"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "attestation_id"], [Attestation.organization_id, Attestation.id]),
        CheckConstraint("size > 0", name="not_empty"),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    attestation_id: Mapped[UUID] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    media: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    signed_on: Mapped[date]
    taken_by: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    taken_at: Mapped[datetime]
    method: Mapped[str] = mapped_column(String(20))


APPEND_ONLY.add(InkSheet.__tablename__)
