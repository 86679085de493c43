"""What happened at the tagged steps in a span of time: the occasions of duties, and how each went."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Text, and_, or_, select, type_coerce

from engine.obligations.tags import Tag
from engine.store.tables import callback, history, incident_resolution, process_instance, work_item

Step = tuple[str, str]  # process key, element id
_text = type_coerce(history.c.data, Text)


@dataclass(frozen=True)
class Occasion:
    """One time a duty arose: since ``since_at``, to be done by ``due_at`` (or none), done at ``done_at`` (or none)."""

    since_at: datetime
    due_at: datetime | None
    done_at: datetime | None
    instance_id: str

    def is_on_time(self) -> bool:
        """Whether it was done in time."""
        return self.done_at is not None and (self.due_at is None or self.done_at <= self.due_at)


def occasions(
    connection: Connection, tags: Collection[Tag], start_at: datetime, end_at: datetime
) -> dict[Step, list[Occasion]]:
    """The occasions of every tagged step that arose, were due or done from ``start_at`` to before ``end_at``."""
    tasks = {(tag.definition_key, tag.element.id) for tag in tags if tag.is_task} - {CALLBACK}
    passes = {(tag.definition_key, tag.element.id) for tag in tags if not tag.is_task}
    found: dict[Step, list[Occasion]] = {}
    sources = [_of_tasks(connection, tasks, start_at, end_at), _of_passes(connection, passes, start_at, end_at)]
    if any((tag.definition_key, tag.element.id) == CALLBACK for tag in tags):
        sources.append(_of_callbacks(connection, start_at, end_at))
    for source in sources:
        for step, occasion in source:
            found.setdefault(step, []).append(occasion)
    return found


# A callback is on time by its first attempt (policy 5.1(2)); further attempts are work items of their own.
CALLBACK: Step = ("incident_callback", "call")


def _of_callbacks(connection: Connection, start_at: datetime, end_at: datetime) -> Iterator[tuple[Step, Occasion]]:
    query = (
        select(
            incident_resolution.c.resolved_at, callback.c.due_at, callback.c.first_attempt_at, callback.c.instance_id
        )
        .join(incident_resolution, incident_resolution.c.id == callback.c.resolution_id)
        .where(callback.c.due_at >= start_at, callback.c.due_at < end_at)
        .order_by(callback.c.due_at, callback.c.id)
    )
    for resolved_at, due_at, attempted_at, instance_id in connection.execute(query):
        # Counted where its 24 hours end, as the indicator of callbacks is.
        yield CALLBACK, Occasion(max(resolved_at, start_at), due_at, attempted_at, instance_id)


def _of_tasks(
    connection: Connection, steps: Collection[Step], start_at: datetime, end_at: datetime
) -> Iterator[tuple[Step, Occasion]]:
    columns = (
        work_item.c.definition_key,
        work_item.c.element_id,
        work_item.c.created_at,
        work_item.c.due_at,
        work_item.c.completed_at,
        work_item.c.instance_id,
    )
    query = select(*columns).where(
        work_item.c.definition_key.in_({key for key, _ in steps}),
        work_item.c.element_id.in_({element for _, element in steps}),
        work_item.c.created_at < end_at,
        or_(
            work_item.c.created_at >= start_at,
            work_item.c.due_at >= start_at,
            work_item.c.completed_at >= start_at,
        ),
        work_item.c.state != "exited",
    )
    for key, element, created_at, due_at, completed_at, instance_id in connection.execute(
        query.order_by(work_item.c.created_at, work_item.c.id)
    ):
        if (key, element) in steps:
            yield (key, element), Occasion(created_at, due_at, completed_at, instance_id)


def _of_passes(
    connection: Connection, steps: Collection[Step], start_at: datetime, end_at: datetime
) -> Iterator[tuple[Step, Occasion]]:
    if not steps:
        return
    by_process: dict[str, set[str]] = {}
    for key, element in steps:
        by_process.setdefault(key, set()).add(element)
    query = (
        select(process_instance.c.definition_key, history.c.at, history.c.instance_id, history.c.data)
        .join(process_instance, process_instance.c.id == history.c.instance_id)
        .where(
            or_(
                *(
                    and_(
                        process_instance.c.definition_key == key,
                        or_(*(_text.contains(f'"{element}"', autoescape=True) for element in elements)),
                    )
                    for key, elements in by_process.items()
                )
            ),
            history.c.at >= start_at,
            history.c.at < end_at,
        )
        .order_by(history.c.at, history.c.instance_id, history.c.revision)
    )
    for key, at, instance_id, data in connection.execute(query):
        for element in by_process[key].intersection(_passed(data)):
            yield (key, element), Occasion(at, None, at, instance_id)


def _passed(data: Mapping[str, object] | None) -> Sequence[str]:
    passed = (data or {}).get("passed")
    return passed if isinstance(passed, list) else []
