"""Exports of the ticket system come in whole, in any order and as often as they like; bad rows are named."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.errors import Forbidden
from engine.registers import importing
from engine.registers.importing import FileUnreadable, ImportRunning, runs
from engine.store.tables import import_reject, import_run, incident, incident_resolution, process_instance
from tests.support.people import People
from tests.support.service_desk import REACHED, ServiceDesk


def test_the_same_file_twice_changes_nothing(any_desk: ServiceDesk) -> None:
    desk = any_desk
    rows = [desk.row(f"INC{n}", state, m) for n in range(5) for m, state in enumerate(("New", "Active", "Resolved"))]
    path = desk.export(rows)
    first = desk.import_file(path)
    assert first.counts["incidents_created"] == first.counts["callbacks_started"] == 5
    before = desk.incidents
    again = desk.import_file(path)
    changed = {name: count for name, count in again.counts.items() if name not in ("bytes_read", "rows_read")}
    assert changed == dict.fromkeys(changed, 0)
    assert desk.incidents == before
    assert len(desk.instances) == 5


def test_the_order_of_the_rows_does_not_matter(any_desk: ServiceDesk) -> None:
    desk = any_desk
    first, second = desk.clock.now() - timedelta(hours=9), desk.clock.now() - timedelta(hours=1)
    events = [
        desk.row("INC1", "New", 0, at=first - timedelta(hours=1)),
        desk.row("INC1", "Resolved", 1, at=first),
        desk.row("INC1", "Active", 2, at=first + timedelta(hours=4), reopened=1),
        desk.row("INC1", "Resolved", 3, at=second, reopened=1),
    ]
    random.Random(7).shuffle(events)
    desk.import_rows(*events)
    (row,) = desk.rows(incident)
    assert (row.state, row.modification_count, row.resolved_at, row.reopen_count) == ("resolved", 3, second, 1)
    assert sorted(one.resolved_at for one in desk.rows(incident_resolution)) == [first, second]
    assert len(desk.callbacks) == 2


def test_a_resolution_repeated_on_earlier_rows_does_not_count_while_the_incident_is_open(desk: ServiceDesk) -> None:
    stale = desk.clock.now() - timedelta(hours=1)
    desk.import_rows(desk.row("INC1", "Active", 4, resolved_at=stale))
    (row,) = desk.rows(incident)
    assert (row.state, row.resolved_at) == ("open", None)
    assert desk.callbacks == []


def test_a_newer_state_updates_and_an_older_one_is_left_alone(any_desk: ServiceDesk) -> None:
    desk = any_desk
    desk.import_rows(desk.row("INC1", "Active", 3, summary="新"))
    assert desk.import_rows(desk.row("INC1", "New", 1, summary="旧")).counts["incidents_updated"] == 0
    report = desk.import_rows(desk.row("INC1", "Resolved", 4, summary="已恢复"))
    assert report.counts["incidents_updated"] == report.counts["callbacks_started"] == 1
    (row,) = desk.rows(incident)
    assert (row.state, row.summary) == ("resolved", "已恢复")


def test_closing_never_times_a_callback(desk: ServiceDesk) -> None:
    resolved_at = desk.clock.now() - timedelta(days=5)
    desk.import_rows(desk.row("INC1", "Closed", 7, resolved_at=resolved_at, closed_at=desk.clock.now()))
    desk.import_rows(desk.row("INC2", "Closed", 7, resolved_at=None, closed_at=desk.clock.now()))
    assert [one.due_at for one in desk.callbacks] == [resolved_at + timedelta(hours=24)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("packed", [False, True])
def test_encodings_and_compression_are_recognised(desk: ServiceDesk, encoding: str, packed: bool) -> None:
    path = desk.export(
        [desk.row("INC1", "Resolved", 1, summary="打印机无法打印，提示脱机")], encoding=encoding, packed=packed
    )
    desk.import_file(path)
    assert desk.incidents["INC1"].summary == "打印机无法打印，提示脱机"


def test_a_late_chinese_letter_still_decides_the_encoding(desk: ServiceDesk) -> None:
    rows = [desk.row(f"INC{n}", "Active", 1, summary="x", company="y") for n in range(3)]
    for row in rows:
        row.update(caller_id="a", priority="b", assignment_group="c")
    rows[-1]["caller_id"] = "张慧"
    desk.import_file(desk.export(rows, encoding="gb18030"))
    assert desk.incidents["INC2"].caller == "张慧"


def test_bad_rows_are_rejected_by_line_and_the_others_taken_over(desk: ServiceDesk) -> None:
    good = desk.row("INC1", "Resolved", 1)
    bad = [
        {**good, "number": "?"},
        {**good, "incident_state": "Vanished"},
        {**good, "resolved_at": "31/31/2026 10:00"},
        {**good, "sys_mod_count": "many"},
        {**good, "opened_at": "?"},
        {**good, "resolved_at": desk.local(desk.clock.now() + timedelta(days=300))},
        {**good, "reopen_count": "-1"},
    ]
    path = desk.export([good, *bad, desk.row("INC2", "-100", 1)])
    with path.open("a", encoding="utf-8") as file:
        file.write("INC9,Resolved\n")
    report = desk.import_file(path)
    assert (report.rows_read, report.rows_rejected) == (10, 8)
    assert sorted(desk.incidents) == ["INC1", "INC2"]
    assert desk.incidents["INC2"].state == "open"
    rejects = desk.rows(import_reject)
    assert [one.line for one in rejects] == [3, 4, 5, 6, 7, 8, 9, 11]
    assert rejects[1].reason_zh == "未知状态“Vanished”"
    assert rejects[1].reason_en == "unknown state “Vanished”"
    assert "31/31/2026" in rejects[2].content
    assert {one.import_run_id for one in rejects} == {report.run_id}


def test_a_file_of_something_else_is_refused_with_its_reason(desk: ServiceDesk) -> None:
    wrong = desk.folder / "wrong.csv"
    wrong.write_text("name,age\n张三,30\n", encoding="utf-8")
    with pytest.raises(FileUnreadable) as refused:
        desk.import_file(wrong)
    assert "缺少列" in refused.value.message("zh")
    for content in (b"", b"\n\n", b"\x1f\x8b\x08 cut short", b"\xff\xfe\x00\x81\xff" * 40):
        wrong.write_bytes(content)
        with pytest.raises(FileUnreadable):
            desk.import_file(wrong)
    assert desk.rows(import_run) == []


def test_only_the_service_desk_and_administrators_import(desk: ServiceDesk, people: People) -> None:
    path = desk.export([desk.row("INC1", "Resolved", 1)])
    with pytest.raises(Forbidden):
        desk.import_file(path, by=desk.li_hao)
    desk.import_file(path, by=people.administrator())
    assert len(desk.callbacks) == 1


def test_callbacks_may_be_wanted_from_a_day_on_or_not_at_all(desk: ServiceDesk) -> None:
    early, late = datetime(2026, 2, 20, 15, 59, tzinfo=UTC), datetime(2026, 2, 20, 16, 0, tzinfo=UTC)
    rows = [
        desk.row("INC1", "Resolved", 1, at=early, opened_at=early),
        desk.row("INC2", "Resolved", 1, at=late, opened_at=early),
    ]
    assert desk.import_rows(*rows, callbacks="none").callbacks_started == 0
    report = desk.import_rows(desk.row("INC3", "Resolved", 1, at=late, opened_at=early), callbacks="since:2026-02-21")
    assert report.callbacks_started == 1, "midnight in Shanghai begins the 21st"
    report = desk.import_rows(desk.row("INC4", "Resolved", 1, at=early, opened_at=early), callbacks="since:2026-02-21")
    assert (report.resolutions_created, report.callbacks_started) == (1, 0)
    for text in ("since:yesterday", "some", "all:2026-01-01"):
        with pytest.raises(importing.ChoiceInvalid):
            desk.import_rows(rows[0], callbacks=text)


def test_a_historic_log_moves_so_that_its_newest_event_is_now_and_moves_alike_again(desk: ServiceDesk) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    newest = datetime(2016, 5, 20, 9, 30, tzinfo=zone)
    path = desk.export(
        [
            desk.row("INC1", "Resolved", 1, at=newest - timedelta(hours=5), opened_at=newest - timedelta(days=1)),
            desk.row("INC2", "Active", 1, at=newest, opened_at=newest - timedelta(days=2)),
        ]
    )
    desk.import_file(path, shift_to_now=True)
    assert desk.incidents["INC2"].modified_at == desk.clock.now()
    assert desk.incidents["INC1"].resolved_at == desk.clock.now() - timedelta(hours=5)
    desk.pass_time(days=3)
    again = desk.import_file(path, shift_to_now=True)
    assert again.counts["incidents_updated"] == again.counts["resolutions_created"] == 0
    assert len(desk.callbacks) == 1


def test_two_imports_at_once_are_one_too_many_but_a_dead_one_does_not_block(desk: ServiceDesk) -> None:
    path = desk.export([desk.row("INC1", "Resolved", 1)])
    platform = desk.platform

    def prepare() -> importing.job.Prepared:
        return importing.prepare_import(
            platform.database, platform.runtime, desk.clock, path, actor=desk.chen_jing, file_name="今天.csv"
        )

    first = prepare()
    with pytest.raises(ImportRunning) as refused:
        prepare()
    assert "今天.csv" in refused.value.message("zh")
    # The process dies here. Its run falls silent, and the next import says so and goes on from what is there.
    desk.clock.move(runs.SILENCE + timedelta(seconds=1))
    with platform.database.read() as connection:
        assert importing.is_interrupted(importing.get_run(connection, first.run_id), desk.clock.now())
    second = prepare()
    importing.run_import(platform.database, platform.runtime, desk.clock, second)
    statuses = {row.id: row.status for row in desk.rows(import_run)}
    assert statuses == {first.run_id: "failed", second.run_id: "finished"}


def test_an_import_that_breaks_off_keeps_whole_chunks_and_is_finished_by_the_next(
    desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing.job, "CHUNK_ROWS", 10)
    path = desk.export([desk.row(f"INC{n:03d}", "Resolved", 1) for n in range(40)])

    def stumble(report: importing.ImportReport) -> None:
        if report.rows_read >= 20:
            raise KeyError("the disk is full")

    with pytest.raises(KeyError):
        desk.import_file(path, on_progress=stumble)
    (failed,) = desk.rows(import_run)
    assert (failed.status, failed.rows_read, failed.callbacks_started) == ("failed", 20, 20)
    assert "the disk is full" in failed.error_en
    assert len(desk.callbacks) == 20
    report = desk.import_file(path)
    assert (report.callbacks_started, len(report.created)) == (20, 20)
    assert len(desk.rows(process_instance)) == 40


def test_incidents_of_one_file_are_written_once_although_chunks_end_in_between(
    desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing.job, "CHUNK_ROWS", 4)
    events = [desk.row(f"INC{n}", "Active", m) for n in range(6) for m in range(3)]
    report = desk.import_rows(*events)
    assert (len(report.created), len(report.updated)) == (6, 0)


def test_reopened_by_the_customer_and_resolved_again_in_one_later_export(desk: ServiceDesk) -> None:
    desk.import_rows(desk.row("INC1", "Resolved", 1))
    desk.submit(desk.liu_yang, "call", **REACHED, solved="no", score=4)
    desk.pass_time(hours=6)
    desk.import_rows(
        desk.row("INC1", "Active", 2, at=desk.clock.now() - timedelta(hours=5), reopened=1),
        desk.row("INC1", "Resolved", 3, reopened=1),
    )
    assert desk.incidents["INC1"].state == "resolved"
    assert desk.todo(desk.liu_yang) == ["call"]


def test_a_row_no_spreadsheet_would_write_does_not_stop_the_others(desk: ServiceDesk) -> None:
    path = desk.export(
        [desk.row("INC1", "Resolved", 1), {**desk.row("INC2", "Resolved", 1), "caller_id": "x" * 200_000}]
    )
    with path.open("a", encoding="utf-8") as file:
        file.write("INC3\n")
    report = desk.import_file(path, shift_to_now=True)
    assert (report.rows_read, report.rows_rejected, report.callbacks_started) == (3, 2, 1)
    assert desk.rows(import_reject)[0].reason_zh == "该行的引号或格式有误"


def test_a_log_without_any_moment_is_not_moved(desk: ServiceDesk) -> None:
    row = {**desk.row("INC1", "Active", 1), "sys_updated_at": "?"}
    path = desk.export([row])
    desk.import_file(path, shift_to_now=True)
    assert desk.incidents["INC1"].modified_at == desk.incidents["INC1"].opened_at
