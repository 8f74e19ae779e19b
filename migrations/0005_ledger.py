"""The ledger: entries, the tree over them, what was signed of it, and which attestation an entry is about."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "ledger_checkpoint",
    "ledger_cosignature",
    "ledger_entry",
    "ledger_link",
    "ledger_node",
    "ledger_stamp",
)


def upgrade() -> None:
    """Make the tables of an empty ledger, and guard all but the number of entries."""
    op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_ledger_head_one_row")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_ledger_head_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_head")),
    )
    op.execute("INSERT INTO ledger_head (id, size) VALUES (1, 0)")
    op.create_table(
        "ledger_entry",
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_ledger_entry")),
    )
    op.create_table(
        "ledger_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name=op.f("pk_ledger_node")),
    )
    op.create_table(
        "ledger_link",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("attestation_id", sa.Uuid(), nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["index"], ["ledger_entry.index"], name=op.f("fk_ledger_link_index_ledger_entry")),
        sa.ForeignKeyConstraint(
            ["organization_id", "attestation_id"],
            ["attestation.organization_id", "attestation.id"],
            name=op.f("fk_ledger_link_organization_id_attestation_id_attestation"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "attestation_id", "index", name=op.f("pk_ledger_link")),
        sa.UniqueConstraint("index", name=op.f("uq_ledger_link_index")),
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_ledger_checkpoint")),
    )
    op.create_table(
        "ledger_cosignature",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["size"], ["ledger_checkpoint.size"], name=op.f("fk_ledger_cosignature_size_ledger_checkpoint")
        ),
        sa.PrimaryKeyConstraint("size", "line", name=op.f("pk_ledger_cosignature")),
    )
    op.create_table(
        "ledger_stamp",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["size"], ["ledger_checkpoint.size"], name=op.f("fk_ledger_stamp_size_ledger_checkpoint")
        ),
        sa.PrimaryKeyConstraint("size", "sha256", name=op.f("pk_ledger_stamp")),
    )
    _guard()


def downgrade() -> None:
    """Go back; refused while there are entries, for others hold proofs of them."""
    there = op.get_bind().execute(sa.text("SELECT count(*) FROM ledger_entry")).scalar_one()
    if there:
        raise RuntimeError(f"the ledger has {there} entries; going back would lose what proofs lead to")
    _unguard()
    for table in ("stamp", "cosignature", "checkpoint", "link", "node", "entry", "head"):
        op.drop_table(f"ledger_{table}")


def _guard() -> None:
    """Refuse UPDATE and DELETE of what was entered or signed, whoever asks."""
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
