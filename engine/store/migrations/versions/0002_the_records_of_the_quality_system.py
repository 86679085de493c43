"""the records of the quality system

Revision: 0002, after: 0001
"""

import sqlalchemy as sa
from alembic import op

import engine.store.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "public_link_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_link_failure")),
    )
    with op.batch_alter_table("public_link_failure", schema=None) as batch_op:
        batch_op.create_index("ix_public_link_failure_address", ["address", "at"], unique=False)

    op.create_table(
        "document_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("is_latest", sa.Boolean(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["user.id"], name=op.f("fk_document_template_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_template")),
        sa.UniqueConstraint("kind", "version", name=op.f("uq_document_template_kind_version")),
    )
    op.create_table(
        "public_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("customer", sa.String(length=200), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_public_link_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_public_link_token_hash")),
    )
    op.create_table(
        "audit_programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("objectives", sa.Text(), server_default="", nullable=False),
        sa.Column("approved_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["approved_by_id"], ["user.id"], name=op.f("fk_audit_programme_approved_by_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_audit_programme_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_programme")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_audit_programme_instance_id")),
        sa.UniqueConstraint("number", name=op.f("uq_audit_programme_number")),
    )
    with op.batch_alter_table("audit_programme", schema=None) as batch_op:
        batch_op.create_index("ix_audit_programme_year", ["year"], unique=False)

    op.create_table(
        "complaint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("received_through", sa.String(length=16), nullable=False),
        sa.Column("customer", sa.String(length=200), server_default="", nullable=False),
        sa.Column("complainant", sa.String(length=200), server_default="", nullable=False),
        sa.Column("contact", sa.String(length=200), server_default="", nullable=False),
        sa.Column("project", sa.String(length=200), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=32), server_default="", nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("remedy_sought", sa.Text(), server_default="", nullable=False),
        sa.Column("source_type", sa.String(length=32), server_default="", nullable=False),
        sa.Column("source_id", sa.String(length=64), server_default="", nullable=False),
        sa.Column("severity", sa.String(length=16), server_default="", nullable=False),
        sa.Column("flags", engine.store.types.JsonText(), nullable=False),
        sa.Column("grade", sa.String(length=16), server_default="", nullable=False),
        sa.Column("is_important", sa.Boolean(), nullable=False),
        sa.Column("is_major", sa.Boolean(), nullable=False),
        sa.Column("is_repeat", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("received_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("acknowledge_due_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("resolve_due_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answered_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("disputes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("level", sa.Integer(), server_default="0", nullable=False),
        sa.Column("handling", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("cause_category", sa.String(length=32), nullable=True),
        sa.Column("whys", engine.store.types.JsonText(), nullable=True),
        sa.Column("root_cause", sa.Text(), nullable=True),
        sa.Column("measures", sa.Text(), nullable=True),
        sa.Column("visit_score", sa.Integer(), nullable=True),
        sa.Column("visit_note", sa.Text(), nullable=True),
        sa.Column("verified_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("verification", sa.Text(), nullable=True),
        sa.Column("recurred", sa.Boolean(), nullable=True),
        sa.Column("recurrence_checked_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_complaint_instance_id")),
        sa.ForeignKeyConstraint(["verified_by_id"], ["user.id"], name=op.f("fk_complaint_verified_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_complaint_instance_id")),
        sa.UniqueConstraint("number", name=op.f("uq_complaint_number")),
    )
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index("ix_complaint_customer", ["customer", "received_at"], unique=False)
        batch_op.create_index("ix_complaint_received", ["received_at", "id"], unique=False)
        batch_op.create_index("ix_complaint_status", ["status", "received_at", "id"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("record_type", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("data", engine.store.types.JsonText(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("issued_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_document_created_by_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_document_instance_id")),
        sa.ForeignKeyConstraint(["template_id"], ["document_template.id"], name=op.f("fk_document_template_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("number", "version", name=op.f("uq_document_number_version")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index("ix_document_created", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_document_record", ["record_type", "record_id"], unique=False)

    op.create_table(
        "management_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.Text(), server_default="", nullable=False),
        sa.Column("agenda", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.String(length=200), server_default="", nullable=False),
        sa.Column("meets_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("approved_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("held_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.Text(), nullable=True),
        sa.Column("suitability", sa.String(length=16), nullable=True),
        sa.Column("suitability_note", sa.Text(), nullable=True),
        sa.Column("adequacy", sa.String(length=16), nullable=True),
        sa.Column("adequacy_note", sa.Text(), nullable=True),
        sa.Column("effectiveness", sa.String(length=16), nullable=True),
        sa.Column("effectiveness_note", sa.Text(), nullable=True),
        sa.Column("closed_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["approved_by_id"], ["user.id"], name=op.f("fk_management_review_approved_by_id")),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_management_review_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_management_review")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_management_review_instance_id")),
        sa.UniqueConstraint("number", name=op.f("uq_management_review_number")),
    )
    with op.batch_alter_table("management_review", schema=None) as batch_op:
        batch_op.create_index("ix_management_review_year", ["year"], unique=False)

    op.create_table(
        "nonconformity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("source_type", sa.String(length=32), server_default="", nullable=False),
        sa.Column("source_id", sa.String(length=64), server_default="", nullable=False),
        sa.Column("source_label", sa.String(length=300), server_default="", nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(length=16), nullable=False),
        sa.Column("area", sa.String(length=16), server_default="", nullable=False),
        sa.Column("clause", sa.String(length=32), server_default="", nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("raised_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=True),
        sa.Column("containment", sa.Text(), nullable=True),
        sa.Column("whys", engine.store.types.JsonText(), nullable=True),
        sa.Column("root_cause", sa.Text(), nullable=True),
        sa.Column("cause_category", sa.String(length=32), nullable=True),
        sa.Column("similar_cases", sa.Text(), nullable=True),
        sa.Column("effectiveness_due_on", sa.Date(), nullable=True),
        sa.Column("effective", sa.Boolean(), nullable=True),
        sa.Column("effectiveness_note", sa.Text(), nullable=True),
        sa.Column("reopen_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("repeats_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["group.id"], name=op.f("fk_nonconformity_department_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_nonconformity_instance_id")),
        sa.ForeignKeyConstraint(["raised_by_id"], ["user.id"], name=op.f("fk_nonconformity_raised_by_id")),
        sa.ForeignKeyConstraint(["repeats_id"], ["nonconformity.id"], name=op.f("fk_nonconformity_repeats_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nonconformity")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_nonconformity_instance_id")),
        sa.UniqueConstraint("number", name=op.f("uq_nonconformity_number")),
    )
    with op.batch_alter_table("nonconformity", schema=None) as batch_op:
        batch_op.create_index("ix_nonconformity_clause", ["clause", "raised_at"], unique=False)
        batch_op.create_index("ix_nonconformity_raised", ["raised_at", "id"], unique=False)
        batch_op.create_index("ix_nonconformity_source", ["source_type", "source_id"], unique=False)
        batch_op.create_index("ix_nonconformity_status", ["status", "raised_at", "id"], unique=False)

    op.create_table(
        "corrective_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("nonconformity_id", sa.Integer(), nullable=True),
        sa.Column("management_review_id", sa.Integer(), nullable=True),
        sa.Column("round", sa.Integer(), server_default="1", nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("done_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("verification", sa.Text(), nullable=True),
        sa.Column("verified_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["management_review_id"], ["management_review.id"], name=op.f("fk_corrective_action_management_review_id")
        ),
        sa.ForeignKeyConstraint(
            ["nonconformity_id"], ["nonconformity.id"], name=op.f("fk_corrective_action_nonconformity_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_corrective_action_owner_id")),
        sa.ForeignKeyConstraint(["verified_by_id"], ["user.id"], name=op.f("fk_corrective_action_verified_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrective_action")),
        sa.UniqueConstraint("number", name=op.f("uq_corrective_action_number")),
    )
    with op.batch_alter_table("corrective_action", schema=None) as batch_op:
        batch_op.create_index("ix_corrective_action_nonconformity", ["nonconformity_id"], unique=False)
        batch_op.create_index("ix_corrective_action_review", ["management_review_id"], unique=False)
        batch_op.create_index("ix_corrective_action_status", ["status", "due_on", "id"], unique=False)

    op.create_table(
        "document_recipient",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("read_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_recipient_document_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_document_recipient_user_id")),
        sa.PrimaryKeyConstraint("document_id", "user_id", name=op.f("pk_document_recipient")),
    )
    with op.batch_alter_table("document_recipient", schema=None) as batch_op:
        batch_op.create_index("ix_document_recipient_user", ["user_id", "read_at"], unique=False)

    op.create_table(
        "internal_audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("criteria", sa.String(length=200), server_default="", nullable=False),
        sa.Column("scope", sa.Text(), server_default="", nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("lead_auditor_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("report_due_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=True),
        sa.Column("closed_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["approved_by_id"], ["user.id"], name=op.f("fk_internal_audit_approved_by_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_internal_audit_instance_id")),
        sa.ForeignKeyConstraint(["lead_auditor_id"], ["user.id"], name=op.f("fk_internal_audit_lead_auditor_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["audit_programme.id"], name=op.f("fk_internal_audit_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_internal_audit")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_internal_audit_instance_id")),
        sa.UniqueConstraint("number", name=op.f("uq_internal_audit_number")),
    )
    with op.batch_alter_table("internal_audit", schema=None) as batch_op:
        batch_op.create_index("ix_internal_audit_begins", ["begins_on", "id"], unique=False)
        batch_op.create_index("ix_internal_audit_programme", ["programme_id"], unique=False)

    op.create_table(
        "review_attendance",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("is_present", sa.Boolean(), nullable=False),
        sa.Column("waiver_reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["management_review.id"], name=op.f("fk_review_attendance_review_id")),
        sa.PrimaryKeyConstraint("review_id", "kind", "person", name=op.f("pk_review_attendance")),
    )
    op.create_table(
        "review_input",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), server_default="", nullable=False),
        sa.Column("owner_group_id", sa.Integer(), nullable=False),
        sa.Column("due_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("files", engine.store.types.JsonText(), nullable=False),
        sa.Column("provided_by_id", sa.Integer(), nullable=True),
        sa.Column("provided_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("waiver_reason", sa.Text(), nullable=True),
        sa.Column("waived_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["owner_group_id"], ["group.id"], name=op.f("fk_review_input_owner_group_id")),
        sa.ForeignKeyConstraint(["provided_by_id"], ["user.id"], name=op.f("fk_review_input_provided_by_id")),
        sa.ForeignKeyConstraint(["review_id"], ["management_review.id"], name=op.f("fk_review_input_review_id")),
        sa.ForeignKeyConstraint(["waived_by_id"], ["user.id"], name=op.f("fk_review_input_waived_by_id")),
        sa.PrimaryKeyConstraint("review_id", "ordinal", name=op.f("pk_review_input")),
    )
    op.create_table(
        "audit_coverage",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(length=16), nullable=False),
        sa.Column("auditor_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["audit_id"], ["internal_audit.id"], name=op.f("fk_audit_coverage_audit_id")),
        sa.ForeignKeyConstraint(["auditor_id"], ["user.id"], name=op.f("fk_audit_coverage_auditor_id")),
        sa.ForeignKeyConstraint(["department_id"], ["group.id"], name=op.f("fk_audit_coverage_department_id")),
        sa.PrimaryKeyConstraint("audit_id", "department_id", "area", name=op.f("pk_audit_coverage")),
    )
    op.create_table(
        "audit_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(length=16), nullable=False),
        sa.Column("clause", sa.String(length=32), nullable=False),
        sa.Column("question_zh", sa.String(length=300), nullable=False),
        sa.Column("question_en", sa.String(length=300), server_default="", nullable=False),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("evidence", sa.Text(), server_default="", nullable=False),
        sa.Column("samples", sa.Text(), server_default="", nullable=False),
        sa.Column("interviewee", sa.String(length=200), server_default="", nullable=False),
        sa.Column("files", engine.store.types.JsonText(), nullable=False),
        sa.Column("auditor_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("nonconformity_number", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["audit_id"], ["internal_audit.id"], name=op.f("fk_audit_item_audit_id")),
        sa.ForeignKeyConstraint(["auditor_id"], ["user.id"], name=op.f("fk_audit_item_auditor_id")),
        sa.ForeignKeyConstraint(["department_id"], ["group.id"], name=op.f("fk_audit_item_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_item")),
        sa.UniqueConstraint(
            "audit_id", "department_id", "ordinal", name=op.f("uq_audit_item_audit_id_department_id_ordinal")
        ),
    )
    with op.batch_alter_table("group", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_department", sa.Boolean(), server_default=sa.true(), nullable=False))

    with op.batch_alter_table("process_definition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rules", sa.LargeBinary(), nullable=True))

    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("escalated_to", engine.store.types.JsonText(), nullable=True))
        batch_op.add_column(sa.Column("separations", engine.store.types.JsonText(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_column("separations")
        batch_op.drop_column("escalated_to")

    with op.batch_alter_table("process_definition", schema=None) as batch_op:
        batch_op.drop_column("rules")

    with op.batch_alter_table("group", schema=None) as batch_op:
        batch_op.drop_column("is_department")

    op.drop_table("audit_item")
    op.drop_table("audit_coverage")
    op.drop_table("review_input")
    op.drop_table("review_attendance")
    with op.batch_alter_table("internal_audit", schema=None) as batch_op:
        batch_op.drop_index("ix_internal_audit_programme")
        batch_op.drop_index("ix_internal_audit_begins")

    op.drop_table("internal_audit")
    with op.batch_alter_table("document_recipient", schema=None) as batch_op:
        batch_op.drop_index("ix_document_recipient_user")

    op.drop_table("document_recipient")
    with op.batch_alter_table("corrective_action", schema=None) as batch_op:
        batch_op.drop_index("ix_corrective_action_status")
        batch_op.drop_index("ix_corrective_action_review")
        batch_op.drop_index("ix_corrective_action_nonconformity")

    op.drop_table("corrective_action")
    with op.batch_alter_table("nonconformity", schema=None) as batch_op:
        batch_op.drop_index("ix_nonconformity_status")
        batch_op.drop_index("ix_nonconformity_source")
        batch_op.drop_index("ix_nonconformity_raised")
        batch_op.drop_index("ix_nonconformity_clause")

    op.drop_table("nonconformity")
    with op.batch_alter_table("management_review", schema=None) as batch_op:
        batch_op.drop_index("ix_management_review_year")

    op.drop_table("management_review")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index("ix_document_record")
        batch_op.drop_index("ix_document_created")

    op.drop_table("document")
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.drop_index("ix_complaint_status")
        batch_op.drop_index("ix_complaint_received")
        batch_op.drop_index("ix_complaint_customer")

    op.drop_table("complaint")
    with op.batch_alter_table("audit_programme", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_programme_year")

    op.drop_table("audit_programme")
    op.drop_table("public_link")
    op.drop_table("document_template")
    with op.batch_alter_table("public_link_failure", schema=None) as batch_op:
        batch_op.drop_index("ix_public_link_failure_address")

    op.drop_table("public_link_failure")
