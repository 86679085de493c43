"""What the publish checks say of a published process with the people of today."""

from __future__ import annotations

import threading
from collections import OrderedDict

from sqlalchemy import Connection, select

from engine import deployments
from engine.definitions.model import rules_file
from engine.definitions.problems import Problem
from engine.deployments import Sources
from engine.process_library.listing import version_of
from engine.runtime.step import Runtime
from engine.store.tables import group, membership, process_definition, user

_KEPT = 500
_Key = tuple[object, ...]
_known: OrderedDict[_Key, tuple[Problem, ...]] = OrderedDict()
_lock = threading.Lock()


def problems_of(connection: Connection, runtime: Runtime) -> dict[str, tuple[Problem, ...]]:
    """The findings on the version in force of every process, by its key.

    Reading and compiling a process takes some ten milliseconds; what was found is kept for as long as neither the
    version, nor the topics served, nor a person, group or membership changes.
    """
    today = _today(connection, runtime)
    query = select(process_definition.c.key, process_definition.c.content_hash).where(process_definition.c.is_latest)
    found = {}
    for row in connection.execute(query):
        place = (row.key, row.content_hash, today)
        with _lock:
            known = _known.get(place)
        if known is None:
            known = deployments.check(connection, runtime, stored_sources(connection, row.key))
            with _lock:
                _known[place] = known
                while len(_known) > _KEPT:
                    _known.popitem(last=False)
        found[row.key] = known
    return found


def stored_sources(connection: Connection, key: str) -> Sources:
    """The version in force as it would be published again."""
    version = version_of(connection, key)
    return Sources(
        processes={version.file: version.xml},
        forms={f"{one.key}.json": one.source for one in version.forms},
        decisions={f"{one.key}.dmn": one.source for one in version.decisions},
        rules={} if version.rules is None else {rules_file(version.file): version.rules},
    )


def _today(connection: Connection, runtime: Runtime) -> _Key:
    """All that a finding depends on besides the files."""
    people = select(user.c.id, user.c.login, user.c.name).where(user.c.is_active).order_by(user.c.id)
    groups = select(group.c.id, group.c.key, group.c.name_zh, group.c.name_en, group.c.is_department)
    members = select(membership).order_by(membership.c.group_id, membership.c.user_id)
    rows = (tuple(map(tuple, connection.execute(query))) for query in (people, groups.order_by(group.c.id), members))
    topics = tuple(sorted((name, t.required, t.optional) for name, t in runtime.handlers.topics.items()))
    return hash(tuple(rows)), hash(repr(topics))
