"""What the codes of improvements are called, in both languages."""

from __future__ import annotations

from engine.registers.register import Word, Words

STATUSES: Words = {
    "proposed": Word("待评估", "Proposed", "orange"),
    "evaluated": Word("待批准", "To be approved", "orange"),
    "returned": Word("已退回", "Returned", "orange"),
    "rejected": Word("不予采纳", "Rejected", "grey"),
    "acting": Word("实施中", "Being carried out", "blue"),
    "checking": Word("待检查", "To be checked", "blue"),
    "watching": Word("待评价效果", "Effect watched", "blue"),
    "closed": Word("已关闭", "Closed", "green"),
}
PRIORITIES: Words = {
    "high": Word("高", "High", "red"),
    "medium": Word("中", "Medium", "orange"),
    "low": Word("低", "Low"),
}
