"""Whom the company serves and what it promised: customers, contracts, projects, service level agreements."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, true

from engine.store.tables.metadata import metadata
from engine.store.types import JsonText, UtcDateTime

customer = Table(
    "customer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(32), nullable=False, unique=True),
    Column("name", String(200), nullable=False),  # as the ticket system names it, too
    Column("name_en", String(200), nullable=False, server_default=""),
    Column("level", String(16), nullable=False, server_default="standard"),  # key, standard
    Column("address", String(300), nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Column("is_active", Boolean, nullable=False, server_default=true()),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_customer_name", "name"),
    Index("ix_customer_created", "created_at", "id"),
)

contact = Table(
    "contact",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", Integer, ForeignKey("customer.id"), nullable=False),
    Column("name", String(100), nullable=False),
    Column("email", String(200), nullable=False, server_default=""),
    Column("phone", String(64), nullable=False, server_default=""),
    Column("role", String(16), nullable=False, server_default="user"),  # leader, manager, user
    Column("language", String(2), nullable=False, server_default="zh"),
    Column("is_active", Boolean, nullable=False, server_default=true()),
    UniqueConstraint("customer_id", "name", "email"),
)

contract = Table(
    "contract",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("customer_id", Integer, ForeignKey("customer.id"), nullable=False),
    Column("title", String(300), nullable=False),
    Column("begins_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("report_cadence", String(16), nullable=False),  # month, quarter, year, none: of the service report
    Column("status", String(16), nullable=False),  # active, ended
    Column("note", Text, nullable=False, server_default=""),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_contract_customer", "customer_id", "ends_on"),
    Index("ix_contract_begins", "begins_on", "id"),
)

project = Table(
    "project",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(32), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("customer_id", Integer, ForeignKey("customer.id"), nullable=False),
    Column("contract_id", Integer, ForeignKey("contract.id")),
    Column("manager_id", Integer, ForeignKey("user.id"), nullable=False),
    Column("department_id", Integer, ForeignKey("group.id"), nullable=False),
    # Groups of the ticket system that work for it; none: every incident of its customer that no other project takes.
    Column("assignment_groups", JsonText, nullable=False),
    Column("status", String(16), nullable=False),  # planned, running, completed
    Column("begins_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("completed_on", Date),
    Column("note", Text, nullable=False, server_default=""),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_project_customer", "customer_id"),
    Index("ix_project_status", "status", "id"),
    Index("ix_project_begins", "begins_on", "id"),
)

# A service level agreement in one of its versions (policy 4.3(1)).
sla = Table(
    "sla",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("title", String(300), nullable=False),
    Column("instance_id", String(36), ForeignKey("process_instance.id")),  # of its signing; none where it was imported
    Column("customer_id", Integer, ForeignKey("customer.id"), nullable=False),
    Column("contract_id", Integer, ForeignKey("contract.id")),
    Column("project_id", Integer, ForeignKey("project.id"), nullable=False),
    Column("status", String(16), nullable=False),  # draft, signed, active, expired, replaced, withdrawn
    Column("begins_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("signed_on", Date),
    Column("signed_file_id", String(36), ForeignKey("attachment.id")),
    Column("activated_at", UtcDateTime),
    Column("renewal", String(16), nullable=False, server_default=""),  # renew, end: what was decided before its end
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("number", "version"),
    Index("ix_sla_project", "project_id", "status"),
    Index("ix_sla_status", "status", "ends_on"),
    Index("ix_sla_created", "created_at", "id"),
)

sla_item = Table(
    "sla_item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sla_id", Integer, ForeignKey("sla.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("service", String(200), nullable=False),
    # response, resolution, callback, report, availability, satisfaction, spare_parts
    Column("metric", String(16), nullable=False),
    Column("priority", String(32), nullable=False, server_default=""),  # as the ticket system writes it; empty: any
    Column("target_value", Integer),  # how the contract says it: 4 hours, 2 days
    Column("target_unit", String(8), nullable=False, server_default=""),  # minutes, hours, days (of the calendar)
    Column("target_minutes", Integer),  # the same in minutes of the calendar's open time
    Column("target_basis_points", Integer),  # the share that must be met: 9500 is 95 %
    Column("calendar_key", String(64)),  # none: around the clock
    Column("penalty", Text, nullable=False, server_default=""),
    UniqueConstraint("sla_id", "ordinal"),
)

# What the service desk measures for a project, derived from its agreement (policy 5.2(3)).
project_indicator = Table(
    "project_indicator",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, ForeignKey("project.id"), nullable=False),
    Column("sla_id", Integer, ForeignKey("sla.id"), nullable=False),
    Column("sla_item_id", Integer, ForeignKey("sla_item.id")),  # the item it comes from
    Column("indicator", String(8), nullable=False),  # I01, I02, …
    Column("priority", String(32), nullable=False, server_default=""),
    Column("target_basis_points", Integer),
    UniqueConstraint("sla_id", "indicator", "priority"),
    Index("ix_project_indicator_project", "project_id", "indicator"),
)

# The record of one of the five processes of a project in a month (policy 3.6, 4.3(3)).
service_record = Table(
    "service_record",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False),
    Column("project_id", Integer, ForeignKey("project.id"), nullable=False),
    Column("month_on", Date, nullable=False),
    Column("process", String(16), nullable=False),  # incident, configuration, change, release, security
    Column("opened", Integer, nullable=False),
    Column("finished", Integer, nullable=False),
    Column("failed", Integer, nullable=False, server_default="0"),  # changes and releases that were rolled back
    Column("note", Text, nullable=False, server_default=""),
    Column("file_id", String(36), ForeignKey("attachment.id")),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("recorded_by_id", Integer, ForeignKey("user.id")),
    UniqueConstraint("project_id", "month_on", "process"),
    Index("ix_service_record_recorded", "recorded_at", "id"),
)
