"""Operators at a desk may add a second factor."""

import sqlalchemy as sa
from alembic import op

revision = "202611300400"
down_revision = "202611300340"
branch_labels = None
depends_on = None

oldest_program = "0.3.0"  # an older program asks operators for no code, and reads no PIN or password that this one has hashed anew


def upgrade() -> None:
    with op.batch_alter_table("operator") as batch:
        batch.add_column(sa.Column("totp_secret", sa.LargeBinary(96), nullable=True))
        batch.add_column(sa.Column("totp_enrolled_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("totp_last_step", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("operator_session") as batch:
        batch.add_column(sa.Column("needs_code", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("operator_session") as batch:
        batch.drop_column("needs_code")
    with op.batch_alter_table("operator") as batch:
        batch.drop_column("totp_last_step")
        batch.drop_column("totp_enrolled_at")
        batch.drop_column("totp_secret")
