"""DATA_KEY, AUDIT_KEY and SECRET_KEY may be lists: from when on a key writes, when it was dropped, how far re-encrypting has come."""

import sqlalchemy as sa
from alembic import op

revision = "202611300325"
down_revision = "202611300320"
branch_labels = None
depends_on = None
oldest_program = "0.2.0"  # it runs beside this one for the minutes of an upgrade; no key is rotated before that is over


def upgrade() -> None:
    with op.batch_alter_table("secret_check") as batch:
        batch.add_column(sa.Column("begins_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "key_sweep",
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("position", sa.String(length=255), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("step", name=op.f("pk_key_sweep")),
    )


def downgrade() -> None:
    op.drop_table("key_sweep")
    with op.batch_alter_table("secret_check") as batch:
        batch.drop_column("dropped_at")
        batch.drop_column("begins_at")
