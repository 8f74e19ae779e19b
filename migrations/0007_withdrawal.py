"""Attestations are withdrawn by two people, and their expiry is written down."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STATES = "state IN ('draft', 'in_review', 'returned', 'awaiting_attestation', 'submitted', 'superseded'{})"
_STATUSES = "status IN ('issuing', 'in_force', 'superseded', 'withdrawn'{})"
# table and constraint -> what it was held to before, and after
_RULES = {
    ("revision", "state"): (_STATES.format(""), _STATES.format(", 'withdrawn'")),
    ("attestation", "status"): (_STATUSES.format(""), _STATUSES.format(", 'expired'")),
}


def upgrade() -> None:
    """Make the table of withdrawals, and let revisions be withdrawn and attestations expire."""
    for (table, name), (before, after) in _RULES.items():
        _hold(table, name, before, after)
    op.create_table(
        "withdrawal",
        sa.Column("attestation_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_method", sa.String(length=20), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_method", sa.String(length=20), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_withdrawal_says_why")),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('withdrawn', 'kept')", name=op.f("ck_withdrawal_decision")
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_withdrawal_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "decision IS NULL OR decision <> 'withdrawn' OR decided_by <> proposed_by",
            name=op.f("ck_withdrawal_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "attestation_id"],
            ["attestation.organization_id", "attestation.id"],
            name=op.f("fk_withdrawal_organization_id_attestation_id_attestation"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["user_account.id"], name=op.f("fk_withdrawal_proposed_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_withdrawal_decided_by_user_account")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_withdrawal")),
    )
    op.create_index(
        "uq_withdrawal_one_waiting",
        "withdrawal",
        ["organization_id", "attestation_id"],
        unique=True,
        sqlite_where=sa.text("decision IS NULL"),
        postgresql_where=sa.text("decision IS NULL"),
    )


def downgrade() -> None:
    """Go back; refused while it would lose who withdrew what. What has expired tells so by its date again."""
    there = op.get_bind().scalar(sa.text("SELECT count(*) FROM withdrawal"))
    if there:
        raise RuntimeError(f"{there} withdrawals would be lost; nothing was changed")
    op.execute("UPDATE attestation SET status = 'in_force' WHERE status = 'expired'")
    op.drop_index("uq_withdrawal_one_waiting", table_name="withdrawal")
    op.drop_table("withdrawal")
    for (table, name), (before, after) in _RULES.items():
        _hold(table, name, after, before)


def _hold(table: str, name: str, old: str, new: str) -> None:
    """Hold a table to a new rule. SQLite cannot change a check: the table is made anew with its rows.

    It is made from its own words, so that columns of other migrations stay; what refers to its rows is
    held to account only when the transaction ends, and they are back by then.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, new)
        return
    parts = op.get_bind().execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL"), {"table": table}
    )
    words = {sql: kind for kind, sql in parts}
    made = next(sql for sql, kind in words.items() if kind == "table")
    if made.count(old) != 1:
        raise RuntimeError(f"the table {table} is not held to what was expected; nothing was changed")
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute(f"CREATE TABLE kept AS SELECT * FROM {table}")  # noqa: S608 - names of ours
    op.execute(f"DROP TABLE {table}")
    op.execute(made.replace(old, new))
    op.execute(f"INSERT INTO {table} SELECT * FROM kept")  # noqa: S608 - names of ours
    op.execute("DROP TABLE kept")
    for sql, kind in words.items():
        if kind != "table":
            op.execute(sql)
