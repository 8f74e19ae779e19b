"""Several people certify one content in order, or sign in ink; when preparers and reviewers signed in; ORCID."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and guard it; of what was done before, nobody knows when people had signed in."""
    op.create_table(
        "certification",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("signatory", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("post_ja", sa.String(length=200), nullable=False),
        sa.Column("post_en", sa.String(length=200), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("statement_version", sa.String(length=40), nullable=False),
        sa.Column("statement_sha256", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_certification_by_user_account")),
        sa.ForeignKeyConstraint(
            ["organization_id", "round_id"],
            ["review_round.organization_id", "review_round.id"],
            name=op.f("fk_certification_organization_id_round_id_review_round"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_certification")),
        sa.UniqueConstraint(
            "organization_id", "round_id", "by", name=op.f("uq_certification_organization_id_round_id_by")
        ),
        sa.UniqueConstraint(
            "organization_id",
            "round_id",
            "signatory",
            name=op.f("uq_certification_organization_id_round_id_signatory"),
        ),
    )
    op.add_column("review_round", sa.Column("sent_signed_in_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("approval", sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("user_account", sa.Column("orcid", sa.String(length=19), nullable=True))
    op.create_index("uq_user_account_orcid", "user_account", ["orcid"], unique=True)
    _guard("certification")
    op.create_table(
        "ink_sheet",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("attestation_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_ink_sheet_not_empty")),
        sa.ForeignKeyConstraint(
            ["organization_id", "attestation_id"],
            ["attestation.organization_id", "attestation.id"],
            name=op.f("fk_ink_sheet_organization_id_attestation_id_attestation"),
        ),
        sa.ForeignKeyConstraint(["taken_by"], ["user_account.id"], name=op.f("fk_ink_sheet_taken_by_user_account")),
        sa.PrimaryKeyConstraint("organization_id", "attestation_id", name=op.f("pk_ink_sheet")),
    )
    _guard("ink_sheet")


def downgrade() -> None:
    """Go back; refused while it would forget what somebody certified."""
    for table, what in (("certification", "certifications"), ("ink_sheet", "sheets signed in ink")):
        there = op.get_bind().execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - ours
        if there:
            raise RuntimeError(f"{there} {what} are kept; going back would forget them")
    op.drop_table("ink_sheet")
    op.drop_index("uq_user_account_orcid", "user_account")
    op.drop_column("user_account", "orcid")
    op.drop_column("approval", "signed_in_at")
    op.drop_column("review_round", "sent_signed_in_at")
    op.drop_table("certification")


def _guard(table: str) -> None:
    """Refuse UPDATE and DELETE of what was kept, whoever asks; the guard goes with its table."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'the table {table} is append-only'); END"
        )
