"""Of a code that could not be sent its page says so, also when it is opened again."""

import sqlalchemy as sa
from alembic import op

revision = "202611291831"
down_revision = "202611291830"
branch_labels = None
depends_on = None

oldest_program = "0.1.0"  # one empty column more


def upgrade() -> None:
    with op.batch_alter_table("sms_code") as batch:
        batch.add_column(sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sms_code") as batch:
        batch.drop_column("failed_at")
