"""What the editors ask the server: choices, expressions as one types, terms in words, rules, and who may ask."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from engine import process_changes
from engine.settings import ROOT
from tests.support.company import Company
from tests.support.people import PASSWORD
from webapp.modeler_words import modeler_words

Ask = Callable[..., Any]


@pytest.fixture
def change_id(company: Company) -> int:
    """A change of the internal audit, which the quality department owns."""
    with company.platform.database.write() as connection:
        now = company.clock.now()
        process_changes.set_owner(
            connection,
            actor=company.actor("admin"),
            key="internal_audit",
            owner_group="quality",
            reviewer_group="management",
            now=now,
        )
        return process_changes.open_change(connection, actor=company.actor("hexin"), key="internal_audit", now=now)


@pytest.fixture
def client_of(app: Flask) -> Callable[[str], FlaskClient]:
    """Somebody's signed-in browser, as scripts use it."""
    app.config["WTF_CSRF_ENABLED"] = False

    def sign_in(login: str) -> FlaskClient:
        client = app.test_client()
        client.post("/sign-in", data={"login": login, "password": PASSWORD})
        return client

    return sign_in


def feel(client: FlaskClient, text: str, kind: str) -> Any:
    return client.post("/api/modeling/feel", json={"text": text, "kind": kind}).json


def term(client: FlaskClient, text: str, kind: str, calendar: str = "") -> Any:
    return client.post("/api/modeling/term", json={"term": text, "kind": kind, "calendar": calendar}).json


def test_the_choices_are_those_of_the_house_and_of_the_change(change_id: int, client_of: Ask) -> None:
    options = client_of("hexin").get(f"/api/modeling/options?change={change_id}").json
    assert {"value": "operations", "label": "运维服务部"} in options["groups"]
    assert {"value": "hexin", "label": "何欣"} in options["people"]
    forms = {one["value"]: one for one in options["forms"]}
    assert forms["audit_plan"]["in_change"] and not forms["callback_call"]["in_change"]
    notify = next(one for one in options["topics"] if one["value"] == "notify")
    assert "subject_zh" in notify["required"] and notify["description"].startswith("以邮件通知人员")
    assert any(one["value"] == "O51" and one["label"].startswith("O51 ") for one in options["obligations"])
    assert {one["unit"] for one in options["settings"]} <= {"working days", "days", "hours"}
    assert "internal_audit" not in {one["value"] for one in options["processes"]}


def test_an_expression_is_checked_as_it_is_typed(change_id: int, client_of: Ask) -> None:
    client = client_of("hexin")
    assert feel(client, "amount > 10 and 数量 = 2", "expression")["ok"]
    assert feel(client, "three working days", "value")["ok"], "a text without = is no expression"
    wrong = feel(client, "=a +", "value")
    assert (wrong["ok"], wrong["position"]) == (False, 4) and "第 5 个字符" in wrong["message"]
    assert feel(client, "=departmnt()", "value")["message"] == "没有函数“departmnt”"
    assert feel(client, '"a", not(', "unary")["ok"] is False
    assert feel(client, "[1..5], > 10", "unary")["ok"]
    assert feel(client, "__import__('os')", "expression")["ok"] is False


@pytest.mark.parametrize(
    ("text", "kind", "words", "moments"),
    [
        ("P3D", "timeDuration", "3 天后", ["2026-03-05 周四 09:00"]),
        ("P5D", "due", "5 天后", ["2026-03-07 周六 09:00，非工作日"]),
        ("2026-04-01T08:00:00", "timeDate", "于 2026-04-01 08:00", ["2026-04-01 周三 08:00"]),
        (
            "0 9 5 * *",
            "start",
            "每月 5 日 09:00",
            ["2026-03-05 周四 09:00", "2026-04-05 周日 09:00，非工作日", "2026-05-05 周二 09:00，非工作日"],
        ),
        ("0 8 * * 1-5", "start", "每周一、周二、周三、周四、周五 08:00", None),
        ("0 9 L * *", "start", "每月 最后一天 09:00", None),
        ("R3/PT4H", "timeCycle", "每隔4 小时一次，共 3 次", ["2026-03-02 周一 13:00", "2026-03-02 周一 17:00"]),
        ("=working days after(now(), 5)", "due", "任务产生后 5 个工作日", ["2026-03-09 周一 09:00"]),
    ],
)
def test_a_term_is_said_in_words_with_its_next_moments(
    change_id: int, client_of: Ask, text: str, kind: str, words: str, moments: list[str] | None
) -> None:
    said = term(client_of("hexin"), text, kind)
    assert (said["ok"], said["text"]) == (True, words)
    if moments is not None:
        assert [one["text"] for one in said["next"]][: len(moments)] == moments


def test_a_term_follows_the_calendar_that_was_chosen(change_id: int, client_of: Ask) -> None:
    client = client_of("hexin")
    assert term(client, "=working days after(now(), 5)", "due", "always")["next"][0]["text"].startswith("2026-03-07")
    assert "非工作日" not in term(client, "P5D", "due", "always")["next"][0]["text"]


