"""The confidential annex: who asks for it, its content, its sealed files; and what opens a record's commitments."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two columns, make the table and guard it. So far nobody asked for an annex."""
    op.add_column("requirement", sa.Column("annex", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("attestation", sa.Column("opening", sa.String(length=32), nullable=True))
    op.add_column("attestation", sa.Column("annex", sa.LargeBinary(), nullable=True))
    op.create_table(
        "annex_file",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("attestation_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_stamped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('seal', 'archive', 'renewal')", name=op.f("ck_annex_file_kind")),
        sa.CheckConstraint(
            "revision >= 1 AND (revision = 1) = (kind = 'seal')", name=op.f("ck_annex_file_seal_is_first")
        ),
        sa.CheckConstraint(
            "kind = 'seal' OR (time_stamped_at IS NOT NULL AND good_until IS NOT NULL)",
            name=op.f("ck_annex_file_later_ones_are_stamped"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "attestation_id"],
            ["attestation.organization_id", "attestation.id"],
            name=op.f("fk_annex_file_organization_id_attestation_id_attestation"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "attestation_id", "revision", name=op.f("pk_annex_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_annex_file_sha256")),
    )
    _guard()


def downgrade() -> None:
    """Go back; refused while it would lose an annex that a record names."""
    asked = "SELECT count(*) FROM attestation WHERE annex IS NOT NULL OR opening IS NOT NULL"
    there = op.get_bind().execute(sa.text(asked)).scalar_one()
    if there:
        raise RuntimeError(f"{there} records have an annex or commitments; going back would lose what opens them")
    _unguard()
    op.drop_table("annex_file")
    op.drop_column("attestation", "annex")
    op.drop_column("attestation", "opening")
    op.drop_column("requirement", "annex")


def _guard() -> None:
    """Refuse UPDATE and DELETE of what was kept, whoever asks."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER annex_file_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON annex_file "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER annex_file_append_only_{verb.lower()} BEFORE {verb} ON annex_file "
            "BEGIN SELECT RAISE(ABORT, 'the table annex_file is append-only'); END"
        )


def _unguard() -> None:
    """Take the guard away, before the table goes."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER annex_file_append_only ON annex_file")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER annex_file_append_only_{verb}")
