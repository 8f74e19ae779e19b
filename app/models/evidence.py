"""Files attached to answers: what was kept, and with which slot it stands."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import APPEND_ONLY, Base, Owned
from app.models.organizations import Organization
from app.models.submissions import Answer, Revision

_IN_FORCE = "removed_at IS NULL"


class EvidenceFile(Base):
    """A tenant's file by the hash of its bytes, which the store keeps; what they are follows from them."""

    __tablename__ = "evidence_file"
    __table_args__ = (CheckConstraint("size > 0", name="not_empty"),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    media: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    kept_at: Mapped[datetime]


class Evidence(Owned, Base):
    """A file with an answer, under the name it came with. Removed, it is out of force and kept for ever."""

    __tablename__ = "evidence"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "revision_id"], [Revision.organization_id, Revision.id]),
        ForeignKeyConstraint(["organization_id", "answer_id"], [Answer.organization_id, Answer.id]),
        ForeignKeyConstraint(["organization_id", "sha256"], [EvidenceFile.organization_id, EvidenceFile.sha256]),
        Index(None, "organization_id", "revision_id"),
        Index(
            "uq_evidence_once",
            "organization_id",
            "answer_id",
            "rule_id",
            "sha256",
            unique=True,
            sqlite_where=text(_IN_FORCE),
            postgresql_where=text(_IN_FORCE),
        ),
        CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed_by_somebody"),
    )

    revision_id: Mapped[UUID]
    answer_id: Mapped[UUID]
    rule_id: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    document_on: Mapped[date | None]
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    uploaded_at: Mapped[datetime]
    method: Mapped[str] = mapped_column(String(20))
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))

    file: Mapped[EvidenceFile] = relationship(overlaps="answer,revision")
    uploader: Mapped[User] = relationship(foreign_keys=[uploaded_by])


APPEND_ONLY.add(EvidenceFile.__tablename__)
