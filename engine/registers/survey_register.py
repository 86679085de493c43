"""The register of satisfaction surveys."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from engine.registers.improvement_wording import STATUSES as IMPROVEMENT_STATUSES
from engine.registers.nonconformity_register import RAISED_COLUMNS, raised_from
from engine.registers.register import Field, Register, Related, Section, Standing
from engine.store.tables import group, improvement, survey, survey_feedback, survey_stratum, user
from engine.store.types import Record
from engine.surveys.wording import ALLOCATIONS, STATUSES, STRATIFICATIONS, percent

_planner, _approver = user.alias("planner"), user.alias("approver")


def _strata(record_id: int) -> Select[Any]:
    mine = select(survey_stratum).where(survey_stratum.c.survey_id == record_id)
    return mine.order_by(survey_stratum.c.code)


def _feedback(record_id: int) -> Select[Any]:
    return (
        select(
            survey_feedback,
            user.c.name.label("person_name"),
            group.c.name_zh.label("department_zh"),
            group.c.name_en.label("department_en"),
        )
        .join(user, user.c.id == survey_feedback.c.person_id)
        .join(group, group.c.id == survey_feedback.c.department_id)
        .where(survey_feedback.c.survey_id == record_id)
        .order_by(survey_feedback.c.ordinal)
    )


def _improvements(record_id: int) -> Select[Any]:
    mine = (improvement.c.source_type == "survey", improvement.c.source_id == str(record_id))
    return (
        select(improvement, user.c.name.label("owner_name"))
        .join(user, user.c.id == improvement.c.owner_id)
        .where(*mine)
        .order_by(improvement.c.id)
    )


def _nonconformities(record_id: int) -> Select[Any]:
    return raised_from("survey", record_id)


def _result(key: str) -> Any:
    def value(row: Record) -> str:
        return percent((row.results or {}).get(key))

    return value


def _satisfied(row: Record) -> str:
    overall = (row.results or {}).get("overall")
    return "" if overall is None else percent(overall["share"])


def _interval(row: Record) -> str:
    overall = (row.results or {}).get("overall")
    if overall is None or overall["low"] is None:
        return ""
    return f"{percent(overall['low'])} – {percent(overall['high'])}"


_STATUS = Field("状态", "Status", "status", "badge", STATUSES, on_phone=True)
_YEAR = Field("年度", "Year", "year", "number")
_FRAME = Field("总体人数", "Frame", "frame_size", "number")
_RATE = Field("回收率", "Response", _result("response_rate"))
_SATISFIED = Field("满意率", "Satisfied", _satisfied)
_INTERVAL = Field("置信区间", "Interval", _interval, width=24)
_OPENED = Field("发放时间", "Sent", "opened_at", "moment")
_CLOSES = Field("截止时间", "Closes", "closes_at", "moment")

SURVEYS = Register(
    key="survey",
    zh="满意度调查",
    en="Satisfaction survey",
    en_plural="Satisfaction surveys",
    icon="chart",
    order=65,
    hint_zh="每年至少一次：问卷逐项对应 SLA，样本可复核，结果反馈到部门和责任人。",
    hint_en="At least once a year: questions traced to the SLAs, a sample anybody can draw again, results fed back.",
    table=survey,
    query=select(survey, _planner.c.name.label("planner_name"), _approver.c.name.label("approver_name"))
    .outerjoin(_planner, _planner.c.id == survey.c.planned_by_id)
    .outerjoin(_approver, _approver.c.id == survey.c.approved_by_id),
    title="title",
    moment=survey.c.year,
    search=(survey.c.number, survey.c.title, survey.c.summary, survey.c.analysis),
    standings=(
        Standing(
            "preparing",
            "准备中",
            "Being prepared",
            lambda now: survey.c.status.in_(("preparing", "submitted", "approved")),
            "orange",
        ),
        Standing("open", "调查中", "Open", lambda now: survey.c.status == "open"),
        Standing("closed", "分析中", "Being analysed", lambda now: survey.c.status == "closed", "orange"),
        Standing("reported", "已完成", "Reported", lambda now: survey.c.status == "reported", "green"),
    ),
    columns=(_YEAR, _STATUS, _RATE, _SATISFIED, _CLOSES),
    sections=(
        Section(
            "问卷、样本与结果",
            "Questionnaire, sample and results",
            (Field("打开", "Open", lambda row: ("survey", row.id, row.title), "record"),),
        ),
        Section(
            "抽样方案",
            "Sampling plan",
            (
                _FRAME,
                Field("抽样框日期", "Frame of", "frame_on", "date"),
                Field("分层方式", "Strata", lambda row: (row.plan or {}).get("stratify_by"), words=STRATIFICATIONS),
                Field("样本分配", "Allocation", lambda row: (row.plan or {}).get("allocation"), words=ALLOCATIONS),
                Field("所需样本", "Answers needed", "size_needed", "number"),
                Field("随机种子", "Seed", "seed"),
                Field("编制人", "Planned by", "planner_name", "person"),
                Field("批准人", "Approved by", "approver_name", "person"),
                Field("批准时间", "Approved at", "approved_at", "moment"),
            ),
        ),
        Section("调查", "Survey", (_OPENED, _CLOSES, _RATE, _SATISFIED, _INTERVAL)),
        Section(
            "结论",
            "Conclusions",
            (
                Field("质量管理部汇总分析", "Summary by quality", "summary", "long", width=50),
                Field("运维服务部分析", "Analysis by operations", "analysis", "long", width=50),
                Field("完成时间", "Reported at", "reported_at", "moment"),
            ),
        ),
    ),
    related=(
        Related(
            "分层",
            "Strata",
            _strata,
            (
                Field("层", "Stratum", "name", on_phone=True),
                Field("总体", "People", "population", "number"),
                Field("按比例", "In proportion", "proportional", "number"),
                Field("奈曼", "Neyman", "neyman", "number"),
                Field("需要", "Needed", "needed", "number", on_phone=True),
                Field("邀请", "Invited", "invited", "number", on_phone=True),
                Field("全数调查", "Everybody", "is_census", "yes_no"),
            ),
        ),
        Related(
            "反馈",
            "Feedback",
            _feedback,
            (
                Field("部门", "Department", "department", "named", on_phone=True),
                Field("责任人", "Person", "person_name", "person", on_phone=True),
                Field("结果", "Finding", "finding", "long"),
                Field("确认时间", "Acknowledged", "acknowledged_at", "moment", on_phone=True),
                Field("意见与打算", "What they make of it", "response", "long"),
            ),
        ),
        Related(
            "改进措施",
            "Improvements",
            _improvements,
            (
                Field("编号", "Number", "number", on_phone=True),
                Field("改进项", "Improvement", "title", on_phone=True),
                Field("责任人", "Owner", "owner_name", "person"),
                Field("期限", "Due", "due_on", "date"),
                Field("状态", "Status", "status", "badge", IMPROVEMENT_STATUSES, on_phone=True),
            ),
            record_type="improvement",
        ),
        Related("不符合项", "Nonconformities", _nonconformities, RAISED_COLUMNS, record_type="nonconformity"),
    ),
    exports=(
        Field("编号", "Number", "number"),
        _YEAR,
        Field("名称", "Title", "title", width=30),
        _STATUS,
        _FRAME,
        Field("所需样本", "Answers needed", "size_needed"),
        Field("样本比例", "Sampling ratio", _result("sampling_ratio")),
        _RATE,
        _SATISFIED,
        _INTERVAL,
        _OPENED,
        _CLOSES,
        Field("批准人", "Approved by", "approver_name"),
    ),
)
