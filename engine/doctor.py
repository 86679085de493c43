"""Is everything still there, once? What must always hold between the tables, checked over one consistent view.

Run it after a crash, on a restored backup, before and after an upgrade. It repairs nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, select

from engine import instances
from engine.bootstrap import Platform
from engine.errors import Language
from engine.store import audit
from engine.store.tables import (
    history,
    inbox_entry,
    message_subscription,
    process_instance,
    schedule_run,
    timer,
    work_item,
)
from engine.store.tables.instances import OPEN_STATES
from engine.store.types import Record

_BATCH = 200
_MESSAGES = {
    "database_damaged": ("数据库文件损坏：{detail}", "the database file is damaged: {detail}"),
    "audit_broken": ("审计记录链在第{detail}条处断裂", "the audit trail breaks at record {detail}"),
    "state_unreadable": ("流程实例的状态无法读取：{detail}", "the state of the instance cannot be read: {detail}"),
    "work_items_differ": ("待办任务与流程状态不一致：{detail}", "open work items differ from the state: {detail}"),
    "timers_differ": ("定时器与流程状态不一致：{detail}", "pending timers differ from the state: {detail}"),
    "messages_differ": ("消息等待与流程状态不一致：{detail}", "message subscriptions differ from the state: {detail}"),
    "left_open": ("流程已结束，但仍有：{detail}", "the instance has ended, but left open: {detail}"),
    "history_incomplete": ("流程历史与版本号不符：{detail}", "the history does not cover every revision: {detail}"),
    "completion_count": (
        "任务完成记录应为 1 条，实际 {detail} 条",
        "a completed work item has {detail} completions instead of one",
    ),
    "not_in_any_inbox": ("待办任务不在任何人的收件箱中", "an open work item is in nobody's inbox"),
    "inbox_of_the_done": ("已结束的任务仍在收件箱中", "a closed work item is still in an inbox"),
    "run_without_instance": ("定期启动没有对应的流程实例", "a recurring start has no instance"),
}


@dataclass(frozen=True)
class Finding:
    """One thing that should not be: ``subject`` is the id of what it is about."""

    code: str
    subject: str
    detail: str = ""

    def message(self, language: Language) -> str:
        """One sentence."""
        return _MESSAGES[self.code][0 if language == "zh" else 1].format(detail=self.detail)


def examine(platform: Platform) -> list[Finding]:
    """Everything wrong with the data of an installation; empty when nothing is lost, doubled or altered."""
    with platform.database.read() as connection:
        found = list(_file(connection)) + list(_trail(connection))
        found += list(_active_instances(platform, connection))
        return [*found, *_ended_instances(connection), *_work_items(connection), *_recurring_starts(connection)]


def _file(connection: Connection) -> Iterator[Finding]:
    if connection.dialect.name != "sqlite":
        return
    answer = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if answer != "ok":
        yield Finding("database_damaged", "", str(answer))
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check").all()[:10]:
        yield Finding("database_damaged", str(table), f"{table} row {row} → {parent}")


def _trail(connection: Connection) -> Iterator[Finding]:
    verification = audit.verify(connection)
    if verification.broken_at is not None:
        subject = "" if verification.history is None else f"{verification.history[0]} r{verification.history[1]}"
        yield Finding("audit_broken", subject, f"{verification.broken_at} ({verification.reason})")


def _active_instances(platform: Platform, connection: Connection) -> Iterator[Finding]:
    last = ""
    while True:
        query = select(process_instance).where(process_instance.c.status == "active", process_instance.c.id > last)
        rows = connection.execute(query.order_by(process_instance.c.id).limit(_BATCH)).all()
        if not rows:
            return
        last = rows[-1].id
        yield from _Batch(platform, connection, rows).examine()


class _Batch:
    """Some active instances with everything the tables say about them."""

    def __init__(self, platform: Platform, connection: Connection, rows: Sequence[Record]) -> None:
        self.platform, self.connection, self.rows = platform, connection, rows
        self.items = self._ids(work_item, work_item.c.id, work_item.c.state.in_(OPEN_STATES))
        self.timers = self._ids(timer, timer.c.task_id, timer.c.status.in_(("pending", "failed")))
        self.messages = self._ids(message_subscription, message_subscription.c.task_id)
        self.revisions = self._ids(history, history.c.revision, history.c.sequence == 0)

    def examine(self) -> Iterator[Finding]:
        now = self.platform.clock.now()
        for row in self.rows:
            try:
                seen = instances.look(
                    self.platform.runtime, self.connection, row.definition_id, row.state, now=now
                ).waits()
            except Exception as error:
                yield Finding("state_unreadable", row.id, f"{type(error).__name__}: {error}")
                continue
            yield from _compare("work_items_differ", row.id, self.items[row.id], seen.tasks)
            yield from _compare("timers_differ", row.id, self.timers[row.id], seen.timers)
            yield from _compare("messages_differ", row.id, self.messages[row.id], seen.messages)
            yield from _compare("history_incomplete", row.id, self.revisions[row.id], range(1, row.revision + 1))

    def _ids(self, table: Table, column: Any, *conditions: Any) -> dict[str, list[Any]]:
        query = select(table.c.instance_id, column).where(table.c.instance_id.in_([row.id for row in self.rows]))
        found: dict[str, list[Any]] = defaultdict(list)
        for instance_id, value in self.connection.execute(query.where(*conditions)):
            found[instance_id].append(value)
        return found


def _compare(code: str, subject: str, stored: Sequence[Any], wanted: Any) -> Iterator[Finding]:
    have, want = Counter(stored), Counter(list(wanted))
    if have != want:
        missing, extra = sorted(map(str, want - have)), sorted(map(str, have - want))
        yield Finding(code, subject, f"missing {missing[:5]}, extra {extra[:5]}")


def _ended_instances(connection: Connection) -> Iterator[Finding]:
    ended = process_instance.c.status != "active"
    for table, condition in (
        (work_item, work_item.c.state.in_(OPEN_STATES)),
        (timer, timer.c.status.in_(("pending", "failed"))),
        (message_subscription, message_subscription.c.instance_id.is_not(None)),
    ):
        query = select(table.c.instance_id).join(process_instance, process_instance.c.id == table.c.instance_id)
        for instance_id in connection.execute(query.where(condition, ended).distinct()).scalars():
            yield Finding("left_open", instance_id, table.name)
    counted = (
        select(process_instance.c.id, process_instance.c.revision, func.count(history.c.revision).label("entries"))
        .join(history, (history.c.instance_id == process_instance.c.id) & (history.c.sequence == 0), isouter=True)
        .where(ended)
        .group_by(process_instance.c.id, process_instance.c.revision)
    )
    for row in connection.execute(counted.having(func.count(history.c.revision) != process_instance.c.revision)):
        yield Finding("history_incomplete", row.id, f"{row.entries} of {row.revision}")


def _work_items(connection: Connection) -> Iterator[Finding]:
    completions = (
        select(work_item.c.id, func.count(history.c.revision).label("completions"))
        .join(
            history,
            (history.c.instance_id == work_item.c.instance_id)
            & (history.c.work_item_id == work_item.c.id)
            & (history.c.kind == "completed"),
            isouter=True,
        )
        .where(work_item.c.state == "completed")
        .group_by(work_item.c.id)
        .having(func.count(history.c.revision) != 1)
    )
    for row in connection.execute(completions):
        yield Finding("completion_count", row.id, str(row.completions))
    shown = select(inbox_entry.c.recipient).where(inbox_entry.c.work_item_id == work_item.c.id).exists()
    lost = select(work_item.c.id).where(work_item.c.state.in_(OPEN_STATES), ~shown)
    yield from (Finding("not_in_any_inbox", identifier) for identifier in connection.execute(lost).scalars())
    stale = (
        select(work_item.c.id)
        .join(inbox_entry, inbox_entry.c.work_item_id == work_item.c.id)
        .where(work_item.c.state.not_in(OPEN_STATES))
    )
    yield from (Finding("inbox_of_the_done", identifier) for identifier in connection.execute(stale).scalars())


def _recurring_starts(connection: Connection) -> Iterator[Finding]:
    query = select(schedule_run).where(schedule_run.c.instance_id.is_(None))
    for row in connection.execute(query):
        yield Finding("run_without_instance", f"{row.schedule_id} {row.nominal}")
