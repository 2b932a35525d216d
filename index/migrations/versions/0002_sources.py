"""Sources remember how they were read; recognised pages where their words stand."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sources") as table:
        table.add_column(sa.Column("container", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("facts", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("pages") as table:
        table.add_column(sa.Column("boxes", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("pages") as table:
        table.drop_column("boxes")
    with op.batch_alter_table("sources") as table:
        table.drop_column("facts")
        table.drop_column("container")
