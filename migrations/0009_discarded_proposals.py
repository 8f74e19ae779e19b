"""A proposal can be taken back and made again: acts are counted, and each proposal is the content of its act."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
_COUNTED = (
    "row_number() OVER (PARTITION BY sha256 "
    "ORDER BY CASE status WHEN 'proposed' THEN 1 WHEN 'published' THEN 2 ELSE 3 END)"
)


def upgrade() -> None:
    """Count the acts of each version. So far each was done once, in the only order there was."""
    _keep()
    op.create_table(
        "version_status",
        *_status_columns(),
        sa.Column("seq", sa.Integer(), nullable=False),
        *_status_keys("'proposed', 'discarded', 'published', 'withdrawn'"),
        sa.CheckConstraint(
            "status NOT IN ('discarded', 'withdrawn') OR reason <> ''", name=op.f("ck_version_status_says_why")
        ),
        sa.UniqueConstraint("sha256", "seq", name=op.f("uq_version_status_sha256_seq")),
    )
    once = sa.text("status IN ('published', 'withdrawn')")
    op.create_index(
        "uq_version_status_once",
        "version_status",
        ["sha256", "status"],
        unique=True,
        sqlite_where=once,
        postgresql_where=once,
    )
    op.create_table(
        "version_proposal",
        *_proposal_columns(),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha256", "seq"],
            ["version_status.sha256", "version_status.seq"],
            name=op.f("fk_version_proposal_sha256_seq_version_status"),
        ),
        sa.PrimaryKeyConstraint("sha256", "seq", name=op.f("pk_version_proposal")),
    )
    _bring_back("version_status", _status_columns(), seq=_COUNTED)
    _bring_back("version_proposal", _proposal_columns(), seq="1")


def downgrade() -> None:
    """Go back; refused while it would lose that a proposal was taken back."""
    query = sa.text("SELECT count(*) FROM version_status WHERE status = 'discarded'")
    discarded = op.get_bind().execute(query).scalar_one()
    if discarded:
        raise RuntimeError(f"{discarded} proposals were taken back; going back would lose that")
    _keep()
    op.create_table(
        "version_proposal",
        *_proposal_columns(),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_version_proposal")),
    )
    op.create_table(
        "version_status",
        *_status_columns(),
        *_status_keys("'proposed', 'published', 'withdrawn'"),
        sa.CheckConstraint(
            "status <> 'withdrawn' OR reason <> ''", name=op.f("ck_version_status_withdrawn_says_why")
        ),
        sa.UniqueConstraint("sha256", "status", name=op.f("uq_version_status_sha256_status")),
    )
    _bring_back("version_status", _status_columns())
    _bring_back("version_proposal", _proposal_columns())


def _keep() -> None:
    """Put the rows aside and take the tables away; SQLite cannot change what holds a table together."""
    for table in ("version_proposal", "version_status"):
        op.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")  # noqa: S608 - names of ours
        op.drop_table(table)


def _bring_back(table: str, columns: list[sa.Column], **more: str) -> None:
    """Put the rows back and guard them, whoever asks."""
    names = [f'"{column.name}"' for column in columns]
    into, values = ", ".join([*names, *more]), ", ".join([*names, *more.values()])
    op.execute(f"INSERT INTO {table} ({into}) SELECT {values} FROM kept_{table}")  # noqa: S608 - names of ours
    op.execute(f"DROP TABLE kept_{table}")
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


def _status_columns() -> list[sa.Column]:
    return [
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    ]


def _status_keys(statuses: str) -> list[sa.Constraint]:
    return [
        sa.CheckConstraint(f"status IN ({statuses})", name=op.f("ck_version_status_status")),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_version_status_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_status")),
    ]


def _proposal_columns() -> list[sa.Column]:
    return [
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("family", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("compiled", JSON, nullable=False),
    ]
