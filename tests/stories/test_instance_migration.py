"""Running cases move to the new version of their process: tried first, each with a way back (Camunda 7: migration)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import deployments, doctor, instance_migrations
from engine.actors import system_actor
from engine.errors import Forbidden
from engine.forms import FormInvalid
from engine.instance_migrations import MigrationGone, MigrationRefused, Plan
from engine.store import audit
from engine.store.tables import history, process_instance, timer, work_item
from tests.support.company import Company
from tests.support.diagrams import Diagram

KEY = "onboarding"


def published(company: Company, diagram: Diagram) -> None:
    with company.platform.database.write() as connection:
        deployments.publish(
            connection,
            company.platform.runtime,
            deployments.Sources({f"{KEY}.bpmn": diagram.xml()}, {}),
            actor=system_actor("test"),
            reason="test",
            now=company.clock.now(),
        )


def first() -> Diagram:
    """Check, then sign."""
    diagram = Diagram(KEY).start().user("check", groups="service_desk").user("sign", groups="operations").end()
    return diagram.flow("begin", "check").flow("check", "sign").flow("sign", "done")


def begun(company: Company) -> str:
    """A case that waits at the check of the first version."""
    company.stop_what_recurs()
    published(company, first())
    return company.start("liuyang", KEY)


def plan(company: Company, login: str = "admin", **mapping: str) -> Plan:
    with company.platform.database.read() as connection:
        return instance_migrations.plan(
            connection,
            company.platform.runtime,
            actor=company.actor(login),
            key=KEY,
            mapping=mapping,
            now=company.clock.now(),
        )


def migrate(company: Company, instance_id: str, login: str = "admin", **mapping: str) -> None:
    runtime = company.platform.runtime
    with company.platform.database.write() as connection:
        instance_migrations.migrate(
            connection,
            runtime,
            actor=company.actor(login),
            instance_id=instance_id,
            target=runtime.library.latest(connection, KEY),
            mapping=mapping,
            batch_id="b",
            now=company.clock.now(),
        )


def undo(company: Company) -> None:
    with company.platform.database.write() as connection:
        (move, *_) = instance_migrations.listed(connection, KEY)
        instance_migrations.undo(
            connection,
            company.platform.runtime,
            actor=company.actor("admin"),
            migration_id=move.id,
            now=company.clock.now(),
        )


def rows(company: Company, table: Any) -> list[dict[str, Any]]:
    with company.platform.database.read() as connection:
        return [dict(row._mapping) for row in connection.execute(select(table).order_by(table.c.id))]


def everything(company: Company) -> list[list[dict[str, Any]]]:
    """What a move changes and its undoing must bring back; a revision only ever rises."""
    cases = [{k: v for k, v in row.items() if k != "revision"} for row in rows(company, process_instance)]
    timers = [row for row in rows(company, timer) if row["status"] == "pending"]
    return [cases, rows(company, work_item), timers]


def healthy(company: Company) -> bool:
    return doctor.examine(company.platform) == []


def test_a_step_is_put_in_before_what_comes_next(any_company: Company) -> None:
    company = any_company
    instance_id = begun(company)
    item = company.item("liuyang", "check")
    company.claim("liuyang", "check")
    second = Diagram(KEY).start().user("check", groups="service_desk").user("approve", groups="quality")
    second.user("sign", groups="operations").end()
    second.flow("begin", "check").flow("check", "approve").flow("approve", "sign").flow("sign", "done")
    published(company, second)

    tried = plan(company)
    assert tried.counts == {"safe": 1, "needs_mapping": 0, "refused": 0}
    assert [one.id for one in tried.planned[0].after] == ["check"]
    migrate(company, instance_id)
    assert plan(company).planned == ()
    assert company.item("liuyang", "check").id == item.id, "it is the same task, still claimed"
    company.submit("liuyang", "check")
    assert (company.todo("xumei"), company.todo("lihao")) == (["approve"], [])
    company.submit("xumei", "approve")
    company.submit("lihao", "sign")
    assert company.instances[0].status == "completed"


def test_what_was_renamed_needs_to_be_named(company: Company) -> None:
    instance_id = begun(company)
    second = Diagram(KEY).start().user("verify", groups="quality", name="check").user("sign", groups="operations").end()
    second.flow("begin", "verify").flow("verify", "sign").flow("sign", "done")
    published(company, second)

    tried = plan(company)
    assert tried.counts == {"safe": 0, "needs_mapping": 1, "refused": 0}
    (gap,) = tried.gaps
    assert (gap.element.id, gap.cases, [one.id for one in gap.suggestions]) == ("check", 1, ["verify", "sign"])
    with pytest.raises(MigrationRefused):
        migrate(company, instance_id)
    before = everything(company)
    migrate(company, instance_id, check="verify")
    assert (company.todo("liuyang"), company.todo("xumei")) == ([], ["verify"])
    undo(company)
    assert everything(company) == before
    migrate(company, instance_id, check="sign")
    company.submit("lihao", "sign")
    assert company.instances[0].status == "completed"


def timed(diagram: Diagram, term: str) -> Diagram:
    diagram.boundary("late", "check", term, interrupting=False).user("remind", groups="quality").end("told")
    return diagram.flow("late", "remind").flow("remind", "told")


def test_a_deadline_that_is_new_runs_from_the_move_and_goes_when_it_is_undone(company: Company) -> None:
    instance_id = begun(company)
    published(company, timed(first(), "P2D"))
    before = everything(company)
    company.pass_time(days=1)
    migrate(company, instance_id)
    (armed,) = [row for row in rows(company, timer) if row["status"] == "pending"]
    assert (armed["element_id"], armed["due_at"]) == ("late", company.clock.now() + timedelta(days=2))
    undo(company)
    assert everything(company) == before
    assert healthy(company)
    migrate(company, instance_id)
    company.pass_time(days=3)
    assert company.todo("xumei") == ["remind"]
    company.submit("liuyang", "check")
    company.submit("lihao", "sign")
    company.submit("xumei", "remind")
    assert company.instances[0].status == "completed"


def test_a_deadline_that_is_gone_fires_no_more_and_one_that_stays_keeps_its_moment(company: Company) -> None:
    company.stop_what_recurs()
    published(company, timed(first(), "P2D"))
    instance_id = company.start("liuyang", KEY)
    due_at = rows(company, timer)[0]["due_at"]
    published(company, timed(first(), "P5D"))
    company.pass_time(days=1)
    migrate(company, instance_id)
    assert [row["due_at"] for row in rows(company, timer) if row["status"] == "pending"] == [due_at]
    published(company, first())
    before = everything(company)
    migrate(company, instance_id)
    assert [row["status"] for row in rows(company, timer)] == ["cancelled"]
    undo(company)
    assert everything(company) == before
    migrate(company, instance_id)
    company.pass_time(days=9)
    assert company.todo("xumei") == []
    company.submit("liuyang", "check")
    company.submit("lihao", "sign")
    assert company.instances[0].status == "completed"
    assert healthy(company)


def with_form(company: Company, *fields: str) -> None:
    """The first version, its check with a form of these fields."""
    diagram = Diagram(KEY).start().user("check", groups="service_desk", camunda_formRef="onboarding_check")
    diagram.user("sign", groups="operations").end()
    diagram.flow("begin", "check").flow("check", "sign").flow("sign", "done")
    components = [
        {"type": "textfield", "id": key, "key": key, "label": key, "validate": {"required": True}} for key in fields
    ]
    form = json.dumps({"type": "default", "id": "onboarding_check", "components": components}).encode()
    with company.platform.database.write() as connection:
        deployments.publish(
            connection,
            company.platform.runtime,
            deployments.Sources({f"{KEY}.bpmn": diagram.xml()}, {"onboarding_check.json": form}),
            actor=system_actor("test"),
            reason="test",
            now=company.clock.now(),
        )


def test_a_case_moves_to_a_form_that_asks_for_more(company: Company) -> None:
    company.stop_what_recurs()
    with_form(company, "badge")
    instance_id = company.start("liuyang", KEY)
    with_form(company, "badge", "phone")
    migrate(company, instance_id)
    with pytest.raises(FormInvalid) as refused:
        company.submit("liuyang", "check", badge="A1")
    assert list(refused.value.details["fields"]) == ["phone"]
    undo(company)
    company.submit("liuyang", "check", badge="A1")
    assert company.todo("lihao") == ["sign"]


def both(*more: str) -> Diagram:
    """Two branches side by side, or three."""
    diagram = Diagram(KEY).start().parallel("fork").parallel("join").end().flow("begin", "fork")
    for name, group in zip(("check", "count", *more), ("service_desk", "operations", "quality"), strict=False):
        diagram.user(name, groups=group).flow("fork", name).flow(name, "join")
    return diagram.flow("join", "done")


def test_branches_whose_joining_changed_stay_where_they_are(company: Company) -> None:
    company.stop_what_recurs()
    published(company, both())
    instance_id = company.start("liuyang", KEY)
    published(company, both("approve"))
    (planned,) = plan(company).planned
    assert planned.verdict.kind == "refused"
    assert "join" in planned.verdict.reasons[0].en
    with pytest.raises(MigrationRefused) as refused:
        migrate(company, instance_id)
    assert "并行" in refused.value.message("zh")
    company.submit("liuyang", "check")
    company.submit("lihao", "count")
    assert company.instances[0].status == "completed"


def test_a_branch_with_a_token_at_the_join_moves_on(company: Company) -> None:
    company.stop_what_recurs()
    published(company, both())
    instance_id = company.start("liuyang", KEY)
    company.submit("liuyang", "check")
    second = Diagram(KEY).start().parallel("fork").parallel("join").user("sign", groups="quality").end()
    second.user("check", groups="service_desk").user("count", groups="operations")
    for name in ("check", "count"):
        second.flow("fork", name).flow(name, "join")
    published(company, second.flow("begin", "fork").flow("join", "sign").flow("sign", "done"))
    migrate(company, instance_id)
    company.submit("lihao", "count")
    company.submit("xumei", "sign")
    assert company.instances[0].status == "completed"


def test_only_the_owner_moves_cases_and_not_what_has_gone_on(company: Company) -> None:
    instance_id = begun(company)
    published(company, timed(first(), "P2D"))
    with pytest.raises(Forbidden):
        plan(company, "lihao")
    with pytest.raises(Forbidden):
        migrate(company, instance_id, "lihao")
    migrate(company, instance_id)
    company.submit("liuyang", "check")
    with pytest.raises(MigrationGone):
        undo(company)


def test_the_case_tells_that_it_was_moved(company: Company) -> None:
    instance_id = begun(company)
    published(company, timed(first(), "P2D"))
    migrate(company, instance_id)
    undo(company)
    told = [row for row in company.rows(history) if re.fullmatch("migrat.*", row.kind)]
    assert [(row.kind, row.data.get("from"), row.data.get("to")) for row in told] == [
        ("migrated", 1, 2),
        ("migration_undone", None, 1),
    ]
    with company.platform.database.read() as connection:
        assert audit.verify(connection).broken_at is None
