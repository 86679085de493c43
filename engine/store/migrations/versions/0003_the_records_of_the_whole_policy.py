"""the records of the whole policy

Revision: 0003, after: 0002
"""

import sqlalchemy as sa
from alembic import op

import engine.store.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), server_default="", nullable=False),
        sa.Column("level", sa.String(length=16), server_default="standard", nullable=False),
        sa.Column("address", sa.String(length=300), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("code", name=op.f("uq_customer_code")),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index("ix_customer_created", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_customer_name", ["name"], unique=False)

    op.create_table(
        "indicator_target",
        sa.Column("indicator", sa.String(length=8), nullable=False),
        sa.Column("target_hundredths", sa.Integer(), nullable=False),
        sa.Column("warning_hundredths", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("indicator", name=op.f("pk_indicator_target")),
    )
    op.create_table(
        "obligation_reminder",
        sa.Column("obligation", sa.String(length=8), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("sent_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("obligation", "period", "level", name=op.f("pk_obligation_reminder")),
    )
    op.create_table(
        "spare_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("model", sa.String(length=200), server_default="", nullable=False),
        sa.Column("unit", sa.String(length=16), server_default="", nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("stock", sa.Integer(), server_default="0", nullable=False),
        sa.Column("minimum", sa.Integer(), server_default="0", nullable=False),
        sa.Column("location", sa.String(length=100), server_default="", nullable=False),
        sa.Column("supplier", sa.String(length=200), server_default="", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spare_part")),
        sa.UniqueConstraint("code", name=op.f("uq_spare_part_code")),
    )
    with op.batch_alter_table("spare_part", schema=None) as batch_op:
        batch_op.create_index("ix_spare_part_created", ["created_at", "id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=200), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=64), server_default="", nullable=False),
        sa.Column("role", sa.String(length=16), server_default="user", nullable=False),
        sa.Column("language", sa.String(length=2), server_default="zh", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_contact_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("customer_id", "name", "email", name=op.f("uq_contact_customer_id_name_email")),
    )
    op.create_table(
        "contract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("report_cadence", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_contract_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("number", name=op.f("uq_contract_number")),
    )
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.create_index("ix_contract_begins", ["begins_on", "id"], unique=False)
        batch_op.create_index("ix_contract_customer", ["customer_id", "ends_on"], unique=False)

    op.create_table(
        "incident_wait",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("began_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_wait_incident_id")),
        sa.PrimaryKeyConstraint("incident_id", "began_at", name=op.f("pk_incident_wait")),
    )
    op.create_table(
        "master_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("header", sa.Text(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_created", sa.Integer(), nullable=False),
        sa.Column("rows_changed", sa.Integer(), nullable=False),
        sa.Column("rows_unchanged", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.Column("imported_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("imported_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["imported_by_id"], ["user.id"], name=op.f("fk_master_import_imported_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_master_import")),
    )
    with op.batch_alter_table("master_import", schema=None) as batch_op:
        batch_op.create_index("ix_master_import_imported", ["imported_at", "id"], unique=False)

    op.create_table(
        "obligation_waiver",
        sa.Column("obligation", sa.String(length=8), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("waived_by_id", sa.Integer(), nullable=False),
        sa.Column("waived_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["waived_by_id"], ["user.id"], name=op.f("fk_obligation_waiver_waived_by_id")),
        sa.PrimaryKeyConstraint("obligation", "period", name=op.f("pk_obligation_waiver")),
    )
    op.create_table(
        "master_import_reject",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reason_zh", sa.String(length=300), nullable=False),
        sa.Column("reason_en", sa.String(length=300), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["master_import.id"], name=op.f("fk_master_import_reject_import_id")),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_master_import_reject")),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("manager_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("assignment_groups", engine.store.types.JsonText(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_project_contract_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_project_customer_id")),
        sa.ForeignKeyConstraint(["department_id"], ["group.id"], name=op.f("fk_project_department_id")),
        sa.ForeignKeyConstraint(["manager_id"], ["user.id"], name=op.f("fk_project_manager_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("code", name=op.f("uq_project_code")),
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index("ix_project_begins", ["begins_on", "id"], unique=False)
        batch_op.create_index("ix_project_customer", ["customer_id"], unique=False)
        batch_op.create_index("ix_project_status", ["status", "id"], unique=False)

    op.create_table(
        "controlled_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("change_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("files", engine.store.types.JsonText(), nullable=False),
        sa.Column("sha256", sa.String(length=64), server_default="", nullable=False),
        sa.Column("retention_years", sa.Integer(), nullable=False),
        sa.Column("is_external", sa.Boolean(), nullable=False),
        sa.Column("drafted_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("review_due_on", sa.Date(), nullable=True),
        sa.Column("obsolete_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["approved_by_id"], ["user.id"], name=op.f("fk_controlled_document_approved_by_id")),
        sa.ForeignKeyConstraint(["department_id"], ["group.id"], name=op.f("fk_controlled_document_department_id")),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["user.id"], name=op.f("fk_controlled_document_drafted_by_id")),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_controlled_document_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_controlled_document")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_controlled_document_instance_id")),
        sa.UniqueConstraint("number", "version", name=op.f("uq_controlled_document_number_version")),
    )
    with op.batch_alter_table("controlled_document", schema=None) as batch_op:
        batch_op.create_index("ix_controlled_document_drafted", ["drafted_at", "id"], unique=False)

    op.create_table(
        "project_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=200), server_default="", nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("due_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("opened_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("visitor_id", sa.Integer(), nullable=True),
        sa.Column("spoken_to", sa.String(length=200), server_default="", nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("praise", sa.Text(), nullable=True),
        sa.Column("problems", sa.Text(), nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=True),
        sa.Column("received_by_id", sa.Integer(), nullable=True),
        sa.Column("received_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("instruction", sa.Text(), nullable=True),
        sa.Column("closed_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_project_visit_instance_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_visit_project_id")),
        sa.ForeignKeyConstraint(["received_by_id"], ["user.id"], name=op.f("fk_project_visit_received_by_id")),
        sa.ForeignKeyConstraint(["visitor_id"], ["user.id"], name=op.f("fk_project_visit_visitor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_visit")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_project_visit_instance_id")),
        sa.UniqueConstraint("number", name=op.f("uq_project_visit_number")),
    )
    with op.batch_alter_table("project_visit", schema=None) as batch_op:
        batch_op.create_index("ix_project_visit_opened", ["opened_at", "id"], unique=False)
        batch_op.create_index("ix_project_visit_project", ["project_id"], unique=False)

    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=80), server_default="", nullable=False),
        sa.Column("occasion", sa.String(length=80), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("content", engine.store.types.JsonText(), nullable=False),
        sa.Column("figures", engine.store.types.JsonText(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("opened_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("issued_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sent_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("acknowledgement", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["approved_by_id"], ["user.id"], name=op.f("fk_report_approved_by_id")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_report_author_id")),
        sa.ForeignKeyConstraint(["department_id"], ["group.id"], name=op.f("fk_report_department_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_report_instance_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_report_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("kind", "period", "scope", "occasion", name=op.f("uq_report_kind_period_scope_occasion")),
        sa.UniqueConstraint("number", name=op.f("uq_report_number")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index("ix_report_instance", ["instance_id"], unique=False)
        batch_op.create_index("ix_report_opened", ["opened_at", "id"], unique=False)
        batch_op.create_index("ix_report_status", ["status", "due_at", "id"], unique=False)

    op.create_table(
        "spare_inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=False),
        sa.Column("inspected", sa.Integer(), nullable=False),
        sa.Column("sound", sa.Integer(), nullable=False),
        sa.Column("inspected_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["inspected_by_id"], ["user.id"], name=op.f("fk_spare_inspection_inspected_by_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_spare_inspection_instance_id")),
        sa.ForeignKeyConstraint(["part_id"], ["spare_part.id"], name=op.f("fk_spare_inspection_part_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spare_inspection")),
        sa.UniqueConstraint("instance_id", "part_id", name=op.f("uq_spare_inspection_instance_id_part_id")),
    )
    with op.batch_alter_table("spare_inspection", schema=None) as batch_op:
        batch_op.create_index("ix_spare_inspection_inspected", ["inspected_on", "id"], unique=False)

    op.create_table(
        "spare_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("incident_number", sa.String(length=64), server_default="", nullable=False),
        sa.Column("requester_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.Text(), server_default="", nullable=False),
        sa.Column("requested_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("needed_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("delivered_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_spare_request_instance_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_spare_request_project_id")),
        sa.ForeignKeyConstraint(["requester_id"], ["user.id"], name=op.f("fk_spare_request_requester_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spare_request")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_spare_request_instance_id")),
        sa.UniqueConstraint("number", name=op.f("uq_spare_request_number")),
    )
    with op.batch_alter_table("spare_request", schema=None) as batch_op:
        batch_op.create_index("ix_spare_request_requested", ["requested_at", "id"], unique=False)
        batch_op.create_index("ix_spare_request_status", ["status", "requested_at", "id"], unique=False)

    op.create_table(
        "spot_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("week", sa.String(length=16), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("samples", engine.store.types.JsonText(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("conclusion", sa.Text(), server_default="", nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["checked_by_id"], ["user.id"], name=op.f("fk_spot_check_checked_by_id")),
        sa.ForeignKeyConstraint(["department_id"], ["group.id"], name=op.f("fk_spot_check_department_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_spot_check_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_check")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_spot_check_instance_id")),
        sa.UniqueConstraint("number", name=op.f("uq_spot_check_number")),
    )
    with op.batch_alter_table("spot_check", schema=None) as batch_op:
        batch_op.create_index("ix_spot_check_checked", ["checked_at", "id"], unique=False)

    op.create_table(
        "survey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), server_default="", nullable=False),
        sa.Column("introduction", sa.Text(), server_default="", nullable=False),
        sa.Column("introduction_en", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("plan", engine.store.types.JsonText(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=True),
        sa.Column("frame_on", sa.Date(), nullable=True),
        sa.Column("frame_size", sa.Integer(), nullable=True),
        sa.Column("size_needed", sa.Integer(), nullable=True),
        sa.Column("planned_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("planned_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closes_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("is_extended", sa.Boolean(), nullable=False),
        sa.Column("closed_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("results", engine.store.types.JsonText(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("analysis", sa.Text(), nullable=True),
        sa.Column("reported_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["approved_by_id"], ["user.id"], name=op.f("fk_survey_approved_by_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_survey_instance_id")),
        sa.ForeignKeyConstraint(["planned_by_id"], ["user.id"], name=op.f("fk_survey_planned_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_survey_instance_id")),
        sa.UniqueConstraint("number", name=op.f("uq_survey_number")),
    )
    with op.batch_alter_table("survey", schema=None) as batch_op:
        batch_op.create_index("ix_survey_year", ["year"], unique=False)

    op.create_table(
        "indicator_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=8), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=80), server_default="", nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=False),
        sa.Column("excluded", sa.Integer(), nullable=False),
        sa.Column("value_hundredths", sa.Integer(), nullable=True),
        sa.Column("target_hundredths", sa.Integer(), nullable=True),
        sa.Column("warning_hundredths", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("details", engine.store.types.JsonText(), nullable=False),
        sa.Column("records", engine.store.types.JsonText(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_indicator_snapshot_report_id")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["user.id"], name=op.f("fk_indicator_snapshot_taken_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_snapshot")),
        sa.UniqueConstraint(
            "indicator",
            "period",
            "scope",
            "revision",
            name=op.f("uq_indicator_snapshot_indicator_period_scope_revision"),
        ),
    )
    with op.batch_alter_table("indicator_snapshot", schema=None) as batch_op:
        batch_op.create_index("ix_indicator_snapshot_period", ["period", "scope"], unique=False)

    op.create_table(
        "spare_request_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("needed_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("first_delivered", sa.Integer(), nullable=True),
        sa.Column("delivered", sa.Integer(), server_default="0", nullable=False),
        sa.Column("delivered_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("returned", sa.Integer(), server_default="0", nullable=False),
        sa.Column("scrapped", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["spare_part.id"], name=op.f("fk_spare_request_line_part_id")),
        sa.ForeignKeyConstraint(["request_id"], ["spare_request.id"], name=op.f("fk_spare_request_line_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spare_request_line")),
        sa.UniqueConstraint("request_id", "ordinal", name=op.f("uq_spare_request_line_request_id_ordinal")),
    )
    with op.batch_alter_table("spare_request_line", schema=None) as batch_op:
        batch_op.create_index("ix_spare_request_line_needed", ["needed_at"], unique=False)

    op.create_table(
        "staff_assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=200), nullable=False),
        sa.Column("weight_percent", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=64), server_default="", nullable=False),
        sa.Column("actual", sa.String(length=64), server_default="", nullable=False),
        sa.Column("score", sa.Numeric(precision=5, scale=1), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("dispute", sa.Text(), server_default="", nullable=False),
        sa.Column("decision", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_staff_assessment_decided_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_staff_assessment_person_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_staff_assessment_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_assessment")),
    )
    with op.batch_alter_table("staff_assessment", schema=None) as batch_op:
        batch_op.create_index("ix_staff_assessment_person", ["person_id", "id"], unique=False)
        batch_op.create_index("ix_staff_assessment_report", ["report_id"], unique=False)

    op.create_table(
        "survey_feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("sent_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("response", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["group.id"], name=op.f("fk_survey_feedback_department_id")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_survey_feedback_person_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_feedback_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_feedback")),
        sa.UniqueConstraint("survey_id", "ordinal", name=op.f("uq_survey_feedback_survey_id_ordinal")),
    )
    op.create_table(
        "survey_frame",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=64), server_default="", nullable=False),
        sa.Column("excluded", sa.String(length=16), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_survey_frame_contact_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_frame_survey_id")),
        sa.PrimaryKeyConstraint("survey_id", "contact_id", name=op.f("pk_survey_frame")),
    )
    op.create_table(
        "survey_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("sent_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_answer_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("settled_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_survey_invitation_contact_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_invitation_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_invitation")),
        sa.UniqueConstraint("survey_id", "contact_id", name=op.f("uq_survey_invitation_survey_id_contact_id")),
    )
    with op.batch_alter_table("survey_invitation", schema=None) as batch_op:
        batch_op.create_index("ix_survey_invitation_status", ["survey_id", "status"], unique=False)

    op.create_table(
        "survey_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("text_en", sa.String(length=500), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_question_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_question")),
    )
    with op.batch_alter_table("survey_question", schema=None) as batch_op:
        batch_op.create_index("ix_survey_question_survey", ["survey_id", "ordinal"], unique=False)

    op.create_table(
        "survey_stratum",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("deviation", sa.String(length=16), nullable=False),
        sa.Column("proportional", sa.Integer(), nullable=False),
        sa.Column("neyman", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.Column("is_census", sa.Boolean(), nullable=False),
        sa.Column("falls_short", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_stratum_survey_id")),
        sa.PrimaryKeyConstraint("survey_id", "code", name=op.f("pk_survey_stratum")),
    )
    op.create_table(
        "improvement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("source_type", sa.String(length=32), server_default="", nullable=False),
        sa.Column("source_id", sa.String(length=64), server_default="", nullable=False),
        sa.Column("source_label", sa.String(length=300), server_default="", nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("evaluation", sa.Text(), nullable=True),
        sa.Column("priority", sa.String(length=16), server_default="", nullable=False),
        sa.Column("decided_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("process_change", sa.Text(), nullable=True),
        sa.Column("corrective_action_id", sa.Integer(), nullable=True),
        sa.Column("effective", sa.Boolean(), nullable=True),
        sa.Column("effect", sa.Text(), nullable=True),
        sa.Column("closed_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["corrective_action_id"], ["corrective_action.id"], name=op.f("fk_improvement_corrective_action_id")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_improvement_decided_by_id")),
        sa.ForeignKeyConstraint(["department_id"], ["group.id"], name=op.f("fk_improvement_department_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_improvement_instance_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_improvement_owner_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user.id"], name=op.f("fk_improvement_proposed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement")),
        sa.UniqueConstraint("corrective_action_id", name=op.f("uq_improvement_corrective_action_id")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_improvement_instance_id")),
        sa.UniqueConstraint("number", name=op.f("uq_improvement_number")),
    )
    with op.batch_alter_table("improvement", schema=None) as batch_op:
        batch_op.create_index("ix_improvement_proposed", ["proposed_at", "id"], unique=False)
        batch_op.create_index("ix_improvement_source", ["source_type", "source_id"], unique=False)
        batch_op.create_index("ix_improvement_status", ["status", "due_on", "id"], unique=False)

    op.create_table(
        "service_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("process", sa.String(length=16), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=True),
        sa.Column("recorded_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["attachment.id"], name=op.f("fk_service_record_file_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_service_record_instance_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_service_record_project_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user.id"], name=op.f("fk_service_record_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_record")),
        sa.UniqueConstraint(
            "project_id", "month_on", "process", name=op.f("uq_service_record_project_id_month_on_process")
        ),
    )
    with op.batch_alter_table("service_record", schema=None) as batch_op:
        batch_op.create_index("ix_service_record_recorded", ["recorded_at", "id"], unique=False)

    op.create_table(
        "sla",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signed_file_id", sa.String(length=36), nullable=True),
        sa.Column("activated_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("renewal", sa.String(length=16), server_default="", nullable=False),
        sa.Column("created_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_sla_contract_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_sla_customer_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_sla_instance_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_sla_project_id")),
        sa.ForeignKeyConstraint(["signed_file_id"], ["attachment.id"], name=op.f("fk_sla_signed_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla")),
        sa.UniqueConstraint("number", "version", name=op.f("uq_sla_number_version")),
    )
    with op.batch_alter_table("sla", schema=None) as batch_op:
        batch_op.create_index("ix_sla_created", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_sla_project", ["project_id", "status"], unique=False)
        batch_op.create_index("ix_sla_status", ["status", "ends_on"], unique=False)

    op.create_table(
        "spare_part_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.Column("request_line_id", sa.Integer(), nullable=True),
        sa.Column("moved_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("moved_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), server_default="", nullable=False),
        sa.Column("dedup_key", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["moved_by_id"], ["user.id"], name=op.f("fk_spare_part_move_moved_by_id")),
        sa.ForeignKeyConstraint(["part_id"], ["spare_part.id"], name=op.f("fk_spare_part_move_part_id")),
        sa.ForeignKeyConstraint(
            ["request_line_id"], ["spare_request_line.id"], name=op.f("fk_spare_part_move_request_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spare_part_move")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_spare_part_move_dedup_key")),
    )
    with op.batch_alter_table("spare_part_move", schema=None) as batch_op:
        batch_op.create_index("ix_spare_part_move_moved", ["moved_at", "id"], unique=False)
        batch_op.create_index("ix_spare_part_move_part", ["part_id", "id"], unique=False)

    op.create_table(
        "survey_answer",
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["survey_invitation.id"], name=op.f("fk_survey_answer_invitation_id")
        ),
        sa.ForeignKeyConstraint(["question_id"], ["survey_question.id"], name=op.f("fk_survey_answer_question_id")),
        sa.PrimaryKeyConstraint("invitation_id", "question_id", name=op.f("pk_survey_answer")),
    )
    op.create_table(
        "survey_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("created_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["invitation_id"], ["survey_invitation.id"], name=op.f("fk_survey_link_invitation_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_survey_link")),
    )
    op.create_table(
        "sla_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sla_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=200), nullable=False),
        sa.Column("metric", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.String(length=32), server_default="", nullable=False),
        sa.Column("target_value", sa.Integer(), nullable=True),
        sa.Column("target_unit", sa.String(length=8), server_default="", nullable=False),
        sa.Column("target_minutes", sa.Integer(), nullable=True),
        sa.Column("target_basis_points", sa.Integer(), nullable=True),
        sa.Column("calendar_key", sa.String(length=64), nullable=True),
        sa.Column("penalty", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["sla_id"], ["sla.id"], name=op.f("fk_sla_item_sla_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_item")),
        sa.UniqueConstraint("sla_id", "ordinal", name=op.f("uq_sla_item_sla_id_ordinal")),
    )
    op.create_table(
        "project_indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("sla_id", sa.Integer(), nullable=False),
        sa.Column("sla_item_id", sa.Integer(), nullable=True),
        sa.Column("indicator", sa.String(length=8), nullable=False),
        sa.Column("priority", sa.String(length=32), server_default="", nullable=False),
        sa.Column("target_basis_points", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_indicator_project_id")),
        sa.ForeignKeyConstraint(["sla_id"], ["sla.id"], name=op.f("fk_project_indicator_sla_id")),
        sa.ForeignKeyConstraint(["sla_item_id"], ["sla_item.id"], name=op.f("fk_project_indicator_sla_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_indicator")),
        sa.UniqueConstraint(
            "sla_id", "indicator", "priority", name=op.f("uq_project_indicator_sla_id_indicator_priority")
        ),
    )
    with op.batch_alter_table("project_indicator", schema=None) as batch_op:
        batch_op.create_index("ix_project_indicator_project", ["project_id", "indicator"], unique=False)

    op.create_table(
        "sla_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("sla_item_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.String(length=32), nullable=False),
        sa.Column("target_minutes", sa.Integer(), nullable=False),
        sa.Column("calendar_key", sa.String(length=64), nullable=True),
        sa.Column("started_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("alarm_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("counted_seconds", sa.Integer(), nullable=False),
        sa.Column("paused_seconds", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("warned_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("breached_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reported_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("handling_instance_id", sa.String(length=36), nullable=True),
        sa.Column("cause_category", sa.String(length=16), server_default="", nullable=False),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.Column("measure", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["handling_instance_id"], ["process_instance.id"], name=op.f("fk_sla_clock_handling_instance_id")
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_sla_clock_incident_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_sla_clock_project_id")),
        sa.ForeignKeyConstraint(["sla_item_id"], ["sla_item.id"], name=op.f("fk_sla_clock_sla_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_clock")),
        sa.UniqueConstraint("incident_id", "sla_item_id", name=op.f("uq_sla_clock_incident_id_sla_item_id")),
    )
    with op.batch_alter_table("sla_clock", schema=None) as batch_op:
        batch_op.create_index("ix_sla_clock_alarm", ["alarm_at"], unique=False)
        batch_op.create_index("ix_sla_clock_handling", ["handling_instance_id"], unique=False)
        batch_op.create_index("ix_sla_clock_project", ["project_id", "metric", "due_at"], unique=False)
        batch_op.create_index("ix_sla_clock_started", ["started_at", "id"], unique=False)
        batch_op.create_index("ix_sla_clock_status", ["status", "started_at", "id"], unique=False)

    op.create_table(
        "survey_question_item",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("sla_item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["survey_question.id"], name=op.f("fk_survey_question_item_question_id")
        ),
        sa.ForeignKeyConstraint(["sla_item_id"], ["sla_item.id"], name=op.f("fk_survey_question_item_sla_item_id")),
        sa.PrimaryKeyConstraint("question_id", "sla_item_id", name=op.f("pk_survey_question_item")),
    )
    op.create_table(
        "sla_clock_entry",
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("from_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("to_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("counted_seconds", sa.Integer(), nullable=False),
        sa.Column("excluded_seconds", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=100), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["sla_clock.id"], name=op.f("fk_sla_clock_entry_clock_id")),
        sa.PrimaryKeyConstraint("clock_id", "ordinal", name=op.f("pk_sla_clock_entry")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(sa.Column("responded_at", engine.store.types.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("project_id", sa.Integer(), nullable=True))
        batch_op.create_index("ix_incident_project", ["project_id", "opened_at"], unique=False)

    with op.batch_alter_table("incident_resolution", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reopened_at", engine.store.types.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("incident_resolution", schema=None) as batch_op:
        batch_op.drop_column("reopened_at")

    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index("ix_incident_project")
        batch_op.drop_column("project_id")
        batch_op.drop_column("responded_at")

    op.drop_table("sla_clock_entry")
    op.drop_table("survey_question_item")
    with op.batch_alter_table("sla_clock", schema=None) as batch_op:
        batch_op.drop_index("ix_sla_clock_status")
        batch_op.drop_index("ix_sla_clock_started")
        batch_op.drop_index("ix_sla_clock_project")
        batch_op.drop_index("ix_sla_clock_handling")
        batch_op.drop_index("ix_sla_clock_alarm")

    op.drop_table("sla_clock")
    with op.batch_alter_table("project_indicator", schema=None) as batch_op:
        batch_op.drop_index("ix_project_indicator_project")

    op.drop_table("project_indicator")
    op.drop_table("sla_item")
    op.drop_table("survey_link")
    op.drop_table("survey_answer")
    with op.batch_alter_table("spare_part_move", schema=None) as batch_op:
        batch_op.drop_index("ix_spare_part_move_part")
        batch_op.drop_index("ix_spare_part_move_moved")

    op.drop_table("spare_part_move")
    with op.batch_alter_table("sla", schema=None) as batch_op:
        batch_op.drop_index("ix_sla_status")
        batch_op.drop_index("ix_sla_project")
        batch_op.drop_index("ix_sla_created")

    op.drop_table("sla")
    with op.batch_alter_table("service_record", schema=None) as batch_op:
        batch_op.drop_index("ix_service_record_recorded")

    op.drop_table("service_record")
    with op.batch_alter_table("improvement", schema=None) as batch_op:
        batch_op.drop_index("ix_improvement_status")
        batch_op.drop_index("ix_improvement_source")
        batch_op.drop_index("ix_improvement_proposed")

    op.drop_table("improvement")
    op.drop_table("survey_stratum")
    with op.batch_alter_table("survey_question", schema=None) as batch_op:
        batch_op.drop_index("ix_survey_question_survey")

    op.drop_table("survey_question")
    with op.batch_alter_table("survey_invitation", schema=None) as batch_op:
        batch_op.drop_index("ix_survey_invitation_status")

    op.drop_table("survey_invitation")
    op.drop_table("survey_frame")
    op.drop_table("survey_feedback")
    with op.batch_alter_table("staff_assessment", schema=None) as batch_op:
        batch_op.drop_index("ix_staff_assessment_report")
        batch_op.drop_index("ix_staff_assessment_person")

    op.drop_table("staff_assessment")
    with op.batch_alter_table("spare_request_line", schema=None) as batch_op:
        batch_op.drop_index("ix_spare_request_line_needed")

    op.drop_table("spare_request_line")
    with op.batch_alter_table("indicator_snapshot", schema=None) as batch_op:
        batch_op.drop_index("ix_indicator_snapshot_period")

    op.drop_table("indicator_snapshot")
    with op.batch_alter_table("survey", schema=None) as batch_op:
        batch_op.drop_index("ix_survey_year")

    op.drop_table("survey")
    with op.batch_alter_table("spot_check", schema=None) as batch_op:
        batch_op.drop_index("ix_spot_check_checked")

    op.drop_table("spot_check")
    with op.batch_alter_table("spare_request", schema=None) as batch_op:
        batch_op.drop_index("ix_spare_request_status")
        batch_op.drop_index("ix_spare_request_requested")

    op.drop_table("spare_request")
    with op.batch_alter_table("spare_inspection", schema=None) as batch_op:
        batch_op.drop_index("ix_spare_inspection_inspected")

    op.drop_table("spare_inspection")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index("ix_report_status")
        batch_op.drop_index("ix_report_opened")
        batch_op.drop_index("ix_report_instance")

    op.drop_table("report")
    with op.batch_alter_table("project_visit", schema=None) as batch_op:
        batch_op.drop_index("ix_project_visit_project")
        batch_op.drop_index("ix_project_visit_opened")

    op.drop_table("project_visit")
    with op.batch_alter_table("controlled_document", schema=None) as batch_op:
        batch_op.drop_index("ix_controlled_document_drafted")

    op.drop_table("controlled_document")
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_index("ix_project_status")
        batch_op.drop_index("ix_project_customer")
        batch_op.drop_index("ix_project_begins")

    op.drop_table("project")
    op.drop_table("master_import_reject")
    op.drop_table("obligation_waiver")
    with op.batch_alter_table("master_import", schema=None) as batch_op:
        batch_op.drop_index("ix_master_import_imported")

    op.drop_table("master_import")
    op.drop_table("incident_wait")
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.drop_index("ix_contract_customer")
        batch_op.drop_index("ix_contract_begins")

    op.drop_table("contract")
    op.drop_table("contact")
    with op.batch_alter_table("spare_part", schema=None) as batch_op:
        batch_op.drop_index("ix_spare_part_created")

    op.drop_table("spare_part")
    op.drop_table("obligation_reminder")
    op.drop_table("indicator_target")
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_index("ix_customer_name")
        batch_op.drop_index("ix_customer_created")

    op.drop_table("customer")
