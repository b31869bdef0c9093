"""Short messages wait in rows until they have gone, so that a process that dies loses none."""

import sqlalchemy as sa
from alembic import op

revision = "202611301215"
down_revision = "202611300405"
branch_labels = None
depends_on = None

oldest_program = "0.3.0"  # a new table, which an older program leaves alone


def upgrade() -> None:
    op.create_table(
        "outgoing_sms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("message_encrypted", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("topic", sa.LargeBinary(length=32), nullable=False),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_sms")),
    )


def downgrade() -> None:
    op.drop_table("outgoing_sms")
