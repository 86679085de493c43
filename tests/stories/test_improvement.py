"""An improvement from the proposal to its effect; visits after a milestone, reported to the general manager."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from engine.errors import EngineError
from engine.registers import records
from engine.registers.catalogue import register_of
from engine.store.tables import corrective_action, document, improvement, project, project_visit, report
from tests.support.company import Company

PROPOSED = {
    "title": "夜间告警收敛",
    "problem": "夜间告警过多",
    "goal": "夜间误告警下降一半",
    "measure": "调整阈值",
    "department": "operations",
    "owner": "lihao",
    "due_on": "2026-04-30",
}
EVALUATED = {**PROPOSED, "evaluation": "投入小、收益大", "priority": "high"}


def the_improvement(company: Company) -> Any:
    return company.rows(improvement)[-1]


def test_an_improvement_goes_its_whole_way(any_company: Company) -> None:
    company = any_company
    company.start("liuyang", "improvement", **PROPOSED)
    company.submit("hexin", "evaluate_proposal", **{**EVALUATED, "goal": "误告警下降六成"})
    company.submit("majianguo", "approve_improvement", decision="approve", process_change="告警管理规程增加月度复核")
    found = the_improvement(company)
    assert (found.status, found.goal, found.process_change) == ("acting", "误告警下降六成", "告警管理规程增加月度复核")
    (action,) = company.rows(corrective_action)
    assert (action.kind, action.number, action.status) == ("improvement", f"{found.number}-01", "open")
    company.submit("lihao", "carry_out", result="已调整阈值")
    company.submit("xumei", "check_improvement", passed="yes", verification="已核对")
    assert (the_improvement(company).status, company.rows(corrective_action)[0].status) == ("watching", "verified")
    company.pass_time(days=31)
    company.submit("xumei", "judge_effect", effective="yes", effect="下降六成")
    assert (the_improvement(company).status, the_improvement(company).effective) == ("closed", True)


def test_whoever_evaluated_it_may_not_approve_it_and_the_owner_may_not_check_it(company: Company) -> None:
    company.hire("zhaolei", "赵磊", "quality", "management")
    company.start("liuyang", "improvement", **{**PROPOSED, "owner": "hexin"})
    company.submit("zhaolei", "evaluate_proposal", **{**EVALUATED, "owner": "hexin"})
    with pytest.raises(EngineError):
        company.submit("zhaolei", "approve_improvement", decision="approve")
    company.submit("linfang", "approve_improvement", decision="approve")
    company.submit("hexin", "carry_out", result="完成")
    with pytest.raises(EngineError):
        company.submit("hexin", "check_improvement", passed="yes", verification="自己检查")
    company.submit("xumei", "check_improvement", passed="yes", verification="已核对")


def test_a_due_day_in_the_past_is_refused(company: Company) -> None:
    with pytest.raises(EngineError):
        company.start("liuyang", "improvement", **{**PROPOSED, "due_on": "2026-03-01"})
    assert company.rows(improvement) == []


def test_what_did_not_help_is_carried_out_again(company: Company) -> None:
    company.start("liuyang", "improvement", **PROPOSED)
    company.submit("hexin", "evaluate_proposal", **EVALUATED)
    company.submit("majianguo", "approve_improvement", decision="approve")
    company.submit("lihao", "carry_out", result="已调整")
    company.submit("xumei", "check_improvement", passed="no", verification="缺记录")
    assert company.rows(corrective_action)[0].status == "open"
    company.submit("lihao", "carry_out", result="补充记录")
    company.submit("xumei", "check_improvement", passed="yes", verification="已核对")
    company.pass_time(days=31)
    company.submit("xumei", "judge_effect", effective="no", effect="没有变化")
    assert (the_improvement(company).status, company.rows(corrective_action)[0].status) == ("acting", "open")
    assert "carry_out" in company.todo("lihao")


def test_the_action_says_which_improvement_it_carries_out(company: Company) -> None:
    company.start("liuyang", "improvement", **PROPOSED)
    company.submit("hexin", "evaluate_proposal", **EVALUATED)
    company.submit("majianguo", "approve_improvement", decision="approve")
    register = register_of("corrective_action")
    with company.platform.database.read() as connection:
        row = records.get(connection, company.actor("xumei"), register, company.rows(corrective_action)[0].id)
    origin = next(one for one in register.columns if one.kind == "record")
    assert origin.raw(row.record) == (
        "improvement",
        the_improvement(company).id,
        f"{the_improvement(company).number} 夜间告警收敛",
    )
    assert row.record.department_zh == "运维服务部"


def test_a_month_of_visits_is_reported_to_the_general_manager(any_company: Company) -> None:
    company = any_company
    company.enter_master_data()
    company.start("liuyang", "project_visit", project="P001", occasion="一期验收")
    company.submit("zhaoqian", "visit", visited_on="2026-03-04", spoken_to="李主任", score="3", problems="到场偏慢")
    (found,) = company.rows(project_visit)
    assert (found.status, found.score, found.problems) == ("visited", 3, "到场偏慢")
    company.pass_time(days=32)
    company.submit("chenjing", "write_report", analysis="总体满意，到场偏慢", measures=[])
    company.submit("wangqiang", "receive_report", decision="approve", instruction="增加驻场")
    (found,) = company.rows(project_visit)
    assert (found.status, found.instruction) == ("closed", "增加驻场")
    written = next(one for one in company.rows(report) if one.kind == "satisfaction_report")
    assert (written.period, written.status) == ("2026-03", "issued")
    assert "李主任" in written.content["visits"]
    assert "satisfaction_report" in {one.kind for one in company.rows(document)}


def test_a_good_visit_needs_no_problems_and_a_poor_one_does(company: Company) -> None:
    company.enter_master_data()
    company.start("liuyang", "project_visit", project="P001", occasion="一期验收")
    with pytest.raises(EngineError):
        company.submit("liuyang", "visit", visited_on="2026-03-04", spoken_to="李主任", score="2")
    company.submit("liuyang", "visit", visited_on="2026-03-04", spoken_to="李主任", score="5")
    assert company.rows(project_visit)[0].status == "visited"


def test_a_completed_project_is_visited_without_anybody_asking(company: Company) -> None:
    company.enter_master_data()
    with company.platform.database.write() as connection:
        connection.execute(update(project).values(status="completed", completed_on=company.clock.now().date()))
    company.pass_time(days=8)
    assert "visit" in company.todo("liuyang")
    company.pass_time(days=14)
    assert len(company.rows(project_visit)) == 1, "it is called for once"
