"""What people answer about surveys, visits and improvements; and how customers answer the survey itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, select

from engine.bootstrap import Platform
from engine.simulation.scene import APPROVE, Answer, Opening, Scene, Start, Step
from engine.store.tables import project, survey, survey_invitation
from engine.surveys import answering, invitations

_RESPONSE = 0.62
_WRONG_PERSON, _OPT_OUT, _HALF = 0.015, 0.01, 0.03
_WITHIN_DAYS = 19.0
_ADDRESS = "simulation"
_COMMENTS = (
    "工程师态度好，解决问题快。",
    "备件有时要等两三天，希望能提前备货。",
    "希望每月的服务报告再简洁一些。",
    "夜间值班响应很及时，谢谢。",
    "同类故障出现过几次，希望从根本上解决。",
)
_PROPOSALS = (
    ("报障高峰时段增加一线坐席", "周一上午接通率下降到 88 %", "高峰接通率不低于 95 %", "周一上午增加两名坐席"),
    ("知识库补充常见打印故障", "打印类事件一线解决率仅 60 %", "一线解决率提高到 80 %", "整理 20 条打印故障处理指南"),
    ("变更前增加回退演练", "两次变更回退耗时超过计划", "回退时间不超过 30 分钟", "高风险变更前演练并记录"),
)
_MILESTONES = ("一期验收", "年度巡检完成", "系统割接完成", "迁移项目收尾")
_OWNERS = {
    "service_desk": ("liuyang", "zhaoqian"),
    "operations": ("lihao", "huangwei"),
    "technical_center": ("fangyu", "guojun"),
}


def customers_answer(platform: Platform, now: datetime) -> None:
    """Let those customers answer today who would: called once a day, it does nothing while no survey is open.

    About six in ten of those who were invited answer within three weeks, most of them in the first days; a few are the
    wrong person, do not want to be asked, or stop half way. Who answers when and what hangs on the invitation alone.
    """
    with platform.database.read() as connection:
        waiting = connection.execute(
            select(survey_invitation)
            .join(survey, survey.c.id == survey_invitation.c.survey_id)
            .where(survey.c.status == "open", survey.c.closes_at > now, survey_invitation.c.status == "sent")
            .order_by(survey_invitation.c.id)
        ).all()
    due = [one for one in waiting if _answers_at(one.id, one.sent_at) <= now]
    if due:
        with platform.database.write() as connection:
            for one in due:
                _respond(connection, one.id, now)


def _answers_at(invitation_id: int, sent_at: datetime) -> datetime:
    """When somebody answers; those who never do would in a hundred years."""
    random = Random(invitation_id)  # noqa: S311 - a simulation, the same for the same invitation
    if random.random() > _RESPONSE:
        return sent_at + timedelta(days=36_500)
    return sent_at + timedelta(days=min(random.expovariate(1 / 4.5), _WITHIN_DAYS))


def _respond(connection: Connection, invitation_id: int, now: datetime) -> None:
    random = Random(-1 - invitation_id)  # noqa: S311 - as above
    token, chance = invitations.new_link(connection, invitation_id, now), random.random()
    if chance < _WRONG_PERSON + _OPT_OUT:
        choice = "wrong_person" if chance < _WRONG_PERSON else "opt_out"
        answering.decline(connection, token=token, address=_ADDRESS, choice=choice, now=now)
        return
    sitting = answering.look_up(connection, token, _ADDRESS, now=now)
    given = {f"s{one.id}": _score(random) for one in sitting.questions if one.kind != "text"}
    if random.random() < 0.3:
        given[f"t{sitting.questions[0].id}"] = random.choice(_COMMENTS)
    if random.random() < _HALF:
        half = dict(list(given.items())[: len(given) // 2])
        answering.keep(connection, token=token, address=_ADDRESS, given=half, now=now)
    else:
        answering.submit(connection, token=token, address=_ADDRESS, given=given, now=now)


def _score(random: Random) -> str:
    return random.choices("54321", weights=(46, 42, 8, 3, 1))[0]


def feedback(scene: Scene) -> Mapping[str, Any]:
    """What the results say of the desk and of operations."""
    outcome = scene.data["outcome"]
    rows = [{**one, "finding": _FINDINGS[one["department"]]} for one in scene.data["feedback"]]
    said = f"回收率 {outcome['response_rate']}，满意率 {outcome['satisfied']}（{outcome['interval']}）。"
    return {"summary": said + "响应与服务态度评价高；备件供应和同类故障重复发生是主要扣分项。", "feedback": rows}


_FINDINGS = {
    "service_desk": "响应速度和回访得到肯定，个别客户反映周一上午电话难以接通。",
    "operations": "解决时效总体满意，备件到货慢、同类故障重复出现的意见较多。",
}


def process_results(scene: Scene) -> Mapping[str, Any]:
    """Operations find the causes and begin two improvements."""
    due_on = (scene.today + timedelta(days=30)).isoformat()
    names = ("title", "problem", "goal", "measure", "department", "owner")
    rows = (
        ("提高常用备件安全库存", "备件到货慢", "备件及时率 95 %", "按用量调整安全库存", "operations", "lihao"),
        ("重复故障专项治理", "同类故障重复发生", "重复故障下降一半", "每月分析前五类", "operations", "huangwei"),
    )
    actions = [{**dict(zip(names, row, strict=True)), "due_on": due_on} for row in rows]
    return {"analysis": "备件安全库存按去年用量设定，偏低；重复故障未做根因分析。", "actions": actions}


def propose(opening: Opening) -> Mapping[str, Any]:
    """Somebody sees how something could be better."""
    title, problem, goal, measure = opening.random.choice(_PROPOSALS)
    department = opening.random.choice(list(_OWNERS))
    return {
        "title": title,
        "problem": problem,
        "goal": goal,
        "measure": measure,
        "department": department,
        "owner": opening.random.choice(_OWNERS[department]),
        "due_on": (opening.today + timedelta(days=opening.random.randint(20, 45))).isoformat(),
    }


def evaluate(scene: Scene) -> Mapping[str, Any]:
    """Quality finds it worth while."""
    names = ("title", "problem", "goal", "measure", "department", "owner", "due_on")
    kept = {name: scene.data[name] for name in names}
    return {**kept, "evaluation": "投入小、见效快，与年度目标一致，建议采纳。", "priority": "medium"}


def decide(scene: Scene) -> Mapping[str, Any]:
    """Management approves most of what is proposed."""
    if scene.random.random() < 0.1:
        return {"decision": "reject", "return_comment": "与年度计划中的项目重复。"}
    return {"decision": "approve", "approval_comment": "同意，按期完成。", "process_change": ""}


def check(scene: Scene) -> Mapping[str, Any]:
    """Quality sees nearly always that it was done."""
    if scene.random.random() < 0.1:
        return {"passed": "no", "verification": "缺少完成记录，请补充。"}
    return {"passed": "yes", "verification": "现场核对，措施已落实。"}


def ask_for_visit(opening: Opening) -> Mapping[str, Any]:
    """A milestone of some project was reached."""
    codes = list(opening.connection.scalars(select(project.c.code).where(project.c.status == "running")))
    return {"project": opening.random.choice(codes), "occasion": opening.random.choice(_MILESTONES)}


def visit(scene: Scene) -> Mapping[str, Any]:
    """What the customer said."""
    score = scene.random.choices("5432", weights=(45, 40, 12, 3))[0]
    said = {
        "visited_on": scene.today.isoformat(),
        "spoken_to": "信息科主任",
        "score": score,
        "praise": "交付按期，沟通顺畅。",
    }
    return said if score > "3" else {**said, "problems": "培训材料不足，部分文档未更新。"}


ANSWERS: Mapping[Step, Answer] = {
    ("satisfaction_survey", "build_questionnaire"): lambda scene: {"matches_sla": True},
    ("satisfaction_survey", "review_by_desk"): lambda scene: {"desk_opinion": "覆盖各项目关注点，同意。"},
    ("satisfaction_survey", "review_by_operations"): lambda scene: {"operations_opinion": "与 SLA 一致，同意。"},
    ("satisfaction_survey", "plan_sample"): lambda scene: {
        "stratify_by": "customer",
        "allocation": "proportional",
        "confidence": 95,
        "margin": 5,
        "share": 50,
        "minimum": 10,
        "response": 60,
    },
    ("satisfaction_survey", "approve_survey"): APPROVE,
    ("satisfaction_survey", "summarise"): feedback,
    ("satisfaction_survey", "acknowledge"): lambda scene: {"response": "已在部门会议通报，按意见改进。"},
    ("satisfaction_survey", "analyse_results"): process_results,
    ("improvement", "evaluate_proposal"): evaluate,
    ("improvement", "approve_improvement"): decide,
    ("improvement", "carry_out"): lambda scene: {"result": "已按措施完成，记录已归档。"},
    ("improvement", "check_improvement"): check,
    ("improvement", "judge_effect"): lambda scene: {"effective": "yes", "effect": "对比改进前一个月，目标已达到。"},
    ("project_visit", "visit"): visit,
    ("project_visit", "write_report"): lambda scene: {"analysis": "客户总体满意，文档与培训需要加强。", "measures": []},
    ("project_visit", "receive_report"): lambda scene: {"decision": "approve", "instruction": "下月复查文档更新。"},
}

STARTS: tuple[Start, ...] = (
    Start("liuyang", "project_visit", 8, ask_for_visit),
    Start("chenjing", "project_visit", 6, ask_for_visit),
    Start("wangqiang", "improvement", 3, propose),
    Start("xumei", "improvement", 3, propose),
)
