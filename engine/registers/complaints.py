"""Complaints: their record in the register, and what is done to it (policy 3.3(3), 3.4(4), 3.5(3))."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from engine import policy_settings
from engine.errors import Conflict, NotFound
from engine.store import audit
from engine.store.tables import complaint, group, process_instance, work_item
from engine.store.types import Record

HIGHEST_LEVEL = 3
LEVEL_GROUPS = ("service_desk", "operations", "technical_center", "management")
OPEN_STATUSES = ("registered", "handling", "answered", "watching")
_SUBJECT_LENGTH = 300
_TEXT_LENGTH = 200


class ComplaintUnknown(NotFound):
    """The process instance belongs to no complaint."""

    code = "complaint_unknown"
    zh = "流程实例 {id} 没有对应的投诉记录"
    en = "Process instance {id} has no complaint"


class ComplaintChanged(Conflict):
    """The complaint is not in the state in which this may be done to it."""

    code = "complaint_changed"
    zh = "投诉 {number} 的状态已改变，不能再这样处理"
    en = "Complaint {number} has moved on; this cannot be done to it any more"


@dataclass(frozen=True)
class Assessment:
    """What is known of a complaint when it comes in, and again when the service desk has talked to the customer."""

    customer: str = ""
    complainant: str = ""
    contact: str = ""
    project: str = ""
    kind: str = ""
    subject: str = ""
    content: str = ""
    remedy_sought: str = ""
    severity: str = ""
    flags: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Assessment:
        """From the answers of a form or the variables of a message; what is missing is empty."""
        names = ("customer", "complainant", "contact", "project", "kind", "subject", "content", "remedy_sought")
        texts = {name: str(given.get(name) or "").strip() for name in names}
        limited = {name: texts[name][:_TEXT_LENGTH] for name in ("customer", "complainant", "contact", "project")}
        subject = (texts["subject"] or texts["content"].replace("\n", " ")[:60])[:_SUBJECT_LENGTH]
        flags = given.get("flags")
        return cls(
            **{**texts, **limited, "subject": subject},
            severity=str(given.get("severity") or ""),
            flags=tuple(str(one) for one in flags) if isinstance(flags, list) else (),
        )

    @property
    def values(self) -> dict[str, Any]:
        """As columns of the register, and as variables of the case."""
        return {**self.__dict__, "flags": list(self.flags)}


def of_instance(connection: Connection, instance_id: str) -> Record:
    """The complaint a process instance belongs to. Raises ``ComplaintUnknown``."""
    found = connection.execute(select(complaint).where(complaint.c.instance_id == instance_id)).one_or_none()
    if found is None:
        raise ComplaintUnknown(id=instance_id)
    return found


def register(
    connection: Connection,
    *,
    instance_id: str,
    number: str,
    assessment: Assessment,
    received_through: str,
    source: tuple[str, str],
    received_at: datetime,
    acknowledged: bool,
    actor: str,
) -> Record:
    """Put a new complaint into the register; one that is there already is left as it is.

    ``source`` are type and id of the record it came from; ``acknowledged``: the customer was told at once.
    """
    known = connection.execute(select(complaint).where(complaint.c.instance_id == instance_id)).one_or_none()
    if known is not None:
        return known
    connection.execute(
        insert(complaint).values(
            number=number,
            instance_id=instance_id,
            received_through=received_through,
            source_type=source[0],
            source_id=source[1],
            is_important=False,
            is_major=False,
            is_repeat=is_repeat(connection, assessment, instance_id=instance_id, received_at=received_at),
            status="handling" if acknowledged else "registered",
            received_at=received_at,
            acknowledged_at=received_at if acknowledged else None,
            **assessment.values,
        )
    )
    found = of_instance(connection, instance_id)
    _audit(connection, found, actor, "register", received_at, {"received_through": received_through})
    return found


def is_repeat(connection: Connection, assessment: Assessment, *, instance_id: str, received_at: datetime) -> bool:
    """Whether the customer complained about the same project, or for the same kind of reason, not long before."""
    alike: list[ColumnElement[bool]] = []
    if assessment.project:
        alike.append(func.lower(complaint.c.project) == assessment.project.lower())
    if assessment.kind:
        alike.append(complaint.c.kind == assessment.kind)
    if not assessment.customer or not alike:
        return False
    days = timedelta(days=int(policy_settings.value(connection, "complaint.repeat_days")))
    earlier = (
        select(complaint.c.id)
        .join(process_instance, process_instance.c.id == complaint.c.instance_id)
        .where(
            func.lower(complaint.c.customer) == assessment.customer.lower(),
            or_(*alike),
            complaint.c.instance_id != instance_id,
            process_instance.c.status != "cancelled",
            complaint.c.received_at <= received_at,
            complaint.c.received_at >= received_at - days,
        )
    )
    return connection.execute(earlier.limit(1)).first() is not None


def change(
    connection: Connection,
    found: Record,
    *,
    actor: str,
    action: str,
    now: datetime,
    values: Mapping[str, Any],
    statuses: tuple[str, ...] = OPEN_STATUSES,
    shown: Mapping[str, Any] | None = None,
) -> None:
    """Write to a complaint that still is as it was read, in one of ``statuses``. Raises ``ComplaintChanged``."""
    changed = connection.execute(
        update(complaint)
        .where(
            complaint.c.id == found.id,
            complaint.c.status.in_(statuses),
            complaint.c.level == found.level,
            complaint.c.disputes == found.disputes,
        )
        .values(**values)
    )
    if changed.rowcount != 1:
        raise ComplaintChanged(number=found.number)
    _audit(connection, found, actor, action, now, shown or {})


def _audit(
    connection: Connection, found: Record, actor: str, action: str, now: datetime, shown: Mapping[str, Any]
) -> None:
    audit.record(
        connection,
        actor=actor,
        action=f"complaint.{action}",
        subject_type="complaint",
        subject_id=found.id,
        now=now,
        details={"number": found.number, "instance": found.instance_id, **shown},
    )


def open_work(connection: Connection, found: Record) -> Record | None:
    """The open work item of a complaint, the latest if there are several."""
    query = select(work_item).where(
        work_item.c.instance_id == found.instance_id, work_item.c.state.in_(("ready", "reserved"))
    )
    return connection.execute(query.order_by(work_item.c.created_at.desc()).limit(1)).one_or_none()


def manager_of(connection: Connection, level: int) -> int | None:
    """The id of the one who answers for the level a complaint has been raised to."""
    return connection.execute(select(group.c.manager_id).where(group.c.key == LEVEL_GROUPS[level])).scalar()
