"""Accounts of push channels, what may be sent to them, and deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=True),
        sa.Column("blocked", sa.String(length=40), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notices_allowed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_channel_accounts_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_accounts")),
        sa.UniqueConstraint("channel", "account", name=op.f("uq_channel_accounts_channel_account")),
    )
    op.create_index(
        op.f("ix_channel_accounts_conversation_id"), "channel_accounts", ["conversation_id"], unique=False
    )
    op.create_table(
        "allowances",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.Column("bot_share", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("used_by_bot", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["channel_accounts.id"],
            name=op.f("fk_allowances_account_id_channel_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "source", name=op.f("pk_allowances")),
    )
    op.create_table(
        "channel_pushes",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["channel_accounts.id"],
            name=op.f("fk_channel_pushes_account_id_channel_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_channel_pushes")),
    )
    op.create_index(op.f("ix_channel_pushes_account_id"), "channel_pushes", ["account_id"], unique=False)
    op.create_index(op.f("ix_channel_pushes_received_at"), "channel_pushes", ["received_at"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("parts_sent", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("via", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("remote_id", sa.String(length=64), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_deliveries_conversation_id_conversations"),
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_deliveries_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_claim"), "deliveries", ["claim"], unique=False)
    op.create_index(op.f("ix_deliveries_conversation_id"), "deliveries", ["conversation_id"], unique=False)
    op.create_index(
        "ix_deliveries_open",
        "deliveries",
        ["conversation_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('pending', 'claimed')"),
    )
    op.create_index(op.f("ix_deliveries_remote_id"), "deliveries", ["remote_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_deliveries_remote_id"), table_name="deliveries")
    op.drop_index(
        "ix_deliveries_open",
        table_name="deliveries",
        postgresql_where=sa.text("state IN ('pending', 'claimed')"),
    )
    op.drop_index(op.f("ix_deliveries_conversation_id"), table_name="deliveries")
    op.drop_index(op.f("ix_deliveries_claim"), table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_index(op.f("ix_channel_pushes_received_at"), table_name="channel_pushes")
    op.drop_index(op.f("ix_channel_pushes_account_id"), table_name="channel_pushes")
    op.drop_table("channel_pushes")
    op.drop_table("allowances")
    op.drop_index(op.f("ix_channel_accounts_conversation_id"), table_name="channel_accounts")
    op.drop_table("channel_accounts")
