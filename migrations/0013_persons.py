"""Who signed a file beside the seal, kept with the file as it was found when it was brought."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Of files that were brought before, only the file itself tells who signed."""
    of_both = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    op.add_column("attestation_file", sa.Column("person", of_both, nullable=True))


def downgrade() -> None:
    """Go back; nothing is lost, as each file says who signed it."""
    op.drop_column("attestation_file", "person")
