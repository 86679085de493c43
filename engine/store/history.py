"""What binds the history of a case to the audit chain: each row's digest lies in the audit record of its change."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from engine.store.types import utc_text


def evidence(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit record of a change says about the history ``row`` written with it."""
    data = row["data"]
    text = None if data is None else orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS).decode()
    return {"history": [row["revision"], row["sequence"]], "history_sha256": digest(row, text)}


def digest(row: Mapping[str, Any], data_text: str | None) -> str:
    """SHA-256 over a history row whose ``data`` is stored as ``data_text``."""
    content = [
        row["instance_id"],
        row["revision"],
        row["sequence"],
        utc_text(row["at"]),
        row["kind"],
        row["element_id"],
        row["work_item_id"],
        row["actor_id"],
        data_text,
    ]
    return hashlib.sha256(orjson.dumps(content)).hexdigest()
