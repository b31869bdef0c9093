"""Say in the database which program may serve it: two releases run side by side during an upgrade"""

import sqlalchemy as sa
from alembic import op

revision = "202611291740"
down_revision = "0001"
branch_labels = None
depends_on = None
oldest_program = "0.1.0"


def upgrade() -> None:
    op.create_table(
        "database_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oldest_program", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_database_release"),
    )


def downgrade() -> None:
    op.drop_table("database_release")
