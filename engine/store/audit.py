"""The tamper-evident audit trail: one hash chain over everything anybody changed.

Each record carries SHA-256 over the record before it and its own canonical content, so altering, removing or
reordering a record breaks every later link; the head row shows a chain that was cut short. Records are gathered while
a transaction runs and written by the database door just before it commits: the head is then the last lock taken, and
two transactions cannot deadlock on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select, update

from engine.store.prepared import Prepared, prepared_insert
from engine.store.tables.evidence import audit, audit_head

GENESIS = "0" * 64
_PENDING = "audit_pending"
_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS


_read_head = Prepared(select(audit_head.c.sequence, audit_head.c.hash).with_for_update())
_insert_record = prepared_insert(audit)
_move_head = Prepared(update(audit_head).values(sequence=bindparam("b_sequence"), hash=bindparam("b_hash")))


def record(
    connection: Connection,
    *,
    actor: str,
    action: str,
    subject_type: str,
    subject_id: object,
    now: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Note one change for the audit trail of the running transaction.

    ``actor`` is a login or ``system:<part>``; ``details`` are JSON values (never secrets).
    """
    connection.info.setdefault(_PENDING, []).append(
        (now, actor, action, subject_type, str(subject_id), orjson.dumps(details or {}, option=_CANONICAL).decode())
    )


def flush(connection: Connection) -> None:
    """Chain and write what ``record`` gathered. Called by the database door right before the commit."""
    pending = connection.info.pop(_PENDING, None)
    if not pending:
        return
    sequence, previous = _read_head.first(connection, {})
    rows = []
    for at, actor, action, subject_type, subject_id, details in pending:
        sequence += 1
        row = {
            "sequence": sequence,
            "at": at,
            "actor": actor,
            "action": action,
            "subject_type": subject_type,
            "subject_id": subject_id,
            "details": details,
            "previous_hash": previous,
        }
        previous = row["hash"] = _link(row)
        rows.append(row)
    _insert_record.run_many(connection, rows)
    _move_head.run(connection, {"b_sequence": sequence, "b_hash": previous})


def discard(connection: Connection) -> None:
    """Forget what was gathered: the transaction is rolled back."""
    connection.info.pop(_PENDING, None)


@dataclass(frozen=True)
class Verification:
    """Outcome of a walk along the chain: ``broken_at`` is the sequence of the first altered record, or None."""

    records: int
    broken_at: int | None = None
    reason: str = ""


def verify(connection: Connection) -> Verification:
    """Walk the whole chain and name the first record that does not fit."""
    expected, previous = 0, GENESIS
    for row in (
        connection.execution_options(yield_per=2000).execute(select(audit).order_by(audit.c.sequence)).mappings()
    ):
        expected += 1
        if row["sequence"] != expected:
            return Verification(expected - 1, expected, "missing")
        if row["previous_hash"] != previous:
            return Verification(expected - 1, expected, "link")
        if _link(dict(row)) != row["hash"]:
            return Verification(expected - 1, expected, "content")
        previous = row["hash"]
    head = connection.execute(select(audit_head.c.sequence, audit_head.c.hash)).one()
    if (head.sequence, head.hash) != (expected, previous):
        return Verification(expected, expected + 1, "truncated")
    return Verification(expected)


def _link(row: Mapping[str, Any]) -> str:
    content = [
        row["previous_hash"],
        row["sequence"],
        row["at"].isoformat(timespec="microseconds"),
        row["actor"],
        row["action"],
        row["subject_type"],
        row["subject_id"],
        row["details"],
    ]
    return hashlib.sha256(orjson.dumps(content)).hexdigest()
