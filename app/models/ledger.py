"""The ledger: entries of no tenant, the tree over them, and what was signed of it.

Every cell here is bound by a hash or a signature, so that ``flask ledger verify`` can tell a changed one.
"""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.attestations import Attestation
from app.models.base import APPEND_ONLY, Base


class LedgerHead(Base):
    """How many entries there are; the one row is locked by who appends, so that the order is that of commits."""

    __tablename__ = "ledger_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), CheckConstraint("size >= 0", name="size"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger)


class LedgerEntry(Base):
    """One entry, the bytes of leaf ``index`` (from 0). Public: it names nobody."""

    __tablename__ = "ledger_entry"

    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerNode(Base):
    """The hash of a complete subtree; level 0 are the hashes of the entries."""

    __tablename__ = "ledger_node"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerLink(Base):
    """Which attestation an entry is about. With its salt the entry's name can be computed, and so checked."""

    __tablename__ = "ledger_link"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "attestation_id"], [Attestation.organization_id, Attestation.id]),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    attestation_id: Mapped[UUID] = mapped_column(primary_key=True)
    index: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(LedgerEntry.index), primary_key=True, autoincrement=False, unique=True
    )
    salt: Mapped[str] = mapped_column(String(32))


class LedgerCheckpoint(Base):
    """What was signed when there were ``size`` entries: the whole note."""

    __tablename__ = "ledger_checkpoint"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(Text)


class LedgerCosignature(Base):
    """The signature line of a witness under a checkpoint."""

    __tablename__ = "ledger_cosignature"

    size: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(LedgerCheckpoint.size), primary_key=True, autoincrement=False
    )
    line: Mapped[str] = mapped_column(String(400), primary_key=True)


class LedgerStamp(Base):
    """A time-stamp token (RFC 3161, DER) over the note of a checkpoint, named by its SHA-256."""

    __tablename__ = "ledger_stamp"

    size: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(LedgerCheckpoint.size), primary_key=True, autoincrement=False
    )
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    token: Mapped[bytes] = mapped_column(LargeBinary)


APPEND_ONLY.update(
    table.__tablename__
    for table in (LedgerEntry, LedgerNode, LedgerLink, LedgerCheckpoint, LedgerCosignature, LedgerStamp)
)
