"""A real case becomes a walk: nobody can be told from it, and it passes what the case passed."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from engine import process_changes
from engine.errors import NotFound
from engine.forms import parse_form
from engine.settings import ROOT
from engine.store.tables import process_change
from engine.trials import real_cases, suite, walk_file
from engine.trials.ground import Ground
from engine.trials.masking import Mask
from engine.trials.walk import DEFAULT_BEGINNING, follow, read_walks
from tests.support.company import Company

SAID = {
    "customer": "清河水务集团",
    "received_through": "phone",
    "kind": "suggestion",
    "subject": "巡检报告",
    "content": "希望按站点汇总，请打 13812345678 联系蒋文",
}
SECRETS = ("清河", "巡检", "站点", "13812345678", "蒋文", "涉及其他单位", "liuyang", "lihao", "刘洋", "李浩")


def finished(company: Company) -> str:
    """A customer's suggestion that was declined after two days."""
    instance_id = company.start("liuyang", "customer_feedback", **SAID)
    company.pass_time(days=2, hours=3)
    company.submit("lihao", "evaluate", decision="decline", reason="涉及其他单位数据")
    company.submit("liuyang", "answer", answered_through="mail", accepted="unknown")
    return instance_id


def prove(company: Company, instance_id: str, login: str = "admin") -> real_cases.Proof:
    return real_cases.prove(company.platform, actor=company.actor(login), instance_id=instance_id)


def keep(company: Company, proof: real_cases.Proof) -> int:
    with company.platform.database.write() as connection:
        return real_cases.keep(connection, actor=company.actor("admin"), proof=proof, now=company.clock.now())


def test_a_finished_case_becomes_a_walk_from_which_nobody_can_be_told(company: Company) -> None:
    instance_id = finished(company)
    proof = prove(company, instance_id)
    assert proof.holds
    told = orjson.dumps(proof.walk.to_json()).decode()
    assert [one for one in SECRETS if one in told] == []
    assert [step.get("by") for step in proof.walk.steps if "do" in step] == ["operations", ""]
    assert proof.walk.start["by"] == "service_desk"
    assert {"wait": "P2DT10800S"} in proof.walk.steps
    assert proof.walk.start["with"]["kind"] == "suggestion"
    assert set(proof.walk.outcome.passed) == company.passed(instance_id)


def test_it_is_kept_in_a_change_and_walked_with_the_others(company: Company) -> None:
    change_id = keep(company, prove(company, finished(company)))
    assert keep(company, prove(company, finished(company))) == change_id
    with company.platform.database.read() as connection:
        walks = walk_file.walks_of(connection, change_id)
    assert len(walks) == 5
    assert [one.en[-2:] for one in walks[-2:]] == [" 1", " 2"]
    with company.platform.database.write() as connection:
        run_id = suite.begin(connection, actor=company.actor("admin"), change_id=change_id, now=company.clock.now())
    suite.run(company.platform, run_id)
    with company.platform.database.read() as connection:
        run = suite.latest(connection, change_id)
    assert run is not None and run.holds


def test_only_completed_cases_and_only_by_owners(company: Company) -> None:
    running = company.start("liuyang", "customer_feedback", **SAID)
    with pytest.raises(real_cases.CaseNotFinished):
        prove(company, running)
    done = finished(company)
    with pytest.raises(process_changes.NotAnOwner):
        prove(company, done, "lihao")
    with pytest.raises(NotFound):
        prove(company, "no such case")


