"""Every file of an attestation: as sealed, archived, renewed; and what is enclosed beside the record."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, enter the files issued so far, and guard what was kept."""
    op.create_table(
        "attestation_file",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("attestation_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_stamped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('seal', 'archive', 'renewal')", name=op.f("ck_attestation_file_kind")),
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
    op.execute(
        "INSERT INTO attestation_file (organization_id, attestation_id, revision, kind, sha256, at) "
        "SELECT organization_id, id, 1, 'seal', pdf_sha256, issued_at FROM attestation "
        "WHERE pdf_sha256 IS NOT NULL"
    )
    for name in ("statement", "proof"):
        op.add_column("attestation", sa.Column(name, sa.Text(), nullable=True))
    _guard()


def downgrade() -> None:
    """Go back; refused while it would lose a file that was archived."""
    later = sa.text("SELECT count(*) FROM attestation_file WHERE revision > 1")
    there = op.get_bind().execute(later).scalar_one()
    if there:
        raise RuntimeError(f"{there} files were archived or renewed; going back would lose them")
    _unguard()
    for name in ("proof", "statement"):
        op.drop_column("attestation", name)
    op.drop_table("attestation_file")


def _guard() -> None:
    """Refuse UPDATE and DELETE of what was kept, whoever asks."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER attestation_file_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON attestation_file FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER attestation_file_append_only_{verb.lower()} BEFORE {verb} ON attestation_file "
            "BEGIN SELECT RAISE(ABORT, 'the table attestation_file is append-only'); END"
        )


def _unguard() -> None:
    """Take the guard away, before the table goes."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER attestation_file_append_only ON attestation_file")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER attestation_file_append_only_{verb}")
