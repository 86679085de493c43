"""People, the groups they work in, and what an administrator sets."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, true

from engine.store.tables.metadata import metadata
from engine.store.types import JsonText, UtcDateTime

user = Table(
    "user",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
    Column("email", String(200), nullable=False, server_default=""),
    Column("password_hash", Text, nullable=False),
    Column("password_changed_at", UtcDateTime, nullable=False),
    Column("language", String(2), nullable=False, server_default="zh"),
    Column("is_administrator", Boolean, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

group = Table(
    "group",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("name_zh", String(100), nullable=False),
    Column("name_en", String(100), nullable=False),
    Column("manager_id", Integer, ForeignKey("user.id")),
    Column("is_department", Boolean, nullable=False, server_default=true()),  # else a role, such as the auditors
)

membership = Table(
    "membership",
    metadata,
    Column("user_id", Integer, ForeignKey("user.id"), primary_key=True),
    Column("group_id", Integer, ForeignKey("group.id"), primary_key=True),
    Index("ix_membership_group", "group_id"),
)

sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("succeeded", Boolean, nullable=False),
    Index("ix_sign_in_attempt_login_at", "login", "at"),
    Index("ix_sign_in_attempt_address_at", "address", "at"),
)

setting = Table(
    "setting",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("value", JsonText, nullable=False),
)

calendar = Table(
    "calendar",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("data", JsonText, nullable=False),
    Column("is_default", Boolean, nullable=False),
)
