"""The few sentences a form itself says, in both languages."""

from __future__ import annotations

from engine.errors import Language

_TEXTS: dict[str, tuple[str, str]] = {
    "choose": ("请选择", "Choose"),
    "required": ("必填", "required"),
    "row": ("第 {0} 行", "Row {0}"),
    "add_row": ("添加一行", "Add a row"),
    "remove_row": ("删除第 {0} 行", "Remove row {0}"),
    "remove": ("删除", "Remove"),
    "remove_file": ("移除文件 {0}", "Remove file {0}"),
    "no_rows": ("还没有内容", "Nothing here yet"),
    "files_hint": ("可选择多个文件", "You may choose several files"),
    "uploading": ("正在上传", "Uploading"),
    "upload_failed": ("上传失败，请重试", "The upload failed; please try again"),
    "summary_one": ("有 1 处需要修改", "Please correct 1 field"),
    "summary": ("有 {0} 处需要修改", "Please correct {0} fields"),
    "draft_saved": ("草稿已保存", "Draft saved"),
    "draft_local": ("暂时无法保存到服务器，内容已留在本机", "Not saved on the server yet; kept in this browser"),
    "draft_restored": ("已恢复上次未保存的内容", "Your unsaved entries were restored"),
    "submit": ("提交", "Submit"),
    "none": ("—", "—"),
    "required_note": ("标有 * 的为必填项", "Fields marked * are required"),
}


def text(code: str, language: Language, *values: object) -> str:
    """The sentence for ``code``; ``values`` fill its numbered places."""
    zh, en = _TEXTS[code]
    return (zh if language == "zh" else en).format(*values)
