"""A one-time password of staff goes to its member in two halves: the second waits for a colleague."""

import sqlalchemy as sa
from alembic import op

revision = "202611300335"
down_revision = "202611300330"
branch_labels = None
depends_on = None

oldest_program = "0.2.0"  # empty columns more


def upgrade() -> None:
    with op.batch_alter_table("staff_member") as batch:
        batch.add_column(sa.Column("second_half", sa.LargeBinary(64), nullable=True))
        batch.add_column(sa.Column("half_started_by", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("staff_member") as batch:
        batch.drop_column("half_started_by")
        batch.drop_column("second_half")
