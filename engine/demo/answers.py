"""What people of the demo company write into their forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

_NOT_REACHED = ("无人接听", "正在开会，约下午再拨", "占线", "号码有误，已请现场同事核对")
_SAID: dict[int, tuple[str, ...]] = {
    5: ("处理很快，态度很好", "", "", "工程师讲解很清楚，谢谢", "当天就解决了，很满意"),
    4: ("已恢复正常", "", "", "希望以后提前通知", "基本满意"),
    3: ("处理时间偏长", "解决了，但中间没有人告知进展", ""),
    2: ("同样的问题本月第二次出现", "等了一个下午才有人来"),
    1: ("影响了窗口业务，一直没人说明原因", "工程师来了两次都没有解决"),
}
_CAUSES: tuple[tuple[str, str, str], ...] = (
    ("slow", "现场工程师同时处理两处故障，到场延迟", "已安排备勤工程师，并向客户说明情况"),
    ("communication", "处理过程中未按约定同步进展", "已要求每两小时向客户通报一次，客户表示认可"),
    ("not_solved", "只做了临时处理，根因未排除", "更换故障模块并观察 24 小时，已恢复正常"),
)
FEEDBACK: tuple[tuple[str, Mapping[str, Any]], ...] = (
    (
        "sunli",
        {
            "customer": "云湖区政务服务中心",
            "contact": "周芳 13900001234",
            "received_through": "callback",
            "kind": "suggestion",
            "subject": "希望巡检报告按窗口汇总",
            "content": "目前巡检报告按设备罗列，窗口负责人看不懂，建议按窗口汇总并标出隐患。",
        },
    ),
    (
        "zhaoqian",
        {
            "customer": "滨江市第一人民医院",
            "contact": "吴建平",
            "received_through": "visit",
            "kind": "need",
            "subject": "夜间值守需要固定联系人",
            "content": "夜间报障每次接电话的人不同，需要反复说明情况，希望夜间有固定联系人。",
        },
    ),
)


def call(random: Random, *, can_be_reached: bool) -> dict[str, Any]:
    """One callback: mostly reached and satisfied."""
    if not can_be_reached or random.random() < 0.14:
        return {"channel": "phone", "reached": "no", "note": random.choice(_NOT_REACHED)}
    score = random.choices((5, 4, 3, 2, 1), (46, 36, 10, 5, 3))[0]
    solved = "no" if score <= 2 and random.random() < 0.45 else "yes"
    complaint = score == 1 and random.random() < 0.5
    given: dict[str, Any] = {
        "channel": "phone",
        "reached": "yes",
        "solved": solved,
        "score": score,
        "comment": random.choice(_SAID[score]),
        "complaint": complaint,
    }
    return given | ({"complaint_content": "同类故障反复出现，要求书面说明原因和改进措施"} if complaint else {})


def follow_up(random: Random, now: datetime) -> dict[str, Any]:
    """How operations dealt with a dissatisfied customer."""
    cause, detail, action = random.choice(_CAUSES)
    return {
        "cause": cause,
        "cause_detail": detail,
        "action_taken": action,
        "promised_on": in_days(now, random.randint(1, 5)),
    }


def in_days(now: datetime, days: int) -> str:
    """A day some days ahead, as a form holds it."""
    return (now + timedelta(days=days)).date().isoformat()
