"""Files that wait for a consent before they are put with a matter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("awaits_consent", sa.String(length=24), nullable=True))
    op.create_index(op.f("ix_documents_awaits_consent"), "documents", ["awaits_consent"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_documents_awaits_consent"), table_name="documents")
    op.drop_column("documents", "awaits_consent")
