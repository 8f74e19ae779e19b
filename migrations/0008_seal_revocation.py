"""Revocations of seals: from when a certificate proves nothing, kept for ever."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and guard it."""
    op.create_table(
        "seal_revocation",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("revoked_at <= recorded_at", name=op.f("ck_seal_revocation_not_ahead")),
        sa.ForeignKeyConstraint(
            ["organization_id", "fingerprint"],
            ["seal_certificate.organization_id", "seal_certificate.fingerprint"],
            name=op.f("fk_seal_revocation_organization_id_fingerprint_seal_certificate"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_seal_revocation")),
        sa.UniqueConstraint(
            "organization_id",
            "fingerprint",
            "revoked_at",
            name=op.f("uq_seal_revocation_organization_id_fingerprint_revoked_at"),
        ),
    )
    _guard()


def downgrade() -> None:
    """Go back; refused while it would forget that a seal was revoked."""
    there = op.get_bind().execute(sa.text("SELECT count(*) FROM seal_revocation")).scalar_one()
    if there:
        raise RuntimeError(f"{there} revocations of seals are recorded; going back would forget them")
    _unguard()
    op.drop_table("seal_revocation")


def _guard() -> None:
    """Refuse UPDATE and DELETE of what was recorded, whoever asks."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER seal_revocation_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seal_revocation "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER seal_revocation_append_only_{verb.lower()} BEFORE {verb} ON seal_revocation "
            "BEGIN SELECT RAISE(ABORT, 'the table seal_revocation is append-only'); END"
        )


def _unguard() -> None:
    """Take the guard away, before the table goes."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER seal_revocation_append_only ON seal_revocation")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER seal_revocation_append_only_{verb}")
