"""The tamper-evident audit trail: one hash chain over everything anybody changed.

Each record carries SHA-256 over the record before it and its own canonical content, so altering, removing or
reordering a record breaks every later link; the head row shows a chain that was cut short. Records are gathered while
a transaction runs and written by the database door just before it commits: the head is then the last lock taken, and
two transactions cannot deadlock on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Text, bindparam, func, select, type_coerce, update

from engine.store.history import digest as history_digest
from engine.store.prepared import Prepared, prepared_insert
from engine.store.tables.evidence import audit, audit_head, history
from engine.store.types import utc_text

GENESIS = "0" * 64
_PENDING = "audit_pending"
_BATCH = 1000
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


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """A part of the transaction that may fail alone: what it wrote is undone, and so is what it noted for the trail."""
    gathered = len(connection.info.get(_PENDING, ()))
    try:
        with connection.begin_nested():
            yield
    except BaseException:
        del connection.info.get(_PENDING, [])[gathered:]
        raise


@dataclass(frozen=True)
class Verification:
    """Outcome of a walk along the chain.

    ``broken_at`` is the sequence of the first record that does not fit, or None; ``reason`` is ``missing``, ``link``,
    ``content`` or ``truncated`` for the chain itself, and ``history_altered``, ``history_missing`` or
    ``history_added`` when the record is sound but the case history it vouches for is not: then ``history`` names
    instance and revision.
    """

    records: int
    broken_at: int | None = None
    reason: str = ""
    history: tuple[str, int] | None = None


def verify(connection: Connection) -> Verification:
    """Walk the whole chain with the case history it vouches for, and name the first record that does not fit."""
    walk = _Walk(connection)
    sequence = 0
    while True:
        query = select(audit).where(audit.c.sequence > sequence).order_by(audit.c.sequence).limit(_BATCH)
        rows = connection.execute(query).mappings().all()
        if not rows:
            return walk.end()
        broken = walk.go_on([dict(row) for row in rows])
        if broken is not None:
            return broken
        sequence = rows[-1]["sequence"]


class _Walk:
    """The state of a verification between two batches of records."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.expected, self.previous = 0, GENESIS
        self.vouched_for = 0

    def go_on(self, rows: Sequence[Mapping[str, Any]]) -> Verification | None:
        """Check one batch; the first break in it, or None."""
        claims: list[tuple[int, tuple[str, int, int], str]] = []
        broken = None
        for row in rows:
            self.expected += 1
            reason = self._fault(row)
            if reason:
                broken = Verification(self.expected - 1, self.expected, reason)
                break
            self.previous = row["hash"]
            details = orjson.loads(row["details"])
            if "history_sha256" in details:
                instance_id = details.get("instance", row["subject_id"])
                claims.append((self.expected, (instance_id, *details["history"]), details["history_sha256"]))
        return self._history_fault(claims) or broken

    def end(self) -> Verification:
        """After the last record: is the chain complete, and does no history stand outside of it?"""
        head = self.connection.execute(select(audit_head.c.sequence, audit_head.c.hash)).one()
        if (head.sequence, head.hash) != (self.expected, self.previous):
            return Verification(self.expected, self.expected + 1, "truncated")
        if self.connection.execute(select(func.count()).select_from(history)).scalar_one() != self.vouched_for:
            return Verification(self.expected, self.expected + 1, "history_added", self._added_history())
        return Verification(self.expected)

    def _fault(self, row: Mapping[str, Any]) -> str:
        if row["sequence"] != self.expected:
            return "missing"
        if row["previous_hash"] != self.previous:
            return "link"
        return "" if _link(row) == row["hash"] else "content"

    def _history_fault(self, claims: Sequence[tuple[int, tuple[str, int, int], str]]) -> Verification | None:
        stored = self._history_digests({key[0] for _, key, _ in claims})
        for sequence, key, digest in claims:
            if stored.get(key) != digest:
                reason = "history_altered" if key in stored else "history_missing"
                return Verification(sequence - 1, sequence, reason, key[:2])
        self.vouched_for += len(claims)
        return None

    def _history_digests(self, instance_ids: Collection[str]) -> dict[tuple[str, int, int], str]:
        found: dict[tuple[str, int, int], str] = {}
        text = type_coerce(history.c.data, Text).label("data_text")
        columns = [c for c in history.c if c.name != "data"]
        for some in batched(sorted(instance_ids), 400):
            for row in self.connection.execute(select(*columns, text).where(history.c.instance_id.in_(some))):
                key = (row.instance_id, row.revision, row.sequence)
                found[key] = history_digest(row._asdict(), row.data_text)
        return found

    def _added_history(self) -> tuple[str, int]:
        """The first history row that no record vouches for; walked only when the counts show that there is one."""
        vouched: set[tuple[str, int, int]] = set()
        for row in self.connection.execute(select(audit.c.subject_id, audit.c.details)):
            details = orjson.loads(row.details)
            if "history_sha256" in details:
                vouched.add((details.get("instance", row.subject_id), *details["history"]))
        keys = self.connection.execute(select(history.c.instance_id, history.c.revision, history.c.sequence))
        instance_id, revision, _ = min(tuple(row) for row in keys if tuple(row) not in vouched)
        return instance_id, revision


def batched(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """``values`` in pieces of at most ``size``."""
    return (values[start : start + size] for start in range(0, len(values), size))


def _link(row: Mapping[str, Any]) -> str:
    content = [
        row["previous_hash"],
        row["sequence"],
        utc_text(row["at"]),
        row["actor"],
        row["action"],
        row["subject_type"],
        row["subject_id"],
        row["details"],
    ]
    return hashlib.sha256(orjson.dumps(content)).hexdigest()
