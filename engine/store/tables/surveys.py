"""The yearly satisfaction survey, the visits after a project, and the improvements that come of what customers say."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from engine.store.tables.metadata import metadata
from engine.store.types import JsonText, UtcDateTime

# One survey of a year (policy 3.2(4), 4.2(4), 5.1).
survey = Table(
    "survey",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False, unique=True),
    Column("year", Integer, nullable=False),
    Column("title", String(200), nullable=False),
    Column("title_en", String(200), nullable=False, server_default=""),
    Column("introduction", Text, nullable=False, server_default=""),  # what respondents read first
    Column("introduction_en", Text, nullable=False, server_default=""),
    # preparing, submitted, approved, open, closed, reported
    Column("status", String(16), nullable=False),
    Column("plan", JsonText),  # the parameters of the sample: engine.surveys.planning.Plan
    Column("seed", Integer),  # of the draw
    Column("frame_on", Date),  # the day as of which the frame was taken
    Column("frame_size", Integer),
    Column("size_needed", Integer),  # answers, before the minimum of each stratum
    Column("planned_at", UtcDateTime),
    Column("planned_by_id", Integer, ForeignKey("user.id")),
    Column("approved_at", UtcDateTime),
    Column("approved_by_id", Integer, ForeignKey("user.id")),
    Column("opened_at", UtcDateTime),
    Column("closes_at", UtcDateTime),
    Column("is_extended", Boolean, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("results", JsonText),  # the figures as they were when it closed
    Column("summary", Text),  # by the quality department (policy 4.2(4))
    Column("analysis", Text),  # by operations (policy 3.4(2))
    Column("reported_at", UtcDateTime),
    Index("ix_survey_year", "year"),
)

survey_question = Table(
    "survey_question",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("survey_id", Integer, ForeignKey("survey.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("kind", String(16), nullable=False),  # overall: the service as a whole; score: 1 to 5; text
    Column("text", String(500), nullable=False),
    Column("text_en", String(500), nullable=False, server_default=""),
    Index("ix_survey_question_survey", "survey_id", "ordinal"),
)

# The trace matrix: this question asks about this item of a service level agreement (policy 5.1(2)).
survey_question_item = Table(
    "survey_question_item",
    metadata,
    Column("question_id", Integer, ForeignKey("survey_question.id"), primary_key=True),
    Column("sla_item_id", Integer, ForeignKey("sla_item.id"), primary_key=True),
)

survey_stratum = Table(
    "survey_stratum",
    metadata,
    Column("survey_id", Integer, ForeignKey("survey.id"), primary_key=True),
    Column("code", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("population", Integer, nullable=False),
    Column("deviation", String(16), nullable=False),  # of the answers, as the last survey found it
    Column("proportional", Integer, nullable=False),
    Column("neyman", Integer, nullable=False),
    Column("needed", Integer, nullable=False),  # answers, with the minimum, by the allocation that was chosen
    Column("invited", Integer, nullable=False),
    Column("is_census", Boolean, nullable=False),
    Column("falls_short", Boolean, nullable=False),
)

# Everybody who could have been asked or was left out, and why; a redraw starts from here.
survey_frame = Table(
    "survey_frame",
    metadata,
    Column("survey_id", Integer, ForeignKey("survey.id"), primary_key=True),
    Column("contact_id", Integer, ForeignKey("contact.id"), primary_key=True),
    Column("stratum", String(64), nullable=False, server_default=""),
    Column("excluded", String(16), nullable=False, server_default=""),  # staff, duplicate, no_address, opted_out
)

survey_invitation = Table(
    "survey_invitation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("survey_id", Integer, ForeignKey("survey.id"), nullable=False),
    Column("contact_id", Integer, ForeignKey("contact.id"), nullable=False),
    Column("stratum", String(64), nullable=False),
    # drawn, sent, partial, complete, refused, not_reached, ineligible
    Column("status", String(16), nullable=False),
    Column("sent_at", UtcDateTime),
    Column("reminders", Integer, nullable=False, server_default="0"),
    Column("first_answer_at", UtcDateTime),
    Column("settled_at", UtcDateTime),  # answered whole, or declined
    Column("reason", String(500), nullable=False, server_default=""),
    UniqueConstraint("survey_id", "contact_id"),
    Index("ix_survey_invitation_status", "survey_id", "status"),
)

# A link sent to somebody; a reminder brings another one to the same answers. Only the token's hash is kept.
survey_link = Table(
    "survey_link",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("invitation_id", Integer, ForeignKey("survey_invitation.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

survey_answer = Table(
    "survey_answer",
    metadata,
    Column("invitation_id", Integer, ForeignKey("survey_invitation.id"), primary_key=True),
    Column("question_id", Integer, ForeignKey("survey_question.id"), primary_key=True),
    Column("score", Integer),  # 1 to 5
    Column("text", Text, nullable=False, server_default=""),
    Column("answered_at", UtcDateTime, nullable=False),
)

# What a department or a person was told of the results, and that they took note (policy 4.2(4)).
survey_feedback = Table(
    "survey_feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("survey_id", Integer, ForeignKey("survey.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("department_id", Integer, ForeignKey("group.id"), nullable=False),
    Column("person_id", Integer, ForeignKey("user.id"), nullable=False),
    Column("finding", Text, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("acknowledged_at", UtcDateTime),
    Column("response", Text),
    UniqueConstraint("survey_id", "ordinal"),
)

# A visit to the customer of a completed project (policy 5.2(2)).
project_visit = Table(
    "project_visit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False, unique=True),
    Column("project_id", Integer, ForeignKey("project.id"), nullable=False),
    Column("occasion", String(200), nullable=False, server_default=""),
    Column("status", String(16), nullable=False),  # planned, visited, reported, closed
    Column("due_at", UtcDateTime),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("visited_on", Date),
    Column("visitor_id", Integer, ForeignKey("user.id")),
    Column("spoken_to", String(200), nullable=False, server_default=""),
    Column("score", Integer),  # 1 to 5
    Column("praise", Text),
    Column("problems", Text),
    Column("conclusion", Text),
    Column("received_by_id", Integer, ForeignKey("user.id")),  # the general manager of the department
    Column("received_at", UtcDateTime),
    Column("instruction", Text),
    Column("closed_at", UtcDateTime),
    Index("ix_project_visit_opened", "opened_at", "id"),
    Index("ix_project_visit_project", "project_id"),
)

# A proposal to improve something; once approved, a corrective action of the kind improvement carries it out.
improvement = Table(
    "improvement",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False, unique=True),
    Column("source_type", String(32), nullable=False, server_default=""),  # survey, internal_audit, report, …
    Column("source_id", String(64), nullable=False, server_default=""),
    Column("source_label", String(300), nullable=False, server_default=""),
    Column("title", String(300), nullable=False),
    Column("problem", Text, nullable=False),
    Column("goal", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("department_id", Integer, ForeignKey("group.id"), nullable=False),
    Column("owner_id", Integer, ForeignKey("user.id"), nullable=False),
    Column("due_on", Date, nullable=False),
    # proposed, evaluated, returned, rejected, acting, checking, watching, closed
    Column("status", String(16), nullable=False),
    Column("proposed_by_id", Integer, ForeignKey("user.id")),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("evaluation", Text),
    Column("priority", String(16), nullable=False, server_default=""),  # high, medium, low
    Column("decided_at", UtcDateTime),
    Column("decided_by_id", Integer, ForeignKey("user.id")),
    Column("decision_note", Text),
    Column("process_change", Text),  # what changes in a process because of it (policy 4.1(3))
    Column("corrective_action_id", Integer, ForeignKey("corrective_action.id"), unique=True),
    Column("effective", Boolean),
    Column("effect", Text),
    Column("closed_at", UtcDateTime),
    Index("ix_improvement_proposed", "proposed_at", "id"),
    Index("ix_improvement_status", "status", "due_on", "id"),
    Index("ix_improvement_source", "source_type", "source_id"),
)
