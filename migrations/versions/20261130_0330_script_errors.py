"""Faults of scripts on people's phones are counted: file, line and engine, nobody's name."""

import sqlalchemy as sa
from alembic import op

revision = "202611300330"
down_revision = "202611300325"
branch_labels = None
depends_on = None

oldest_program = "0.2.0"  # one table more


def upgrade() -> None:
    op.create_table(
        "script_error",
        sa.Column("module", sa.String(80), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("engine", sa.String(10), nullable=False),
        sa.Column("engine_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("module", "line", "engine", "engine_version", name="pk_script_error"),
    )
    op.create_index("ix_script_error_last_at", "script_error", ["last_at"])


def downgrade() -> None:
    op.drop_table("script_error")
