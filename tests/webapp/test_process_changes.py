"""Changing a process through its pages, without scripts: begin, upload, submit, review, move the open cases."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable

import pytest

from engine import process_changes, process_library
from engine.store.tables import instance_migration, process_change, process_definition
from tests.stories.test_process_change import feedback
from tests.support.company import Company
from tests.support.visitor import Visitor

SignIn = Callable[[str], Visitor]
KEY = "customer_feedback"


@pytest.fixture
def owned(company: Company) -> Company:
    """The service desk owns the process, quality management reviews its changes."""
    company.stop_what_recurs()
    with company.platform.database.write() as connection:
        process_changes.set_owner(
            connection,
            actor=company.actor("admin"),
            key=KEY,
            owner_group="service_desk",
            reviewer_group="quality",
            now=company.clock.now(),
        )
    return company


def begin(visitor: Visitor) -> str:
    visitor.visit(f"/processes/{KEY}").submit("/process-changes")
    assert visitor.status == 200
    return visitor.path


def diagram(company: Company) -> bytes:
    with company.platform.database.read() as connection:
        return process_library.version_of(connection, KEY).xml


def upload(visitor: Visitor, change: str, name: str, content: bytes) -> Visitor:
    return visitor.visit(change).send(f"{change}/files", files=[(io.BytesIO(content), name)])


def run_walks(visitor: Visitor, change: str) -> None:
    visitor.visit(change).send(f"{change}/walks")
    for thread in threading.enumerate():
        if thread.name.startswith("yunzhi-walks"):
            thread.join()


def status(company: Company) -> str:
    return str(company.rows(process_change)[-1].status)


def renamed(company: Company) -> bytes:
    return diagram(company).replace('name="评估意见"'.encode(), 'name="评估客户意见"'.encode())


def test_from_an_upload_to_the_version_in_force(owned: Company, sign_in: SignIn) -> None:
    company = owned
    author, reviewer = sign_in("liuyang"), sign_in("xumei")
    change = begin(author)
    upload(author, change, f"{KEY}.bpmn", renamed(company))
    assert "评估客户意见" in author.visit(change).text
    author.send(f"{change}/submit", reason="", effective_on="")
    assert (author.status, "请填写变更原因" in author.text) == (422, True)
    author.send(f"{change}/submit", reason="更清楚", effective_on="")
    assert (author.status, "走查" in author.text) == (422, True)
    assert "更清楚" in author.text, "what was typed is not lost"
    run_walks(author, change)
    author.visit(change).send(f"{change}/submit", reason="更清楚", effective_on="")
    assert status(company) == "submitted"
    assert "评审" in reviewer.visit("/process-changes").text
    author.visit(change).send(f"{change}/review", verdict="approve")
    assert (author.status, status(company)) == (403, "submitted")
    reviewer.visit(change).send(f"{change}/review", verdict="send_back", note="")
    assert (reviewer.status, status(company)) == (422, "submitted")
    reviewer.visit(change).send(f"{change}/review", verdict="approve", note="同意")
    assert status(company) == "published"
    assert "评估客户意见".encode() in diagram(company)
    assert "更清楚" in author.visit(f"/processes/{KEY}").text


def test_the_reviewer_reads_what_is_different_in_a_form(owned: Company, sign_in: SignIn) -> None:
    author, reviewer = sign_in("liuyang"), sign_in("xumei")
    change = begin(author)
    name = "feedback_evaluate.json"
    with owned.platform.database.read() as connection:
        form = json.loads(process_changes.file(connection, int(change.rpartition("/")[2]), name).content)
    reason = next(one for one in form["components"] if one.get("key") == "reason")
    reason["validate"] = {"required": False}
    form["components"].append(
        {"type": "number", "id": "Field_cost", "key": "cost", "label": "<b>费用</b>", "properties": {"en": "Cost"}}
    )
    upload(author, change, name, json.dumps(form).encode())
    page = reviewer.visit(change)
    told = page.all("//details[@id='content-form-feedback_evaluate']//li")
    texts = [one.split() for one in told]
    assert [one[:4] for one in texts] == [["已修改", "字段", *texts[0][2:4]], ["新增", "字段", "<b>费用</b>", "cost"]]
    assert "必填是 → 否" in told[0] and "最多字数2000 → 无" in told[0]
    assert "类型数字" in told[1]
    owned.speak("en")
    english = reviewer.visit(change).all("//details[@id='content-form-feedback_evaluate']")[0]
    assert "Required" in english and "Number" in english and "Cost" in english


def test_the_reviewer_reads_what_was_and_what_is_of_steps_lanes_and_rules(owned: Company, sign_in: SignIn) -> None:
    author = sign_in("admin")
    author.visit("/processes/complaint").submit("/process-changes")
    change = author.path
    with owned.platform.database.read() as connection:
        files = process_changes.files(connection, int(change.rpartition("/")[2]))
    drawn, rules = (files[name].content.decode() for name in ("complaint.bpmn", "complaint.rules.yaml"))
    for old, new in (
        ('camunda:dueDate="=acknowledge_due_at"', 'camunda:dueDate="PT4H" camunda:candidateGroups="quality"'),
        ('<bpmn:timeDate xsi:type="bpmn:tFormalExpression">=acknowledge_due_at</bpmn:timeDate>',
         '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT5H</bpmn:timeDuration>'),
        ("classification.is_major = true", 'classification.grade = "major"'),
        ("<bpmn:flowNodeRef>escalated</bpmn:flowNodeRef>", ""),
        ("<bpmn:flowNodeRef>handle_major</bpmn:flowNodeRef>",
         "<bpmn:flowNodeRef>handle_major</bpmn:flowNodeRef><bpmn:flowNodeRef>escalated</bpmn:flowNodeRef>"),
        ('name="group" value="operations"', 'name="group" value="quality"'),
    ):  # fmt: skip
        assert old in drawn
        drawn = drawn.replace(old, new, 1)
    upload(author, change, "complaint.bpmn", drawn.encode())
    upload(author, change, "complaint.rules.yaml", rules.replace("须写明理由", "须说明理由").encode())
    told = {one.split("已修改 ", 1)[1] for one in author.visit(change).all("//ul[@class='yz-changes']/li")}
    assert told == {
        "任务 受理并告知客户时限按个案计算 acknowledge_due_at → 4 小时后办理人服务台 → 质量管理部",
        "期间 超过受理时限期限按个案计算 acknowledge_due_at → 5 小时后",
        "结束 已升级泳道运维服务部 → 技术服务中心",
        '连线 重大？ → 重大投诉处理条件classification.is_major = true → classification.grade = "major"',
        "泳道 运维服务部负责办理的组运维服务部 → 质量管理部移出的步骤已升级",
        "泳道 技术服务中心移入的步骤已升级",
        "规则：须满足 客户不接受答复时，须说明理由 dispute_has_reason"
        "提示语（中文）客户不接受答复时，须写明理由 → 客户不接受答复时，须说明理由",
    }
    owned.speak("en")
    english = " ".join(author.visit(change).all("//ul[@class='yz-changes']/li"))
    assert "Who does it" in english and "Service desk → Quality" in english and "4 h later" in english
    assert "Steps that came in" in english and "What it says (Chinese)" in english


def test_a_called_process_is_not_said_to_be_gone(owned: Company, sign_in: SignIn) -> None:
    author = sign_in("admin")
    author.visit("/processes/complaint").submit("/process-changes")
    change = author.path
    upload(author, change, "complaint_answer.json", b'{"type": "default", "id": "complaint_answer", "components": []}')
    assert "major_complaint" not in author.visit(change).all("//section[@id='changes']")[0]


def test_a_day_says_when_it_comes_into_force(owned: Company, sign_in: SignIn) -> None:
    company = owned
    author, reviewer = sign_in("liuyang"), sign_in("xumei")
    change = begin(author)
    upload(author, change, f"{KEY}.bpmn", renamed(company))
    run_walks(author, change)
    author.visit(change).send(f"{change}/submit", reason="更清楚", effective_on="2026-02-30")
    assert author.status == 422
    author.send(f"{change}/submit", reason="更清楚", effective_on="2026-03-05")
    reviewer.visit(change).send(f"{change}/review", verdict="approve", note="")
    assert (status(company), "待生效" in author.visit(change).text) == ("approved", True)
    company.pass_time(days=4)
    assert status(company) == "published"


def test_who_has_nothing_to_do_with_it_sees_and_does_nothing(owned: Company, sign_in: SignIn) -> None:
    change = begin(sign_in("liuyang"))
    stranger = sign_in("lihao")
    assert stranger.visit(change).status == 403
    assert "修改此流程" not in stranger.visit(f"/processes/{KEY}").text
    for path in ("", "/submit", "/withdraw", "/discard", "/review", "/files", "/files/feedback_answer.json/remove"):
        stranger.visit("/process-changes").send(f"{change}{path}" if path else "/process-changes", key=KEY)
        assert stranger.status in (302, 403, 405), path
    assert status(owned) == "editing"
    assert stranger.visit("/process-changes/new").status == 403
    assert stranger.visit("/process-changes/999").status == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (f"{KEY}.bpmn", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
        (f"{KEY}.bpmn", b"\x00\xff"),
        ("feedback_evaluate.json", b"{"),
        (f"{KEY}.rules.yaml", b"!!python/object/apply:os.system ['true']"),
    ],
)
def test_a_hostile_file_lies_in_the_change_and_goes_no_further(
    owned: Company, sign_in: SignIn, name: str, content: bytes
) -> None:
    author = sign_in("liuyang")
    change = begin(author)
    upload(author, change, name, content)
    assert (author.visit(change).status, "错误" in author.text) == (200, True)
    author.send(f"{change}/submit", reason="x", effective_on="")
    assert (author.status, status(owned)) == (422, "editing")
    assert author.visit(f"{change}/migration").status == 200
    assert author.visit(f"{change}/diagram").status == 200


def test_a_new_process_begins_with_a_start_and_an_end(owned: Company, sign_in: SignIn) -> None:
    author = sign_in("liuyang")
    author.visit("/process-changes/new").submit("/process-changes/new", name_zh="入职", name_en="", key="Onboarding")
    assert (author.status, "小写字母" in author.text) == (422, True)
    author.submit("/process-changes/new", name_en="Onboarding", key="onboarding")
    assert (author.status, "onboarding.bpmn" in author.text) == (200, True)
    with owned.platform.database.read() as connection:
        owner = process_changes.owner_of(connection, "onboarding")
    assert owner is not None
    assert (owner.owner_key, owner.reviewer_key) == ("service_desk", "quality")


def test_open_cases_are_moved_and_moved_back(owned: Company, sign_in: SignIn) -> None:
    company = owned
    author = sign_in("liuyang")
    company.start("liuyang", KEY, **feedback())
    change = begin(author)
    upload(author, change, f"{KEY}.bpmn", renamed(company))
    assert "可迁移" in author.visit(f"{change}/migration").text
    run_walks(author, change)
    author.visit(change).send(f"{change}/submit", reason="更清楚", effective_on="")
    sign_in("xumei").visit(change).send(f"{change}/review", verdict="approve", note="")
    moves = f"/processes/{KEY}/migrations"
    assert sign_in("lihao").visit(moves).status == 403
    author.visit(moves).submit(moves)
    assert [one.name_zh for one in company.inbox("lihao")] == ["评估客户意见"]
    (move,) = company.rows(instance_migration)
    author.visit(moves).send(f"{moves}/undo", moves=str(move.id))
    assert [one.name_zh for one in company.inbox("lihao")] == ["评估意见"]
    assert "从 v1 迁移到 v2" in sign_in("admin").visit(f"/process-instances/{move.instance_id}").text


def test_the_owner_of_a_process_is_set_by_an_administrator(owned: Company, sign_in: SignIn) -> None:
    administrator, other = sign_in("admin"), sign_in("chenjing")
    administrator.visit(f"/processes/{KEY}").submit(f"/processes/{KEY}/owner", owner_group="operations")
    with owned.platform.database.read() as connection:
        owner = process_changes.owner_of(connection, KEY)
    assert owner is not None and owner.owner_key == "operations"
    other.visit(f"/processes/{KEY}").send(f"/processes/{KEY}/owner", owner_group="service_desk")
    assert other.status == 403
    assert {row.version for row in owned.rows(process_definition) if row.key == KEY} == {1}


def test_what_was_in_force_that_day_is_taken_away(owned: Company, sign_in: SignIn) -> None:
    visitor = sign_in("lihao")
    answer = visitor.visit(f"/processes/{KEY}/as-of.zip?on=2026-03-02").answer
    assert answer is not None
    assert (answer.status_code, answer.get_data()[:2]) == (200, b"PK")
    answer.close()
    assert visitor.visit(f"/processes/{KEY}/as-of.zip?on=2020-01-01").status == 404
    assert visitor.visit(f"/processes/{KEY}/as-of.zip?on=yesterday").status == 422
