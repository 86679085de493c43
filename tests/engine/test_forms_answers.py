"""A service desk fills in forms: what is accepted, what is refused and in which words, what readers see later."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest

from engine.forms import FileInfo, Form, FormContext, FormInvalid, load, parse_form, prefill, settle, summary

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
IN_CHINESE = FormContext("zh", NOON, SHANGHAI)
IN_ENGLISH = FormContext("en", NOON, SHANGHAI)


def form(*components: dict[str, Any], **top: Any) -> Form:
    return parse_form({"type": "default", "id": "callback", "components": list(components), **top})


def messages(
    filled: Form, answers: dict[str, Any], context: FormContext = IN_CHINESE, initial: dict[str, Any] | None = None
) -> dict[str, list[str]]:
    with pytest.raises(FormInvalid) as refused:
        load(filled, answers, initial or {}, context)
    return dict(refused.value.details["fields"])


CALLBACK = form(
    {
        "type": "radio",
        "key": "reached",
        "label": "是否接通",
        "values": [{"label": "接通", "value": "yes", "label_en": "Reached"}, {"label": "未接通", "value": "no"}],
        "validate": {"required": True},
        "properties": {"en": "Reached"},
    },
    {
        "type": "radio",
        "key": "score",
        "label": "满意度",
        "values": [{"label": str(n), "value": n} for n in range(1, 6)],
        "conditional": {"hide": '=reached != "yes"'},
        "validate": {"required": True},
        "properties": {"en": "Score"},
    },
    {
        "type": "textarea",
        "key": "comment",
        "label": "客户意见",
        "conditional": {"hide": "=score = null or score > 2"},
        "validate": {"required": True, "maxLength": 200},
        "properties": {"en": "Comment"},
    },
    name="事件回访",
    properties={"en": "Incident callback"},
)


class TestTheCallback:
    def test_a_happy_customer_needs_no_comment(self) -> None:
        assert load(CALLBACK, {"reached": "yes", "score": 5}, {}, IN_CHINESE) == {"reached": "yes", "score": 5}

    def test_an_unhappy_one_must_be_explained(self) -> None:
        assert messages(CALLBACK, {"reached": "yes", "score": 2}) == {"comment": ["此项必填"]}
        assert messages(CALLBACK, {"reached": "yes", "score": 2}, IN_ENGLISH) == {"comment": ["This field is required"]}

    def test_what_is_hidden_is_neither_asked_nor_kept(self) -> None:
        nobody_there = {"reached": "no", "score": 1, "comment": "forged"}
        assert load(CALLBACK, nobody_there, {}, IN_CHINESE) == {"reached": "no"}

    def test_the_whole_message_counts_in_both_languages(self) -> None:
        with pytest.raises(FormInvalid) as refused:
            load(CALLBACK, {}, {}, IN_CHINESE)
        assert refused.value.message("zh") == "有 1 处需要修改"
        assert refused.value.message("en") == "Please correct 1 field(s)"
        json.dumps(refused.value.details)

    def test_the_title_falls_back_to_the_chinese_one(self) -> None:
        assert (CALLBACK.title("zh"), CALLBACK.title("en")) == ("事件回访", "Incident callback")
        assert form(name="只有中文").title("en") == "只有中文"
        assert form().title("zh") == "callback"

    def test_readers_see_labels_not_codes(self) -> None:
        data = {"reached": "yes", "score": 2, "comment": "慢"}
        assert [(line.label, line.text) for line in summary(CALLBACK, data, "zh", IN_CHINESE)] == [
            ("是否接通", "接通"),
            ("满意度", "2"),
            ("客户意见", "慢"),
        ]
        english = summary(CALLBACK, {"reached": "yes"}, "en", IN_ENGLISH)
        assert [(line.path, line.label, line.text) for line in english] == [("reached", "Reached", "Reached")]


class TestNumbers:
    price = form(
        {"type": "number", "key": "qty", "label": "数量", "decimalDigits": 0, "validate": {"min": 1, "max": 9}},
        {"type": "number", "key": "price", "label": "单价", "decimalDigits": 2, "increment": 0.05},
        {"type": "expression", "key": "loss", "expression": "=qty * price"},
        {"type": "number", "key": "claim", "label": "索赔", "validate": {"max": "=loss"}},
    )

    @pytest.mark.parametrize(
        ("answers", "field", "said"),
        [
            ({"qty": "abc"}, "qty", "请输入数字"),
            ({"qty": True}, "qty", "请输入数字"),
            ({"qty": "NaN"}, "qty", "请输入数字"),
            ({"qty": "1_0"}, "qty", "请输入数字"),
            ({"qty": 1.5}, "qty", "请输入整数"),
            ({"qty": 0}, "qty", "不能小于 1"),
            ({"qty": 10}, "qty", "不能大于 9"),
            ({"price": "1.005"}, "price", "最多 2 位小数"),
            ({"price": "1.01"}, "price", "必须是 0.05 的倍数"),
            ({"price": "1e999999999"}, "price", "数字过大"),
            ({"price": 10**400}, "price", "数字过大"),
            ({"price": "9" * 20}, "price", "数字过大"),
            ({"qty": 2, "price": 2, "claim": 4.5}, "claim", "不能大于 4"),
        ],
    )
    def test_each_fault_is_named(self, answers: dict[str, Any], field: str, said: str) -> None:
        assert messages(self.price, answers)[field] == [said]

    def test_what_people_type_becomes_numbers(self) -> None:
        typed = {"qty": " ３ ", "price": "2.50", "claim": "7.5", "loss": "forged"}
        assert load(self.price, typed, {}, IN_CHINESE) == {"qty": 3, "price": 2.5, "loss": 7.5, "claim": 7.5}

    def test_a_limit_that_is_no_number_blames_the_form_not_the_person(self) -> None:
        broken = form({"type": "number", "key": "n", "label": "数", "validate": {"max": '="viel"'}})
        assert messages(broken, {"n": 1}) == {"n": ["该项的限制无法计算，请联系流程负责人"]}

    def test_long_numbers_can_be_kept_as_text(self) -> None:
        account = form({"type": "number", "key": "no", "label": "账号", "serializeToString": True})
        assert load(account, {"no": "0062220210001234567890"}, {}, IN_CHINESE) == {"no": "0062220210001234567890"}
        assert messages(account, {"no": "1" * 101}) == {"no": ["数字过大"]}


class TestTextAndChoices:
    def test_limits_may_be_computed_and_scalars_become_text(self) -> None:
        note = form(
            {"type": "number", "key": "n", "label": "数"},
            {"type": "textfield", "key": "a", "label": "甲", "validate": {"minLength": "=n", "maxLength": '="x"'}},
            {"type": "textfield", "key": "b", "label": "乙", "validate": {"minLength": "=n"}},
        )
        assert messages(note, {"n": 3, "a": "xy", "b": True}) == {"a": ["该项的限制无法计算，请联系流程负责人"]}
        assert messages(note, {"n": 5, "b": True}) == {"b": ["至少需要 5 个字"]}

    def test_an_option_may_be_a_whole_object(self) -> None:
        team = {"value": {"id": 1, "tags": ["x"]}, "label": "一线"}
        pick = form({"type": "select", "key": "t", "label": "组", "values": [team, {"label": "坏", "value": {}}, None]})
        assert load(pick, {"t": {"tags": ["x"], "id": 1}}, {}, IN_CHINESE) == {"t": {"id": 1, "tags": ["x"]}}
        assert messages(pick, {"t": {"id": True, "tags": ["x", "y"]}}) == {"t": ["请从选项中选择"]}

    def test_all_broken_rules_of_a_field_are_said_at_once(self) -> None:
        code = form(
            {
                "type": "textfield",
                "key": "code",
                "label": "代码",
                "validate": {"minLength": 5, "pattern": "^[A-Z]+$", "patternErrorMessage": "只能是大写字母"},
                "properties": {"en_patternErrorMessage": "Capital letters only"},
            }
        )
        assert messages(code, {"code": "ab"}) == {"code": ["至少需要 5 个字", "只能是大写字母"]}
        assert messages(code, {"code": "ab"}, IN_ENGLISH)["code"][1] == "Capital letters only"

    @pytest.mark.parametrize("phone", ["13800138000", "010-62345678", "021-62345678-802", "+4930664040900"])
    def test_phone_numbers_as_people_write_them(self, phone: str) -> None:
        contact = form({"type": "textfield", "key": "p", "label": "电话", "validate": {"validationType": "phone"}})
        assert load(contact, {"p": phone}, {}, IN_CHINESE) == {"p": phone}

    @pytest.mark.parametrize("mail", ["li@", "@example.cn", "li example@x.cn", "li@example.cn\n", "a" * 65 + "@x.cn"])
    def test_mail_addresses_that_are_none(self, mail: str) -> None:
        contact = form({"type": "textfield", "key": "m", "label": "邮箱", "validate": {"validationType": "email"}})
        with pytest.raises(FormInvalid):
            load(contact, {"m": mail.replace("\n", "|")}, {}, IN_CHINESE)

    @pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
    def test_text_no_database_can_store_is_refused(self, text: str) -> None:
        note = form({"type": "textarea", "key": "note", "label": "备注"})
        assert messages(note, {"note": text}) == {"note": ["含有不允许的字符"]}

    def test_text_has_an_end_even_without_a_limit(self) -> None:
        note = form({"type": "textarea", "key": "note", "label": "备注"})
        assert load(note, {"note": "长" * 20_000}, {}, IN_CHINESE)
        assert messages(note, {"note": "长" * 20_001}) == {"note": ["最多 20000 个字"]}

    def test_options_may_come_from_the_process_or_an_expression(self) -> None:
        pick = form(
            {"type": "select", "key": "team", "label": "组", "valuesKey": "teams"},
            {"type": "taglist", "key": "who", "label": "人", "valuesExpression": "=staff[team = team_wanted].name"},
        )
        context = replace(
            IN_CHINESE,
            variables={
                "teams": ["一线", {"value": "二线"}, {"label": "", "value": ""}, 7],
                "team_wanted": "一线",
                "staff": [{"team": "一线", "name": "李雷"}, {"team": "二线", "name": "韩梅梅"}],
            },
        )
        answers = {"team": "二线", "who": ["李雷"]}
        assert load(pick, answers, {}, context) == answers
        assert messages(pick, {"team": "三线", "who": ["韩梅梅"]}, context) == {
            "team": ["请从选项中选择"],
            "who": ["请从选项中选择"],
        }

    def test_a_submission_cannot_bring_its_own_options(self) -> None:
        pick = form({"type": "select", "key": "team", "label": "组", "valuesKey": "teams"})
        assert messages(pick, {"team": "x", "teams": ["x"]}) == {"team": ["请从选项中选择"]}


class TestMoments:
    def test_local_times_get_the_persons_offset(self) -> None:
        due = form({"type": "datetime", "key": "due_at", "dateLabel": "期限", "subtype": "datetime"})
        for sent in ("2026-11-25T10:00", "2026-11-25T10:00+08:00", "2026-11-25T02:00Z", "2026-11-25T10:00:59"):
            assert load(due, {"due_at": sent}, {}, IN_CHINESE) == {"due_at": "2026-11-25T10:00+08:00"}
        in_berlin = replace(IN_CHINESE, zone=ZoneInfo("Europe/Berlin"))
        assert load(due, {"due_at": "2026-07-01T10:00"}, {}, in_berlin) == {"due_at": "2026-07-01T10:00+02:00"}

    @pytest.mark.parametrize(
        ("shape", "sent", "kept"),
        [
            (None, "08:37", "08:30"),
            ("no_timezone", "08:30:59", "08:30"),
            ("utc_offset", "08:30", "08:30+08:00"),
            ("utc_offset", "20:00-04:30", "08:30+08:00"),
            ("utc_normalized", "08:30", "00:30Z"),
            ("utc_normalized", "00:30Z", "00:30Z"),
            ("utc_normalized", "07:45", "23:45Z"),
        ],
    )
    def test_times_of_day_are_kept_as_the_author_says(self, shape: str | None, sent: str, kept: str) -> None:
        settings = {"subtype": "time", "timeInterval": 15, "timeSerializingFormat": shape}
        shift = form({"type": "datetime", "key": "t", "timeLabel": "班次", **settings})
        assert load(shift, {"t": sent}, {}, IN_CHINESE) == {"t": kept}

    @pytest.mark.parametrize(
        ("subtype", "sent", "said"),
        [
            ("date", "2026-02-30", "请输入有效的日期"),
            ("date", "20261125", "请输入有效的日期"),
            ("date", "2026-W01-1", "请输入有效的日期"),
            ("time", "24:00", "请输入有效的时间"),
            ("time", "8:30", "请输入有效的时间"),
            ("datetime", "2026-11-25", "请输入有效的日期和时间"),
            ("datetime", "0001-01-01T00:00+14:00", "请输入有效的日期和时间"),
            ("datetime", "T" * 50, "请输入有效的日期和时间"),
            ("date", 20261125, "请输入有效的日期"),
        ],
    )
    def test_impossible_moments(self, subtype: str, sent: Any, said: str) -> None:
        when = form({"type": "datetime", "key": "t", "dateLabel": "时间", "subtype": subtype})
        assert messages(when, {"t": sent}) == {"t": [said]}

    def test_today_is_the_persons_today(self) -> None:
        visit = form({"type": "datetime", "key": "on", "dateLabel": "日期", "disallowPassedDates": True})
        just_after_midnight_in_shanghai = replace(IN_CHINESE, now=datetime(2026, 11, 22, 16, 5, tzinfo=UTC))
        assert load(visit, {"on": "2026-11-23"}, {}, just_after_midnight_in_shanghai)
        assert messages(visit, {"on": "2026-11-22"}, just_after_midnight_in_shanghai) == {"on": ["不能早于今天"]}

    def test_readers_see_their_local_time(self) -> None:
        due = form({"type": "datetime", "key": "due_at", "dateLabel": "期限", "subtype": "datetime"})
        [line] = summary(due, {"due_at": "2026-11-25T02:00Z"}, "zh", IN_CHINESE)
        assert line.text == "2026-11-25 10:00"

    def test_times_inside_texts_are_local_too(self) -> None:
        told = form({"type": "datetime", "key": "a", "dateLabel": "截止 {{resolved_at}}，{{if late then 1 else late}}"})
        context = replace(IN_CHINESE, variables={"resolved_at": "2026-11-25T02:00:30+00:00", "late": False})
        [line] = summary(told, {"a": None}, "zh", context)
        assert line.label == "截止 2026-11-25 10:00，否"


class TestFiles:
    photos = form(
        {
            "type": "filepicker",
            "key": "photos",
            "label": "照片",
            "multiple": True,
            "accept": ".jpg,image/png",
            "validate": {"required": True},
        }
    )
    uploaded = replace(
        IN_CHINESE,
        files={
            "1": FileInfo("1", "现场.JPG", 10, "image/jpeg"),
            "2": FileInfo("2", "图", 10, "image/png"),
            "3": FileInfo("3", "合同.pdf", 10, "application/pdf"),
        },
    )

    def test_uploads_are_named_by_their_ids(self) -> None:
        assert load(self.photos, {"photos": ["1", "2", "1"]}, {}, self.uploaded) == {"photos": ["1", "2"]}
        [line] = summary(self.photos, {"photos": ["1", "gone"]}, "zh", self.uploaded)
        assert line.text == "现场.JPG、gone"

    def test_foreign_wrong_and_missing_files(self) -> None:
        assert messages(self.photos, {"photos": ["9"]}, self.uploaded) == {"photos": ["文件不存在，请重新上传"]}
        assert messages(self.photos, {"photos": ["3"]}, self.uploaded) == {"photos": ["只接受 .jpg, image/png 文件"]}
        assert messages(self.photos, {"photos": []}, self.uploaded) == {"photos": ["此项必填"]}
        assert messages(self.photos, {"photos": [{}]}, self.uploaded) == {"photos": ["文件不存在，请重新上传"]}

    def test_one_file_means_one(self) -> None:
        single = form({"type": "filepicker", "key": "f", "label": "附件"})
        assert load(single, {"f": "3"}, {}, self.uploaded) == {"f": ["3"]}
        assert messages(single, {"f": ["1", "2"]}, self.uploaded) == {"f": ["只能上传一个文件"]}


class TestRows:
    audit = form(
        {
            "type": "dynamiclist",
            "path": "items",
            "label": "检查项",
            "components": [
                {"type": "textfield", "key": "question", "label": "问题", "readonly": True},
                {
                    "type": "select",
                    "key": "result",
                    "label": "结论",
                    "values": ["C", "NC"],
                    "validate": {"required": True},
                },
                {
                    "type": "textfield",
                    "key": "why",
                    "label": "依据",
                    "conditional": {"hide": '=this.result != "NC"'},
                    "validate": {"required": True},
                },
            ],
        },
        {
            "type": "expression",
            "key": "findings",
            "expression": '=count(items[result = "NC"])',
            "properties": {"zh": "不符合"},
        },
    )
    plan: ClassVar[dict[str, Any]] = {"items": [{"question": "一"}, {"question": "二"}, {"question": "三"}]}

    def test_each_row_is_judged_on_its_own(self) -> None:
        answers = {"items": [{"result": "C"}, {"result": "NC"}, {}]}
        assert messages(self.audit, answers, initial=self.plan) == {
            "items.1.why": ["此项必填"],
            "items.2.result": ["此项必填"],
        }

    def test_computed_fields_see_all_rows_and_read_only_cells_cannot_be_forged(self) -> None:
        answers = {"items": [{"question": "forged", "result": "NC", "why": "无记录"}, {"result": "C", "why": "x"}]}
        assert load(self.audit, answers, self.plan, IN_CHINESE) == {
            "items": [{"question": "一", "result": "NC", "why": "无记录"}, {"question": "二", "result": "C"}],
            "findings": 1,
        }

    def test_a_row_keeps_its_question_when_the_one_above_was_removed(self) -> None:
        answers = {"items": [{"_row": 1, "result": "C"}, {"_row": -1, "result": "C"}]}
        assert [row["question"] for row in load(self.audit, answers, self.plan, IN_CHINESE)["items"]] == ["二", ""]

    def test_rows_have_limits(self) -> None:
        assert messages(self.audit, {"items": [{"result": "C"}] * 201}) == {"items": ["最多 200 行"]}
        assert messages(self.audit, {"items": "x"}) == {"items": ["明细格式不正确"]}
        fixed = form(
            {
                "type": "dynamiclist",
                "path": "items",
                "label": "项",
                "allowAddRemove": False,
                "defaultRepetitions": 2,
                "components": [{"type": "textfield", "key": "a", "label": "甲"}],
            }
        )
        assert messages(fixed, {"items": [{}]}) == {"items": ["这里应有 2 行，不能增减"]}
        assert load(fixed, {"items": [{}, {}]}, {}, IN_CHINESE) == {"items": [{"a": ""}, {"a": ""}]}

    def test_rows_inside_rows_have_one_common_limit(self) -> None:
        deep = form(
            {
                "type": "dynamiclist",
                "path": "outer",
                "label": "外",
                "components": [
                    {
                        "type": "dynamiclist",
                        "path": "inner",
                        "label": "内",
                        "components": [{"type": "textfield", "key": "a", "label": "甲"}],
                    }
                ],
            }
        )
        answers = {"outer": [{"inner": [{"a": "x"}] * 200}] * 50}
        said = messages(deep, answers)
        assert said
        assert {one for found in said.values() for one in found} == {"最多 2000 行"}

    def test_readers_see_rows_as_rows(self) -> None:
        data = {"items": [{"question": "一", "result": "C"}], "findings": 0}
        items, findings = summary(self.audit, data, "zh", IN_CHINESE)
        assert [(line.path, line.label, line.text) for line in items.rows[0]] == [
            ("items.0.question", "问题", "一"),
            ("items.0.result", "结论", "C"),
        ]
        assert (findings.label, findings.text) == ("不符合", "0")


class TestSettling:
    def test_prefilling_takes_what_was_there_then_the_authors_defaults(self) -> None:
        start = form(
            {"type": "textfield", "key": "a", "label": "甲", "defaultValue": "默认"},
            {"type": "checkbox", "key": "b", "label": "乙"},
            {
                "type": "dynamiclist",
                "path": "rows",
                "label": "行",
                "defaultRepetitions": 2,
                "components": [{"type": "number", "key": "n", "label": "数", "defaultValue": 1}],
            },
        )
        assert prefill(start, {}, IN_CHINESE) == {
            "a": "默认",
            "b": False,
            "rows": [{"n": 1, "_row": 0}, {"n": 1, "_row": 1}],
        }
        assert prefill(start, {"a": "已有", "rows": [{"n": 5}]}, IN_CHINESE)["rows"] == [{"n": 5, "_row": 0}]

    def test_half_typed_answers_settle_without_complaint(self) -> None:
        typed = {"qty": "3", "price": "2.", "claim": "abc"}
        assert settle(TestNumbers.price, typed, IN_CHINESE) == {"qty": 3, "price": 2, "loss": 6, "claim": "abc"}

    def test_conditions_that_contradict_each_other_come_to_an_end(self) -> None:
        paradox = form(
            {"type": "textfield", "key": "a", "label": "甲", "conditional": {"hide": "=b = null"}},
            {"type": "textfield", "key": "b", "label": "乙", "conditional": {"hide": "=a != null"}},
            {"type": "textfield", "key": "c", "label": "丙", "conditional": {"hide": "=c != null"}},
        )
        assert isinstance(load(paradox, {"a": "x", "b": "y", "c": "z"}, {}, IN_CHINESE), dict)

    def test_an_expression_that_fails_is_null_and_costs_little(self) -> None:
        greedy = form(
            {"type": "expression", "key": "n", "expression": "=count(for a in 1..9999, b in 1..9999 return a)"},
            {"type": "expression", "key": "m", "expression": "=nowhere(1)"},
        )
        assert load(greedy, {}, {}, IN_CHINESE) == {"n": None, "m": None}

    def test_host_functions_can_be_called(self) -> None:
        context = replace(IN_CHINESE, functions={"twice": lambda value: value * 2})
        doubled = form({"type": "expression", "key": "n", "expression": "=twice(amount)"})
        assert load(doubled, {}, {"amount": 4}, context) == {"n": 8}

    def test_a_group_can_hide_lock_and_name_its_fields(self) -> None:
        grouped = form(
            {
                "type": "group",
                "path": "supplier",
                "label": "供应商",
                "conditional": {"hide": "=internal"},
                "components": [{"type": "textfield", "key": "name", "label": "名称", "validate": {"required": True}}],
            },
            {"type": "checkbox", "key": "internal", "label": "内部"},
        )
        assert load(grouped, {"internal": True, "supplier": {"name": "x"}}, {}, IN_CHINESE) == {"internal": True}
        assert messages(grouped, {"internal": False}) == {"supplier.name": ["此项必填"]}
        [name, internal] = summary(grouped, {"supplier": {"name": "甲"}, "internal": False}, "zh", IN_CHINESE)
        assert (name.section, name.text, internal.text) == ("供应商", "甲", "否")
