"""The tables, and the triggers that keep append-only tables as they were written."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = ("default",)
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

APPEND_ONLY = (
    "answer_revision",
    "attestation_event",
    "checklist_version",
    "event",
    "fact",
    "reference_list",
    "return_mark",
    "seal_certificate",
    "snapshot",
)


def upgrade() -> None:
    """Create the tables and guard those that are append-only."""
    op.create_table(
        "checklist_version",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("family", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("compiled", JSON, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_checklist_version")),
        sa.UniqueConstraint("family", "version", name=op.f("uq_checklist_version_family_version")),
    )
    op.create_table(
        "organization",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_ja", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("ror", sa.String(length=40), nullable=True),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('institution', 'agency')", name=op.f("ck_organization_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("code", name=op.f("uq_organization_code")),
    )
    op.create_table(
        "reference_list",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("edition", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_reference_list")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("account_sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index(
        op.f("ix_sign_in_failure_account_sha256_at"), "sign_in_failure", ["account_sha256", "at"], unique=False
    )
    op.create_table(
        "user_account",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("researcher_number", sa.String(length=8), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
        sa.UniqueConstraint("researcher_number", name=op.f("uq_user_account_researcher_number")),
    )
    op.create_table(
        "event",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_event_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_event_user_id_user_account")),
        sa.PrimaryKeyConstraint("organization_id", "seq", name=op.f("pk_event")),
        sa.UniqueConstraint(
            "organization_id", "previous_hash", name=op.f("uq_event_organization_id_previous_hash")
        ),
    )
    op.create_index(
        op.f("ix_event_organization_id_object_id"), "event", ["organization_id", "object_id"], unique=False
    )
    op.create_table(
        "import_batch",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_import_batch_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["user_account.id"], name=op.f("fk_import_batch_uploaded_by_user_account")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_import_batch")),
    )
    op.create_table(
        "membership",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("post_ja", sa.String(length=200), nullable=False),
        sa.Column("post_en", sa.String(length=200), nullable=False),
        sa.Column("roles", JSON, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_membership_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id_user_account")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_membership")),
        sa.UniqueConstraint("organization_id", "user_id", name=op.f("uq_membership_organization_id_user_id")),
    )
    op.create_table(
        "programme",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_ja", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_programme_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_programme")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_programme_organization_id_code")),
    )
    op.create_table(
        "seal_certificate",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("pem", sa.Text(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_seal_certificate_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("organization_id", "fingerprint", name=op.f("pk_seal_certificate")),
    )
    op.create_table(
        "call",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_ja", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("fiscal_year BETWEEN 2000 AND 2100", name=op.f("ck_call_fiscal_year")),
        sa.ForeignKeyConstraint(
            ["organization_id", "programme_id"],
            ["programme.organization_id", "programme.id"],
            name=op.f("fk_call_organization_id_programme_id_programme"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_call")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_call_organization_id_code")),
    )
    op.create_table(
        "programme_officer",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "membership_id"],
            ["membership.organization_id", "membership.id"],
            name=op.f("fk_programme_officer_organization_id_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "programme_id"],
            ["programme.organization_id", "programme.id"],
            name=op.f("fk_programme_officer_organization_id_programme_id_programme"),
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "programme_id", "membership_id", name=op.f("pk_programme_officer")
        ),
    )
    op.create_table(
        "session_record",
        sa.Column("key_sha256", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("data", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("method", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "membership_id"],
            ["membership.organization_id", "membership.id"],
            name=op.f("fk_session_record_organization_id_membership_id_membership"),
        ),
        sa.PrimaryKeyConstraint("key_sha256", name=op.f("pk_session_record")),
    )
    op.create_index(op.f("ix_session_record_seen_at"), "session_record", ["seen_at"], unique=False)
    op.create_table(
        "grants",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("title_ja", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name=op.f("ck_grants_period")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "call_id"],
            ["call.organization_id", "call.id"],
            name=op.f("fk_grants_agency_id_call_id_call"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_grants_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_grants")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_grants_organization_id_number")),
    )
    op.create_index(op.f("ix_grants_agency_id_call_id"), "grants", ["agency_id", "call_id"], unique=False)
    op.create_table(
        "requirement",
        sa.Column("call_id", sa.Uuid(), nullable=False),
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
    )
    op.create_table(
        "fact",
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("stated_by", sa.Uuid(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "grant_id"],
            ["grants.organization_id", "grants.id"],
            name=op.f("fk_fact_organization_id_grant_id_grants"),
        ),
        sa.ForeignKeyConstraint(["stated_by"], ["user_account.id"], name=op.f("fk_fact_stated_by_user_account")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_fact")),
    )
    op.create_index(op.f("ix_fact_organization_id_grant_id"), "fact", ["organization_id", "grant_id"], unique=False)
    op.create_table(
        "participant",
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("part", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_latin", sa.String(length=200), nullable=False),
        sa.Column("affiliation", sa.String(length=200), nullable=False),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("researcher_number", sa.String(length=8), nullable=True),
        sa.Column("student", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "part IN ('principal_investigator', 'co_investigator', 'participant')", name=op.f("ck_participant_part")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "grant_id"],
            ["grants.organization_id", "grants.id"],
            name=op.f("fk_participant_organization_id_grant_id_grants"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "membership_id"],
            ["membership.organization_id", "membership.id"],
            name=op.f("fk_participant_organization_id_membership_id_membership"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_participant")),
    )
    op.create_index(
        op.f("ix_participant_organization_id_grant_id"),
        "participant",
        ["organization_id", "grant_id"],
        unique=False,
    )
    op.create_index(
        "uq_participant_one_principal",
        "participant",
        ["organization_id", "grant_id"],
        unique=True,
        sqlite_where=sa.text("part = 'principal_investigator' AND removed_at IS NULL"),
        postgresql_where=sa.text("part = 'principal_investigator' AND removed_at IS NULL"),
    )
    op.create_table(
        "submission",
        sa.Column("grant_id", sa.Uuid(), nullable=False),
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
    )
    op.create_index(
        op.f("ix_submission_agency_id_requirement_id"), "submission", ["agency_id", "requirement_id"], unique=False
    )
    op.create_table(
        "revision",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("checklist_sha256", sa.String(length=64), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'in_review', 'returned', 'awaiting_attestation', 'submitted', 'superseded')",
            name=op.f("ck_revision_state"),
        ),
        sa.ForeignKeyConstraint(
            ["checklist_sha256"],
            ["checklist_version.sha256"],
            name=op.f("fk_revision_checklist_sha256_checklist_version"),
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["user_account.id"], name=op.f("fk_revision_opened_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "submission_id"],
            ["submission.organization_id", "submission.id"],
            name=op.f("fk_revision_organization_id_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_revision")),
        sa.UniqueConstraint(
            "organization_id",
            "submission_id",
            "number",
            name=op.f("uq_revision_organization_id_submission_id_number"),
        ),
    )
    op.create_index(
        "uq_revision_one_in_force",
        "revision",
        ["organization_id", "submission_id"],
        unique=True,
        sqlite_where=sa.text("state = 'submitted'"),
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_index(
        "uq_revision_one_working",
        "revision",
        ["organization_id", "submission_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('draft', 'in_review', 'returned', 'awaiting_attestation')"),
        postgresql_where=sa.text("state IN ('draft', 'in_review', 'returned', 'awaiting_attestation')"),
    )
    op.create_table(
        "row_instance",
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.String(length=80), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "participant_id"],
            ["participant.organization_id", "participant.id"],
            name=op.f("fk_row_instance_organization_id_participant_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "revision_id"],
            ["revision.organization_id", "revision.id"],
            name=op.f("fk_row_instance_organization_id_revision_id_revision"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_row_instance")),
        sa.UniqueConstraint(
            "organization_id",
            "revision_id",
            "group_id",
            "participant_id",
            name=op.f("uq_row_instance_organization_id_revision_id_group_id_participant_id"),
        ),
    )
    op.create_table(
        "snapshot",
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "revision_id"],
            ["revision.organization_id", "revision.id"],
            name=op.f("fk_snapshot_organization_id_revision_id_revision"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint(
            "organization_id", "revision_id", "sha256", name=op.f("uq_snapshot_organization_id_revision_id_sha256")
        ),
    )
    op.create_table(
        "answer",
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
        sa.CheckConstraint("state = 'open' OR answered_by IS NOT NULL", name=op.f("ck_answer_somebody_answered")),
        sa.CheckConstraint(
            "state IN ('open', 'answered', 'not_applicable', 'unsure', 'not_obtained')",
            name=op.f("ck_answer_state"),
        ),
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
    )
    op.create_index(
        "uq_answer_item",
        "answer",
        ["organization_id", "revision_id", "item_id"],
        unique=True,
        sqlite_where=sa.text("row_id IS NULL"),
        postgresql_where=sa.text("row_id IS NULL"),
    )
    op.create_index(
        "uq_answer_item_row",
        "answer",
        ["organization_id", "revision_id", "item_id", "row_id"],
        unique=True,
        sqlite_where=sa.text("row_id IS NOT NULL"),
        postgresql_where=sa.text("row_id IS NOT NULL"),
    )
    op.create_table(
        "attestation",
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("record_sha256", sa.String(length=64), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column("attested_by", sa.Uuid(), nullable=False),
        sa.Column("attested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status = 'issuing' OR (pdf_sha256 IS NOT NULL AND issued_at IS NOT NULL)",
            name=op.f("ck_attestation_issued_has_file"),
        ),
        sa.CheckConstraint(
            "status IN ('issuing', 'in_force', 'superseded', 'withdrawn')", name=op.f("ck_attestation_status")
        ),
        sa.ForeignKeyConstraint(
            ["attested_by"], ["user_account.id"], name=op.f("fk_attestation_attested_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "revision_id"],
            ["revision.organization_id", "revision.id"],
            name=op.f("fk_attestation_organization_id_revision_id_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "snapshot_id"],
            ["snapshot.organization_id", "snapshot.id"],
            name=op.f("fk_attestation_organization_id_snapshot_id_snapshot"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_attestation")),
        sa.UniqueConstraint("code", name=op.f("uq_attestation_code")),
        sa.UniqueConstraint(
            "organization_id", "revision_id", name=op.f("uq_attestation_organization_id_revision_id")
        ),
        sa.UniqueConstraint("pdf_sha256", name=op.f("uq_attestation_pdf_sha256")),
        sa.UniqueConstraint("record_sha256", name=op.f("uq_attestation_record_sha256")),
    )
    op.create_table(
        "review_round",
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_method", sa.String(length=20), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_method", sa.String(length=20), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('approved', 'returned', 'sent_back', 'recalled')",
            name=op.f("ck_review_round_decision"),
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_review_round_decided_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_review_round_decided_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "revision_id"],
            ["revision.organization_id", "revision.id"],
            name=op.f("fk_review_round_organization_id_revision_id_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "snapshot_id"],
            ["snapshot.organization_id", "snapshot.id"],
            name=op.f("fk_review_round_organization_id_snapshot_id_snapshot"),
        ),
        sa.ForeignKeyConstraint(
            ["sent_by"], ["user_account.id"], name=op.f("fk_review_round_sent_by_user_account")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_review_round")),
        sa.UniqueConstraint(
            "organization_id",
            "revision_id",
            "number",
            name=op.f("uq_review_round_organization_id_revision_id_number"),
        ),
    )
    op.create_table(
        "answer_revision",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("value", JSON, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_answer_revision_by_user_account")),
        sa.ForeignKeyConstraint(
            ["organization_id", "answer_id"],
            ["answer.organization_id", "answer.id"],
            name=op.f("fk_answer_revision_organization_id_answer_id_answer"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_answer_revision")),
        sa.UniqueConstraint(
            "organization_id", "answer_id", "seq", name=op.f("uq_answer_revision_organization_id_answer_id_seq")
        ),
    )
    op.create_table(
        "attestation_event",
        sa.Column("attestation_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_attestation_event_by_user_account")),
        sa.ForeignKeyConstraint(
            ["organization_id", "attestation_id"],
            ["attestation.organization_id", "attestation.id"],
            name=op.f("fk_attestation_event_organization_id_attestation_id_attestation"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_attestation_event")),
    )
    op.create_table(
        "return_mark",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.String(length=80), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "round_id"],
            ["review_round.organization_id", "review_round.id"],
            name=op.f("fk_return_mark_organization_id_round_id_review_round"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "row_id"],
            ["row_instance.organization_id", "row_instance.id"],
            name=op.f("fk_return_mark_organization_id_row_id_row_instance"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_return_mark")),
    )
    _guard()


def downgrade() -> None:
    """Drop the tables."""
    _unguard()
    op.drop_table("return_mark")
    op.drop_table("attestation_event")
    op.drop_table("answer_revision")
    op.drop_table("review_round")
    op.drop_table("attestation")
    op.drop_index(
        "uq_answer_item_row",
        table_name="answer",
        sqlite_where=sa.text("row_id IS NOT NULL"),
        postgresql_where=sa.text("row_id IS NOT NULL"),
    )
    op.drop_index(
        "uq_answer_item",
        table_name="answer",
        sqlite_where=sa.text("row_id IS NULL"),
        postgresql_where=sa.text("row_id IS NULL"),
    )
    op.drop_table("answer")
    op.drop_table("snapshot")
    op.drop_table("row_instance")
    op.drop_index(
        "uq_revision_one_working",
        table_name="revision",
        sqlite_where=sa.text("state IN ('draft', 'in_review', 'returned', 'awaiting_attestation')"),
        postgresql_where=sa.text("state IN ('draft', 'in_review', 'returned', 'awaiting_attestation')"),
    )
    op.drop_index(
        "uq_revision_one_in_force",
        table_name="revision",
        sqlite_where=sa.text("state = 'submitted'"),
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.drop_table("revision")
    op.drop_index(op.f("ix_submission_agency_id_requirement_id"), table_name="submission")
    op.drop_table("submission")
    op.drop_index(
        "uq_participant_one_principal",
        table_name="participant",
        sqlite_where=sa.text("part = 'principal_investigator' AND removed_at IS NULL"),
        postgresql_where=sa.text("part = 'principal_investigator' AND removed_at IS NULL"),
    )
    op.drop_index(op.f("ix_participant_organization_id_grant_id"), table_name="participant")
    op.drop_table("participant")
    op.drop_index(op.f("ix_fact_organization_id_grant_id"), table_name="fact")
    op.drop_table("fact")
    op.drop_table("requirement")
    op.drop_index(op.f("ix_grants_agency_id_call_id"), table_name="grants")
    op.drop_table("grants")
    op.drop_index(op.f("ix_session_record_seen_at"), table_name="session_record")
    op.drop_table("session_record")
    op.drop_table("programme_officer")
    op.drop_table("call")
    op.drop_table("seal_certificate")
    op.drop_table("programme")
    op.drop_table("membership")
    op.drop_table("import_batch")
    op.drop_index(op.f("ix_event_organization_id_object_id"), table_name="event")
    op.drop_table("event")
    op.drop_table("user_account")
    op.drop_index(op.f("ix_sign_in_failure_account_sha256_at"), table_name="sign_in_failure")
    op.drop_table("sign_in_failure")
    op.drop_table("reference_list")
    op.drop_table("organization")
    op.drop_table("checklist_version")


def _guard() -> None:
    """Refuse UPDATE and DELETE on append-only tables, whoever asks."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'the table % is append-only', TG_TABLE_NAME; END $$
            """
        )
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        return
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_append_only_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'the table {table} is append-only'); END"
            )


def _unguard() -> None:
    """Take the guards away, before the tables go."""
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute("DROP FUNCTION refuse_change()")
        return
    for table in APPEND_ONLY:
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_append_only_{verb}")
