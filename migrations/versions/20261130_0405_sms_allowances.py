"""Codes by SMS are counted by whose allowance they come from, so that strangers use up what strangers have."""

import sqlalchemy as sa
from alembic import op

revision = "202611300405"
down_revision = "202611300400"
branch_labels = None
depends_on = None

oldest_program = "0.3.0"  # columns with a default, which an older program leaves alone


def upgrade() -> None:
    with op.batch_alter_table("sms_code") as batch:
        batch.add_column(sa.Column("allowance", sa.String(length=8), server_default="stranger", nullable=False))
        batch.add_column(sa.Column("wide_hash", sa.LargeBinary(length=32), nullable=True))
        batch.create_index("ix_sms_code_wide", ["wide_hash", "created_at"])


def downgrade() -> None:
    with op.batch_alter_table("sms_code") as batch:
        batch.drop_index("ix_sms_code_wide")
        batch.drop_column("wide_hash")
        batch.drop_column("allowance")
