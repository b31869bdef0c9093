"""A job knows which process does it, so that it is taken over when that process is gone."""

import sqlalchemy as sa
from alembic import op

revision = "202611291830"
down_revision = "202611291810"
branch_labels = None
depends_on = None

oldest_program = "0.1.0"  # one column with a default, which an older program leaves alone


def upgrade() -> None:
    with op.batch_alter_table("job") as batch:
        batch.add_column(sa.Column("runner", sa.String(length=80), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("job") as batch:
        batch.drop_column("runner")
