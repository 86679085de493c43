"""Moving running cases to another version of their process: dry run, mapping, one batch, each with a way back."""

from engine.instance_migrations.moving import MigrationGone, MigrationRefused, listed, migrate, migrate_each, undo
from engine.instance_migrations.planning import Gap, Plan, PlannedMigration, plan, plan_for_change
from engine.instance_migrations.verdicts import NEEDS_MAPPING, REFUSED, SAFE, Reason, Verdict

__all__ = [
    "NEEDS_MAPPING",
    "REFUSED",
    "SAFE",
    "Gap",
    "MigrationGone",
    "MigrationRefused",
    "Plan",
    "PlannedMigration",
    "Reason",
    "Verdict",
    "listed",
    "migrate",
    "migrate_each",
    "plan",
    "plan_for_change",
    "undo",
]
