"""The sentences at a field, in both languages."""

from __future__ import annotations

from typing import Any

from engine.errors import Language

_TEXTS: dict[str, tuple[str, str]] = {
    "required": ("此项必填", "This field is required"),
    "confirm": ("请勾选此项", "Please tick this box"),
    "text_characters": ("含有不允许的字符", "Contains characters that are not allowed"),
    "min_length": ("至少需要 {0} 个字", "Enter at least {0} characters"),
    "max_length": ("最多 {0} 个字", "Enter at most {0} characters"),
    "pattern": ("格式不正确", "The format is not right"),
    "email": ("请输入有效的邮箱地址", "Enter a valid e-mail address"),
    "phone": ("请输入有效的电话号码", "Enter a valid phone number, such as +4930664040900"),
    "number": ("请输入数字", "Enter a number"),
    "number_size": ("数字过大", "The number is too large"),
    "integer": ("请输入整数", "Enter a whole number"),
    "decimals": ("最多 {0} 位小数", "Use at most {0} decimal places"),
    "step": ("必须是 {0} 的倍数", "Enter a multiple of {0}"),
    "min": ("不能小于 {0}", "Must be {0} or more"),
    "max": ("不能大于 {0}", "Must be {0} or less"),
    "limit": (
        "该项的限制无法计算，请联系流程负责人",
        "The limit here cannot be computed; tell the process owner",
    ),
    "option": ("请从选项中选择", "Choose one of the options"),
    "date": ("请输入有效的日期", "Enter a valid date"),
    "time": ("请输入有效的时间", "Enter a valid time"),
    "datetime": ("请输入有效的日期和时间", "Enter a valid date and time"),
    "past": ("不能早于今天", "Must not be before today"),
    "file": ("文件不存在，请重新上传", "The file is not there; please upload it again"),
    "one_file": ("只能上传一个文件", "Upload one file only"),
    "file_type": ("只接受 {0} 文件", "Only {0} files are accepted"),
    "rows": ("明细格式不正确", "The rows are not in the right form"),
    "rows_count": ("最多 {0} 行", "At most {0} rows"),
    "rows_fixed": ("这里应有 {0} 行，不能增减", "There must be {0} rows; rows cannot be added or removed"),
}


def message(code: str, language: Language, *values: Any) -> str:
    """The sentence for ``code``; ``values`` fill its numbered places."""
    zh, en = _TEXTS[code]
    return (zh if language == "zh" else en).format(*values)
