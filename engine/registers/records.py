"""The records of a register: filtered pages, counts of the tabs, all of them for an export, one with its lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Date, Integer, Select, and_, func, select, true, tuple_

from engine.actors import Actor
from engine.errors import Forbidden, NotFound
from engine.registers.incidents import contains
from engine.registers.register import Register, Related
from engine.store.tables import group
from engine.store.types import Record, UtcDateTime

Position = tuple[datetime | date | int, int]


class RecordUnknown(NotFound):
    """No such record."""

    code = "record_unknown"
    zh = "没有找到该记录"
    en = "There is no such record"


@dataclass(frozen=True)
class RecordQuery:
    """What a person wants to see; ``since`` and ``until`` are days, both included, of the register's moment."""

    standing: str = ""
    search: str = ""
    since: date | None = None
    until: date | None = None
    department: int | None = None
    choices: dict[str, str] = field(default_factory=dict)
    after: str = ""
    size: int = 50


@dataclass(frozen=True)
class RecordPage:
    """One page, latest first; ``following`` is what the next page comes after, or an empty text."""

    items: list[Record]
    following: str


@dataclass(frozen=True)
class Detail:
    """One record with the lists that belong to it."""

    record: Record
    related: list[tuple[Related, list[Record]]]


def require_reader(register: Register, actor: Actor) -> None:
    """Raise ``Forbidden`` to somebody who may not read this register."""
    if not register.may_read(actor):
        raise Forbidden()


def page(
    connection: Connection, actor: Actor, register: Register, wanted: RecordQuery, *, zone: ZoneInfo, now: datetime
) -> RecordPage:
    """One page of the register. Raises ``Forbidden``."""
    query = _selected(actor, register, wanted, zone, now)
    position = _read_position(register, wanted.after)
    if position is not None:
        types = [register.moment.type, Integer()]
        query = query.where(tuple_(register.moment, register.table.c.id) < tuple_(*position, types=types))
    query = query.add_columns(register.moment.label("position_moment"))
    rows = connection.execute(query.limit(wanted.size + 1)).all()
    items = list(rows[: wanted.size])
    return RecordPage(items, _write_position(items[-1]) if len(rows) > wanted.size else "")


def every(
    connection: Connection, actor: Actor, register: Register, wanted: RecordQuery, *, zone: ZoneInfo, now: datetime
) -> Iterator[Record]:
    """All records of a query, latest first, streamed for an export. Raises ``Forbidden``."""
    query = _selected(actor, register, wanted, zone, now)
    return iter(connection.execution_options(yield_per=500).execute(query))


def counts(
    connection: Connection, actor: Actor, register: Register, *, zone: ZoneInfo, now: datetime
) -> dict[str, int]:
    """How many records each standing has; under the empty code all of them. Raises ``Forbidden``."""
    require_reader(register, actor)
    columns = [
        func.count().filter(one.condition(now.astimezone(zone))).label(f"n_{one.code}") for one in register.standings
    ]
    row = connection.execute(select(func.count().label("n_"), *columns).select_from(register.table)).one()
    return {name.removeprefix("n_"): number for name, number in row._mapping.items()}


def get(connection: Connection, actor: Actor, register: Register, record_id: int) -> Detail:
    """One record. Raises ``RecordUnknown`` and ``Forbidden``."""
    require_reader(register, actor)
    row = connection.execute(register.query.where(register.table.c.id == record_id)).one_or_none()
    if row is None:
        raise RecordUnknown()
    related = [(one, list(connection.execute(one.query(record_id)))) for one in register.related]
    return Detail(row, related)


def id_of(connection: Connection, actor: Actor, register: Register, number: str) -> int:
    """The id of the record with this number. Raises ``RecordUnknown`` and ``Forbidden``."""
    require_reader(register, actor)
    table = register.table
    same = select(table.c.id).where(table.c[register.number] == number)
    found = connection.execute(same.order_by(table.c.id.desc()).limit(1)).scalar()  # the latest of its versions
    if found is None:
        raise RecordUnknown()
    return int(found)


def departments(connection: Connection) -> list[Record]:
    """The departments for the filter: id, name_zh, name_en."""
    query = select(group.c.id, group.c.name_zh, group.c.name_en).where(group.c.is_department).order_by(group.c.id)
    return list(connection.execute(query))


def _selected(actor: Actor, register: Register, wanted: RecordQuery, zone: ZoneInfo, now: datetime) -> Select[Any]:
    require_reader(register, actor)
    return register.query.where(*_conditions(register, wanted, zone, now)).order_by(
        register.moment.desc(), register.table.c.id.desc()
    )


def _conditions(register: Register, wanted: RecordQuery, zone: ZoneInfo, now: datetime) -> list[ColumnElement[bool]]:
    standing = register.standing(wanted.standing)
    conditions = [true() if standing is None else and_(standing.condition(now.astimezone(zone)))]
    if register.has_period and wanted.since is not None:
        conditions.append(register.moment >= _edge(register, wanted.since, time.min, zone))
    if register.has_period and wanted.until is not None:
        conditions.append(register.moment <= _edge(register, wanted.until, time.max, zone))
    if register.department is not None and wanted.department is not None:
        conditions.append(register.department == wanted.department)
    for choice in register.choices:
        if wanted.choices.get(choice.key) in choice.words:
            conditions.append(choice.column == wanted.choices[choice.key])
    if wanted.search.strip():
        conditions.append(contains(wanted.search.strip(), *register.search))
    return conditions


def _edge(register: Register, day: date, at: time, zone: ZoneInfo) -> date | datetime:
    return day if isinstance(register.moment.type, Date) else datetime.combine(day, at, zone)


def _write_position(row: Record) -> str:
    moment = row.position_moment
    return f"{moment if isinstance(moment, int) else moment.isoformat()}_{row.id}"


def _read_position(register: Register, text: str) -> Position | None:
    """The position in an address; a damaged one means the first page."""
    moment, _, identifier = text.rpartition("_")
    try:
        if isinstance(register.moment.type, UtcDateTime):
            return datetime.fromisoformat(moment).astimezone(UTC), _identifier(identifier)
        if isinstance(register.moment.type, Date):
            return date.fromisoformat(moment), _identifier(identifier)
        return _identifier(moment), _identifier(identifier)
    except (ValueError, OverflowError):
        return None


def _identifier(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise ValueError(text)
    return int(text)
