"""How the codes of management reviews are called in both languages."""

from __future__ import annotations

from engine.registers.register import Word, Words

STATUSES: Words = {
    "submitted": Word("计划待批准", "Plan to be approved", "blue"),
    "returned": Word("计划已退回", "Plan returned", "orange"),
    "collecting": Word("收集输入材料", "Collecting input", "blue"),
    "reporting": Word("形成结论与报告", "Conclusions and report", "blue"),
    "tracking": Word("跟踪改进决定", "Tracking decisions", "orange"),
    "closed": Word("已完成", "Closed", "green"),
    "withdrawn": Word("已撤销", "Withdrawn", "grey"),
}
INPUT_STATUSES: Words = {
    "asked": Word("待提交", "Asked for", "orange"),
    "received": Word("已提交", "Received", "green"),
    "waived": Word("豁免", "Waived"),
}
VERDICTS: Words = {
    "suitable": Word("满足", "Yes", "green"),
    "partly": Word("部分满足", "In part", "orange"),
    "unsuitable": Word("不满足", "No", "red"),
}
# Who must attend (policy 5.3.2(2)); one person may stand for two kinds.
ATTENDEES: Words = {
    "company_leaders": Word("公司领导", "Company leaders"),
    "management_representative": Word("管理者代表", "Management representative"),
    "service_departments": Word("各运维服务部门负责人", "Heads of the service departments"),
    "quality": Word("质量管理部门负责人", "Head of quality"),
    "human_resources": Word("人力资源部门负责人", "Head of human resources"),
    "finance": Word("财务部门负责人", "Head of finance"),
    "operation_maintenance": Word("运营和维护部门负责人", "Head of operation and maintenance"),
}
