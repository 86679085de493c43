"""What the codes of surveys are called, in both languages, and the questions a survey begins with."""

from __future__ import annotations

from collections.abc import Mapping

from engine.registers.register import Word, Words

STATUSES: Words = {
    "preparing": Word("准备中", "Being prepared", "blue"),
    "submitted": Word("抽样方案待批准", "Plan to be approved", "orange"),
    "approved": Word("已批准，待发放", "Approved, to be sent", "blue"),
    "open": Word("调查中", "Open", "blue"),
    "closed": Word("已截止，分析中", "Closed, being analysed", "orange"),
    "reported": Word("已完成", "Reported", "green"),
}
INVITATION_STATUSES: Words = {
    "drawn": Word("已抽取", "Drawn"),
    "sent": Word("已发出", "Sent", "blue"),
    "partial": Word("部分作答", "Partly answered", "orange"),
    "complete": Word("已完成", "Complete", "green"),
    "refused": Word("拒绝", "Refused", "red"),
    "not_reached": Word("未触达", "Not reached", "red"),
    "ineligible": Word("不属于调查对象", "Not eligible"),
}
EXCLUSIONS: Words = {
    "staff": Word("本公司员工", "Staff of the company"),
    "duplicate": Word("重复（同一邮箱）", "Duplicate (same e-mail)"),
    "no_address": Word("没有邮箱", "No e-mail address"),
    "opted_out": Word("此前要求不再联系", "Asked not to be contacted again"),
}
STRATIFICATIONS: Words = {
    "customer": Word("按客户", "By customer"),
    "project": Word("按项目", "By project"),
    "level": Word("按客户等级", "By level of the customer"),
}
ALLOCATIONS: Words = {
    "proportional": Word("按比例分配", "In proportion"),
    "neyman": Word("奈曼最优分配", "Neyman"),
}
QUESTION_KINDS: Words = {
    "overall": Word("总体满意度", "Overall satisfaction"),
    "score": Word("1 至 5 分", "1 to 5"),
    "text": Word("文字", "Text"),
}
METRICS: Words = {
    "response": Word("响应", "Response"),
    "resolution": Word("解决", "Resolution"),
    "callback": Word("回访", "Callback"),
    "report": Word("服务报告", "Service report"),
    "availability": Word("可用性", "Availability"),
    "satisfaction": Word("满意度", "Satisfaction"),
    "spare_parts": Word("备件", "Spare parts"),
}
LEVELS: Words = {"key": Word("重点客户", "Key customers"), "standard": Word("普通客户", "Other customers")}
SCORES: Words = {
    "5": Word("非常满意", "Very satisfied"),
    "4": Word("满意", "Satisfied"),
    "3": Word("一般", "Neither"),
    "2": Word("不满意", "Dissatisfied"),
    "1": Word("非常不满意", "Very dissatisfied"),
}

INTRODUCTION = (
    "感谢您使用我们的运维服务。本问卷依据与贵单位签订的服务级别协议（SLA）编制，约需三分钟。"
    "您的回答只用于改进服务，结果以汇总方式呈现。"
)
INTRODUCTION_EN = (
    "Thank you for working with us. These questions follow the service level agreement with your organisation and take "
    "about three minutes. Your answers serve to improve the service; results are shown as totals only."
)
OVERALL = (
    "总体而言，您对过去一年 SLA 约定的各项服务是否满意？",
    "All in all, how satisfied are you with the services your SLA promises, over the past year?",
)
QUESTIONS: Mapping[str, tuple[str, str]] = {
    "response": (
        "您报告故障或提出请求后，我们响应的速度如何？",
        "How satisfied are you with how quickly we respond to incidents and requests?",
    ),
    "resolution": (
        "我们解决故障的时效和效果如何？",
        "How satisfied are you with how quickly and well incidents are solved?",
    ),
    "callback": (
        "故障解决后我们的回访是否及时、有用？",
        "How satisfied are you with our calls after an incident was solved?",
    ),
    "report": (
        "我们提供的服务报告是否按时、内容是否清楚？",
        "How satisfied are you with our service reports: in time, and clear?",
    ),
    "availability": ("系统运行的稳定性和可用性如何？", "How satisfied are you with how reliably your systems run?"),
    "satisfaction": (
        "服务人员的态度、沟通和专业能力如何？",
        "How satisfied are you with the attitude, communication and skill of our people?",
    ),
    "spare_parts": ("备件供应是否及时、齐全？", "How satisfied are you with spare parts: in time, and complete?"),
}
OTHER_QUESTION = ("您对“{service}”的服务质量是否满意？", "How satisfied are you with the quality of “{service}”?")


def percent(share: float | None) -> str:
    """A share as people read it; nothing where there is no data."""
    return "" if share is None else f"{100 * share:.2f}%"
