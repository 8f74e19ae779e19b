"""Versions are proposed and published by two people; a snapshot may need two approvals; answers can be cleared."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
APPEND_ONLY = ("approval", "version_proposal", "version_status")
_STATES = "'open', 'answered', 'not_applicable', 'unsure', 'not_obtained'"


def upgrade() -> None:
    """Make the tables, guard them, and let an answer be cleared."""
    op.create_table(
        "version_proposal",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("family", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("compiled", JSON, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_version_proposal")),
    )
    op.create_table(
        "version_status",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status IN ('proposed', 'published', 'withdrawn')", name=op.f("ck_version_status_status")
        ),
        sa.CheckConstraint(
            "status <> 'withdrawn' OR reason <> ''", name=op.f("ck_version_status_withdrawn_says_why")
        ),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_version_status_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_status")),
        sa.UniqueConstraint("sha256", "status", name=op.f("uq_version_status_sha256_status")),
    )
    op.create_table(
        "approval",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_approval_by_user_account")),
        sa.ForeignKeyConstraint(
            ["organization_id", "round_id"],
            ["review_round.organization_id", "review_round.id"],
            name=op.f("fk_approval_organization_id_round_id_review_round"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_approval")),
        sa.UniqueConstraint(
            "organization_id", "round_id", "by", name=op.f("uq_approval_organization_id_round_id_by")
        ),
    )
    _guard()
    _allow_states(f"{_STATES}, 'cleared'")


def downgrade() -> None:
    """Go back; a cleared answer is an open one again."""
    op.execute("UPDATE answer SET state = 'open' WHERE state = 'cleared'")
    _allow_states(_STATES)
    _unguard()
    op.drop_table("approval")
    op.drop_table("version_status")
    op.drop_table("version_proposal")


def _allow_states(states: str) -> None:
    """Hold answers to these states. SQLite cannot change a check: the table is made anew with its rows."""
    rule = f"state IN ({states})"
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_answer_state"), "answer", type_="check")
        op.create_check_constraint(op.f("ck_answer_state"), "answer", rule)
        return
    # what refers to an answer is held to account only when the transaction ends: its rows are back by then
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TABLE kept AS SELECT * FROM answer")
    op.drop_table("answer")
    columns = _columns()
    op.create_table("answer", *columns, *_keys(), sa.CheckConstraint(rule, name=op.f("ck_answer_state")))
    names = ", ".join(column.name for column in columns)
    op.execute(f"INSERT INTO answer ({names}) SELECT {names} FROM kept")  # noqa: S608 - names of ours
    op.execute("DROP TABLE kept")
    for name, more, where in (
        ("uq_answer_item", [], "row_id IS NULL"),
        ("uq_answer_item_row", ["row_id"], "row_id IS NOT NULL"),
    ):
        key = ["organization_id", "revision_id", "item_id", *more]
        op.create_index(name, "answer", key, unique=True, sqlite_where=sa.text(where))


def _columns() -> list[sa.Column]:
    return [
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.String(length=80), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=True),
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("value", JSON, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    ]


def _keys() -> list[sa.Constraint]:
    return [
        sa.CheckConstraint("state = 'open' OR answered_by IS NOT NULL", name=op.f("ck_answer_somebody_answered")),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["user_account.id"], name=op.f("fk_answer_answered_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "revision_id"],
            ["revision.organization_id", "revision.id"],
            name=op.f("fk_answer_organization_id_revision_id_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "row_id"],
            ["row_instance.organization_id", "row_instance.id"],
            name=op.f("fk_answer_organization_id_row_id_row_instance"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_answer")),
    ]


def _guard() -> None:
    """Refuse UPDATE and DELETE on append-only tables, whoever asks."""
    for table in APPEND_ONLY:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
            continue
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_append_only_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'the table {table} is append-only'); END"
            )


def _unguard() -> None:
    """Take the guards away, before the tables go."""
    for table in APPEND_ONLY:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            continue
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_append_only_{verb}")
