"""What the codes of complaints are called, in both languages."""

from __future__ import annotations

from engine.registers.register import Word, Words

CHANNELS: Words = {
    "phone": Word("电话", "Phone"),
    "mail": Word("邮件", "E-mail"),
    "chat": Word("企业微信", "Chat"),
    "in_person": Word("当面", "In person"),
    "callback": Word("回访", "Callback"),
    "public_link": Word("公开链接", "Public link"),
}
KINDS: Words = {
    "quality": Word("服务质量", "Quality of the service"),
    "timeliness": Word("处理不及时", "Too slow"),
    "attitude": Word("服务态度", "Attitude"),
    "skill": Word("技术能力", "Skill"),
    "parts": Word("备件供应", "Spare parts"),
    "fees": Word("费用与合同", "Fees and contract"),
    "security": Word("信息安全", "Information security"),
    "other": Word("其他", "Other"),
}
SEVERITIES: Words = {
    "": Word("待评估", "Not assessed yet"),
    "low": Word("轻微", "Low", "grey"),
    "medium": Word("一般", "Medium", "blue"),
    "high": Word("严重", "High", "red"),
}
FLAGS: Words = {
    "safety": Word("涉及安全", "Safety"),
    "legal": Word("涉及法律法规", "Law or regulation"),
    "contract": Word("涉嫌违约", "Breach of contract"),
}
GRADES: Words = {
    "general": Word("一般投诉", "General", "grey"),
    "urgent": Word("紧急投诉", "Urgent", "orange"),
    "major": Word("重大投诉", "Major", "red"),
}
STATUSES: Words = {
    "registered": Word("待受理", "To acknowledge", "orange"),
    "handling": Word("处理中", "Being handled", "blue"),
    "answered": Word("已答复", "Answered", "blue"),
    "watching": Word("待复查", "Watched for recurrence", "orange"),
    "closed": Word("已关闭", "Closed", "green"),
    "withdrawn": Word("已撤销", "Withdrawn", "grey"),
}
LEVELS: Words = {
    "0": Word("服务台", "Service desk"),
    "1": Word("运维服务部", "Operations", "blue"),
    "2": Word("技术服务中心", "Technical service centre", "orange"),
    "3": Word("高层管理者", "Senior management", "red"),
}
CAUSES: Words = {
    "people": Word("人员", "People"),
    "process": Word("过程", "Process"),
    "technology": Word("技术", "Technology"),
    "resources": Word("资源", "Resources"),
    "supplier": Word("供应商", "Supplier"),
    "customer": Word("客户方", "Customer's side"),
}
