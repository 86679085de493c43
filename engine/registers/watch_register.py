"""The registers of the weekly spot checks and of documents under control."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, select

from engine.registers.register import Choice, Field, Register, Section, Standing, Word
from engine.store.tables import controlled_document, group, spot_check, user
from engine.store.types import Record

DOCUMENT_STATUSES = {
    "drafted": Word("待审核", "To be reviewed", "blue"),
    "reviewed": Word("待批准", "To be approved", "orange"),
    "published": Word("现行", "In force", "green"),
    "obsolete": Word("作废", "Obsolete", "grey"),
    "withdrawn": Word("已撤回", "Withdrawn", "grey"),
}
CATEGORIES = {
    "policy": Word("制度", "Policy"),
    "procedure": Word("程序", "Procedure"),
    "instruction": Word("作业指导书", "Instruction"),
    "record_form": Word("记录表单", "Record form"),
    "external": Word("外来文件", "External document"),
}
_checker, _drafter, _approver = user.alias("checker"), user.alias("drafter"), user.alias("approver")


def _samples(row: Record) -> Sequence[str]:
    marks = {"ok": "✓", "issue": "✗"}
    return [
        f"{marks.get(one.get('result'), '')} {one.get('number') or ''} {one.get('note') or ''}".strip()
        for one in row.samples
    ]


SPOT_CHECKS = Register(
    key="spot_check",
    zh="质量抽查",
    en="Spot check",
    en_plural="Spot checks",
    icon="check",
    order=65,
    hint_zh="质量管理部每周对在运行服务的抽查：看了哪些记录，发现了什么。",
    hint_en="The quality department's weekly look at running service: which records, and what was found.",
    table=spot_check,
    query=select(
        spot_check,
        group.c.name_zh.label("department_zh"),
        group.c.name_en.label("department_en"),
        _checker.c.name.label("checker_name"),
    )
    .outerjoin(group, group.c.id == spot_check.c.department_id)
    .outerjoin(_checker, _checker.c.id == spot_check.c.checked_by_id),
    title="week",
    moment=spot_check.c.checked_at,
    search=(spot_check.c.number, spot_check.c.week, spot_check.c.conclusion),
    standings=(Standing("findings", "有发现", "With findings", lambda now: spot_check.c.findings > 0, "orange"),),
    department=spot_check.c.department_id,
    columns=(
        Field("部门", "Department", "department", "named"),
        Field("发现", "Findings", "findings", "number", on_phone=True),
        Field("抽查人", "Checked by", "checker_name", "person"),
        Field("抽查时间", "Checked", "checked_at", "moment"),
    ),
    sections=(
        Section(
            "抽查",
            "Check",
            (
                Field("部门", "Department", "department", "named"),
                Field("抽查人", "Checked by", "checker_name", "person"),
                Field("抽查时间", "Checked", "checked_at", "moment"),
                Field("抽查记录", "Samples", _samples, "lines"),
                Field("结论", "Conclusion", "conclusion", "long"),
            ),
        ),
    ),
    exports=(
        Field("编号", "Number", "number"),
        Field("周", "Week", "week"),
        Field("部门", "Department", "department", "named"),
        Field("发现", "Findings", "findings", "number"),
        Field("抽查人", "Checked by", "checker_name"),
        Field("抽查时间", "Checked", "checked_at", "moment"),
        Field("结论", "Conclusion", "conclusion", width=40),
    ),
)

_STATUS = Field("状态", "Status", "status", "badge", DOCUMENT_STATUSES, on_phone=True)

CONTROLLED_DOCUMENTS = Register(
    key="controlled_document",
    zh="受控文件清单",
    en="Controlled document",
    en_plural="Controlled documents",
    icon="file",
    order=80,
    hint_zh="管理体系的文件：编号、版本、审核批准、现行与作废、保存年限和文件指纹。",
    hint_en="Documents of the management system: number, version, approval, in force or obsolete, retention, digest.",
    table=controlled_document,
    query=select(
        controlled_document,
        group.c.name_zh.label("department_zh"),
        group.c.name_en.label("department_en"),
        _drafter.c.name.label("drafter_name"),
        _approver.c.name.label("approver_name"),
    )
    .join(group, group.c.id == controlled_document.c.department_id)
    .outerjoin(_drafter, _drafter.c.id == controlled_document.c.drafted_by_id)
    .outerjoin(_approver, _approver.c.id == controlled_document.c.approved_by_id),
    title="title",
    moment=controlled_document.c.drafted_at,
    search=(controlled_document.c.number, controlled_document.c.title, controlled_document.c.change_reason),
    standings=(
        Standing("force", "现行", "In force", lambda now: controlled_document.c.status == "published", "green"),
        Standing(
            "due",
            "到期应评审",
            "Due for review",
            lambda now: and_(
                controlled_document.c.status == "published", controlled_document.c.review_due_on <= now.date()
            ),
            "orange",
        ),
        Standing(
            "waiting",
            "审批中",
            "In approval",
            lambda now: controlled_document.c.status.in_(("drafted", "reviewed")),
            "blue",
        ),
    ),
    choices=(Choice("category", "类别", "Category", controlled_document.c.category, CATEGORIES),),
    department=controlled_document.c.department_id,
    columns=(
        _STATUS,
        Field("版本", "Version", "version", "number"),
        Field("类别", "Category", "category", words=CATEGORIES),
        Field("归口部门", "Owner", "department", "named"),
        Field("下次评审", "Next review", "review_due_on", "date"),
    ),
    sections=(
        Section(
            "文件",
            "Document",
            (
                Field("类别", "Category", "category", words=CATEGORIES),
                Field("版本", "Version", "version", "number"),
                Field("归口部门", "Owner", "department", "named"),
                Field("编制或修订原因", "Reason", "change_reason", "long"),
                Field("编制", "Drafted by", "drafter_name", "person"),
                Field("批准", "Approved by", "approver_name", "person"),
                Field("发布时间", "Published", "published_at", "moment"),
                Field("下次评审", "Next review", "review_due_on", "date"),
                Field("作废时间", "Obsolete since", "obsolete_at", "moment"),
                Field("保存年限（年）", "Retention (years)", "retention_years", "number"),
                Field("文件指纹（SHA-256）", "Digest (SHA-256)", "sha256", "number"),
            ),
        ),
    ),
    exports=(
        Field("编号", "Number", "number"),
        Field("版本", "Version", "version", "number"),
        Field("名称", "Title", "title", width=40),
        Field("类别", "Category", "category", words=CATEGORIES),
        Field("状态", "Status", "status", words=DOCUMENT_STATUSES),
        Field("归口部门", "Owner", "department", "named"),
        Field("发布时间", "Published", "published_at", "moment"),
        Field("下次评审", "Next review", "review_due_on", "date"),
        Field("保存年限（年）", "Retention (years)", "retention_years", "number"),
        Field("文件指纹（SHA-256）", "Digest (SHA-256)", "sha256", width=66),
    ),
)
