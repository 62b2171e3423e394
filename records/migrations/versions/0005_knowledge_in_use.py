"""What no text answered, and who has read which version of a text."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "knowledge_gaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("turn_id", sa.Uuid(), nullable=False),
        sa.Column("intent", sa.String(length=64), nullable=False),
        sa.Column("product_code", sa.String(length=20), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_knowledge_gaps_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_gaps")),
    )
    op.create_index(op.f("ix_knowledge_gaps_asked_at"), "knowledge_gaps", ["asked_at"], unique=False)
    op.create_index(
        op.f("ix_knowledge_gaps_conversation_id"), "knowledge_gaps", ["conversation_id"], unique=False
    )
    op.create_table(
        "knowledge_acknowledgements",
        sa.Column("source_key", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_knowledge_acknowledgements_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint(
            "source_key", "version", "staff_id", name=op.f("pk_knowledge_acknowledgements")
        ),
    )


def downgrade() -> None:
    op.drop_table("knowledge_acknowledgements")
    op.drop_index(op.f("ix_knowledge_gaps_conversation_id"), table_name="knowledge_gaps")
    op.drop_index(op.f("ix_knowledge_gaps_asked_at"), table_name="knowledge_gaps")
    op.drop_table("knowledge_gaps")
