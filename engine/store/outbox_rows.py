"""The rows of the outbox: what is to be sent, once, after the transaction that decided it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def outbox_row(
    kind: str, dedup_key: str, payload: Mapping[str, Any], *, instance_id: str | None, now: datetime
) -> dict[str, Any]:
    """A row that waits to be sent; ``kind`` is ``mail`` or ``message``, ``dedup_key`` lets it exist once."""
    return {
        "kind": kind,
        "dedup_key": dedup_key,
        "instance_id": instance_id,
        "payload": dict(payload),
        "status": "pending",
        "available_at": now,
        "attempts": 0,
        "created_at": now,
    }
