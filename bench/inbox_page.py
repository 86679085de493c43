"""The first inbox page over HTTP with many open work items against a thousand.

Server CPU per page of two installations whose servers take turns, so that a noisy machine slows both. The items are
spread over 200 groups; the clerk works in three of them, and one has most of the items: the page must not care.

    python -m bench.inbox_page [many]
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.house import platform_with
from engine import instances
from tests.support.diagrams import Diagram
from tests.support.server import Caller, Server

FEW, MANY, ROUNDS, PAGES_PER_ROUND = 1_000, 1_000_000, 12, 15
TARGET = 1.5
_HEX = "lower(hex(randomblob(16)))"


def furnish(folder: Path, count: int) -> None:
    """One real case, and ``count`` copies of its work item with other ids, deadlines, priorities and groups."""
    diagram = Diagram("errand").start().user("do", camunda_dueDate="PT24H").end().flow("begin", "do", "done")
    platform, clerk = platform_with(diagram, folder=folder)
    with platform.database.write() as connection:
        instances.start(platform.runtime, connection, actor=clerk, key="errand", variables={}, now=platform.clock.now())
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
        columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(work_item)")]
        changed = {
            "id": _HEX,
            "priority": "n.i % 100",
            "due_at": "strftime('%Y-%m-%dT%H:%M:%S.000000Z', 'now', ((n.i * 7919) % 200000 - 5000) || ' seconds')",
            "candidates": "'[\"group:' || CASE WHEN n.i % 3 THEN 1 ELSE n.i % 200 + 1 END || '\"]'",
        }
        selected = ", ".join(changed.get(name, f"w.{name}") for name in columns)
        connection.execute(
            text(f"{numbers} INSERT INTO work_item ({', '.join(columns)}) SELECT {selected} FROM n, work_item w")
        )
        connection.execute(
            text(
                "INSERT INTO inbox_entry (recipient, work_item_id, definition_key, due_at, created_at, priority) "
                "SELECT substr(candidates, 3, length(candidates) - 4), id, definition_key, due_at, created_at, "
                "priority FROM work_item WHERE id NOT IN (SELECT work_item_id FROM inbox_entry)"
            )
        )
    platform.database.close()


def measure(few: Server, many: Server) -> dict[str, Any]:
    """Pages in turns; medians of server CPU in milliseconds, and their ratio."""
    callers = [(server, Caller(server.port).sign_in("clerk")) for server in (few, many)]
    addresses = {"first page": "/", "by priority": "/?sort=priority", "overdue": "/?filter=overdue"}
    found: dict[str, Any] = {}
    for name, address in addresses.items():
        spent: list[list[float]] = [[], []]
        for _ in range(ROUNDS):
            for which, (server, caller) in enumerate(callers):
                before = server.cpu_seconds
                for _ in range(PAGES_PER_ROUND):
                    status, body = caller.get(address)
                    assert status == 200, body[:500]
                spent[which].append((server.cpu_seconds - before) * 1000 / PAGES_PER_ROUND)
        pages = [statistics.median(one[1:]) for one in spent]
        found[name] = {
            "few_ms": round(pages[0], 2),
            "many_ms": round(pages[1], 2),
            "ratio": round(pages[1] / pages[0], 3),
        }
    for _, caller in callers:
        caller.close()
    return found


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    servers = []
    for count in (FEW, many):
        folder = Path(tempfile.mkdtemp())
        furnish(folder, count)
        server = Server(folder, YUNZHI_HEARTBEAT="false")
        server.begin()
        server.wait_until_ready(120)
        servers.append(server)
    found = measure(*servers)
    for server in servers:
        server.end()
    print(f"{'':14}{FEW:>12,}{many:>12,}   ratio (target ≤ {TARGET})")
    for name, row in found.items():
        print(f"{name:14}{row['few_ms']:9.2f} ms{row['many_ms']:9.2f} ms   {row['ratio']:.2f}")
    print(json.dumps({"few": FEW, "many": many, **found}))


if __name__ == "__main__":
    main()
