"""the first schema

Revision: 0001, after:
"""

import sqlalchemy as sa
from alembic import op

import engine.store.types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject_type", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.String(length=100), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_subject", ["subject_type", "subject_id", "sequence"], unique=False)

    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "calendar",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("data", engine.store.types.JsonText(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_calendar")),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("source_state", sa.String(length=64), server_default="", nullable=False),
        sa.Column("caller", sa.String(length=200), server_default="", nullable=False),
        sa.Column("caller_phone", sa.String(length=64), server_default="", nullable=False),
        sa.Column("customer", sa.String(length=200), server_default="", nullable=False),
        sa.Column("summary", sa.String(length=300), server_default="", nullable=False),
        sa.Column("category", sa.String(length=200), server_default="", nullable=False),
        sa.Column("subcategory", sa.String(length=200), server_default="", nullable=False),
        sa.Column("priority", sa.String(length=32), server_default="", nullable=False),
        sa.Column("assignment_group", sa.String(length=200), server_default="", nullable=False),
        sa.Column("assigned_to", sa.String(length=200), server_default="", nullable=False),
        sa.Column("opened_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reopen_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reopened_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("modification_count", sa.Integer(), nullable=False),
        sa.Column("modified_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_sla", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("source", "number", name=op.f("uq_incident_source_number")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index("ix_incident_number", ["number"], unique=False)
        batch_op.create_index("ix_incident_opened", ["opened_at", "id"], unique=False)
        batch_op.create_index("ix_incident_resolved", ["resolved_at"], unique=False)
        batch_op.create_index("ix_incident_state", ["state", "opened_at", "id"], unique=False)

    op.create_table(
        "numbering",
        sa.Column("prefix", sa.String(length=64), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_numbering")),
    )
    op.create_table(
        "schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("definition_key", sa.String(length=100), nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("term", sa.String(length=200), nullable=False),
        sa.Column("next_nominal", sa.String(length=32), nullable=True),
        sa.Column("next_due_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
        sa.UniqueConstraint("definition_key", "element_id", name=op.f("uq_schedule_definition_key_element_id")),
    )
    with op.batch_alter_table("schedule", schema=None) as batch_op:
        batch_op.create_index("ix_schedule_next_due", ["next_due_at"], unique=False)

    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("value", engine.store.types.JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempt_address_at", ["address", "at"], unique=False)
        batch_op.create_index("ix_sign_in_attempt_login_at", ["login", "at"], unique=False)

    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=200), server_default="", nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("password_changed_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(length=2), server_default="zh", nullable=False),
        sa.Column("is_administrator", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("login", name=op.f("uq_user_login")),
    )
    op.create_table(
        "deployment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployed_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("deployed_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["deployed_by_id"], ["user.id"], name=op.f("fk_deployment_deployed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
    )
    op.create_table(
        "group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("manager_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["manager_id"], ["user.id"], name=op.f("fk_group_manager_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group")),
        sa.UniqueConstraint("key", name=op.f("uq_group_key")),
    )
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("header", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("callbacks", sa.String(length=32), nullable=False),
        sa.Column("shift_seconds", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("bytes_total", sa.BigInteger(), nullable=False),
        sa.Column("bytes_read", sa.BigInteger(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.Column("incidents_created", sa.Integer(), nullable=False),
        sa.Column("incidents_updated", sa.Integer(), nullable=False),
        sa.Column("resolutions_created", sa.Integer(), nullable=False),
        sa.Column("callbacks_started", sa.Integer(), nullable=False),
        sa.Column("error_zh", sa.Text(), nullable=True),
        sa.Column("error_en", sa.Text(), nullable=True),
        sa.Column("started_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("progressed_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["started_by_id"], ["user.id"], name=op.f("fk_import_run_started_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.create_index("ix_import_run_file", ["source", "file_sha256"], unique=False)

    op.create_table(
        "incident_resolution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("resolved_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_resolution_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_resolution")),
        sa.UniqueConstraint("incident_id", "ordinal", name=op.f("uq_incident_resolution_incident_id_ordinal")),
        sa.UniqueConstraint("incident_id", "resolved_at", name=op.f("uq_incident_resolution_incident_id_resolved_at")),
    )
    with op.batch_alter_table("incident_resolution", schema=None) as batch_op:
        batch_op.create_index("ix_incident_resolution_resolved", ["resolved_at"], unique=False)

    op.create_table(
        "decision_definition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("is_latest", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_decision_definition_deployment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_definition")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_decision_definition_key_version")),
    )
    op.create_table(
        "form_definition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("is_latest", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name=op.f("fk_form_definition_deployment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_definition")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_form_definition_key_version")),
    )
    op.create_table(
        "import_reject",
        sa.Column("import_run_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reason_zh", sa.String(length=300), nullable=False),
        sa.Column("reason_en", sa.String(length=300), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["import_run_id"], ["import_run.id"], name=op.f("fk_import_reject_import_run_id")),
        sa.PrimaryKeyConstraint("import_run_id", "line", name=op.f("pk_import_reject")),
    )
    op.create_table(
        "membership",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_membership_group_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("user_id", "group_id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index("ix_membership_group", ["group_id"], unique=False)

    op.create_table(
        "process_definition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("version_tag", sa.String(length=100), server_default="", nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("area", sa.String(length=64), server_default="", nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.Column("starter_groups", engine.store.types.JsonText(), nullable=False),
        sa.Column("start_form_key", sa.String(length=100), nullable=True),
        sa.Column("start_message", sa.String(length=200), nullable=True),
        sa.Column("is_latest", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name=op.f("fk_process_definition_deployment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_definition")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_process_definition_key_version")),
    )
    with op.batch_alter_table("process_definition", schema=None) as batch_op:
        batch_op.create_index("ix_process_definition_latest", ["is_latest", "key"], unique=False)

    op.create_table(
        "process_definition_call",
        sa.Column("process_definition_id", sa.Integer(), nullable=False),
        sa.Column("called_key", sa.String(length=100), nullable=False),
        sa.Column("called_definition_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["called_definition_id"],
            ["process_definition.id"],
            name=op.f("fk_process_definition_call_called_definition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["process_definition_id"],
            ["process_definition.id"],
            name=op.f("fk_process_definition_call_process_definition_id"),
        ),
        sa.PrimaryKeyConstraint("process_definition_id", "called_key", name=op.f("pk_process_definition_call")),
    )
    op.create_table(
        "process_definition_decision",
        sa.Column("process_definition_id", sa.Integer(), nullable=False),
        sa.Column("decision_key", sa.String(length=100), nullable=False),
        sa.Column("decision_definition_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_definition_id"],
            ["decision_definition.id"],
            name=op.f("fk_process_definition_decision_decision_definition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["process_definition_id"],
            ["process_definition.id"],
            name=op.f("fk_process_definition_decision_process_definition_id"),
        ),
        sa.PrimaryKeyConstraint("process_definition_id", "decision_key", name=op.f("pk_process_definition_decision")),
    )
    op.create_table(
        "process_definition_form",
        sa.Column("process_definition_id", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(length=100), nullable=False),
        sa.Column("form_definition_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["form_definition_id"], ["form_definition.id"], name=op.f("fk_process_definition_form_form_definition_id")
        ),
        sa.ForeignKeyConstraint(
            ["process_definition_id"],
            ["process_definition.id"],
            name=op.f("fk_process_definition_form_process_definition_id"),
        ),
        sa.PrimaryKeyConstraint("process_definition_id", "form_key", name=op.f("pk_process_definition_form")),
    )
    op.create_table(
        "process_instance",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("definition_key", sa.String(length=100), nullable=False),
        sa.Column("business_key", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["process_definition.id"], name=op.f("fk_process_instance_definition_id")
        ),
        sa.ForeignKeyConstraint(["started_by_id"], ["user.id"], name=op.f("fk_process_instance_started_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_instance")),
    )
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.create_index("ix_process_instance_business_key", ["business_key"], unique=False)
        batch_op.create_index(
            "ix_process_instance_definition_status", ["definition_key", "status", "started_at"], unique=False
        )
        batch_op.create_index("ix_process_instance_started", ["started_at", "id"], unique=False)
        batch_op.create_index("ix_process_instance_started_by", ["started_by_id", "started_at"], unique=False)

    op.create_table(
        "callback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resolution_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("due_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("first_attempt_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("overdue_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("finished_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("solved", sa.Boolean(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("complaint", sa.Boolean(), nullable=True),
        sa.Column("complaint_content", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_callback_instance_id")),
        sa.ForeignKeyConstraint(["resolution_id"], ["incident_resolution.id"], name=op.f("fk_callback_resolution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_callback_instance_id")),
        sa.UniqueConstraint("resolution_id", name=op.f("uq_callback_resolution_id")),
    )
    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.create_index("ix_callback_due", ["due_at", "id"], unique=False)
        batch_op.create_index("ix_callback_status_due", ["status", "due_at", "id"], unique=False)

    op.create_table(
        "engine_incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("element_id", sa.String(length=200), server_default="", nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("error_code", sa.String(length=64), nullable=False),
        sa.Column("message_zh", sa.Text(), nullable=False),
        sa.Column("message_en", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("occurrences", sa.Integer(), nullable=False),
        sa.Column("first_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_engine_incident_instance_id")),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["user.id"], name=op.f("fk_engine_incident_resolved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engine_incident")),
    )
    with op.batch_alter_table("engine_incident", schema=None) as batch_op:
        batch_op.create_index("ix_engine_incident_open", ["status", "last_at"], unique=False)
        batch_op.create_index("ix_engine_incident_source", ["kind", "source_id", "status"], unique=False)

    op.create_table(
        "history",
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("element_id", sa.String(length=200), server_default="", nullable=False),
        sa.Column("work_item_id", sa.String(length=36), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("data", engine.store.types.JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_history_actor_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_history_instance_id")),
        sa.PrimaryKeyConstraint("instance_id", "revision", "sequence", name=op.f("pk_history")),
    )
    op.create_table(
        "message_subscription",
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("message", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("correlation_key", sa.String(length=200), nullable=False),
        sa.Column("created_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_message_subscription_instance_id")
        ),
        sa.PrimaryKeyConstraint("task_id", "message", name=op.f("pk_message_subscription")),
    )
    with op.batch_alter_table("message_subscription", schema=None) as batch_op:
        batch_op.create_index("ix_message_subscription_instance", ["instance_id"], unique=False)
        batch_op.create_index("ix_message_subscription_lookup", ["message", "correlation_key"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("dedup_key", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("payload", engine.store.types.JsonText(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("available_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sent_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_outbox_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_outbox_dedup_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_available",
            ["available_at"],
            unique=False,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.create_index("ix_outbox_instance", ["instance_id"], unique=False)

    op.create_table(
        "schedule_run",
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("nominal", sa.String(length=32), nullable=False),
        sa.Column("due_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("started_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_schedule_run_instance_id")),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedule.id"], name=op.f("fk_schedule_run_schedule_id")),
        sa.PrimaryKeyConstraint("schedule_id", "nominal", name=op.f("pk_schedule_run")),
    )
    op.create_table(
        "timer",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("due_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("fired_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_timer_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("instance_id", "task_id", "due_at", name=op.f("uq_timer_instance_id_task_id_due_at")),
    )
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_timer_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )

    op.create_table(
        "work_item",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("definition_key", sa.String(length=100), nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("lane", sa.String(length=200), server_default="", nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("business_key", sa.String(length=100), nullable=False),
        sa.Column("form_key", sa.String(length=100), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("candidates", engine.store.types.JsonText(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("completed_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("completed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["assignee_id"], ["user.id"], name=op.f("fk_work_item_assignee_id")),
        sa.ForeignKeyConstraint(["completed_by_id"], ["user.id"], name=op.f("fk_work_item_completed_by_id")),
        sa.ForeignKeyConstraint(["definition_id"], ["process_definition.id"], name=op.f("fk_work_item_definition_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_work_item_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_item")),
    )
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.create_index("ix_work_item_completed_by", ["completed_by_id", "completed_at"], unique=False)
        batch_op.create_index("ix_work_item_instance", ["instance_id"], unique=False)
        batch_op.create_index(
            "ix_work_item_open_instance",
            ["instance_id", "element_id"],
            unique=False,
            sqlite_where=sa.text("state in ('ready', 'reserved')"),
            postgresql_where=sa.text("state in ('ready', 'reserved')"),
        )

    op.create_table(
        "attachment",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=True),
        sa.Column("work_item_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_attachment_instance_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["user.id"], name=op.f("fk_attachment_uploaded_by_id")),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_attachment_work_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index("ix_attachment_instance", ["instance_id"], unique=False)
        batch_op.create_index("ix_attachment_work_item", ["work_item_id"], unique=False)

    op.create_table(
        "callback_attempt",
        sa.Column("callback_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("attempted_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("caller_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=32), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["callback_id"], ["callback.id"], name=op.f("fk_callback_attempt_callback_id")),
        sa.ForeignKeyConstraint(["caller_id"], ["user.id"], name=op.f("fk_callback_attempt_caller_id")),
        sa.PrimaryKeyConstraint("callback_id", "ordinal", name=op.f("pk_callback_attempt")),
        sa.UniqueConstraint("task_id", name=op.f("uq_callback_attempt_task_id")),
    )
    op.create_table(
        "inbox_entry",
        sa.Column("recipient", sa.String(length=40), nullable=False),
        sa.Column("work_item_id", sa.String(length=36), nullable=False),
        sa.Column("definition_key", sa.String(length=100), nullable=False),
        sa.Column("due_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_inbox_entry_work_item_id")),
        sa.PrimaryKeyConstraint("recipient", "work_item_id", name=op.f("pk_inbox_entry")),
    )
    with op.batch_alter_table("inbox_entry", schema=None) as batch_op:
        batch_op.create_index("ix_inbox_entry_created", ["recipient", "created_at", "work_item_id"], unique=False)
        batch_op.create_index("ix_inbox_entry_due", ["recipient", "due_at", "work_item_id"], unique=False)
        batch_op.create_index("ix_inbox_entry_priority", ["recipient", "priority", "work_item_id"], unique=False)
        batch_op.create_index(
            "ix_inbox_entry_process", ["recipient", "definition_key", "due_at", "work_item_id"], unique=False
        )
        batch_op.create_index("ix_inbox_entry_work_item", ["work_item_id"], unique=False)

    op.create_table(
        "work_item_draft",
        sa.Column("work_item_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("data", engine.store.types.JsonText(), nullable=False),
        sa.Column("saved_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_work_item_draft_user_id")),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_work_item_draft_work_item_id")),
        sa.PrimaryKeyConstraint("work_item_id", "user_id", name=op.f("pk_work_item_draft")),
    )
    op.bulk_insert(head, [{"id": 1, "sequence": 0, "hash": "0" * 64}])


def downgrade() -> None:
    op.drop_table("work_item_draft")
    with op.batch_alter_table("inbox_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_inbox_entry_work_item")
        batch_op.drop_index("ix_inbox_entry_process")
        batch_op.drop_index("ix_inbox_entry_priority")
        batch_op.drop_index("ix_inbox_entry_due")
        batch_op.drop_index("ix_inbox_entry_created")

    op.drop_table("inbox_entry")
    op.drop_table("callback_attempt")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index("ix_attachment_work_item")
        batch_op.drop_index("ix_attachment_instance")

    op.drop_table("attachment")
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_work_item_open_instance",
            sqlite_where=sa.text("state in ('ready', 'reserved')"),
            postgresql_where=sa.text("state in ('ready', 'reserved')"),
        )
        batch_op.drop_index("ix_work_item_instance")
        batch_op.drop_index("ix_work_item_completed_by")

    op.drop_table("work_item")
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_timer_due", sqlite_where=sa.text("status = 'pending'"), postgresql_where=sa.text("status = 'pending'")
        )

    op.drop_table("timer")
    op.drop_table("schedule_run")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_instance")
        batch_op.drop_index(
            "ix_outbox_available",
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )

    op.drop_table("outbox")
    with op.batch_alter_table("message_subscription", schema=None) as batch_op:
        batch_op.drop_index("ix_message_subscription_lookup")
        batch_op.drop_index("ix_message_subscription_instance")

    op.drop_table("message_subscription")
    op.drop_table("history")
    with op.batch_alter_table("engine_incident", schema=None) as batch_op:
        batch_op.drop_index("ix_engine_incident_source")
        batch_op.drop_index("ix_engine_incident_open")

    op.drop_table("engine_incident")
    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.drop_index("ix_callback_status_due")
        batch_op.drop_index("ix_callback_due")

    op.drop_table("callback")
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.drop_index("ix_process_instance_started_by")
        batch_op.drop_index("ix_process_instance_started")
        batch_op.drop_index("ix_process_instance_definition_status")
        batch_op.drop_index("ix_process_instance_business_key")

    op.drop_table("process_instance")
    op.drop_table("process_definition_form")
    op.drop_table("process_definition_decision")
    op.drop_table("process_definition_call")
    with op.batch_alter_table("process_definition", schema=None) as batch_op:
        batch_op.drop_index("ix_process_definition_latest")

    op.drop_table("process_definition")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index("ix_membership_group")

    op.drop_table("membership")
    op.drop_table("import_reject")
    op.drop_table("form_definition")
    op.drop_table("decision_definition")
    with op.batch_alter_table("incident_resolution", schema=None) as batch_op:
        batch_op.drop_index("ix_incident_resolution_resolved")

    op.drop_table("incident_resolution")
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.drop_index("ix_import_run_file")

    op.drop_table("import_run")
    op.drop_table("group")
    op.drop_table("deployment")
    op.drop_table("user")
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempt_login_at")
        batch_op.drop_index("ix_sign_in_attempt_address_at")

    op.drop_table("sign_in_attempt")
    op.drop_table("setting")
    with op.batch_alter_table("schedule", schema=None) as batch_op:
        batch_op.drop_index("ix_schedule_next_due")

    op.drop_table("schedule")
    op.drop_table("numbering")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index("ix_incident_state")
        batch_op.drop_index("ix_incident_resolved")
        batch_op.drop_index("ix_incident_opened")
        batch_op.drop_index("ix_incident_number")

    op.drop_table("incident")
    op.drop_table("calendar")
    op.drop_table("audit_head")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_subject")

    op.drop_table("audit")
