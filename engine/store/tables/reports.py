"""Reports, plans and minutes of a period; who was assessed; spot checks; documents under control; duties waived."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from engine.store.tables.metadata import metadata
from engine.store.types import JsonText, UtcDateTime

# One report, plan or set of minutes of a period (policy 3.3, 3.4, 4.2, 4.3, 5.2); its kinds are in engine.reports.
report = Table(
    "report",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False),  # one case may make several
    Column("kind", String(40), nullable=False),
    Column("title", String(300), nullable=False),
    Column("period", String(16), nullable=False),  # 2026-03, 2026-Q1, 2026
    Column("scope", String(80), nullable=False, server_default=""),  # empty: the organisation; else project:<code>, …
    Column(
        "occasion", String(80), nullable=False, server_default=""
    ),  # empty: the regular one; else what called for it
    Column("reason", Text, nullable=False, server_default=""),  # of a special issue
    Column("project_id", Integer, ForeignKey("project.id")),
    Column("department_id", Integer, ForeignKey("group.id")),
    Column("status", String(16), nullable=False),  # drafting, reviewing, returned, issued, cancelled
    Column("content", JsonText, nullable=False),  # what people wrote, by the sections of its kind
    Column("figures", JsonText, nullable=False),  # indicators as they were when it was last drafted or issued
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("held_on", Date),  # of a meeting
    Column("author_id", Integer, ForeignKey("user.id")),
    Column("approved_by_id", Integer, ForeignKey("user.id")),
    Column("issued_at", UtcDateTime),
    Column("sent_at", UtcDateTime),  # to the customer
    Column("acknowledged_at", UtcDateTime),  # by the customer
    Column("acknowledgement", Text, nullable=False, server_default=""),
    UniqueConstraint("kind", "period", "scope", "occasion"),
    Index("ix_report_opened", "opened_at", "id"),
    Index("ix_report_status", "status", "due_at", "id"),
    Index("ix_report_instance", "instance_id"),
)

# One person's result in one indicator, as the monthly quality analysis meeting assessed it (policy 5.2(4)).
staff_assessment = Table(
    "staff_assessment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("report_id", Integer, ForeignKey("report.id"), nullable=False),  # the minutes of the meeting
    Column("person_id", Integer, ForeignKey("user.id"), nullable=False),
    Column("indicator", String(200), nullable=False),
    Column("weight_percent", Integer, nullable=False),
    Column("target", String(64), nullable=False, server_default=""),
    Column("actual", String(64), nullable=False, server_default=""),
    Column("score", Numeric(5, 1), nullable=False),  # 0 to 100
    Column("status", String(16), nullable=False),  # proposed, confirmed, disputed, settled
    Column("dispute", Text, nullable=False, server_default=""),
    Column("decision", Text, nullable=False, server_default=""),
    Column("decided_by_id", Integer, ForeignKey("user.id")),
    Index("ix_staff_assessment_report", "report_id"),
    Index("ix_staff_assessment_person", "person_id", "id"),
)

# A sample the quality department took of running service (policy 3.2(2), (3)).
spot_check = Table(
    "spot_check",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False, unique=True),
    Column("week", String(16), nullable=False),  # ISO 8601: 2026-W10
    Column("department_id", Integer, ForeignKey("group.id")),
    Column("samples", JsonText, nullable=False),  # kind, number, result, note of each record looked at
    Column("findings", Integer, nullable=False),
    Column("conclusion", Text, nullable=False, server_default=""),
    Column("checked_by_id", Integer, ForeignKey("user.id")),
    Column("checked_at", UtcDateTime, nullable=False),
    Index("ix_spot_check_checked", "checked_at", "id"),
)

# A document of the management system under control: numbered, versioned, approved, reviewed again (policy 6).
controlled_document = Table(
    "controlled_document",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False, unique=True),
    Column("title", String(300), nullable=False),
    Column("category", String(32), nullable=False),  # policy, procedure, instruction, record_form, external
    Column("department_id", Integer, ForeignKey("group.id"), nullable=False),
    Column("status", String(16), nullable=False),  # drafted, reviewed, published, obsolete, withdrawn
    Column("change_reason", Text, nullable=False, server_default=""),
    Column("files", JsonText, nullable=False),  # ids of attachments
    Column("sha256", String(64), nullable=False, server_default=""),  # over the files' own digests, in order
    Column("retention_years", Integer, nullable=False),
    Column("is_external", Boolean, nullable=False),
    Column("drafted_at", UtcDateTime, nullable=False),
    Column("drafted_by_id", Integer, ForeignKey("user.id")),
    Column("approved_by_id", Integer, ForeignKey("user.id")),
    Column("published_at", UtcDateTime),
    Column("review_due_on", Date),
    Column("obsolete_at", UtcDateTime),
    UniqueConstraint("number", "version"),
    Index("ix_controlled_document_drafted", "drafted_at", "id"),
)

# A duty of a period that somebody entitled excused, with the reason.
obligation_waiver = Table(
    "obligation_waiver",
    metadata,
    Column("obligation", String(8), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("reason", String(500), nullable=False),
    Column("waived_by_id", Integer, ForeignKey("user.id"), nullable=False),
    Column("waived_at", UtcDateTime, nullable=False),
)

# Who was reminded of an overdue duty, and how far it went: each level once.
obligation_reminder = Table(
    "obligation_reminder",
    metadata,
    Column("obligation", String(8), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column(
        "level", Integer, primary_key=True
    ),  # 1 the owner, 2 the manager, 3 quality and the management representative
    Column("sent_at", UtcDateTime, nullable=False),
)
