"""The registers below their pages: queries on both stores, exports, and the same at a terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from engine.errors import Forbidden
from engine.handlers import HandlerRegistry
from engine.registers import callbacks, exports, incidents, wording
from engine.registers.callbacks import CallbackQuery
from engine.registers.incidents import IncidentQuery
from engine.registers.topics import serve_topics
from engine.runtime.library import Library
from tests.support.people import People
from tests.support.service_desk import REACHED, ServiceDesk
from webapp.cli import main

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_pages_follow_one_another_without_gap_or_overlap(any_desk: ServiceDesk) -> None:
    desk, opened_at = any_desk, any_desk.clock.now() - timedelta(days=1)
    desk.import_rows(*(desk.row(f"INC{n:02d}", "Resolved", 1, opened_at=opened_at) for n in range(25)))
    with desk.platform.database.read() as connection:
        for fetch in (
            lambda after: incidents.page(connection, desk.li_hao, IncidentQuery(after=after, size=10)),
            lambda after: callbacks.page(
                connection, desk.li_hao, CallbackQuery(after=after, size=10), now=desk.clock.now()
            ),
        ):
            found: list[str] = []
            page: Any = fetch(None)
            found += [row.number for row in page.items]
            while page.following is not None:
                page = fetch(page.following)
                found += [row.number for row in page.items]
            assert sorted(found) == [f"INC{n:02d}" for n in range(25)]


def test_every_filter_on_both_stores(any_desk: ServiceDesk) -> None:
    desk = any_desk
    desk.import_rows(desk.row("INC1", "Resolved", 1), desk.row("INC2", "Active", 1, summary="50%_慢"))
    desk.submit(desk.liu_yang, "call", **REACHED, solved="no", score=1)
    now, start = desk.clock.now(), desk.clock.now() - timedelta(days=2)

    def numbers(**wanted: Any) -> list[str]:
        with desk.platform.database.read() as connection:
            return [row.number for row in incidents.every(connection, desk.li_hao, IncidentQuery(**wanted))]

    assert numbers(state="reopened") == ["INC1"]
    assert numbers(search="inc2") == numbers(search="%_") == ["INC2"]
    assert numbers(search="5%慢") == []
    assert numbers(priority="3 - 中", assignment_group="网络组", opened_from=start, opened_before=now) == [
        "INC2",
        "INC1",
    ]
    with desk.platform.database.read() as connection:
        assert incidents.state_counts(connection, desk.li_hao)["reopened"] == 1
        assert incidents.choices(connection, desk.li_hao) == {"priority": ["3 - 中"], "assignment_group": ["网络组"]}
        counts = callbacks.standing_counts(connection, desk.li_hao, now=now)
        rows = list(callbacks.every(connection, desk.li_hao, CallbackQuery(standing="not_solved"), now=now))
    assert counts == {"open": 0, "overdue": 0, "reached": 1, "unreachable": 0, "dissatisfied": 1, "not_solved": 1}
    assert [row.number for row in rows] == ["INC1"]


def test_who_has_nothing_to_do_with_the_registers_reads_nothing(any_desk: ServiceDesk, people: People) -> None:
    guest = people.user("guest")
    with any_desk.platform.database.read() as connection, pytest.raises(Forbidden):
        incidents.page(connection, guest, IncidentQuery())
    with any_desk.platform.database.read() as connection, pytest.raises(Forbidden):
        incidents.get(connection, guest, 1)
    with any_desk.platform.database.read() as connection, pytest.raises(Forbidden):
        callbacks.page(connection, guest, CallbackQuery(), now=any_desk.clock.now())


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("-5", "-5"),
        ("+8,5", "+8,5"),
        ("- 无人接听", "'- 无人接听"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(text: str, written: str) -> None:
    assert exports.safe_cell(text) == written


def test_a_long_export_comes_in_pieces_and_keeps_every_row(tmp_path: Path) -> None:
    rows: list[Any] = [
        SimpleNamespace(n=n, at=datetime(2026, 3, 1, 23, tzinfo=UTC), ok=n % 2 == 0) for n in range(5000)
    ]
    columns = (
        exports.Column("序号", "No", lambda row: row.n),
        exports.Column("时间", "At", lambda row: row.at),
        exports.Column("是否", "OK", lambda row: row.ok),
        exports.Column("空", "None", lambda row: None),
    )
    pieces = list(exports.csv_chunks(columns, rows, language="zh", zone=SHANGHAI))
    assert len(pieces) > 1
    read = list(csv.reader(io.StringIO(b"".join(pieces).decode("utf-8-sig"))))
    assert read[:2] == [["序号", "时间", "是否", "空"], ["0", "2026-03-02 07:00", "是", ""]]
    assert len(read) == 5001
    with (tmp_path / "x.xlsx").open("wb") as target:
        exports.write_xlsx(target, "表", columns, rows[:3], language="en", zone=SHANGHAI)
    sheet = load_workbook(tmp_path / "x.xlsx").active
    assert sheet is not None
    assert list(sheet.values)[1] == (0, datetime(2026, 3, 2, 7), "yes", None)  # noqa: DTZ001 - as a cell holds it


def test_codes_have_names_in_both_languages_and_unknown_ones_show_themselves() -> None:
    assert wording.word(wording.INCIDENT_STATES, "reopened", "zh") == "已重开"
    assert wording.word(wording.CALLBACK_STATUSES, "open", "en") == "To call"
    assert wording.word(wording.CHANNELS, "pigeon", "en") == "pigeon"
    assert set(wording.INCIDENT_STATES) == set(incidents.STATES)


def test_every_topic_says_what_it_does() -> None:
    handlers = HandlerRegistry()
    serve_topics(handlers, SHANGHAI, Library())
    for topic in handlers.topics.values():
        assert topic.en, topic.name
        assert any("一" <= letter <= "鿿" for letter in topic.zh), topic.name
        for name in (*topic.required, *topic.optional):
            assert name in topic.en, f"{topic.name} does not explain {name}"
            assert name in topic.zh, f"{topic.name} does not explain {name} in Chinese"


def test_import_and_export_at_a_terminal(desk_at_terminal: tuple[ServiceDesk, Callable[..., Result]]) -> None:
    desk, terminal = desk_at_terminal
    rows = [desk.row("INC1", "Resolved", 1), {**desk.row("INC2", "Resolved", 1), "opened_at": "gestern"}]
    shown = terminal("incidents", "import", str(desk.export(rows)))
    assert shown.exit_code == 0, shown.output
    assert "1 callbacks started" in " ".join(shown.output.split())
    assert "3: opened_at is not a moment: gestern" in shown.output
    for name in ("out.csv", "out.xlsx"):
        written = terminal("incidents", "export", str(desk.folder / name), "--state", "resolved")
        assert written.exit_code == 0, written.output
    (row,) = csv.DictReader(io.StringIO((desk.folder / "out.csv").read_text(encoding="utf-8-sig")))
    assert (row["Number"], row["State"]) == ("INC1", "Resolved")
    long_ago = desk.clock.now() - timedelta(days=900)
    historic = [{**desk.row("INC3", "Resolved", 1, at=long_ago, opened_at=long_ago), "company": "云湖区政务服务中心"}]
    path = desk.export(historic, encoding="gb18030", packed=True)
    shifted = terminal("incidents", "import", str(path), "--shift-to-now", "--callbacks", "none")
    assert "0 callbacks started" in " ".join(shifted.output.split())
    terminal("incidents", "export", str(desk.folder / "out.csv"))
    rows = list(csv.DictReader(io.StringIO((desk.folder / "out.csv").read_text(encoding="utf-8-sig"))))
    (moved,) = (row for row in rows if row["Number"] == "INC3")
    assert moved["Customer"] == "云湖区政务服务中心"
    assert moved["Opened"][:10] in _days_around(datetime.now(UTC))
    wrong = desk.folder / "wrong.csv"
    wrong.write_text("a,b\n", encoding="utf-8")
    refused = terminal("incidents", "import", str(wrong))
    assert refused.exit_code == 1
    assert "columns missing" in refused.output


def _days_around(now: datetime) -> set[str]:
    """Today in every zone."""
    return {(now + timedelta(hours=hours)).date().isoformat() for hours in (-14, 0, 14)}


@pytest.fixture
def desk_at_terminal(desk: ServiceDesk, people: People, tmp_path: Path) -> tuple[ServiceDesk, Callable[..., Result]]:
    """A service desk, and ``terminal("incidents", …)`` in a copy of its installation at the present."""
    people.administrator()
    desk.platform.database.backup(tmp_path / "terminal.sqlite3")
    environment = {
        "YUNZHI_DATA": str(tmp_path),
        "YUNZHI_DATABASE_URL": f"sqlite:///{tmp_path / 'terminal.sqlite3'}",
        "LANG": "en_GB.UTF-8",
        "LC_ALL": "",
    }
    return desk, lambda *arguments: CliRunner().invoke(main, arguments, env=environment)
