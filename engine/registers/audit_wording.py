"""How the codes of audits are called in both languages."""

from __future__ import annotations

from engine.registers.register import Word

PROGRAMME_STATUSES = {
    "submitted": Word("待批准", "To be approved", "blue"),
    "returned": Word("已退回", "Returned", "orange"),
    "approved": Word("已批准", "Approved", "green"),
    "closed": Word("审核已全部启动", "All audits begun", "grey"),
}
AUDIT_STATUSES = {
    "planned": Word("已列入方案", "In the programme", "grey"),
    "submitted": Word("计划待批准", "Plan to be approved", "blue"),
    "returned": Word("计划已退回", "Plan returned", "orange"),
    "approved": Word("计划已批准", "Plan approved", "blue"),
    "fieldwork": Word("现场审核中", "Fieldwork", "blue"),
    "reporting": Word("编制报告", "Reporting", "orange"),
    "closed": Word("已完成", "Closed", "green"),
    "withdrawn": Word("已撤销", "Withdrawn", "grey"),
}
AREA_WORDS = {
    "management": Word("管理", "Management"),
    "people": Word("人员", "People"),
    "resources": Word("资源", "Resources"),
    "technology": Word("技术", "Technology"),
    "process": Word("过程", "Process"),
}
RESULTS = {
    "conform": Word("符合", "Conforms", "green"),
    "minor": Word("一般不符合", "Minor nonconformity", "orange"),
    "major": Word("严重不符合", "Major nonconformity", "red"),
    "observation": Word("观察项", "Observation", "blue"),
    "opportunity": Word("改进机会", "Opportunity for improvement", "blue"),
    "not_applicable": Word("不适用", "Not applicable", "grey"),
}
