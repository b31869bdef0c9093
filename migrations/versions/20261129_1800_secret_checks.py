"""A keyed check value of each secret lives with the data, so that a database knows whose secrets it was made with"""

import sqlalchemy as sa
from alembic import op

revision = "202611291800"
down_revision = "202611291740"
branch_labels = None
depends_on = None

oldest_program = "0.1.0"  # one new table, which an older program does not look at


def upgrade() -> None:
    op.create_table(
        "secret_check",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("check_value", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_in", sa.String(length=255), nullable=False),
        sa.Column("is_proved", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret_check")),
    )


def downgrade() -> None:
    op.drop_table("secret_check")
