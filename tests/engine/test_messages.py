"""Messages between cases: started by one, waiting for one, sending one; each goes to the case it is meant for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import engine_incidents
from engine.store.tables import engine_incident, message_subscription, outbox, process_instance, work_item
from engine.timers import MAX_ATTEMPTS
from engine.worker import Worker
from tests.support.diagrams import Diagram
from tests.support.house import House
from tests.support.people import People


def waiting(key: str = "order", correlation: str = "") -> Diagram:
    diagram = Diagram(key).start().message("intermediateCatchEvent", "paid", "payment").user("ship").end()
    diagram.flow("begin", "paid", "ship", "done")
    return _correlated(diagram, "paid", correlation) if correlation else diagram


def _correlated(diagram: Diagram, element_id: str, expression: str) -> Diagram:
    extension = (
        "<bpmn:extensionElements><camunda:properties>"
        f'<camunda:property name="correlationKey" value="{expression}"/></camunda:properties></bpmn:extensionElements>'
    )
    diagram.nodes = [
        node.replace("><bpmn:messageEventDefinition", f">{extension}<bpmn:messageEventDefinition")
        if f'id="{element_id}"' in node
        else node
        for node in diagram.nodes
    ]
    return diagram


def test_a_message_reaches_the_case_it_names(house: House) -> None:
    house.publish(waiting())
    first, second = house.start("order"), house.start("order")
    assert house.open(first) == []
    assert house.send("payment", first.business_key, amount=120) == [first.instance_id]
    assert (house.open(first), house.open(second)) == (["ship"], [])
    assert house.variables(first)["amount"] == 120
    assert [row.instance_id for row in house.rows(message_subscription)] == [second.instance_id]
    assert house.send("payment", "no such order") == []
    assert house.send("invoice", second.business_key) == []
    assert house.kinds(first) == ["started", "message_received"]


def test_the_key_may_be_an_expression(house: House) -> None:
    house.publish(waiting(correlation="=customer"))
    case = house.start("order", customer="C-17")
    assert house.send("payment", case.business_key) == []
    assert house.send("payment", "C-17") == [case.instance_id]


def test_everybody_who_waits_under_the_key_gets_it(house: House) -> None:
    house.publish(waiting(correlation="=customer"))
    cases = [house.start("order", customer="C-17") for _ in range(3)]
    assert sorted(house.send("payment", "C-17")) == sorted(case.instance_id for case in cases)
    assert [house.open(case) for case in cases] == [["ship"]] * 3


def test_a_message_starts_a_case_when_nobody_waits(house: House) -> None:
    order = Diagram("intake").message("startEvent", "arrived", "order").user("check").end()
    house.publish(order.flow("arrived", "check", "done"))
    (instance_id,) = house.send("order", "PO-7", amount=3)
    instance = house.instance(instance_id)
    assert (instance.business_key, instance.definition_key) == ("PO-7", "intake")


def test_of_several_start_events_only_the_one_that_was_meant_begins(house: House, people: People) -> None:
    li = people.user("li.lei", groups=["staff"])
    order = Diagram("intake").start("asked").message("startEvent", "arrived", "order").user("enter").user("check").end()
    house.publish(order.flow("asked", "enter", "check", "done").flow("arrived", "check"))
    for _ in range(2):  # the second is a copy of the first
        by_hand = house.start("intake")
        assert house.open(by_hand) == ["enter"]
        (by_message,) = house.send("order", f"PO-{by_hand.business_key}")
        assert [row.element_id for row in house.rows(work_item, instance_id=by_message)] == ["check"]
        house.complete(house.item(by_hand, "enter"), li)
        house.complete(house.item(by_hand, "check"), li)
        assert house.instance(by_hand.instance_id).status == "completed"


def test_a_case_tells_another_through_the_outbox(house: House) -> None:
    billing = Diagram("billing").start().message("intermediateThrowEvent", "tell", "payment").end()
    _correlated(billing.flow("begin", "tell", "done"), "tell", "=order")
    house.publish(waiting(), billing)
    order = house.start("order")
    house.start("billing", order=order.business_key, amount=99)
    assert house.open(order) == []
    assert [row.status for row in house.rows(outbox)] == ["pending"]
    assert house.worker.beat() == 1
    assert house.open(order) == ["ship"]
    assert house.variables(order)["amount"] == 99
    assert [row.status for row in house.rows(outbox)] == ["sent"]
    assert house.worker.beat() == 0
    assert house.verify().broken_at is None


def test_a_message_on_a_task_takes_it_away(house: House) -> None:
    diagram = Diagram("order").start().user("wait").user("stop").end().end("stopped")
    diagram.message("boundaryEvent", "withdrawn", "withdrawal", attachedToRef="wait", cancelActivity="true")
    house.publish(diagram.flow("begin", "wait", "done").flow("withdrawn", "stop", "stopped"))
    case = house.start("order")
    house.send("withdrawal", case.business_key)
    assert house.open(case) == ["stop"]
    assert house.rows(message_subscription) == []


def test_a_cancelled_case_waits_for_nothing(house: House, people: People) -> None:
    house.publish(waiting())
    case = house.start("order")
    house.cancel(case, people.administrator())
    assert house.rows(message_subscription) == []
    assert house.send("payment", case.business_key) == []


@pytest.fixture
def mail(house: House) -> None:
    """A row that wants to leave the database by mail."""
    with house.writing() as connection:
        connection.execute(
            outbox.insert().values(
                kind="mail",
                dedup_key="mail:1",
                payload={"to": "li.lei@example.org", "subject": "回访", "text": "……"},
                status="pending",
                available_at=house.now,
                attempts=0,
                created_at=house.now,
            )
        )


def test_mail_that_cannot_be_sent_backs_off_and_then_waits_for_a_person(
    house: House, people: People, mail: None
) -> None:
    admin = people.administrator()
    server_is_down = True
    sent: list[str] = []

    def send(payload: object) -> None:
        assert isinstance(payload, dict)
        if server_is_down:
            raise ConnectionRefusedError("mail.example.org refused the connection")
        sent.append(payload["idempotency_key"])

    worker = Worker(house.platform, channels={"mail": send})
    assert worker.beat() == 0
    row = house.rows(outbox)[0]
    assert (row.status, row.attempts, row.available_at) == ("pending", 1, house.now + timedelta(seconds=30))
    waits = []
    for _ in range(MAX_ATTEMPTS - 1):
        at = house.rows(outbox)[0].available_at
        waits.append(int((at - house.now).total_seconds()))
        house.clock.move_to(at - timedelta(seconds=1))
        assert worker.beat() == 0
        assert house.rows(outbox)[0].attempts == len(waits)
        house.clock.move_to(at)
        worker.beat()
    assert waits == [30, 60, 120, 240, 480, 960, 1920]
    assert house.rows(outbox)[0].status == "failed"
    house.clock.move(timedelta(days=3))
    assert worker.beat() == 0
    found = house.rows(engine_incident)[0]
    assert (found.kind, found.occurrences, found.status) == ("outbox", MAX_ATTEMPTS, "open")
    assert found.message_en == "ConnectionRefusedError: mail.example.org refused the connection"

    server_is_down = False
    with house.writing() as connection:
        engine_incidents.retry(house.platform.runtime, connection, actor=admin, incident_id=found.id, now=house.now)
    assert worker.beat() == 1
    assert sent == ["mail:1"]
    assert [row.status for row in house.rows(engine_incident)] == ["resolved"]
    with house.writing() as connection:
        assert engine_incidents.retry(
            house.platform.runtime, connection, actor=admin, incident_id=found.id, now=house.now
        )
    assert worker.beat() == 0


def test_a_kind_nobody_sends_is_an_incident(house: House, mail: None) -> None:
    assert Worker(house.platform, channels={"pigeon": print}).beat() == 0
    assert house.rows(engine_incident)[0].error_code == "channel_missing"


def test_sending_holds_up_nobody(house: House, mail: None) -> None:
    """While a slow mail server is being talked to, others can write."""
    house.publish(waiting())
    written = []

    def slow(payload: object) -> None:
        written.append(house.start("order"))

    assert Worker(house.platform, channels={"mail": slow}).beat() == 1
    assert len(house.rows(process_instance)) == len(written) == 1


def test_killed_while_sending_it_is_sent_again_with_the_same_key(house: House, mail: None) -> None:
    keys: list[str] = []

    class Killed(BaseException):
        pass

    def die(payload: object) -> None:
        assert isinstance(payload, dict)
        keys.append(payload["idempotency_key"])
        if len(keys) == 1:
            raise Killed

    worker = Worker(house.platform, channels={"mail": die})
    with pytest.raises(Killed):
        worker.beat()
    assert worker.beat() == 0
    house.clock.move(timedelta(minutes=5))
    assert worker.beat() == 1
    assert keys == ["mail:1", "mail:1"]
