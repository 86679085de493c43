"""The records of the quality system: complaints, nonconformities, audits and reviews."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from engine.store.tables.metadata import metadata
from engine.store.types import JsonText, UtcDateTime

# A customer's complaint (policy 3.3(3), 3.4(4), 3.5(3)).
complaint = Table(
    "complaint",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False, unique=True),
    Column("received_through", String(16), nullable=False),  # phone, mail, chat, in_person, callback, public_link
    Column("customer", String(200), nullable=False, server_default=""),
    Column("complainant", String(200), nullable=False, server_default=""),
    Column("contact", String(200), nullable=False, server_default=""),
    Column("project", String(200), nullable=False, server_default=""),
    Column("kind", String(32), nullable=False, server_default=""),  # quality, timeliness, attitude, …
    Column("subject", String(300), nullable=False),
    Column("content", Text, nullable=False),
    Column("remedy_sought", Text, nullable=False, server_default=""),
    Column("source_type", String(32), nullable=False, server_default=""),  # the record it came from: callback, …
    Column("source_id", String(64), nullable=False, server_default=""),
    Column("severity", String(16), nullable=False, server_default=""),  # low, medium, high
    Column("flags", JsonText, nullable=False),  # safety, legal, contract: what it touches
    Column("grade", String(16), nullable=False, server_default=""),  # general, urgent, major: what the table decided
    Column("is_important", Boolean, nullable=False),
    Column("is_major", Boolean, nullable=False),
    Column("is_repeat", Boolean, nullable=False),
    # registered, acknowledged, handling, answered, watching (recurrence check), closed, withdrawn
    Column("status", String(16), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("acknowledge_due_at", UtcDateTime),
    Column("acknowledged_at", UtcDateTime),
    Column("resolve_due_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("accepted", Boolean),  # what the customer says of the answer
    Column("disputes", Integer, nullable=False, server_default="0"),
    Column("level", Integer, nullable=False, server_default="0"),  # 0 desk, 1 operations, 2 technical, 3 management
    Column("handling", Text),
    Column("answer", Text),
    Column("cause_category", String(32)),
    Column("whys", JsonText),  # the answers of the 5-why analysis, in order
    Column("root_cause", Text),
    Column("measures", Text),
    Column("visit_score", Integer),  # 1 to 5, of the follow-up visit
    Column("visit_note", Text),
    Column("verified_at", UtcDateTime),
    Column("verified_by_id", Integer, ForeignKey("user.id")),
    Column("verification", Text),
    Column("recurred", Boolean),
    Column("recurrence_checked_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Index("ix_complaint_received", "received_at", "id"),
    Index("ix_complaint_status", "status", "received_at", "id"),
    Index("ix_complaint_customer", "customer", "received_at"),
)

# A requirement not fulfilled, whoever found it (policy 3.2(1), 5.3.1(3)).
nonconformity = Table(
    "nonconformity",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False, unique=True),
    Column("source_type", String(32), nullable=False, server_default=""),  # internal_audit, complaint, incident, …
    Column("source_id", String(64), nullable=False, server_default=""),
    Column("source_label", String(300), nullable=False, server_default=""),
    Column("department_id", Integer, ForeignKey("group.id"), nullable=False),
    Column("grade", String(16), nullable=False),  # major, minor
    Column("area", String(16), nullable=False, server_default=""),  # management, people, resources, technology, process
    Column("clause", String(32), nullable=False, server_default=""),
    Column("title", String(300), nullable=False),
    Column("description", Text, nullable=False),
    Column("evidence", Text, nullable=False, server_default=""),
    Column("status", String(16), nullable=False),  # raised, analysing, acting, verifying, watching, closed, withdrawn
    Column("raised_at", UtcDateTime, nullable=False),
    Column("raised_by_id", Integer, ForeignKey("user.id")),
    Column("containment", Text),
    Column("whys", JsonText),  # the answers of the 5-why analysis, in order
    Column("root_cause", Text),
    Column("cause_category", String(32)),
    Column("similar_cases", Text),
    Column("effectiveness_due_on", Date),
    Column("effective", Boolean),
    Column("effectiveness_note", Text),
    Column("reopen_count", Integer, nullable=False, server_default="0"),
    Column("repeats_id", Integer, ForeignKey("nonconformity.id")),  # the earlier one at the same clause
    Column("closed_at", UtcDateTime),
    Index("ix_nonconformity_raised", "raised_at", "id"),
    Index("ix_nonconformity_status", "status", "raised_at", "id"),
    Index("ix_nonconformity_clause", "clause", "raised_at"),
    Index("ix_nonconformity_source", "source_type", "source_id"),
)

# What somebody undertook to do by a date, for a nonconformity or out of a review (policy 3.2(4), 4.2(4), 5.3.2(4)).
corrective_action = Table(
    "corrective_action",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("nonconformity_id", Integer, ForeignKey("nonconformity.id")),
    Column("management_review_id", Integer, ForeignKey("management_review.id")),
    Column("round", Integer, nullable=False, server_default="1"),  # a reopened nonconformity starts another round
    Column("kind", String(16), nullable=False),  # corrective, improvement
    Column("description", Text, nullable=False),
    Column("owner_id", Integer, ForeignKey("user.id"), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("status", String(16), nullable=False),  # open, done, verified, withdrawn
    Column("result", Text),
    Column("done_at", UtcDateTime),
    Column("verification", Text),
    Column("verified_at", UtcDateTime),
    Column("verified_by_id", Integer, ForeignKey("user.id")),
    Index("ix_corrective_action_nonconformity", "nonconformity_id"),
    Index("ix_corrective_action_review", "management_review_id"),
    Index("ix_corrective_action_status", "status", "due_on", "id"),
)

# The audits of a year and which department and area each is to look at (policy 5.3.1(1), (2)).
audit_programme = Table(
    "audit_programme",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False, unique=True),
    Column("year", Integer, nullable=False),
    Column("status", String(16), nullable=False),  # submitted, returned, approved, closed
    Column("objectives", Text, nullable=False, server_default=""),
    Column("approved_at", UtcDateTime),
    Column("approved_by_id", Integer, ForeignKey("user.id")),
    Index("ix_audit_programme_year", "year"),
)

internal_audit = Table(
    "internal_audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), unique=True),  # none until it is begun
    Column("programme_id", Integer, ForeignKey("audit_programme.id")),
    Column("year", Integer, nullable=False),
    Column("title", String(300), nullable=False),
    # planned, submitted, returned, approved, fieldwork, reporting, closed, withdrawn
    Column("status", String(16), nullable=False),
    Column("criteria", String(200), nullable=False, server_default=""),
    Column("scope", Text, nullable=False, server_default=""),
    Column("begins_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("lead_auditor_id", Integer, ForeignKey("user.id")),
    Column("approved_at", UtcDateTime),
    Column("approved_by_id", Integer, ForeignKey("user.id")),
    Column("report_due_at", UtcDateTime),
    Column("conclusion", Text),
    Column("closed_at", UtcDateTime),
    Index("ix_internal_audit_begins", "begins_on", "id"),
    Index("ix_internal_audit_programme", "programme_id"),
)

# One cell of the coverage matrix: this audit looks at this area of this department; who does it once it is planned.
audit_coverage = Table(
    "audit_coverage",
    metadata,
    Column("audit_id", Integer, ForeignKey("internal_audit.id"), primary_key=True),
    Column("department_id", Integer, ForeignKey("group.id"), primary_key=True),
    Column("area", String(16), primary_key=True),  # people, resources, technology, process
    Column("auditor_id", Integer, ForeignKey("user.id")),
)

audit_item = Table(
    "audit_item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("audit_id", Integer, ForeignKey("internal_audit.id"), nullable=False),
    Column("department_id", Integer, ForeignKey("group.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("area", String(16), nullable=False),
    Column("clause", String(32), nullable=False),
    Column("question_zh", String(300), nullable=False),
    Column("question_en", String(300), nullable=False, server_default=""),
    # conform, minor, major, observation, opportunity, not_applicable; none until the fieldwork
    Column("result", String(16)),
    Column("evidence", Text, nullable=False, server_default=""),
    Column("samples", Text, nullable=False, server_default=""),
    Column("interviewee", String(200), nullable=False, server_default=""),
    Column("files", JsonText, nullable=False),  # ids of attachments
    Column("auditor_id", Integer, ForeignKey("user.id")),
    Column("recorded_at", UtcDateTime),
    Column("nonconformity_number", String(64)),  # of the nonconformity it led to
    UniqueConstraint("audit_id", "department_id", "ordinal"),
)

# The yearly review by the management (policy 5.3.2).
management_review = Table(
    "management_review",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False, unique=True),
    Column("year", Integer, nullable=False),
    Column("title", String(300), nullable=False),
    # planned, submitted, returned, collecting, meeting, reporting, tracking, closed, withdrawn
    Column("status", String(16), nullable=False),
    Column("purpose", Text, nullable=False, server_default=""),
    Column("agenda", Text, nullable=False, server_default=""),
    Column("place", String(200), nullable=False, server_default=""),
    Column("meets_at", UtcDateTime),
    Column("approved_at", UtcDateTime),
    Column("approved_by_id", Integer, ForeignKey("user.id")),
    Column("held_at", UtcDateTime),
    Column("minutes", Text),
    Column("suitability", String(16)),  # suitable, partly, unsuitable: the verdict; the reasons stand beside it
    Column("suitability_note", Text),
    Column("adequacy", String(16)),
    Column("adequacy_note", Text),
    Column("effectiveness", String(16)),
    Column("effectiveness_note", Text),
    Column("closed_at", UtcDateTime),
    Index("ix_management_review_year", "year"),
)

# One of the seven kinds of input (or one of the company's own), asked for from its owner (policy 5.3.2(3)).
review_input = Table(
    "review_input",
    metadata,
    Column("review_id", Integer, ForeignKey("management_review.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("title_zh", String(200), nullable=False),
    Column("title_en", String(200), nullable=False, server_default=""),
    Column("owner_group_id", Integer, ForeignKey("group.id"), nullable=False),
    Column("due_at", UtcDateTime),
    Column("status", String(16), nullable=False),  # asked, received, waived
    Column("summary", Text),
    Column("files", JsonText, nullable=False),  # ids of attachments
    Column("provided_by_id", Integer, ForeignKey("user.id")),
    Column("provided_at", UtcDateTime),
    Column("waiver_reason", Text),
    Column("waived_by_id", Integer, ForeignKey("user.id")),
)

# Who sat in the meeting for one of the seven kinds of attendee (policy 5.3.2(2)); one person may stand for two.
review_attendance = Table(
    "review_attendance",
    metadata,
    Column("review_id", Integer, ForeignKey("management_review.id"), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("person", String(200), primary_key=True),
    Column("is_present", Boolean, nullable=False),
    Column("waiver_reason", Text, nullable=False, server_default=""),
)
