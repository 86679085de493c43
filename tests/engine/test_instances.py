"""Cases: who may start, see and end them; forms on the way; files that belong to them."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from engine import attachments, instances, submissions
from engine.actors import Actor
from engine.errors import Forbidden
from engine.forms import FileInfo, FormInvalid
from engine.instances import Started
from engine.runtime.library import DefinitionUnknown
from engine.runtime.step import InstanceEnded, InstanceUnknown
from engine.store.tables import attachment, engine_incident, process_instance
from engine.work_items import WorkItemClaimed, WorkItemDone, WorkItemUnknown
from tests.support.diagrams import Diagram, timer
from tests.support.house import House
from tests.support.people import People

LIMIT = 1024


def form(key: str, *components: dict[str, Any]) -> dict[str, Any]:
    return {"type": "default", "schemaVersion": 18, "id": key, "components": list(components)}


def number(key: str) -> dict[str, Any]:
    return {"type": "number", "key": key, "label": key, "id": f"F_{key}", "validate": {"required": True, "min": 1}}


@pytest.fixture
def request_process(house: House, people: People) -> House:
    """A request with a start form and a task form, for the sales people to start."""
    people.group("sales")
    diagram = Diagram("request", attributes=' camunda:candidateStarterGroups="sales"')
    diagram.node("startEvent", "begin", camunda_formKey="ask").user("decide", camunda_formKey="decision").end()
    house.publish(
        diagram.flow("begin", "decide", "done"),
        forms={"ask": form("ask", number("amount")), "decision": form("decision", number("granted"))},
    )
    return house


def start(house: House, actor: Actor, instance_id: str = "one", **submitted: Any) -> Started:
    with house.writing() as connection:
        return submissions.start(
            house.platform.runtime,
            connection,
            actor=actor,
            key="request",
            submitted=submitted,
            instance_id=instance_id,
            language="zh",
            now=house.now,
        )


def complete(house: House, item: Any, actor: Actor, **submitted: Any) -> None:
    with house.writing() as connection:
        submissions.complete(
            house.platform.runtime,
            connection,
            actor=actor,
            work_item_id=item.id,
            submitted=submitted,
            language="en",
            now=house.now,
        )


def test_the_start_form_guards_the_start(request_process: House, people: People) -> None:
    house = request_process
    seller, li = people.user("seller", groups=["sales"]), people.user("li.lei", groups=["staff"])
    with pytest.raises(FormInvalid) as invalid:
        start(house, seller, amount=0)
    assert list(invalid.value.details["fields"]) == ["amount"]
    with pytest.raises(Forbidden):
        start(house, li, amount=5)
    case = start(house, seller, amount=5, smuggled="x")
    assert house.variables(case)["amount"] == 5
    assert "smuggled" not in house.variables(case)
    with pytest.raises(instances.AlreadyStarted) as twice:
        start(house, seller, amount=5)
    assert case.business_key in twice.value.message("en")
    assert len(house.rows(process_instance)) == 1


def test_the_task_form_guards_the_completion(request_process: House, people: People) -> None:
    house = request_process
    seller, li, han = (people.user(n, groups=g) for n, g in (("s", ["sales"]), ("li", ["staff"]), ("han", ["staff"])))
    case = start(house, seller, amount=5)
    item = house.item(case, "decide")
    with pytest.raises(FormInvalid) as invalid:
        complete(house, item, li, granted=None)
    assert list(invalid.value.details["fields"]) == ["granted"]
    with pytest.raises(WorkItemUnknown):
        complete(house, item, seller, granted=3)
    house.claim(item, li)
    with pytest.raises(WorkItemClaimed):
        complete(house, item, han, granted=3)
    complete(house, item, li, granted=3)
    assert house.variables(case)["granted"] == 3
    # A second submission with a broken form is still told who was faster, not what is wrong with the form.
    with pytest.raises(WorkItemDone):
        complete(house, item, han, granted=None)


def test_who_may_start_what(request_process: House, people: People) -> None:
    house = request_process
    house.publish(
        Diagram("open_to_all").start().user("do").end().flow("begin", "do", "done"),
        Diagram("by_message").message("startEvent", "told", "hello").user("do").end().flow("told", "do", "done"),
    )

    def offered(actor: Actor) -> set[str]:
        with house.reading() as connection:
            return {row.key for row in instances.startable(connection, actor)}

    assert offered(people.user("li", groups=["staff"])) == {"open_to_all"}
    assert offered(people.user("seller", groups=["sales"])) == {"open_to_all", "request"}
    assert offered(people.administrator()) == {"open_to_all", "request"}
    with pytest.raises(DefinitionUnknown):
        house.start("no_such_process")


def test_a_process_that_starts_by_itself_is_not_started_by_hand(house: House, people: People) -> None:
    clockwork = Diagram("request").start("begin", timer("0 8 * * *", "timeCycle")).user("do").end()
    house.publish(clockwork.flow("begin", "do", "done"))
    with pytest.raises(instances.NotStartable):
        start(house, people.administrator())


def test_who_may_look_and_who_may_end(house: House, people: People) -> None:
    house.publish(Diagram("errand").start().user("do", groups="staff").end().flow("begin", "do", "done"))
    initiator, worker, stranger = people.user("a"), people.user("b", groups=["staff"]), people.user("c")
    admin = people.administrator()
    case = house.start("errand", initiator)
    with house.reading() as connection:
        row = instances.get(connection, case.instance_id)
        seen = {one.login: instances.may_see(connection, row, one) for one in (initiator, worker, stranger, admin)}
        assert seen == {"a": True, "b": True, "c": False, "admin": True}
        assert [instances.may_cancel(row, one) for one in (initiator, worker, stranger, admin)] == [
            True,
            False,
            False,
            True,
        ]
        with pytest.raises(InstanceUnknown):
            instances.get(connection, "no such case")
    with pytest.raises(instances.ReasonMissing):
        house.cancel(case, initiator, "  ")
    house.cancel(case, admin, "entered twice")
    with pytest.raises(InstanceEnded):
        house.cancel(case, initiator)
    with house.reading() as connection:
        last = instances.timeline(connection, case.instance_id)[-1]
        assert (last.kind, last.actor_name, last.data["reason"]) == ("cancelled", "王经理", "entered twice")
        assert [item.state for item in instances.work_items(connection, case.instance_id)] == ["exited"]


def test_numbers_begin_anew_each_day(house: House) -> None:
    house.publish(Diagram("incident_callback").start().user("do").end().flow("begin", "do", "done"))
    assert house.start("incident_callback").business_key == "IC-20260302-001"
    assert house.start("incident_callback").business_key == "IC-20260302-002"
    house.pass_time(hours=15)
    # 16:00 UTC is midnight in Shanghai.
    assert house.start("incident_callback").business_key == "IC-20260303-001"


def test_the_title_may_be_computed(house: House) -> None:
    diagram = Diagram("errand").start().user("do").end().flow("begin", "do", "done")
    diagram.properties["title"] = '="回访 " + customer'
    house.publish(diagram)
    assert house.instance(house.start("errand", customer="甲公司")).title == "回访 甲公司"


def test_a_deadline_that_cannot_be_computed_holds_up_nobody(house: House, people: People) -> None:
    people.administrator()
    house.publish(Diagram("errand").start().user("do", camunda_dueDate="=due").end().flow("begin", "do", "done"))
    case = house.start("errand", due="the day after")
    assert (house.open(case), house.item(case, "do").due_at) == (["do"], None)
    assert [row.element_id for row in house.rows(engine_incident)] == ["do"]


# Files


def keep(house: House, actor: Actor, content: bytes, name: str = "a.txt", **where: str) -> FileInfo:
    with house.writing() as connection:
        return attachments.save(
            connection,
            actor=actor,
            content=content,
            name=name,
            content_type="text/plain",
            limit_bytes=LIMIT,
            now=house.now,
            **where,
        )


def read(house: House, actor: Actor, attachment_id: str) -> Any:
    with house.reading() as connection:
        return attachments.read(connection, actor=actor, attachment_id=attachment_id)


def test_a_file_belongs_to_the_case_of_its_task(house: House, people: People) -> None:
    house.publish(Diagram("errand").start().user("do").end().flow("begin", "do", "done"))
    li, stranger = people.user("li.lei", groups=["staff"]), people.user("stranger")
    case = house.start("errand")
    item = house.item(case, "do")
    content = "证据".encode()
    info = keep(house, li, content, r"C:\Users\li\证据.txt", work_item_id=item.id)
    assert (info.name, info.size_bytes) == ("证据.txt", len(content))
    row = read(house, li, info.id)
    assert (row.content, row.sha256) == (content, hashlib.sha256(content).hexdigest())
    assert row.instance_id == case.instance_id
    for reader in (lambda: read(house, stranger, info.id), lambda: read(house, li, "no such file")):
        with pytest.raises(attachments.AttachmentUnknown):
            reader()
    with pytest.raises(WorkItemUnknown):
        keep(house, stranger, b"x", work_item_id=item.id)
    with pytest.raises(attachments.AttachmentTooLarge):
        keep(house, li, b"x" * (LIMIT + 1), work_item_id=item.id)
    with house.reading() as connection:
        assert list(attachments.usable(connection, actor=li, work_item_id=item.id)) == [info.id]
        assert attachments.usable(connection, actor=li) == {}
        assert [one.name for one in attachments.listed(connection, case.instance_id)] == ["证据.txt"]
    house.complete(item, li)
    with pytest.raises(WorkItemDone):
        keep(house, li, b"too late", work_item_id=item.id)
    assert len(house.rows(attachment)) == 1


def test_a_loose_file_is_its_owners_until_a_case_adopts_it(house: House, people: People) -> None:
    upload = {"type": "filepicker", "key": "files", "label": "Files", "id": "F_files", "multiple": True}
    diagram = Diagram("request").node("startEvent", "begin", camunda_formKey="ask").user("do").end()
    house.publish(diagram.flow("begin", "do", "done"), forms={"ask": form("ask", upload)})
    li, han = people.user("li.lei", groups=["staff"]), people.user("han.mei", groups=["staff"])
    mine, hers = keep(house, li, b"mine"), keep(house, han, b"hers")
    with pytest.raises(attachments.AttachmentUnknown):
        read(house, han, mine.id)
    with pytest.raises(FormInvalid):
        start(house, li, files=[hers.id])
    case = start(house, li, files=[mine.id])
    assert read(house, han, mine.id).instance_id == case.instance_id
    with house.reading() as connection:
        assert attachments.usable(connection, actor=li) == {}
