"""The owner of a process works on its forms: sees them as people will, tries answers, adds new ones."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from engine.store.tables import attachment
from tests.support.changes import OWNER, REVIEWER, STRANGER, changed_file, open_change
from tests.support.company import Company
from tests.support.visitor import Visitor

SignIn = Callable[[str], Visitor]
NAME = "complaint_register.json"

LEAVE = {
    "type": "default",
    "id": "complaint_register",
    "name": "请假",
    "properties": {"en": "Leave"},
    "schemaVersion": 19,
    "components": [
        {"type": "number", "id": "d", "key": "days", "label": "天数", "properties": {"en": "Days"},
         "validate": {"required": True, "min": 1, "max": 30}},
        {"type": "textarea", "id": "w", "key": "why", "label": "为何这么久", "properties": {"en": "Why so long"},
         "conditional": {"hide": "=days = null or days <= 5"}, "validate": {"required": True}},
        {"type": "dynamiclist", "id": "l", "path": "stops", "label": "行程", "defaultRepetitions": 0, "components": [
            {"type": "textfield", "id": "p", "key": "place", "label": "地点", "properties": {"en": "Place"}}]},
    ],
}  # fmt: skip


class Editor:
    """The page of one form, and its preview as the page's script asks for it."""

    def __init__(self, company: Company, visitor: Visitor, name: str = NAME, change_id: int = 0) -> None:
        self.change_id = change_id or open_change(company)
        self.address = f"/process-changes/{self.change_id}/forms/{name}"
        self.visitor = visitor.visit(self.address)

    def preview(self, source: object, **answers: Any) -> str:
        """The fragment for what the editor holds; ``do`` is the button pressed."""
        data = {
            "csrf_token": self.visitor._token(),
            "_source": source if isinstance(source, str) else json.dumps(source),
            "_do": answers.pop("do", "refresh"),
            **answers,
        }
        found = self.visitor.client.post(f"{self.address}/preview", data=data, headers={"HX-Request": "true"})
        assert found.status_code == 200
        return found.get_data(as_text=True)


def test_the_page_shows_the_form_as_people_will_see_it_and_where_it_is_used(company: Company, sign_in: SignIn) -> None:
    page = Editor(company, sign_in(OWNER)).visitor
    assert page.status == 200
    assert "登记客户投诉" in page.text and "投诉渠道" in page.text
    assert "本变更: 接到投诉" in page.text
    assert json.loads(page.page.xpath('//script[@id="form-source"]/text()')[0]).startswith("{")


def test_owners_and_reviewers_see_a_form_and_nobody_else(company: Company, sign_in: SignIn) -> None:
    editor = Editor(company, sign_in(OWNER))
    assert sign_in(REVIEWER).visit(editor.address).status == 200
    assert sign_in(STRANGER).visit(editor.address).status == 403
    stranger = sign_in(STRANGER).visit("/")
    assert stranger.send(f"{editor.address}/preview", _source="{}").status == 403
    assert stranger.visit("/").send(f"/process-changes/{editor.change_id}/forms", key="mine").status == 403
    assert sign_in(OWNER).visit(f"/process-changes/{editor.change_id}/forms/complaint.bpmn").status == 404
    assert sign_in(OWNER).visit(f"/process-changes/{editor.change_id}/forms/none.json").status == 404
    assert sign_in(OWNER).visit("/process-changes/999/forms/none.json").status == 404


def test_the_preview_draws_what_the_editor_holds_in_both_languages_with_its_conditions(
    company: Company, sign_in: SignIn
) -> None:
    editor = Editor(company, sign_in(OWNER))
    assert "天数" in editor.preview(LEAVE) and "为何这么久" not in editor.preview(LEAVE)
    english = editor.preview(LEAVE, _language="en")
    assert "Days" in english and "为何" not in english.split("yz-form-actions")[0].split("yz-preview-title")[1]
    assert 'name="why"' in editor.preview(LEAVE, days="9")
    assert 'name="why"' not in editor.preview(LEAVE, days="3")
    assert 'name="why"' in editor.preview(LEAVE, _variables='{"days": 9}', days="9")
    assert 'name="stops.0.place"' in editor.preview(LEAVE, do="add:stops")
    assert changed_file(company, editor.change_id, NAME).revision == 1


def test_sample_answers_are_judged_as_real_ones_and_stored_nowhere(company: Company, sign_in: SignIn) -> None:
    editor = Editor(company, sign_in(OWNER))
    refused = editor.preview(LEAVE, do="submit", days="31")
    assert "is-invalid" in refused and "30" in refused and "alert-success" not in refused
    accepted = editor.preview(LEAVE, do="submit", days="3")
    assert "答案符合要求" in accepted and "&#34;days&#34;: 3" in accepted
    assert company.instances == []


def test_answers_are_judged_only_by_a_form_that_could_be_published(company: Company, sign_in: SignIn) -> None:
    field = {"type": "textfield", "id": "a", "key": "a", "label": "甲", "conditional": {"hide": "=1 +"}}
    drawn = Editor(company, sign_in(OWNER)).preview({**LEAVE, "components": [field]}, do="submit", a="x")
    assert "表单本身改好后才能检查答案" in drawn and "conditional.hide" in drawn and "答案符合要求" not in drawn


