"""What the codes of nonconformities and corrective actions are called, in both languages."""

from __future__ import annotations

from engine.registers.register import Word, Words

GRADES: Words = {
    "minor": Word("一般不符合", "Minor", "orange"),
    "major": Word("严重不符合", "Major", "red"),
}
AREAS: Words = {
    "management": Word("管理", "Management"),
    "people": Word("人员", "People"),
    "resources": Word("资源", "Resources"),
    "technology": Word("技术", "Technology"),
    "process": Word("过程", "Process"),
}
CAUSES: Words = {
    "people": Word("人员", "People"),
    "process": Word("过程", "Process"),
    "technology": Word("技术", "Technology"),
    "resources": Word("资源", "Resources"),
    "supplier": Word("供应商", "Supplier"),
    "other": Word("其他", "Other"),
}
STATUSES: Words = {
    "raised": Word("待确认", "Raised", "orange"),
    "analysing": Word("原因分析", "Being analysed", "blue"),
    "acting": Word("整改中", "Being corrected", "blue"),
    "verifying": Word("待验证", "To verify", "orange"),
    "watching": Word("待验有效性", "Effect watched", "blue"),
    "closed": Word("已关闭", "Closed", "green"),
    "withdrawn": Word("不成立", "Withdrawn", "grey"),
}
ACTION_KINDS: Words = {
    "corrective": Word("纠正措施", "Corrective"),
    "improvement": Word("改进措施", "Improvement"),
}
ACTION_STATUSES: Words = {
    "open": Word("未完成", "Open", "orange"),
    "done": Word("待验证", "Done", "blue"),
    "verified": Word("已验证", "Verified", "green"),
    "withdrawn": Word("已取消", "Withdrawn", "grey"),
}
