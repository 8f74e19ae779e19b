"""Submissions of an institution itself: a requirement for a fiscal year instead of a call, and no grant."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OF_INSTITUTIONS = sa.text("call_id IS NULL")
_OF_INSTITUTION = sa.text("grant_id IS NULL")


def upgrade() -> None:
    """Let requirements be without a call and submissions without a grant, each unique then too."""
    if op.get_bind().dialect.name == "sqlite":
        _remake("requirement", [*_requirement(), *_for_a_fiscal_year()])
        _remake("submission", [*_submission(), *_of_an_organization("submission")])
        _index_submission()
    else:
        op.alter_column("requirement", "call_id", existing_type=sa.Uuid(), nullable=True)
        op.alter_column("submission", "grant_id", existing_type=sa.Uuid(), nullable=True)
        op.add_column("requirement", sa.Column("fiscal_year", sa.Integer(), nullable=True))
        for name, rule in _RULES.items():
            op.create_check_constraint(op.f(name), "requirement", rule)
        for table in ("requirement", "submission"):
            name = op.f(f"fk_{table}_organization_id_organization")
            op.create_foreign_key(name, table, "organization", ["organization_id"], ["id"])
    op.create_index(
        "uq_requirement_of_institutions",
        "requirement",
        ["organization_id", "family", "stage", "fiscal_year"],
        unique=True,
        sqlite_where=_OF_INSTITUTIONS,
        postgresql_where=_OF_INSTITUTIONS,
    )
    op.create_index(
        "uq_submission_of_institution",
        "submission",
        ["organization_id", "requirement_id"],
        unique=True,
        sqlite_where=_OF_INSTITUTION,
        postgresql_where=_OF_INSTITUTION,
    )


def downgrade() -> None:
    """Demand a call and a grant again; refused while there are submissions that have none."""
    own = op.get_bind().scalar(sa.text("SELECT count(*) FROM submission WHERE grant_id IS NULL"))
    if own:
        raise RuntimeError(f"{own} submissions of institutions themselves would be lost; nothing was changed")
    op.drop_index(
        "uq_submission_of_institution",
        table_name="submission",
        sqlite_where=_OF_INSTITUTION,
        postgresql_where=_OF_INSTITUTION,
    )
    op.drop_index(
        "uq_requirement_of_institutions",
        table_name="requirement",
        sqlite_where=_OF_INSTITUTIONS,
        postgresql_where=_OF_INSTITUTIONS,
    )
    # nobody has opened these: nothing that was typed goes with them
    op.execute("DELETE FROM requirement WHERE call_id IS NULL")
    if op.get_bind().dialect.name == "sqlite":
        _remake("requirement", _requirement(mandatory=True))
        _remake("submission", _submission(mandatory=True))
        _index_submission()
        return
    for table in ("requirement", "submission"):
        op.drop_constraint(op.f(f"fk_{table}_organization_id_organization"), table, type_="foreignkey")
    for name in _RULES:
        op.drop_constraint(op.f(name), "requirement", type_="check")
    op.drop_column("requirement", "fiscal_year")
    op.alter_column("requirement", "call_id", existing_type=sa.Uuid(), nullable=False)
    op.alter_column("submission", "grant_id", existing_type=sa.Uuid(), nullable=False)


_RULES = {
    "ck_requirement_call_or_fiscal_year": "(call_id IS NULL) = (fiscal_year IS NOT NULL)",
    "ck_requirement_fiscal_year": "fiscal_year BETWEEN 2000 AND 2100",
}


def _remake(table: str, parts: list[sa.schema.SchemaItem]) -> None:
    """Make a table anew with its rows, as SQLite cannot loosen a column.

    What refers to it is held to account only when the transaction ends: its rows are back by then.
    """
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute(f"CREATE TABLE kept AS SELECT * FROM {table}")  # noqa: S608 - names of ours
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("kept")}
    op.drop_table(table)
    op.create_table(table, *parts)
    names = ", ".join(part.name for part in parts if isinstance(part, sa.Column) and part.name in there)
    op.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM kept")  # noqa: S608 - names of ours
    op.execute("DROP TABLE kept")


def _requirement(*, mandatory: bool = False) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("call_id", sa.Uuid(), nullable=not mandatory),
        sa.Column("family", sa.String(length=80), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('application', 'award', 'yearly', 'change', 'completion')", name=op.f("ck_requirement_stage")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "call_id"],
            ["call.organization_id", "call.id"],
            name=op.f("fk_requirement_organization_id_call_id_call"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_requirement")),
        sa.UniqueConstraint(
            "organization_id",
            "call_id",
            "family",
            "stage",
            name=op.f("uq_requirement_organization_id_call_id_family_stage"),
        ),
    ]


def _for_a_fiscal_year() -> list[sa.schema.SchemaItem]:
    rules = [sa.CheckConstraint(rule, name=op.f(name)) for name, rule in _RULES.items()]
    return [sa.Column("fiscal_year", sa.Integer(), nullable=True), *rules, *_of_an_organization("requirement")]


def _of_an_organization(table: str) -> list[sa.schema.SchemaItem]:
    name = op.f(f"fk_{table}_organization_id_organization")
    return [sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=name)]


def _submission(*, mandatory: bool = False) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("grant_id", sa.Uuid(), nullable=not mandatory),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("requirement_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "requirement_id"],
            ["requirement.organization_id", "requirement.id"],
            name=op.f("fk_submission_agency_id_requirement_id_requirement"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "grant_id"],
            ["grants.organization_id", "grants.id"],
            name=op.f("fk_submission_organization_id_grant_id_grants"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_submission")),
        sa.UniqueConstraint(
            "organization_id",
            "grant_id",
            "requirement_id",
            name=op.f("uq_submission_organization_id_grant_id_requirement_id"),
        ),
    ]


def _index_submission() -> None:
    op.create_index(
        op.f("ix_submission_agency_id_requirement_id"), "submission", ["agency_id", "requirement_id"], unique=False
    )
