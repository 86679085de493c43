"""One search over cases, incidents, registers, documents and duties: what a person may see, by number or text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from engine import documents, instances
from engine.actors import Actor
from engine.errors import Language
from engine.obligations.catalogue import OBLIGATIONS
from engine.registers import incidents, records
from engine.registers.catalogue import REGISTERS
from engine.registers.incidents import contains
from engine.store.tables import process_instance

SHORTEST, LONGEST = 2, 100
_LOOKED_AT = 40  # cases that match and may prove to be none of the reader's business


@dataclass(frozen=True)
class Found:
    """One hit: ``record_type`` and ``record`` say where it is, a number or an id."""

    record_type: str
    record: int | str
    number: str
    title: str
    at: datetime | date | int | None = None


@dataclass(frozen=True)
class Hits:
    """The first hits of one kind; ``is_more`` if there are others."""

    key: str
    zh: str
    en: str
    items: list[Found]
    is_more: bool

    def name(self, language: Language) -> str:
        """What the kind is called for a reader of ``language``."""
        return self.zh if language == "zh" else self.en


def search(
    connection: Connection, actor: Actor, text: str, *, zone: ZoneInfo, now: datetime, size: int = 6
) -> list[Hits]:
    """What matches ``text``, kind by kind, latest first; nothing for a text that is too short."""
    wanted = text.strip()[:LONGEST]
    if len(wanted) < SHORTEST:
        return []
    found = [
        _cases(connection, actor, wanted, size),
        _incidents(connection, actor, wanted, size),
        *_registers(connection, actor, wanted, zone, now, size),
        _documents(connection, actor, wanted, size),
        _duties(wanted, size),
    ]
    return [one for one in found if one.items]


def only_hit(hits: list[Hits], text: str) -> Found | None:
    """The record whose number was typed whole, if there is exactly one."""
    same = [one for kind in hits for one in kind.items if one.number.lower() == text.strip().lower()]
    return same[0] if len(same) == 1 else None


def _cases(connection: Connection, actor: Actor, wanted: str, size: int) -> Hits:
    columns = [column for column in process_instance.c if column.name != "state"]
    query = (
        select(*columns)
        .where(contains(wanted, process_instance.c.business_key, process_instance.c.title))
        .order_by(process_instance.c.started_at.desc(), process_instance.c.id)
        .limit(_LOOKED_AT)
    )
    rows = [row for row in connection.execute(query).all() if instances.may_see(connection, row, actor)]
    items = [Found("process_instance", row.id, row.business_key, row.title, row.started_at) for row in rows[:size]]
    return Hits("process_instance", "流程实例", "Cases", items, len(rows) > size)


def _incidents(connection: Connection, actor: Actor, wanted: str, size: int) -> Hits:
    items, is_more = [], False
    if incidents.may_read(actor):
        page = incidents.page(connection, actor, incidents.IncidentQuery(search=wanted, size=size))
        is_more = page.following is not None
        items = [
            Found("incident", row.id, row.number, row.summary or row.customer, row.opened_at) for row in page.items
        ]
    return Hits("incident", "事件", "Incidents", items, is_more)


def _registers(
    connection: Connection, actor: Actor, wanted: str, zone: ZoneInfo, now: datetime, size: int
) -> Iterator[Hits]:
    for key, register in REGISTERS.items():
        if register.may_read(actor):
            query = records.RecordQuery(search=wanted, size=size)
            page = records.page(connection, actor, register, query, zone=zone, now=now)
            items = [
                Found(
                    key,
                    row.id,
                    str(getattr(row, register.number)),
                    str(getattr(row, register.title)),
                    row.position_moment,
                )
                for row in page.items
            ]
            yield Hits(key, register.zh, register.en_plural, items, bool(page.following))


def _documents(connection: Connection, actor: Actor, wanted: str, size: int) -> Hits:
    rows, following = documents.page(connection, actor, documents.DocumentQuery(search=wanted, size=size))
    items = [Found("document", row.id, row.number, row.title, row.created_at) for row in rows]
    return Hits("document", "文件", "Documents", items, following is not None)


def _duties(wanted: str, size: int) -> Hits:
    low = wanted.lower()
    rows = [one for one in OBLIGATIONS.values() if low == one.id.lower() or low in f"{one.zh} {one.en}".lower()]
    items = [Found("obligation", one.id, one.id, one.zh) for one in rows[:size]]
    return Hits("obligation", "义务", "Obligations", items, len(rows) > size)
