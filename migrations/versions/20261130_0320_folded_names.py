"""Find people by what two ways to write their name have in common; the rows that are there are filled in by the jobs."""

import sqlalchemy as sa
from alembic import op

revision = "202611300320"
down_revision = "202611291831"
branch_labels = None
depends_on = None

oldest_program = "0.1.0"  # one empty column more; names an older program writes are folded at the next round


def upgrade() -> None:
    with op.batch_alter_table("insured_person") as batch:
        batch.add_column(sa.Column("folded_name", sa.String(length=120), nullable=True))
    op.create_index(
        "ix_insured_person_folded_name",
        "insured_person",
        ["folded_name"],
        sqlite_where=sa.text("folded_name IS NOT NULL"),
        postgresql_where=sa.text("folded_name IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_insured_person_folded_name", table_name="insured_person")
    with op.batch_alter_table("insured_person") as batch:
        batch.drop_column("folded_name")
