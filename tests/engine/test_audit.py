"""The audit trail proves itself: whatever is altered, removed, moved or cut off is found and named."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from engine import audit_trail
from engine.audit_trail import AuditQuery
from engine.errors import Forbidden
from engine.instances import Started
from engine.store import audit
from engine.store.tables import audit as records
from engine.store.tables import history
from tests.support.diagrams import Diagram
from tests.support.house import House
from tests.support.people import People


@pytest.fixture
def case(house: House, people: People) -> Started:
    """A case with a claim, a timer, two completions."""
    li = people.user("li.lei", "李雷", groups=["staff"])
    diagram = Diagram("errand").start().user("do").user("check").user("chase").end().end("chased")
    diagram.boundary("late", "do", "PT1H", interrupting=False)
    house.publish(diagram.flow("begin", "do", "check", "done").flow("late", "chase", "chased"))
    case = house.start("errand", note="客户来电")
    house.claim(house.item(case, "do"), li)
    house.pass_time(hours=1)
    house.complete(house.item(case, "do"), li, answer="完成", score=4.5)
    house.complete(house.item(case, "chase"), li)
    return case


def damage(house: House, statement: str, **values: object) -> audit.Verification:
    with house.writing() as connection:
        assert connection.execute(text(statement), values).rowcount
    return house.verify()


def test_a_story_leaves_an_unbroken_chain(house: House, case: Started) -> None:
    found = house.verify()
    assert (found.broken_at, found.records) == (None, len(house.rows(records)))
    actions = [row.action for row in house.rows(records)]
    assert actions == [
        "process_definition.publish",
        "process_instance.started",
        "work_item.claimed",
        "process_instance.timer_fired",
        "process_instance.completed",
        "process_instance.completed",
    ]


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'han.mei'",
        "action = 'work_item.released'",
        "subject_id = 'x'",
        "details = '{}'",
        "subject_type = 'user'",
    ],
)
def test_an_altered_record_is_named(house: House, case: Started, change: str) -> None:
    found = damage(house, f"UPDATE audit SET {change} WHERE sequence = 4")
    assert (found.broken_at, found.reason, found.records) == (4, "content", 3)


def test_an_altered_moment_is_named(house: House, case: Started) -> None:
    with house.writing() as connection:
        connection.execute(records.update().where(records.c.sequence == 2).values(at=house.now))
    assert (house.verify().broken_at, house.verify().reason) == (2, "content")


def test_a_removed_record_is_named(house: House, case: Started) -> None:
    found = damage(house, "DELETE FROM audit WHERE sequence = 3")
    assert (found.broken_at, found.reason) == (3, "missing")


def test_exchanged_records_are_named(house: House, case: Started) -> None:
    with house.writing() as connection:
        for old, new in ((3, 1000), (4, 3), (1000, 4)):
            connection.execute(records.update().where(records.c.sequence == old).values(sequence=new))
    assert (house.verify().broken_at, house.verify().reason) == (3, "link")


def test_a_chain_cut_short_is_noticed(house: House, case: Started) -> None:
    last = max(row.sequence for row in house.rows(records))
    found = damage(house, "DELETE FROM audit WHERE sequence = :last", last=last)
    assert (found.broken_at, found.reason, found.records) == (last, "truncated", last - 1)


def test_a_forged_record_needs_the_whole_rest_forged(house: House, case: Started) -> None:
    """Somebody who computes the hash of an altered record anew breaks the next link."""
    row = next(row._asdict() for row in house.rows(records) if row.sequence == 4)
    row["actor"] = "han.mei"
    found = damage(house, "UPDATE audit SET actor = 'han.mei', hash = :hash WHERE sequence = 4", hash=audit._link(row))
    assert (found.broken_at, found.reason) == (5, "link")


@pytest.mark.parametrize(
    "change", ["actor_id = NULL", 'data = \'{"submitted": {"score": 5}}\'', "kind = 'released'", "element_id = 'x'"]
)
def test_altered_history_is_named_by_case_and_revision(house: House, case: Started, change: str) -> None:
    found = damage(house, f"UPDATE history SET {change} WHERE revision = 3 AND sequence = 0")
    assert (found.reason, found.history) == ("history_altered", (case.instance_id, 3))
    assert found.broken_at == 5


def test_removed_and_added_history_is_named(house: House, case: Started) -> None:
    found = damage(house, "DELETE FROM history WHERE kind = 'claimed'")
    assert (found.reason, found.history, found.broken_at) == ("history_missing", (case.instance_id, 1), 3)
    with house.writing() as connection:
        connection.execute(
            history.insert().values(
                instance_id=case.instance_id, revision=1, sequence=9, at=house.now, kind="claimed", data={}
            )
        )
    assert house.verify().reason == "history_missing"


def test_history_nobody_vouches_for_is_named(house: House, case: Started) -> None:
    with house.writing() as connection:
        connection.execute(
            history.insert().values(
                instance_id=case.instance_id, revision=2, sequence=9, at=house.now, kind="claimed", data={}
            )
        )
    found = house.verify()
    assert (found.reason, found.history) == ("history_added", (case.instance_id, 2))


def test_a_transaction_that_fails_leaves_no_record(house: House, case: Started) -> None:
    before = len(house.rows(records))
    with pytest.raises(RuntimeError), house.writing() as connection:
        audit.record(connection, actor="x", action="x", subject_type="x", subject_id=1, now=house.now)
        raise RuntimeError
    house.start("errand")
    assert len(house.rows(records)) == before + 1
    assert house.verify().broken_at is None


def test_only_administrators_read_it(house: House, people: People, case: Started) -> None:
    admin, li = people.administrator(), people.actor("li.lei")
    with house.reading() as connection:
        for reading in (
            lambda: audit_trail.listed(connection, AuditQuery(), actor=li),
            lambda: audit_trail.verify(connection, actor=li),
        ):
            with pytest.raises(Forbidden):
                reading()
        assert audit_trail.verify(connection, actor=admin).broken_at is None
        found = audit_trail.listed(connection, AuditQuery(actor="li.lei", action="work_item."), actor=admin)
        assert [row.action for row in found] == ["work_item.claimed"]
        page = audit_trail.listed(connection, AuditQuery(size=2), actor=admin)
        following = audit_trail.listed(connection, AuditQuery(size=2, before=page[1].sequence), actor=admin)
        assert [row.sequence for row in (*page[:2], *following[:2])] == [6, 5, 4, 3]
        assert audit_trail.listed(connection, AuditQuery(action="%"), actor=admin) == []
        of_case = AuditQuery(subject_type="process_instance", subject_id=case.instance_id)
        assert len(audit_trail.listed(connection, of_case, actor=admin)) == 4


def test_the_terminal_says_where_it_is_broken(house: House, case: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUNZHI_DATABASE_URL", house.platform.settings.database_url)
    monkeypatch.setenv("YUNZHI_DATA", str(house.platform.settings.data_directory))
    monkeypatch.setenv("LANG", "en_US.UTF-8")

    def run(*words: str) -> Result:
        from webapp.cli import main

        return CliRunner().invoke(main, words)

    assert (run("audit", "verify").exit_code, run("doctor").exit_code) == (0, 0)
    damage(house, "UPDATE history SET kind = 'x' WHERE revision = 3")
    verified, examined = run("audit", "verify"), run("doctor")
    assert (verified.exit_code, examined.exit_code) == (1, 1)
    assert "the chain breaks at record 5" in verified.output
    assert case.instance_id in examined.output


def test_a_moment_of_another_zone_is_the_same_moment(house: House) -> None:
    shanghai = house.clock.now().astimezone(ZoneInfo("Asia/Shanghai"))
    with house.writing() as connection:
        audit.record(connection, actor="a", action="b", subject_type="c", subject_id=1, now=shanghai)
    assert house.verify().broken_at is None
