"""Kill -9 at any moment: what was confirmed is not lost, nothing happens twice, and the house wakes up by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from engine import doctor
from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.settings import ROOT
from engine.store.tables import engine_incident, history, outbox, process_instance, timer, work_item
from engine.store.types import Record
from engine.worker import Worker
from tests.reliability.ground import open_house

KILLS = 50


def seed() -> int:
    """Another one every day; YUNZHI_SEED repeats a run."""
    return int(os.environ.get("YUNZHI_SEED", datetime.now(UTC).strftime("%Y%m%d")))


def test_fifty_lives(tmp_path: Path) -> None:
    print(f"YUNZHI_SEED={seed()}")
    subprocess.run(
        [sys.executable, "-m", "tests.reliability.ground", str(tmp_path), str(seed()), str(KILLS)],
        cwd=ROOT,
        check=True,
        timeout=120,
    )
    assert (tmp_path / "errors").read_text() == ""
    # Ten minutes later: what was being sent when the process died is sent again, every timer is due.
    clock = MovableClock(datetime.now(UTC))
    platform = open_house(tmp_path, clock)
    assert doctor.examine(platform) == []
    worker = Worker(platform)
    for _ in range(4):
        clock.move(timedelta(minutes=10))
        worker.beat()
    assert doctor.examine(platform) == []
    _check_acknowledged(platform, tmp_path)
    _check_effects(platform, tmp_path)
    platform.database.close()


def _rows(platform: Platform, table: object) -> list[Record]:
    with platform.database.read() as connection:
        return list(connection.execute(select(table)))  # type: ignore[call-overload]


def _check_acknowledged(platform: Platform, folder: Path) -> None:
    """Who was told that something is done finds it done, by them, once."""
    told = [line.split() for line in (folder / "acknowledged").read_text().splitlines()]
    begun = Counter(row.id for row in _rows(platform, process_instance))
    completions = Counter(
        (row.work_item_id, row.actor_id) for row in _rows(platform, history) if row.kind == "completed"
    )
    items = {row.id: row for row in _rows(platform, work_item)}
    counts = Counter(kind for kind, *_ in told)
    print(f"acknowledged: {dict(counts)}")
    assert min(counts["started"], counts["completed"], counts["claimed"]) > KILLS
    for kind, identifier, *by in told:
        if kind == "started":
            assert begun[identifier] == 1
        elif kind == "completed":
            assert completions[identifier, int(by[0])] == 1
            assert items[identifier].state == "completed"
        elif kind == "claimed" and items[identifier].state == "reserved":
            assert items[identifier].assignee_id == int(by[0])


def _check_effects(platform: Platform, folder: Path) -> None:
    """Each reminder, mail and message exactly once."""
    events, cases = _rows(platform, history), _rows(platform, process_instance)
    sent, timers = _rows(platform, outbox), _rows(platform, timer)
    assert _rows(platform, engine_incident) == []
    assert {row.status for row in sent} == {"sent"}
    assert {row.status for row in timers} <= {"fired", "cancelled"}

    fired = Counter((row.instance_id, row.element_id) for row in events if row.kind == "timer_fired")
    assert sum(fired.values()) == sum(row.status == "fired" for row in timers)
    assert max(count for (_, element), count in fired.items() if element == "rest") == 1
    mails = Counter((row.instance_id, row.payload["text"]) for row in sent if row.kind == "mail")
    assert {case: n for (case, text), n in mails.items() if text == "remind"} == {
        case: n for (case, element), n in fired.items() if element == "late"
    }
    rested = {case for case, element in fired if element == "rest"}
    assert {case: n for (case, text), n in mails.items() if text == "thank"} == dict.fromkeys(rested, 1)
    assert len(list((folder / "mail").glob("*.eml"))) == sum(mails.values())

    numbers = {row.id: row.business_key for row in cases}
    archived = Counter(row.business_key for row in cases if row.definition_key == "archive")
    assert archived == Counter(numbers[case] for case in rested)
    assert len(set(numbers.values())) == sum(row.definition_key == "errand" for row in cases)
