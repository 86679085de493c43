"""Spare parts in store: every move is kept, and no move takes out what is not there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from engine.actors import Actor
from engine.errors import Conflict, NotFound
from engine.store import audit
from engine.store.tables import spare_part, spare_part_move
from engine.store.types import Record

INBOUND = frozenset({"receive", "return"})


class PartUnknown(NotFound):
    """No such spare part."""

    code = "spare_part_unknown"
    zh = "没有找到备件“{code}”"
    en = "There is no spare part “{code}”"


class StockTooLow(Conflict):
    """More was to leave the store than lies in it."""

    code = "stock_too_low"
    zh = "备件 {code} 库存只有 {stock}，不足 {quantity}"
    en = "Only {stock} of part {code} are in stock, not {quantity}"


def part(connection: Connection, code: object) -> Record:
    """The part of that code. Raises ``PartUnknown``."""
    found = connection.execute(select(spare_part).where(spare_part.c.code == str(code))).one_or_none()
    if found is None:
        raise PartUnknown(code=str(code))
    return found


def move(
    connection: Connection,
    *,
    actor: Actor,
    part_id: int,
    kind: str,
    quantity: int,
    now: datetime,
    line_id: int | None = None,
    note: str = "",
    dedup_key: str | None = None,
) -> bool:
    """Move ``quantity`` (above zero) of a part in or out of the store, as ``kind`` says; False if that was done before.

    Raises ``StockTooLow``: the stock never falls below zero, whoever else takes parts at the same moment.
    """
    if dedup_key is not None and _is_done(connection, dedup_key):
        return False
    signed = quantity if kind in INBOUND else -quantity
    balance = _new_balance(connection, part_id, signed)
    values = {
        "part_id": part_id,
        "kind": kind,
        "quantity": signed,
        "balance": balance,
        "request_line_id": line_id,
        "note": note[:300],
    }
    connection.execute(
        insert(spare_part_move).values(**values, moved_at=now, moved_by_id=actor.user_id, dedup_key=dedup_key)
    )
    audit.record(
        connection,
        actor=actor.login,
        action=f"spare_part.{kind}",
        subject_type="spare_part",
        subject_id=part_id,
        now=now,
        details=values,
    )
    return True


def _is_done(connection: Connection, dedup_key: str) -> bool:
    known = select(spare_part_move.c.id).where(spare_part_move.c.dedup_key == dedup_key)
    return connection.execute(known).first() is not None


def _new_balance(connection: Connection, part_id: int, signed: int) -> int:
    changed = connection.execute(
        update(spare_part)
        .where(spare_part.c.id == part_id, spare_part.c.stock + signed >= 0)
        .values(stock=spare_part.c.stock + signed)
        .returning(spare_part.c.stock)
    ).one_or_none()
    if changed is None:
        found = connection.execute(select(spare_part).where(spare_part.c.id == part_id)).one()
        raise StockTooLow(code=found.code, stock=found.stock, quantity=-signed)
    return int(changed.stock)
