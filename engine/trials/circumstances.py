"""What the outcome of walks depends on besides the files of the change: people, calendars, figures, other processes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import orjson
from sqlalchemy import Connection, Select, Table, select

from engine.store.tables import (
    decision_definition,
    document_template,
    form_definition,
    process_definition,
    user,
)
from engine.trials.ground import MASTER_DATA, ORGANISATION
from engine.trials.walk import Walk

_PEOPLE = (user.c.id, user.c.login, user.c.is_active, user.c.is_administrator)
_IN_FORCE = (process_definition, form_definition, decision_definition)


def digest(connection: Connection, walks: Sequence[Walk]) -> str:
    """The digest of all of it; of the customers and projects only if one of ``walks`` is done with the house's own."""
    template = document_template.c
    queries: list[Select[tuple[object, ...]]] = [
        select(*_PEOPLE).order_by(user.c.id),
        *(_rows(one) for one in ORGANISATION),
        *(select(one.c.key, one.c.content_hash).where(one.c.is_latest).order_by(one.c.key) for one in _IN_FORCE),
        select(template.kind, template.sha256).where(template.is_latest).order_by(template.kind),
        *(_rows(one) for one in MASTER_DATA if any(walk.needs_own_data for walk in walks)),
    ]
    found = hashlib.sha256()
    for query in queries:
        rows = [list(row) for row in connection.execute(query)]
        found.update(orjson.dumps(rows, default=str, option=orjson.OPT_SORT_KEYS) + b"\n")
    return found.hexdigest()


def _rows(table: Table) -> Select[tuple[object, ...]]:
    return select(table).order_by(*table.primary_key.columns)
