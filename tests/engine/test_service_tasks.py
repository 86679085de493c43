"""Service tasks: what handlers do stands or falls with the step; what fails says why and can be mended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from engine import engine_incidents, instances
from engine.errors import Forbidden, Invalid
from engine.handlers import ServiceCall
from engine.runtime.execution import TaskGone
from engine.store import audit
from engine.store.tables import audit as audit_records
from engine.store.tables import engine_incident, setting
from tests.support.diagrams import Diagram, multiple, timer
from tests.support.house import House
from tests.support.people import People


class CreditExhausted(Invalid):
    """The customer may not buy any more."""

    code = "credit_exhausted"
    zh = "客户{customer}的额度已用完"
    en = "{customer} has no credit left"


class Shop:
    """A handler that writes, and fails as it is told."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.calls: list[ServiceCall] = []

    def charge(self, call: ServiceCall) -> Mapping[str, Any]:
        """Charge the customer."""
        self.calls.append(call)
        call.connection.execute(setting.insert().values(key=f"charge-{len(self.calls)}", value=call.inputs))
        audit.record(
            call.connection,
            actor=call.actor.login,
            action="charge",
            subject_type="shop",
            subject_id=len(self.calls),
            now=call.now,
        )
        if self.error is not None:
            raise self.error
        return {"receipt": len(self.calls)}


@pytest.fixture
def shop(house: House) -> Shop:
    shop = Shop()
    house.serve("shop.charge", shop.charge, "amount")
    diagram = Diagram("sale").start().user("ask").service("charge", "shop.charge", amount="=price * 2").user("ship")
    house.publish(diagram.end().flow("begin", "ask", "charge", "ship", "done"))
    return shop


def test_a_handler_is_given_its_inputs_and_gives_its_results(house: House, people: People, shop: Shop) -> None:
    li = people.user("li.lei", groups=["staff"])
    case = house.start("sale", price=21)
    house.complete(house.item(case, "ask"), li)
    assert house.open(case) == ["ship"]
    assert house.variables(case)["receipt"] == 1
    call = shop.calls[0]
    assert (call.inputs, call.business_key, call.actor.login) == ({"amount": 42}, case.business_key, "li.lei")
    assert [row.value for row in house.rows(setting)] == [{"amount": 42}]


@pytest.mark.parametrize(
    ("error", "code", "en", "zh"),
    [
        (CreditExhausted(customer="ACME"), "credit_exhausted", "ACME has no credit left", "客户ACME的额度已用完"),
        (
            ZeroDivisionError("division by zero"),
            "service_failed",
            "Handler “shop.charge” failed: ZeroDivisionError: division by zero",
            "处理程序“shop.charge”出错：ZeroDivisionError: division by zero",
        ),
    ],
)
def test_a_failed_handler_leaves_an_incident_and_nothing_else(
    house: House, people: People, shop: Shop, error: Exception, code: str, en: str, zh: str
) -> None:
    li, admin = people.user("li.lei", groups=["staff"]), people.administrator()
    shop.error = error
    case = house.start("sale", price=1)
    house.complete(house.item(case, "ask"), li, note="kept")

    assert (house.open(case), house.instance(case).status) == ([], "active")
    assert house.variables(case)["note"] == "kept"
    assert house.rows(setting) == []
    assert house.rows(audit_records, action="charge") == []
    found = house.rows(engine_incident)[0]
    assert (found.kind, found.element_id, found.error_code) == ("service_task", "charge", code)
    assert (found.message_en, found.message_zh) == (en, zh)

    def retry(by: Any) -> bool:
        with house.writing() as connection:
            return engine_incidents.retry(
                house.platform.runtime, connection, actor=by, incident_id=found.id, now=house.now
            )

    with pytest.raises(Forbidden):
        retry(li)
    assert retry(admin) is False
    again = house.rows(engine_incident)
    assert [(row.id, row.status, row.occurrences) for row in again] == [(found.id, "open", 2)]
    shop.error = None
    assert retry(admin) is True
    assert house.open(case) == ["ship"]
    assert [(row.status, row.resolved_by_id) for row in house.rows(engine_incident)] == [("resolved", admin.user_id)]
    assert {call.dedup_key for call in shop.calls} == {found.source_id}
    assert len(house.rows(setting)) == 1
    house.complete(house.item(case, "ship"), li)
    assert house.instance(case).status == "completed"
    assert house.verify().broken_at is None


