"""Notices, papers, extensions, events of claims; clocks, and tasks and ratings with a subject."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_CLOCKS = """
UPDATE complaints SET
    clock_from = (received_at AT TIME ZONE 'Asia/Shanghai')::date,
    allowed_days = due_on - (received_at AT TIME ZONE 'Asia/Shanghai')::date
"""


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=32), nullable=True),
        sa.Column("conversation_id", sa.UUID(), nullable=True),
        sa.Column("contact", sa.String(length=20), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("way", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_notices_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_notices_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_number"), "notices", ["number"], unique=False)
    op.create_index(
        "ix_notices_waiting", "notices", ["id"], unique=False, postgresql_where=sa.text("told_at IS NULL")
    )
    op.create_table(
        "claim_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.String(length=32), nullable=False),
        sa.Column("to_state", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_claim_events_claim_id_claims"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_events")),
    )
    op.create_index(op.f("ix_claim_events_claim_id"), "claim_events", ["claim_id"], unique=False)
    op.create_table(
        "complaint_extensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["staff.id"], name=op.f("fk_complaint_extensions_asked_by_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_extensions_complaint_id_complaints"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["staff.id"], name=op.f("fk_complaint_extensions_decided_by_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_extensions")),
    )
    op.create_index(
        op.f("ix_complaint_extensions_complaint_id"), "complaint_extensions", ["complaint_id"], unique=False
    )
    op.create_index(
        "uq_complaint_extensions_asked",
        "complaint_extensions",
        ["complaint_id"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_table(
        "papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("shelf", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("due_back", sa.Date(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_papers_document_id_documents")
        ),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_papers_policy_id_policies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
    )
    op.create_index(op.f("ix_papers_policy_id"), "papers", ["policy_id"], unique=False)
    op.add_column(
        "applications",
        sa.Column(
            "stated", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'{}'")
        ),
    )
    op.add_column("applications", sa.Column("policy_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_applications_policy_id"), "applications", ["policy_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_applications_policy_id_policies"), "applications", "policies", ["policy_id"], ["id"]
    )
    op.add_column("complaints", sa.Column("clock_from", sa.Date(), nullable=True))
    op.add_column("complaints", sa.Column("allowed_days", sa.Integer(), nullable=True))
    op.add_column("complaints", sa.Column("paused_days", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("complaints", sa.Column("paused_on", sa.Date(), nullable=True))
    op.add_column(
        "complaints",
        sa.Column(
            "signals", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'[]'")
        ),
    )
    op.add_column("complaints", sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("complaints", sa.Column("decision", sa.Text(), nullable=False, server_default=""))
    op.add_column("complaints", sa.Column("merged_into_id", sa.Integer(), nullable=True))
    op.add_column("complaints", sa.Column("root_cause", sa.String(length=32), nullable=True))
    op.add_column("complaints", sa.Column("root_cause_note", sa.Text(), nullable=False, server_default=""))
    op.add_column("complaints", sa.Column("escalated_on", sa.Date(), nullable=True))
    op.execute(_CLOCKS)
    for name in ("clock_from", "allowed_days"):
        op.alter_column("complaints", name, nullable=False)
    op.create_foreign_key(
        op.f("fk_complaints_merged_into_id_complaints"),
        "complaints",
        "complaints",
        ["merged_into_id"],
        ["id"],
    )
    op.add_column("customers", sa.Column("id_valid_until", sa.Date(), nullable=True))
    op.add_column("documents", sa.Column("report_id", sa.Integer(), nullable=True))
    op.add_column("documents", sa.Column("complaint_id", sa.Integer(), nullable=True))
    op.add_column("documents", sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_documents_complaint_id"), "documents", ["complaint_id"], unique=False)
    op.create_index(op.f("ix_documents_report_id"), "documents", ["report_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_documents_complaint_id_complaints"), "documents", "complaints", ["complaint_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_documents_report_id_claim_reports"), "documents", "claim_reports", ["report_id"], ["id"]
    )
    op.add_column("ratings", sa.Column("about", sa.String(length=40), nullable=False, server_default=""))
    op.drop_constraint(op.f("uq_ratings_conversation_id_epoch"), "ratings", type_="unique")
    op.create_unique_constraint(
        op.f("uq_ratings_conversation_id_epoch_about"), "ratings", ["conversation_id", "epoch", "about"]
    )
    op.add_column(
        "service_requests", sa.Column("working_days", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("service_requests", sa.Column("paused_on", sa.Date(), nullable=True))
    op.add_column("service_requests", sa.Column("escalated_on", sa.Date(), nullable=True))
    op.add_column("service_requests", sa.Column("handler_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_service_requests_handler_id_staff"), "service_requests", "staff", ["handler_id"], ["id"]
    )
    op.add_column("sms_messages", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tasks", sa.Column("skill", sa.String(length=20), nullable=False, server_default="policy"))
    op.add_column("tasks", sa.Column("about", sa.String(length=40), nullable=True))
    op.add_column("tasks", sa.Column("promised", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("tasks", sa.Column("answer", sa.Text(), nullable=False, server_default=""))
    op.add_column("tasks", sa.Column("reply", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "tasks", sa.Column("created_by", sa.String(length=80), nullable=False, server_default="system")
    )
    op.add_column("tasks", sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_tasks_about"), "tasks", ["about"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_tasks_about"), table_name="tasks")
    op.drop_column("tasks", "escalated_at")
    op.drop_column("tasks", "created_by")
    op.drop_column("tasks", "reply")
    op.drop_column("tasks", "answer")
    op.drop_column("tasks", "promised")
    op.drop_column("tasks", "about")
    op.drop_column("tasks", "skill")
    op.drop_column("sms_messages", "not_before")
    op.drop_constraint(op.f("fk_service_requests_handler_id_staff"), "service_requests", type_="foreignkey")
    op.drop_column("service_requests", "handler_id")
    op.drop_column("service_requests", "escalated_on")
    op.drop_column("service_requests", "paused_on")
    op.drop_column("service_requests", "working_days")
    op.drop_constraint(op.f("uq_ratings_conversation_id_epoch_about"), "ratings", type_="unique")
    op.create_unique_constraint(
        op.f("uq_ratings_conversation_id_epoch"),
        "ratings",
        ["conversation_id", "epoch"],
        postgresql_nulls_not_distinct=False,
    )
    op.drop_column("ratings", "about")
    op.drop_constraint(op.f("fk_documents_report_id_claim_reports"), "documents", type_="foreignkey")
    op.drop_constraint(op.f("fk_documents_complaint_id_complaints"), "documents", type_="foreignkey")
    op.drop_index(op.f("ix_documents_report_id"), table_name="documents")
    op.drop_index(op.f("ix_documents_complaint_id"), table_name="documents")
    op.drop_column("documents", "destroyed_at")
    op.drop_column("documents", "complaint_id")
    op.drop_column("documents", "report_id")
    op.drop_column("customers", "id_valid_until")
    op.drop_constraint(op.f("fk_complaints_merged_into_id_complaints"), "complaints", type_="foreignkey")
    op.drop_column("complaints", "escalated_on")
    op.drop_column("complaints", "root_cause_note")
    op.drop_column("complaints", "root_cause")
    op.drop_column("complaints", "merged_into_id")
    op.drop_column("complaints", "decision")
    op.drop_column("complaints", "priority")
    op.drop_column("complaints", "signals")
    op.drop_column("complaints", "paused_on")
    op.drop_column("complaints", "paused_days")
    op.drop_column("complaints", "allowed_days")
    op.drop_column("complaints", "clock_from")
    op.drop_constraint(op.f("fk_applications_policy_id_policies"), "applications", type_="foreignkey")
    op.drop_index(op.f("ix_applications_policy_id"), table_name="applications")
    op.drop_column("applications", "policy_id")
    op.drop_column("applications", "stated")
    op.drop_index(op.f("ix_papers_policy_id"), table_name="papers")
    op.drop_table("papers")
    op.drop_index(
        "uq_complaint_extensions_asked",
        table_name="complaint_extensions",
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.drop_index(op.f("ix_complaint_extensions_complaint_id"), table_name="complaint_extensions")
    op.drop_table("complaint_extensions")
    op.drop_index(op.f("ix_claim_events_claim_id"), table_name="claim_events")
    op.drop_table("claim_events")
    op.drop_index("ix_notices_waiting", table_name="notices", postgresql_where=sa.text("told_at IS NULL"))
    op.drop_index(op.f("ix_notices_number"), table_name="notices")
    op.drop_table("notices")
