"""Files with answers: kept by their hash, in force until they are removed, never overwritten."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and guard what was kept."""
    op.create_table(
        "evidence_file",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_evidence_file_not_empty")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_evidence_file_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("organization_id", "sha256", name=op.f("pk_evidence_file")),
    )
    op.create_table(
        "evidence",
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("document_on", sa.Date(), nullable=True),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by IS NULL)", name=op.f("ck_evidence_removed_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "answer_id"],
            ["answer.organization_id", "answer.id"],
            name=op.f("fk_evidence_organization_id_answer_id_answer"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "revision_id"],
            ["revision.organization_id", "revision.id"],
            name=op.f("fk_evidence_organization_id_revision_id_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "sha256"],
            ["evidence_file.organization_id", "evidence_file.sha256"],
            name=op.f("fk_evidence_organization_id_sha256_evidence_file"),
        ),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["user_account.id"], name=op.f("fk_evidence_removed_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["user_account.id"], name=op.f("fk_evidence_uploaded_by_user_account")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_evidence")),
    )
    op.create_index(
        op.f("ix_evidence_organization_id_revision_id"),
        "evidence",
        ["organization_id", "revision_id"],
        unique=False,
    )
    op.create_index(
        "uq_evidence_once",
        "evidence",
        ["organization_id", "answer_id", "rule_id", "sha256"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    _guard()


def downgrade() -> None:
    """Go back; refused while it would lose what stands with an answer."""
    there = op.get_bind().execute(sa.text("SELECT count(*) FROM evidence")).scalar_one()
    if there:
        raise RuntimeError(f"{there} files stand with answers, or stood there; going back would lose them")
    _unguard()
    op.drop_table("evidence")
    op.drop_table("evidence_file")


def _guard() -> None:
    """Refuse UPDATE and DELETE of what was kept, whoever asks."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER evidence_file_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence_file "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER evidence_file_append_only_{verb.lower()} BEFORE {verb} ON evidence_file "
            "BEGIN SELECT RAISE(ABORT, 'the table evidence_file is append-only'); END"
        )


def _unguard() -> None:
    """Take the guard away, before the table goes."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER evidence_file_append_only ON evidence_file")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER evidence_file_append_only_{verb}")