def test_what_is_mended_cannot_be_done_twice(house: House, people: People, shop: Shop) -> None:
    li, admin = people.user("li.lei", groups=["staff"]), people.administrator()
    shop.error = RuntimeError("closed")
    case = house.start("sale", price=1)
    house.complete(house.item(case, "ask"), li)
    task_id = house.rows(engine_incident)[0].source_id
    shop.error = None

    def retry() -> bool:
        with house.writing() as connection:
            return instances.retry(
                house.platform.runtime,
                connection,
                actor=admin,
                instance_id=case.instance_id,
                task_id=task_id,
                now=house.now,
            )

    assert retry()
    with pytest.raises(TaskGone):
        retry()
    assert len(shop.calls) == 2


def test_an_ended_case_needs_no_mending(house: House, people: People, shop: Shop) -> None:
    li, admin = people.user("li.lei", groups=["staff"]), people.administrator()
    shop.error = RuntimeError("closed")
    case = house.start("sale", price=1)
    house.complete(house.item(case, "ask"), li)
    house.cancel(case, admin)
    assert [row.status for row in house.rows(engine_incident)] == ["resolved"]
    with house.reading() as connection:
        assert engine_incidents.count_open(connection) == 0


def test_incidents_are_listed_and_dismissed_by_administrators(house: House, people: People, shop: Shop) -> None:
    li, admin = people.user("li.lei", groups=["staff"]), people.administrator()
    shop.error = RuntimeError("closed")
    case = house.start("sale", price=1)
    house.complete(house.item(case, "ask"), li)
    with house.reading() as connection:
        with pytest.raises(Forbidden):
            engine_incidents.listed(connection, actor=li)
        found = engine_incidents.listed(connection, actor=admin)[0]
        assert found.business_key == case.business_key
        of_case = engine_incidents.of_instance(connection, actor=admin, instance_id=case.instance_id)
        assert [row.id for row in of_case] == [found.id]
    with house.writing() as connection:
        with pytest.raises(instances.ReasonMissing):
            engine_incidents.dismiss(connection, actor=admin, incident_id=found.id, reason="  ", now=house.now)
        engine_incidents.dismiss(connection, actor=admin, incident_id=found.id, reason="done by hand", now=house.now)
        with pytest.raises(engine_incidents.EngineIncidentUnknown):
            engine_incidents.dismiss(connection, actor=admin, incident_id=found.id, reason="again", now=house.now)
        with pytest.raises(engine_incidents.EngineIncidentUnknown):
            engine_incidents.retry(house.platform.runtime, connection, actor=admin, incident_id=999, now=house.now)
    with house.reading() as connection:
        assert engine_incidents.listed(connection, actor=admin) == []
        assert len(engine_incidents.listed(connection, actor=admin, status="resolved")) == 1


def test_the_case_starts_though_its_first_service_fails(house: House, people: People, shop: Shop) -> None:
    shop.error = RuntimeError("closed")
    direct = Diagram("direct").start().service("charge", "shop.charge", amount="=1").user("ship").end()
    house.publish(direct.flow("begin", "charge", "ship", "done"))
    case = house.start("direct")
    assert house.instance(case).status == "active"
    assert house.rows(engine_incident)[0].instance_id == case.instance_id


def test_in_one_of_several_instances_of_a_subprocess_a_handler_sees_the_work_of_that_instance(
    house: House, people: People
) -> None:
    """A late action is reported by itself, whatever else is late at that time."""
    for login in ("li.lei", "han.mei"):
        people.user(login)
    seen: dict[str, frozenset[str]] = {}
    house.serve("report", lambda call: seen.update({call.variables["owner"]: call.waiting}))
    inside = (
        '<bpmn:startEvent id="s"/><bpmn:userTask id="act" name="act" camunda:assignee="=owner"/>'
        f'<bpmn:boundaryEvent id="late" attachedToRef="act" cancelActivity="false">{timer("PT1H")}</bpmn:boundaryEvent>'
        '<bpmn:serviceTask id="report" name="report" camunda:topic="report"/>'
        '<bpmn:endEvent id="reported"/><bpmn:endEvent id="acted"/>'
        '<bpmn:sequenceFlow id="i1" sourceRef="s" targetRef="act"/>'
        '<bpmn:sequenceFlow id="i2" sourceRef="act" targetRef="acted"/>'
        '<bpmn:sequenceFlow id="i3" sourceRef="late" targetRef="report"/>'
        '<bpmn:sequenceFlow id="i4" sourceRef="report" targetRef="reported"/>'
    )
    each = multiple("owners", "owner")
    diagram = Diagram("actions").start().node("subProcess", "carry_out", inside + each).end()
    house.publish(diagram.flow("begin", "carry_out", "done"))
    case = house.start("actions", owners=["li.lei", "han.mei"])
    house.pass_time(hours=2)
    with house.reading() as connection:
        items = {people.actor(login).user_id: login for login in ("li.lei", "han.mei")}
        rows = instances.work_items(connection, case.instance_id)
    assert seen == {items[row.assignee_id]: frozenset({row.id}) for row in rows}
    assert len(seen) == 2