def test_a_sample_file_is_looked_at_and_not_kept(company: Company, sign_in: SignIn) -> None:
    form = {
        **LEAVE,
        "components": [{"type": "filepicker", "id": "f", "key": "proof", "label": "证明", "accept": ".pdf"}],
    }
    editor = Editor(company, sign_in(OWNER))
    chosen = editor.preview(form, **{"proof._file": (io.BytesIO(b"%PDF-1.7 sick"), "病假条.pdf", "application/pdf")})
    assert "病假条.pdf" in chosen and company.rows(attachment) == []
    kept = "sample:12:application/pdf:病假条.pdf"
    assert "病假条.pdf" in editor.preview(form, proof=kept)
    assert "alert-success" in editor.preview(form, do="submit", proof=kept)
    assert "alert-success" not in editor.preview(form, do="submit", proof="sample:12:text/html:page.html")
    assert "alert-success" not in editor.preview(form, do="submit", proof="somebody-elses-file")


@pytest.mark.parametrize(
    "source",
    [
        "",
        "not JSON",
        "[]",
        "[" * 100_000,
        '{"components": 7}',
        {"type": "default", "id": "x", "components": [{"type": "iframe", "url": "https://example.org"}]},
        {"type": "default", "id": "x", "components": [{"type": "textfield", "key": "a", "label": {"no": "text"}}]},
        {"type": "default", "id": "x", "components": [{"type": "select", "key": "a", "values": 5, "label": []}]},
        {"type": "default", "id": "x", "components": [{"type": "textfield", "key": "a", "layout": 3, "validate": 4,
                                                       "conditional": 5, "properties": 6, "appearance": 7}]},
        {"type": "default", "id": "x", "components": [{"type": "number", "key": "a", "decimalDigits": "x",
                                                       "increment": "y", "validate": {"min": []}}]},
        {"type": "default", "id": "x", "components": [{"type": "table", "columns": [1, {"key": 2}], "dataSource": 3}]},
        {"type": "default", "id": "x", "components": [{"type": "datetime", "key": "a", "subtype": [],
                                                       "timeInterval": -1}]},
        {"type": "default", "id": "x", "components": [{"type": "textfield", "key": "a",
                                                       "validate": {"pattern": "(a+)+$"}}]},
        {"type": "default", "id": "x", "components": [{"type": "image", "source": "javascript:alert(1)"}]},
        {"type": "default", "id": "x", "components": [{"type": "html", "content": "<script>alert(1)</script>"}]},
        {"type": "default", "id": "x", "components": [{"type": "expression", "key": "a",
                                                       "expression": "=for x in 1..100000000 return x"}]},
        {"type": "default", "id": 5, "components": []},
    ],
)  # fmt: skip
def test_no_source_breaks_the_preview_or_gets_a_script_into_it(
    company: Company, sign_in: SignIn, source: object
) -> None:
    editor = Editor(company, sign_in(OWNER))
    for do in ("refresh", "submit", "add:a", "drop:a:b"):
        drawn = editor.preview(
            source, do=do, a="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", _variables="[1]" if do == "submit" else ""
        )
        assert "<script" not in drawn and "javascript:" not in drawn.replace("&#34;javascript:alert(1)&#34;", "")


def test_a_new_form_is_empty_titled_and_ready_to_edit(company: Company, sign_in: SignIn) -> None:
    change_id = open_change(company)
    owner = sign_in(OWNER).visit(f"/process-changes/{change_id}/forms")
    assert "登记客户投诉" in owner.text
    owner.submit(f"/process-changes/{change_id}/forms", key="leave_request", name_zh="请假", name_en="Leave")
    assert owner.path == f"/process-changes/{change_id}/forms/leave_request.json" and owner.status == 200
    assert "表单还没有字段" in owner.text
    made = json.loads(changed_file(company, change_id, "leave_request.json").content)
    assert (made["id"], made["name"], made["properties"]) == ("leave_request", "请假", {"en": "Leave"})


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"key": "Leave Request"}, 422, "小写字母"),
        ({"key": "../etc"}, 422, "小写字母"),
        ({"key": "complaint_answer"}, 409, "已被使用"),  # in this change
        ({"key": "nonconformity_raise"}, 409, "已被使用"),  # in another process
        ({"key": "leave", "name_en": " "}, 422, "英文"),
    ],
)
def test_a_new_form_needs_a_key_of_its_own_and_names(
    company: Company, sign_in: SignIn, fields: dict[str, str], status: int, said: str
) -> None:
    change_id = open_change(company)
    given = {"name_zh": "请假", "name_en": "Leave", **fields}
    owner = (
        sign_in(OWNER)
        .visit(f"/process-changes/{change_id}/forms")
        .submit(f"/process-changes/{change_id}/forms", **given)
    )
    assert owner.status == status and said in owner.text
    assert given["key"] in owner.source


def test_a_reviewer_adds_nothing(company: Company, sign_in: SignIn) -> None:
    change_id = open_change(company)
    reviewer = sign_in(REVIEWER).visit(f"/process-changes/{change_id}/forms")
    assert "新建表单" not in reviewer.text
    sent = reviewer.visit("/profile").send(
        f"/process-changes/{change_id}/forms", key="leave", name_zh="请假", name_en="Leave"
    )
    assert "负责部门" in sent.text
