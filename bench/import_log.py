"""Importing a whole incident log with a callback for every resolution: seconds and peak memory.

    python -m bench.import_log [LOG] [--callbacks all|none|since:DAY]

Without LOG it takes what YUNZHI_INCIDENT_LOG names, or the real log beside the repository. The limits hold for that
log on two cores: 60 seconds, 300 MB.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import click

from engine import deployments
from engine.actors import system_actor
from engine.bootstrap import Platform, compose
from engine.demo.company import create_company
from engine.registers.importing import import_incidents
from engine.settings import ROOT, Settings

BESIDE = ROOT.parent / "shared" / "data" / "servicenow_incident_event_log.csv.gz"
LIMIT_SECONDS, LIMIT_MEGABYTES = 60, 300
ACTOR = system_actor("bench")


def empty_platform(folder: Path) -> Platform:
    """A fresh SQLite platform with the shipped processes published."""
    platform = compose(Settings(f"sqlite:///{folder / 'bench.sqlite3'}", "key", data_directory=folder))
    sources = deployments.read_sources(ROOT / "processes", ROOT / "forms")
    with platform.database.write() as connection:
        now = platform.clock.now()
        create_company(connection, actor=ACTOR, now=now)
        deployments.publish(connection, platform.runtime, sources, actor=ACTOR, reason="bench", now=now)
    return platform


@click.command()
@click.argument("log", type=click.Path(path_type=Path, exists=True), required=False)
@click.option("--callbacks", default="all", show_default=True)
def main(log: Path | None, callbacks: str) -> None:
    """Import LOG twice into an empty installation: the second time nothing may change."""
    path = log or Path(os.environ.get("YUNZHI_INCIDENT_LOG", BESIDE))
    if not path.exists():
        sys.exit("no log to import: give one, or set YUNZHI_INCIDENT_LOG")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        platform = empty_platform(Path(folder))
        for name in ("first import", "same file again"):
            began, cpu = time.perf_counter(), time.process_time()
            report = import_incidents(
                platform.database, platform.runtime, platform.clock, path, actor=ACTOR, callbacks=callbacks
            )
            seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
            results.append((name, seconds, cpu_seconds, report.counts))
        platform.database.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{'':<18}{'seconds':>9}{'cpu':>9}{'rows':>10}{'created':>9}{'resolved':>10}{'callbacks':>11}{'rejected':>10}"
    )
    for name, seconds, cpu_seconds, counts in results:
        numbers = [counts[key] for key in ("incidents_created", "resolutions_created", "callbacks_started")]
        print(
            f"{name:<18}{seconds:>9.1f}{cpu_seconds:>9.1f}{counts['rows_read']:>10,}"
            + "".join(f"{number:>{width},}" for number, width in zip(numbers, (9, 10, 11), strict=True))
            + f"{counts['rows_rejected']:>10,}"
        )
    print(f"peak memory {peak:.0f} MB; limits {LIMIT_SECONDS} s, {LIMIT_MEGABYTES} MB")
    first = results[0]
    print(
        json.dumps(
            {
                "bench": "import_log",
                "seconds": round(first[1], 1),
                "cpu_seconds": round(first[2], 1),
                "again_seconds": round(results[1][1], 1),
                "peak_mb": round(peak),
                **{key: first[3][key] for key in ("rows_read", "incidents_created", "callbacks_started")},
                "ok": first[1] <= LIMIT_SECONDS and peak <= LIMIT_MEGABYTES,
            }
        )
    )


if __name__ == "__main__":
    main()
