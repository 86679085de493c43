"""The two kinds of documents of a survey, with examples of their data for whoever replaces a template."""

from __future__ import annotations

from engine.documents.kind import DocumentKind, linked
from engine.documents.survey_documents import SURVEY, collect_questionnaire, collect_report
from engine.surveys.estimates import INDEX_BY_FIFTHS, INDEX_BY_RANGE

_FACTS = {
    "number": linked("S-20261010-001", SURVEY, 1),
    "title": "2026 年度顾客满意度调查",
    "title_en": "Customer satisfaction survey 2026",
    "year": 2026,
    "introduction": "感谢您使用我们的运维服务。",
    "introduction_en": "Thank you for working with us.",
    "approved_by": "林芳",
    "approved_on": "2026-10-20",
    "opened_on": "2026-10-21",
    "closed_on": "2026-11-11",
}

SATISFACTION_QUESTIONNAIRE = DocumentKind(
    key="satisfaction_questionnaire",
    zh="顾客满意度调查表",
    en="Customer satisfaction questionnaire",
    record_type=SURVEY,
    collect=collect_questionnaire,
    example={
        "survey": _FACTS,
        "scale": [{"score": "5", "zh": "非常满意", "en": "Very satisfied"}],
        "questions": [
            {
                "number": 1,
                "text": "我们响应的速度如何？",
                "text_en": "How quickly do we respond?",
                "kind": "1 至 5 分",
                "items": "响应（4 条）",
            }
        ],
    },
)

SATISFACTION_SURVEY_REPORT = DocumentKind(
    key="satisfaction_survey_report",
    zh="满意度调查报告",
    en="Satisfaction survey report",
    record_type=SURVEY,
    collect=collect_report,
    example={
        "survey": _FACTS,
        "plan": {
            "stratify_by": "按客户",
            "allocation": "按比例分配",
            "confidence": "95 %",
            "margin": "± 5 %",
            "frame_size": 860,
            "frame_on": "2026-10-18",
            "size_needed": 266,
            "needed": 277,
            "seed": 1304217,
        },
        "rates": {
            "invited": linked(463, SURVEY, 1),
            "complete": linked(248, SURVEY, 1),
            "response_rate": "53.56 %",
            "sampling_ratio": "53.84 %",
            "achieved": "28.84 %",
            "coverage": "4 / 4（人数 100.00 %）",
            "satisfied": "87.48 %",
            "error": "1.76 %",
            "interval": "84.03 % – 90.92 %",
            "collapsed": "C、D",
            "mean": "4.31",
            "index_by_range": "82.75",
            "index_by_range_formula": INDEX_BY_RANGE,
            "index_by_fifths": "86.20",
            "index_by_fifths_formula": INDEX_BY_FIFTHS,
            "claim": "回收率低于 30 %，结果只代表答复者。",
        },
        "strata": [
            {
                "name": "华东电力",
                "population": 420,
                "invited": 217,
                "answered": 120,
                "satisfied": "90.00 %",
                "interval": "83.33 % – 94.19 %",
                "frame_share": "48.84 %",
                "respondent_share": "48.39 %",
            }
        ],
        "questions": [
            {
                "text": "我们响应的速度如何？",
                "answered": 248,
                "mean": "4.30",
                "satisfied": "88.31 %",
                "counts": "120 / 99 / 20 / 6 / 3",
            }
        ],
        "summary": "响应与态度评价高，备件供应需改进。",
        "analysis": "备件安全库存偏低。",
        "feedback": [
            {"department": "服务台", "person": "陈静", "finding": "响应满意率 92 %。", "acknowledged_on": "2026-11-20"}
        ],
        "improvements": [
            {
                "number": linked("I-20261120-001", "improvement", 1),
                "title": "提高备件安全库存",
                "owner": "王强",
                "due_on": "2026-12-31",
                "status": "实施中",
            }
        ],
    },
)
