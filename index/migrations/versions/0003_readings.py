"""The same content may be read otherwise later on: versions are no longer unique by document and sha256."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COLUMNS = "id, document_id, sha256, title, media_type, drawable, facts, added_at, superseded_at"


def upgrade() -> None:
    _make_anew()
    op.create_index("versions_document", "versions", ["document_id", "sha256"], unique=False)


def downgrade() -> None:
    """One reading of each content stays, the one in search where there is one; citations of others are lost."""
    op.execute(
        "DELETE FROM versions WHERE id NOT IN (SELECT id FROM (SELECT id, row_number() OVER"
        " (PARTITION BY document_id, sha256 ORDER BY superseded_at IS NOT NULL, id DESC) AS rank FROM versions)"
        " WHERE rank = 1)"
    )
    for below in ("pages", "passages"):
        op.execute(f"DELETE FROM {below} WHERE version_id NOT IN (SELECT id FROM versions)")  # noqa: S608
    op.drop_index("versions_document", table_name="versions")
    _make_anew(sa.UniqueConstraint("document_id", "sha256"), autoincrement=False)


def _make_anew(*constraints: sa.UniqueConstraint, autoincrement: bool = True) -> None:
    """SQLite drops a constraint only with its table.  `index.database.migrate` keeps the rows below it."""
    op.create_table(
        "versions_anew",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("drawable", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("added_at", sa.Text(), nullable=False),
        sa.Column("superseded_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        *constraints,
        sqlite_autoincrement=autoincrement,
    )
    op.execute(f"INSERT INTO versions_anew ({_COLUMNS}) SELECT {_COLUMNS} FROM versions")  # noqa: S608
    op.drop_table("versions")
    op.rename_table("versions_anew", "versions")
    op.create_index("versions_sha256", "versions", ["sha256"], unique=False)
