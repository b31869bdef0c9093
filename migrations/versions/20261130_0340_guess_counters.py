"""Guesses are counted by where they come from, so that strangers lock out strangers and nobody else."""

import sqlalchemy as sa
from alembic import op

revision = "202611300340"
down_revision = "202611300335"
branch_labels = None
depends_on = None

oldest_program = "0.2.0"  # tables of their own, which an older program does not know


def upgrade() -> None:
    op.create_table(
        "guess_counter",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("forget_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("in_a_row", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_guess_counter")),
    )
    with op.batch_alter_table("guess_counter") as batch:
        batch.create_index(batch.f("ix_guess_counter_forget_at"), ["forget_at"])
        batch.create_index(batch.f("ix_guess_counter_subject"), ["subject"])
    op.create_table(
        "known_browser",
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", "browser_hash", name=op.f("pk_known_browser")),
    )
    with op.batch_alter_table("known_browser") as batch:
        batch.create_index(batch.f("ix_known_browser_seen_at"), ["seen_at"])


def downgrade() -> None:
    op.drop_table("known_browser")
    op.drop_table("guess_counter")
