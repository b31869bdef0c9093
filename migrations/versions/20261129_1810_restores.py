"""A restore ends what browsers carry (an epoch), is remembered, and keeps institutions' keys off until somebody confirms them."""

import sqlalchemy as sa
from alembic import op

revision = "202611291810"
down_revision = "202611291800"
branch_labels = None
depends_on = None
oldest_program = "0.1.0"  # it runs beside this one for the minutes of an upgrade; no key is kept off before a restore


def upgrade() -> None:
    with op.batch_alter_table("installation") as batch:
        batch.add_column(sa.Column("epoch", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("restored_from", sa.String(length=64), nullable=False, server_default=""))
    with op.batch_alter_table("api_key") as batch:
        batch.add_column(sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("api_key") as batch:
        batch.drop_column("held_at")
    with op.batch_alter_table("installation") as batch:
        batch.drop_column("restored_from")
        batch.drop_column("restored_at")
        batch.drop_column("epoch")
