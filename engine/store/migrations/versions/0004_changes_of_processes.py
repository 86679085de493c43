"""changes of processes

Revision: 0004, after: 0003
"""

import sqlalchemy as sa
from alembic import op

import engine.store.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "configuration_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("valid_from_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_configuration_version")),
    )
    with op.batch_alter_table("configuration_version", schema=None) as batch_op:
        batch_op.create_index("ix_configuration_version_kind", ["kind", "valid_from_at"], unique=False)

    op.create_table(
        "path_definition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("is_latest", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name=op.f("fk_path_definition_deployment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_path_definition")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_path_definition_key_version")),
    )
    op.create_table(
        "process_owner",
        sa.Column("process_key", sa.String(length=100), nullable=False),
        sa.Column("owner_group_id", sa.Integer(), nullable=True),
        sa.Column("reviewer_group_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["owner_group_id"], ["group.id"], name=op.f("fk_process_owner_owner_group_id")),
        sa.ForeignKeyConstraint(["reviewer_group_id"], ["group.id"], name=op.f("fk_process_owner_reviewer_group_id")),
        sa.PrimaryKeyConstraint("process_key", name=op.f("pk_process_owner")),
    )
    op.create_table(
        "process_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_key", sa.String(length=100), nullable=False),
        sa.Column("base_definition_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=True),
        sa.Column("editor_seen_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("effective_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("review_note", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failure_zh", sa.Text(), server_default="", nullable=False),
        sa.Column("failure_en", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_process_change_author_id")),
        sa.ForeignKeyConstraint(
            ["base_definition_id"], ["process_definition.id"], name=op.f("fk_process_change_base_definition_id")
        ),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name=op.f("fk_process_change_deployment_id")),
        sa.ForeignKeyConstraint(["editor_id"], ["user.id"], name=op.f("fk_process_change_editor_id")),
        sa.ForeignKeyConstraint(["reviewed_by_id"], ["user.id"], name=op.f("fk_process_change_reviewed_by_id")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["user.id"], name=op.f("fk_process_change_submitted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_change")),
    )
    with op.batch_alter_table("process_change", schema=None) as batch_op:
        batch_op.create_index("ix_process_change_key", ["process_key", "id"], unique=False)
        batch_op.create_index(
            "ix_process_change_one_open",
            ["process_key"],
            unique=True,
            sqlite_where=sa.text("status in ('editing', 'submitted', 'approved')"),
            postgresql_where=sa.text("status in ('editing', 'submitted', 'approved')"),
        )
        batch_op.create_index("ix_process_change_status", ["status", "effective_at"], unique=False)

    op.create_table(
        "instance_migration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=36), nullable=False),
        sa.Column("from_definition_id", sa.Integer(), nullable=False),
        sa.Column("to_definition_id", sa.Integer(), nullable=False),
        sa.Column("mapping", engine.store.types.JsonText(), nullable=False),
        sa.Column("before", engine.store.types.JsonText(), nullable=False),
        sa.Column("state_before", sa.LargeBinary(), nullable=False),
        sa.Column("revision_after", sa.Integer(), nullable=False),
        sa.Column("migrated_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("migrated_by_id", sa.Integer(), nullable=False),
        sa.Column("undone_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_definition_id"], ["process_definition.id"], name=op.f("fk_instance_migration_from_definition_id")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_instance_migration_instance_id")
        ),
        sa.ForeignKeyConstraint(["migrated_by_id"], ["user.id"], name=op.f("fk_instance_migration_migrated_by_id")),
        sa.ForeignKeyConstraint(
            ["to_definition_id"], ["process_definition.id"], name=op.f("fk_instance_migration_to_definition_id")
        ),
        sa.ForeignKeyConstraint(["undone_by_id"], ["user.id"], name=op.f("fk_instance_migration_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance_migration")),
    )
    with op.batch_alter_table("instance_migration", schema=None) as batch_op:
        batch_op.create_index("ix_instance_migration_batch", ["batch_id"], unique=False)
        batch_op.create_index("ix_instance_migration_instance", ["instance_id", "id"], unique=False)

    op.create_table(
        "process_change_editor",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["process_change.id"], name=op.f("fk_process_change_editor_change_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_process_change_editor_user_id")),
        sa.PrimaryKeyConstraint("change_id", "user_id", name=op.f("pk_process_change_editor")),
    )
    op.create_table(
        "process_change_file",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("changed_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["process_change.id"], name=op.f("fk_process_change_file_change_id")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user.id"], name=op.f("fk_process_change_file_changed_by_id")),
        sa.PrimaryKeyConstraint("change_id", "name", name=op.f("pk_process_change_file")),
    )
    op.create_table(
        "trial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("clock_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("start", engine.store.types.JsonText(), nullable=True),
        sa.Column("steps", engine.store.types.JsonText(), nullable=False),
        sa.ForeignKeyConstraint(["begun_by_id"], ["user.id"], name=op.f("fk_trial_begun_by_id")),
        sa.ForeignKeyConstraint(["change_id"], ["process_change.id"], name=op.f("fk_trial_change_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
    )
    with op.batch_alter_table("trial", schema=None) as batch_op:
        batch_op.create_index("ix_trial_change", ["change_id", "id"], unique=False)

    op.create_table(
        "walk_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("files_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("started_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=False),
        sa.Column("heartbeat_at", engine.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", engine.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("results", engine.store.types.JsonText(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["process_change.id"], name=op.f("fk_walk_run_change_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["user.id"], name=op.f("fk_walk_run_started_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk_run")),
    )
    with op.batch_alter_table("walk_run", schema=None) as batch_op:
        batch_op.create_index("ix_walk_run_change", ["change_id", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("walk_run", schema=None) as batch_op:
        batch_op.drop_index("ix_walk_run_change")

    op.drop_table("walk_run")
    with op.batch_alter_table("trial", schema=None) as batch_op:
        batch_op.drop_index("ix_trial_change")

    op.drop_table("trial")
    op.drop_table("process_change_file")
    op.drop_table("process_change_editor")
    with op.batch_alter_table("instance_migration", schema=None) as batch_op:
        batch_op.drop_index("ix_instance_migration_instance")
        batch_op.drop_index("ix_instance_migration_batch")

    op.drop_table("instance_migration")
    with op.batch_alter_table("process_change", schema=None) as batch_op:
        batch_op.drop_index("ix_process_change_status")
        batch_op.drop_index(
            "ix_process_change_one_open",
            sqlite_where=sa.text("status in ('editing', 'submitted', 'approved')"),
            postgresql_where=sa.text("status in ('editing', 'submitted', 'approved')"),
        )
        batch_op.drop_index("ix_process_change_key")

    op.drop_table("process_change")
    op.drop_table("process_owner")
    op.drop_table("path_definition")
    with op.batch_alter_table("configuration_version", schema=None) as batch_op:
        batch_op.drop_index("ix_configuration_version_kind")

    op.drop_table("configuration_version")
