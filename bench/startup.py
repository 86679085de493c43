"""How long ``./run`` takes until it serves: the second time, with the demo company in place. Wall-clock seconds.

python -m bench.startup [times]
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.support.server import Caller, Server

TARGET_SECONDS = 3.0


def seconds_until_served(server: Server, limit: float) -> float:
    """From the start of the process to the answer to the first request."""
    began = time.monotonic()
    server.begin()
    server.wait_until_ready(limit)
    caller = Caller(server.port)
    status, _ = caller.get("/sign-in")
    caller.close()
    assert status == 200
    return time.monotonic() - began


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    server = Server(Path(tempfile.mkdtemp()), command=("./run",))
    first = seconds_until_served(server, 300)
    server.end()
    later = []
    for _ in range(times):
        later.append(seconds_until_served(server, 60))
        server.end()
    middle = statistics.median(later)
    print(f"first {first:.1f} s   again {middle:.2f} s (target ≤ {TARGET_SECONDS} s)")
    print(json.dumps({"first_seconds": round(first, 2), "again_seconds": [round(one, 2) for one in later]}))


if __name__ == "__main__":
    main()
