"""What was in force on a past day: the version with everything it ran with, byte for byte."""

from __future__ import annotations

import hashlib
from datetime import datetime

import orjson
from sqlalchemy import Connection, select

from engine.errors import NotFound
from engine.process_library.listing import ProcessVersion, version_of
from engine.process_library.packing import packed_parts, zipped
from engine.store import configuration
from engine.store.tables import deployment, process_definition


class NotInForce(NotFound):
    """The process did not exist yet."""

    code = "process_not_in_force"
    zh = "流程“{key}”在该日期尚未发布"
    en = "Process “{key}” had not been published by that day"


def in_force_at(connection: Connection, key: str, at: datetime) -> ProcessVersion:
    """The version new cases began on at a moment. Raises ``NotInForce``."""
    query = (
        select(process_definition.c.version)
        .join(deployment, deployment.c.id == process_definition.c.deployment_id)
        .where(process_definition.c.key == key, deployment.c.deployed_at <= at)
    )
    number = connection.execute(query.order_by(process_definition.c.version.desc()).limit(1)).scalar()
    if number is None:
        raise NotInForce(key=key)
    return version_of(connection, key, number)


def packed_at(connection: Connection, key: str, at: datetime) -> bytes:
    """A zip of what a case begun at ``at`` ran with: the version, those it calls, and calendars, roles and settings.

    ``manifest.json`` names the version and the SHA-256 of every file. The same moment always gives the same bytes.
    Raises ``NotInForce``.
    """
    version = in_force_at(connection, key, at)
    files = {f"{name}": content for name, content in packed_parts(version)}
    for called, number in version.calls.items():
        parts = packed_parts(version_of(connection, called, number))
        files |= {f"called/{called}/{name}": content for name, content in parts}
    for kind in configuration.KINDS:
        kept = configuration.as_of(connection, kind, at)
        if kept is not None:
            files[f"configuration/{kind}.json"] = kept
    manifest = {
        "process": key,
        "version": version.row.version,
        "in_force_since": version.row.deployed_at.isoformat(),
        "reason": version.row.reason,
        "author": version.row.deployed_by,
        "content_hash": version.row.content_hash,
        "as_of": at.isoformat(),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    files["manifest.json"] = orjson.dumps(manifest, option=orjson.OPT_INDENT_2) + b"\n"
    return zipped(files.items())
