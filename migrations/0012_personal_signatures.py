"""Files of attestations that persons signed beside the seal: one more kind of file."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TABLE, _KIND = "attestation_file", "ck_attestation_file_kind"


def upgrade() -> None:
    """Let a file be ``personal``."""
    _allow("kind IN ('seal', 'personal', 'archive', 'renewal')")


def downgrade() -> None:
    """Go back; refused while a file is there that a person signed."""
    asked = sa.text("SELECT count(*) FROM attestation_file WHERE kind = 'personal'")
    there = op.get_bind().execute(asked).scalar_one()
    if there:
        raise RuntimeError(f"{there} files were signed by persons; going back would lose them")
    _allow("kind IN ('seal', 'archive', 'renewal')")


def _allow(kinds: str) -> None:
    """Replace the condition; SQLite cannot, so there the table is made anew and guarded again."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(_KIND), _TABLE, type_="check")
        op.create_check_constraint(op.f(_KIND), _TABLE, kinds)
        return
    op.create_table(
        "attestation_file_new",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("attestation_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_stamped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(kinds, name=op.f(_KIND)),
        sa.CheckConstraint(
            "revision >= 1 AND (revision = 1) = (kind = 'seal')", name=op.f("ck_attestation_file_seal_is_first")
        ),
        sa.CheckConstraint(
            "kind = 'seal' OR (time_stamped_at IS NOT NULL AND good_until IS NOT NULL)",
            name=op.f("ck_attestation_file_later_ones_are_stamped"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "attestation_id"],
            ["attestation.organization_id", "attestation.id"],
            name=op.f("fk_attestation_file_organization_id_attestation_id_attestation"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "attestation_id", "revision", name=op.f("pk_attestation_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_attestation_file_sha256")),
    )
    op.execute("INSERT INTO attestation_file_new SELECT * FROM attestation_file")
    op.drop_table(_TABLE)
    op.rename_table("attestation_file_new", _TABLE)
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER attestation_file_append_only_{verb.lower()} BEFORE {verb} ON attestation_file "
            "BEGIN SELECT RAISE(ABORT, 'the table attestation_file is append-only'); END"
        )