def replayed(company: Company, key: str, name: str) -> real_cases.Proof:
    """Play a shipped walk as if it were real, then make a masked walk of the case."""
    file = next((ROOT / "processes").rglob(f"{key}.paths.json"))
    walk = next(one for one in read_walks(file.read_bytes()) if one.en == name)
    house = Ground.of(company.platform, key=key, now=company.clock.now()).sandbox(walk.at or DEFAULT_BEGINNING)
    played = follow(house, key, walk)
    assert played.is_as(walk.outcome)
    return real_cases.prove(house.platform, actor=company.actor("admin"), instance_id=played.instance_id)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("nonconformity", "Overdue, reported level by level"),
        ("nonconformity", "Reported by another process"),
        ("complaint", "Disputed: handled again one level up, and late again"),
        ("incident_callback", "Not reached in three attempts on two days"),
        ("document_control", "Reviewed, approved, published"),
        ("sla", "Begun by a sales opportunity, not signed"),
        ("service_report", "Returned once"),
    ],
)
def test_cases_with_deadlines_messages_files_and_chosen_people_are_done_again(
    company: Company, key: str, name: str
) -> None:
    proof = replayed(company, key, name)
    assert proof.result.stop is None
    assert (proof.missing, proof.extra) == ([], [])
    assert proof.holds


def test_a_case_that_depended_on_the_stock_of_that_day_says_what_cannot_be_done_again(company: Company) -> None:
    proof = replayed(company, "spare_parts", "Delivered in part, the rest bought; a warning when it is late")
    assert not proof.holds
    assert proof.result.stop is not None and proof.result.stop.code == "not_waiting"
    with pytest.raises(real_cases.CaseNotReplayed) as refused:
        keep(company, proof)
    assert "deliver_parts" in refused.value.details["reason_en"]
    assert company.rows(process_change) == []


FORM: dict[str, Any] = {
    "type": "default",
    "id": "all",
    "components": [
        {"type": "textfield", "key": "short", "id": "a"},
        {"type": "textarea", "key": "long", "id": "b"},
        {"type": "textfield", "key": "mail", "id": "c", "validate": {"validationType": "email"}},
        {"type": "textfield", "key": "code", "id": "d", "validate": {"pattern": "^[A-Z]{2}-[0-9]{3}$"}},
        {"type": "select", "key": "owner", "id": "e", "valuesExpression": "=people()"},
        {"type": "number", "key": "count", "id": "f"},
        {"type": "datetime", "key": "day", "id": "g", "subtype": "date", "dateLabel": "d"},
        {"type": "filepicker", "key": "files", "id": "h", "multiple": True},
        {"type": "dynamiclist", "path": "rows", "id": "i", "components": [{"type": "textarea", "key": "t", "id": "j"}]},
    ],
}


def test_each_kind_of_answer_is_masked_in_its_own_way(company: Company) -> None:
    with company.platform.database.read() as connection:
        mask = Mask(connection)
    given = {
        "short": "张三的手机",
        "long": "长" * 120,
        "mail": "zhang.san@example.com",
        "code": "AB-123",
        "owner": "liuyang",
        "count": 7,
        "day": "2026-03-04",
        "files": ["file:合同.pdf", "file:照片.png"],
        "rows": [{"t": "第一行"}, {"t": ""}],
        "not_in_the_form": "secret",
    }
    masked = mask.answers(parse_form(orjson.dumps(FORM), file="all.json"), given)
    assert masked["short"] == "＊＊"
    assert masked["long"] == "＊" * 60
    assert masked["mail"] == "xxxxx.xxx@xxxxxxx.xxx"
    assert masked["code"] == "xx-000"
    assert masked["owner"] != "liuyang"
    assert set(company.actor(masked["owner"]).groups) == set(company.actor("liuyang").groups)
    assert (masked["count"], masked["day"]) == (7, "2026-03-04")
    assert masked["files"] == ["file:附件1.pdf", "file:附件2.png"]
    assert masked["rows"] == [{"t": "＊＊"}, {"t": ""}]
    assert "not_in_the_form" not in masked
    assert mask.data({"who": "liuyang", "tel": "138-1234-5678", "key": "C001", "text": "不方便说"}) == {
        "who": masked["owner"],
        "tel": "000-0000-0000",
        "key": "C001",
        "text": "＊＊",
    }
