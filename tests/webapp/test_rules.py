"""The rules beside a diagram as people meet them: a reason instead of a button, a sentence at the field."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from engine import deployments, submissions
from engine.actors import system_actor
from engine.bootstrap import Platform
from engine.runtime.step import new_id
from engine.store.tables import work_item
from tests.support.diagrams import Diagram
from tests.support.house import House
from tests.support.people import People
from tests.support.visitor import Visitor

RULES = """
separation:
  - key: fixer_does_not_check
    zh: 整改人不能验证自己的整改
    en: Whoever fixed it may not check it
    tasks: [check]
    bars: {completers_of: [fix]}
completion:
  - key: three_whys
    zh: ="至少追问三次，现有 " + string(count(whys)) + " 次"
    en: ="Ask why three times; so far " + string(count(whys))
    tasks: [fix]
    holds: =count(whys) >= 3
    field: cause
"""
FORM = {
    "type": "default",
    "id": "fix",
    "components": [
        {"type": "textfield", "key": "cause", "label": "原因", "properties": {"en": "Cause"}},
        {
            "type": "checklist",
            "key": "whys",
            "label": "为什么",
            "properties": {"en": "Whys"},
            "values": [{"value": str(n), "label": f"第{n}层", "label_en": f"Level {n}"} for n in (1, 2, 3)],
        },
    ],
}


@pytest.fixture
def fix(platform: Platform, people: People) -> str:
    """A case whose task “fix” waits; the id of the task."""
    people.user("li.lei", "李雷", groups=["staff"])
    people.user("zhao", "赵云", groups=["staff"], language="en")
    diagram = Diagram("rectification").start().user("fix", camunda_formRef="fix").user("check").end()
    diagram.flow("begin", "fix", "check", "done")
    sources = deployments.Sources(
        {"area/rectification.bpmn": diagram.xml()},
        {"fix.json": orjson.dumps(FORM)},
        rules={"area/rectification.rules.yaml": RULES.encode()},
    )
    now = platform.clock.now()
    with platform.database.write() as connection:
        deployments.publish(
            connection, platform.runtime, sources, actor=system_actor("owner"), reason="a story", now=now
        )
        submissions.start(
            platform.runtime,
            connection,
            actor=people.actor("li.lei"),
            key="rectification",
            submitted={},
            instance_id=new_id(),
            language="zh",
            now=now,
        )
    return waiting(platform, "fix")


def waiting(platform: Platform, element_id: str) -> str:
    return str(next(row.id for row in House(platform).rows(work_item, element_id=element_id)))


def test_answers_that_break_a_completion_rule_come_back_with_its_sentence_at_the_field(
    sign_in: Callable[[str], Visitor], fix: str
) -> None:
    li = sign_in("li.lei")
    li.visit(f"/work-items/{fix}")
    li.submit(f"/work-items/{fix}", _do="submit", cause="接头松动", whys=["1", "2"])
    assert li.status == 422
    assert "至少追问三次，现有 2 次" in li.text
    assert li.page.xpath("//input[@name='cause']/@value") == ["接头松动"]
    li.submit(f"/work-items/{fix}", _do="submit", whys=["1", "2", "3"])
    assert li.status == 200
    assert li.path.endswith("/submitted")


def test_the_page_says_why_there_is_no_button_and_whom_a_task_cannot_be_forwarded_to(
    sign_in: Callable[[str], Visitor], platform: Platform, fix: str
) -> None:
    li = sign_in("li.lei")
    li.visit(f"/work-items/{fix}")
    li.submit(f"/work-items/{fix}", _do="submit", cause="接头松动", whys=["1", "2", "3"])
    check = waiting(platform, "check")
    li.visit(f"/work-items/{check}")
    assert "您不能办理此任务：" in li.text
    assert "整改人不能验证自己的整改" in li.text
    assert li.all("//form[contains(@action, '/claim')]") == []
    li.send(f"/work-items/{check}/claim")
    assert li.status == 403
    assert "职责分离：整改人不能验证自己的整改" in li.text

    zhao = sign_in("zhao")
    zhao.visit(f"/work-items/{check}")
    barred = zhao.all("//select[@id='forward-user']/option[@disabled]")
    assert barred == ["李雷 (li.lei) – Whoever fixed it may not check it"]


def test_a_task_is_forwarded_to_a_colleague(sign_in: Callable[[str], Visitor], people: People, fix: str) -> None:
    li = sign_in("li.lei")
    li.visit(f"/work-items/{fix}")
    li.send(f"/work-items/{fix}/forward", user=str(people.actor("zhao").user_id), comment="出差一周")
    assert "任务已转办" in li.text
    zhao = sign_in("zhao")
    zhao.visit(f"/work-items/{fix}")
    assert "Forwarded “fix” to 赵云: 出差一周" in zhao.text
