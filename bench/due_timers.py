"""The query for what is due, with many armed timers against a thousand: the same few are due in both.

python -m bench.due_timers [many]
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from bench.house import platform_with
from engine import instances, timers
from engine.bootstrap import Platform
from tests.support.diagrams import Diagram

FEW, MANY, ROUNDS = 1_000, 1_000_000, 60
DUE = 50
TARGET = 2.0


def furnish(count: int) -> Platform:
    """An installation with ``count`` armed timers, of which ``DUE`` are due, and some long fired."""
    diagram = Diagram("wait").start().catch("rest", "PT1H").end().flow("begin", "rest", "done")
    platform, clerk = platform_with(diagram)
    with platform.database.write() as connection:
        instances.start(platform.runtime, connection, actor=clerk, key="wait", variables={}, now=platform.clock.now())
        connection.execute(
            text(
                f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {3 * count}) "
                "INSERT INTO timer (id, instance_id, task_id, element_id, due_at, status, attempts, created_at) "
                "SELECT lower(hex(randomblob(16))), t.instance_id, lower(hex(randomblob(16))), t.element_id, "
                f"strftime('%Y-%m-%dT%H:%M:%S.000000Z', 'now', CASE WHEN n.i <= {DUE} THEN -n.i WHEN n.i <= {count} "
                "THEN 3600 + n.i ELSE -n.i END || ' seconds'), "
                f"CASE WHEN n.i <= {count} THEN 'pending' ELSE 'fired' END, 0, t.created_at FROM n, timer t"
            )
        )
    return platform


def seconds(platform: Platform, query: Callable[[Any], object]) -> float:
    """CPU seconds of one query in a read transaction."""
    with platform.database.read() as connection:
        began = time.process_time()
        query(connection)
        return time.process_time() - began


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    houses = [furnish(FEW), furnish(many)]
    now = houses[0].clock.now() + timedelta(seconds=1)
    queries: dict[str, Callable[[Any], object]] = {
        "what is due": lambda connection: timers.due(connection, now),
        "next due": timers.next_due_at,
    }
    for house in houses:
        with house.database.read() as connection:
            assert len(timers.due(connection, now).timers) == DUE
    found = {}
    for name, query in queries.items():
        pairs = [[seconds(house, query) for house in houses] for _ in range(ROUNDS)][5:]
        medians = [statistics.median(column) * 1e6 for column in zip(*pairs, strict=True)]
        found[name] = {
            "few_us": round(medians[0]),
            "many_us": round(medians[1]),
            "ratio": round(medians[1] / medians[0], 3),
        }
    print(f"{'':14}{FEW:>12,}{many:>12,}   ratio (target ≤ {TARGET})")
    for name, row in found.items():
        print(f"{name:14}{row['few_us']:9} µs{row['many_us']:9} µs   {row['ratio']:.2f}")
    print(json.dumps({"few": FEW, "many": many, **found}))


if __name__ == "__main__":
    main()