def test_a_term_that_needs_the_case_says_so_and_a_wrong_one_why(change_id: int, client_of: Ask) -> None:
    client = client_of("hexin")
    depends = term(client, "=date and time(due_on)", "timeDate")
    assert depends["next"] == [] and "due_on" in depends["text"]
    assert term(client, "P3D", "timeDate")["text"].endswith("此处须为日期时间")
    assert "不是 ISO 8601 时长" in term(client, "P3X", "due")["text"]
    assert term(client, "=working day after(now(), 3)", "due")["ok"] is False
    assert term(client, "=", "due")["ok"] is False
    assert term(client, "=for i in 1..100000000 return i", "due")["ok"] is False


def test_an_english_reader_is_answered_in_english(company: Company, change_id: int, client_of: Ask) -> None:
    company.speak("en")
    client = client_of("hexin")
    assert term(client, "0 9 5 1,4,7,10 *", "start")["text"] == "every quarter in its first month on day 5 at 09:00"
    assert term(client, "P5D", "due")["next"][0]["text"] == "2026-03-07 Saturday 09:00, a day off"
    assert feel(client, "1 +", "expression")["message"].startswith("At character 4")


def test_rules_are_read_and_written_beside_the_diagram(change_id: int, client_of: Ask) -> None:
    client = client_of("hexin")
    address = f"/api/process-changes/{change_id}/rules"
    rules = client.get(address).json
    assert [one["key"] for one in rules["separation"]] == [
        "auditor_is_independent",
        "approver_did_not_plan",
        "reviewer_did_not_write",
    ]
    assert client.put(address, json=rules).json["revision"] == rules["revision"], "nothing changed, nothing written"

    source = (ROOT / "processes" / "quality" / "internal_audit.rules.yaml").read_text(encoding="utf-8")
    rules["separation"][1]["en"] = "The author of a plan: may not approve it"
    written = client.put(address, json=rules).json
    assert written["revision"] == rules["revision"] + 1
    now = client.get(f"/api/process-changes/{change_id}/files/internal_audit.rules.yaml").text
    assert yaml.safe_load(now)["separation"][1]["en"] == "The author of a plan: may not approve it"
    changed = set(source.splitlines()) ^ set(now.splitlines())
    assert all("approve it" in line for line in changed), changed

    rules["separation"][1]["zh"] = "编制计划的人不能批准"
    assert client.put(address, json=rules).status_code == 409, "somebody who saw the rules before that change"


def test_rules_that_are_none_are_refused_with_the_reason(change_id: int, client_of: Ask) -> None:
    client = client_of("hexin")
    address = f"/api/process-changes/{change_id}/rules"
    rules = client.get(address).json
    lacking = {**rules, "separation": [{"key": "one", "zh": "一", "en": "", "tasks": ["plan_audit"], "bars": {}}]}
    answer = client.put(address, json=lacking)
    assert answer.status_code == 422 and "缺少：en" in answer.json["message"]
    for hostile in ([], {"revision": 1, "separation": "x"}, {"revision": 1, "completion": [{"holds": {"a": 1}}]}, 7):
        assert client.put(address, json=hostile).status_code == 422


def test_a_new_form_is_added_to_the_change(change_id: int, client_of: Ask) -> None:
    client = client_of("hexin")
    address = f"/api/process-changes/{change_id}/forms"
    asked = {"key": "audit_travel", "name_zh": "差旅", "name_en": "Travel"}
    assert client.post(address, json=asked).json == {"name": "audit_travel.json"}
    assert client.post(address, json=asked).status_code == 409
    assert client.post(address, json={"key": "x"}).status_code == 422


def test_every_word_the_scripts_say_is_there_and_said(app: Flask) -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "webapp/static/js/modeler").glob("*.js"))
    said = set(re.findall(r"\bt\('([^']+)'", scripts))
    computed = re.findall(r"\b(?:t|has)\(`([a-z]+_)", scripts)
    families = ("weekday_", "month_", "separation_", "completion_", *computed)
    with app.test_request_context():
        words = modeler_words()
    assert said <= words.keys()
    assert {key for key in words if key not in said and not key.startswith(families)} <= {"separation", "completion"}


def test_who_does_not_own_the_process_writes_nothing(change_id: int, client_of: Ask) -> None:
    stranger, reviewer = client_of("liuyang"), client_of("linfang")
    assert stranger.get(f"/api/modeling/options?change={change_id}").status_code == 403
    assert stranger.get(f"/api/process-changes/{change_id}/rules").status_code == 403
    rules = reviewer.get(f"/api/process-changes/{change_id}/rules").json
    rules["separation"] = rules["separation"][1:]
    assert reviewer.put(f"/api/process-changes/{change_id}/rules", json=rules).status_code == 403
    assert stranger.get(f"/process-changes/{change_id}/diagram").status_code == 403
