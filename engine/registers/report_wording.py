"""The words of the register of reports."""

from __future__ import annotations

from engine.registers.register import Word
from engine.reports.kinds import KINDS

STATUSES = {
    "drafting": Word("编制中", "Being written", "blue"),
    "reviewing": Word("待审核", "In review", "orange"),
    "returned": Word("已退回", "Returned", "orange"),
    "issued": Word("已发布", "Issued", "green"),
    "cancelled": Word("已取消", "Cancelled", "grey"),
}
REPORT_KINDS = {key: Word(one.zh, one.en) for key, one in KINDS.items()}
ASSESSMENT_STATUSES = {
    "proposed": Word("待确认", "Proposed", "blue"),
    "confirmed": Word("已确认", "Confirmed", "green"),
    "disputed": Word("有异议", "Disputed", "orange"),
    "settled": Word("已裁定", "Settled", "green"),
}
