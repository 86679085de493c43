"""A process owner publishes a form: what is wrong with it is named, with the component, before anybody meets it."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from engine.forms import FormSourceInvalid, check_form, parse_form
from engine.forms.patterns import PATTERN_MAX_CHARACTERS, PatternRefused, compiled_pattern


def problems(*components: dict[str, Any], functions: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    form = parse_form({"type": "default", "id": "f", "components": list(components)}, file="f.json")
    found = check_form(form, functions)
    assert all(problem.zh and problem.en and problem.component in problem.zh for problem in found)
    return [(problem.code, problem.component) for problem in found if problem.level == "error"]


def field(**settings: Any) -> dict[str, Any]:
    return {"type": "textfield", "id": "c1", "key": "a", "label": "甲", **settings}


class TestReading:
    @pytest.mark.parametrize(
        "source",
        [
            b"",
            b"{",
            b"\xff\xfe",
            b"[]",
            "[" * 100_000,
            '{"type": "default", "components": []}',
            '{"type": "other", "id": "x", "components": []}',
            '{"id": "x"}',
            '{"id": "x", "components": [1]}',
            '{"id": "x", "components": [{"type": "textfield", "id": "c"}]}',
            '{"id": "x", "components": [{"type": "textfield", "key": "a..b"}]}',
            '{"id": "x", "components": [{"type": "dynamiclist"}]}',
            '{"id": "x", "components": [{"type": "group", "components": {}}]}',
            json.dumps({"id": "x", "components": [{"type": "spacer"}] * 501}),
            b" " * 1_000_001,
        ],
    )
    def test_what_is_no_form_is_refused_with_a_reason(self, source: bytes | str) -> None:
        with pytest.raises(FormSourceInvalid) as refused:
            parse_form(source, file="callback.json")
        assert "callback.json" in refused.value.message("zh")
        assert all(problem["zh"] and problem["en"] for problem in refused.value.details["problems"])

    def test_nesting_has_an_end(self) -> None:
        component: dict[str, Any] = field()
        for _ in range(10):
            component = {"type": "group", "components": [component]}
        with pytest.raises(FormSourceInvalid):
            parse_form({"id": "x", "components": [component]})

    def test_a_good_form_knows_its_paths(self) -> None:
        form = parse_form(
            {
                "id": "x",
                "components": [
                    {"type": "group", "path": "supplier", "components": [field(key="contact.name")]},
                    {"type": "dynamiclist", "path": "items", "components": [field()]},
                    {"type": "text", "text": "hello"},
                ],
            }
        )
        assert [component.name for component in form.walk()] == ["supplier", "supplier.contact.name", "items", "a", ""]


class TestChecking:
    def test_a_sound_form_has_no_errors(self) -> None:
        assert problems(field(conditional={"hide": '=kind = "x"'}), field(id="c2", key="kind")) == []

    @pytest.mark.parametrize(
        ("settings", "code"),
        [
            ({"type": "iframe"}, "component_unknown"),
            ({"key": "_do"}, "key_not_usable"),
            ({"key": "csrf_token"}, "key_not_usable"),
            ({"key": "a b"}, "key_not_usable"),
            ({"key": "a.0"}, "key_not_usable"),
            ({"label": ""}, "label_missing"),
            ({"type": "select"}, "options_missing"),
            ({"type": "radio", "values": ["1", 1]}, "option_duplicate"),
            ({"validate": {"pattern": "("}}, "pattern_invalid"),
            ({"validate": {"pattern": "\\p{L}+"}}, "pattern_unsupported"),
            ({"validate": {"pattern": "(a+)+$"}}, "pattern_dangerous"),
            ({"validate": {"maxLength": "many"}}, "number_setting"),
            ({"type": "number", "increment": 0}, "number_setting"),
            ({"type": "number", "increment": "x"}, "number_setting"),
            ({"conditional": {"hide": "=a ="}}, "expression_syntax"),
            ({"validate": {"max": "=1 +"}}, "expression_syntax"),
            ({"conditional": {"hide": "=launch(a)"}}, "function_unknown"),
            ({"description": "{{#if a}}x{{/if}}"}, "template_block"),
            ({"description": "{{a +}}"}, "expression_syntax"),
            ({"properties": {"en_description": "{{(}}"}}, "expression_syntax"),
            ({"type": "expression", "expression": "1 + 1"}, "expression_missing"),
            ({"type": "image", "source": "https://elsewhere.example/x.png"}, "image_foreign"),
            ({"type": "image", "source": "//elsewhere.example/x.png"}, "image_foreign"),
            ({"type": "image", "source": "data:image/png;base64,x"}, "image_foreign"),
        ],
    )
    def test_each_mistake_is_named(self, settings: dict[str, Any], code: str) -> None:
        assert (code, "c1") in problems(field(**settings))

    def test_a_blank_template_block_is_reported_once_per_part(self) -> None:
        assert problems(field(description="{{#if a}}x{{/if}}")) == [("template_block", "c1")] * 2

    def test_keys_may_not_collide_within_one_scope(self) -> None:
        assert problems(field(), field(id="c2")) == [("duplicate_key", "c2")]
        assert problems(field(), field(id="c2", key="a.b")) == [("duplicate_key", "c2")]
        row = {"type": "dynamiclist", "id": "l", "path": "rows", "label": "行", "components": [field(id="c2")]}
        assert problems(field(), row) == []
        row["components"].append(field(id="c3"))
        assert problems(field(), row) == [("duplicate_key", "c3")]

    def test_host_functions_are_known_when_they_are_named(self) -> None:
        asks = field(conditional={"hide": "=is workday(today())"})
        assert problems(asks, functions=("is workday",)) == [] or ("expression_syntax", "c1") in problems(asks)
        plain = field(conditional={"hide": "=workday(today())"})
        assert problems(plain) == [("function_unknown", "c1")]
        assert problems(plain, functions=("workday",)) == []

    def test_missing_english_is_a_warning_only(self) -> None:
        form = parse_form({"id": "f", "components": [field(), field(id="c2", key="b", properties={"en": "B"})]})
        assert [(found.code, found.component, found.level) for found in check_form(form, ())] == [
            ("label_untranslated", "c1", "warning")
        ]


class TestPatterns:
    @pytest.mark.parametrize(
        ("pattern", "accepted", "refused"),
        [
            (r"^[A-Z]{2}-\d{4}$", "AB-1234", "AB-1234\n"),
            (r"^\d+$", "12", "１２"),
            (r"^\w+$", "ab_1", "中文"),
            (r"^\S+\s\S+$", "甲　乙", "甲乙"),
            (r"^[\s\d]+$", "1\u30002", "x"),
            (r"^\d+(,\d+)*$", "1,22,3", "1,,2"),
            (r"^(\d{1,3}\.){3}\d{1,3}$", "10.0.0.1", "10.0.0"),
            (r"^(?:kg|t)$", "kg", "g"),
            (r"^(?=.*\d)[a-z\d]+$", "a1", "ab"),
            (r"^\u4e2d\x41\/$", "中A/", "中B/"),
            (r"^a{2,3}?b$", "aab", "ab"),
            ("^{x}$", "{x}", "x"),
            (r"^[a&&b|~[]+$", "&[|~", "c"),
        ],
    )
    def test_javascript_notation_means_the_same_here(self, pattern: str, accepted: str, refused: str) -> None:
        assert compiled_pattern(pattern).search(accepted)
        assert not compiled_pattern(pattern).search(refused)

    @pytest.mark.parametrize(
        ("pattern", "reason"),
        [
            ("(a+)+", "dangerous"),
            ("(a*)*$", "dangerous"),
            ("([a-z]+,?)*", "dangerous"),
            ("(a|aa)+$", "dangerous"),
            ("((ab?)+c)*", "dangerous"),
            ("(,?\\d+)*", "dangerous"),
            ("(\\d\\d+)*", "dangerous"),
            ("(?:x+){2,50}", "dangerous"),
            ("a**", "invalid"),
            ("*", "invalid"),
            ("(", "invalid"),
            (")", "invalid"),
            ("[a", "invalid"),
            ("a\\", "invalid"),
            ("[z-a]", "invalid"),
            ("[]", "unsupported"),
            ("[\\S]", "unsupported"),
            ("[a--b]", "unsupported"),
            (r"(a)\1", "unsupported"),
            (r"\p{Han}", "unsupported"),
            (r"\uZZ", "unsupported"),
            ("(?<year>\\d)", "unsupported"),
            ("(?<=a)b", "unsupported"),
            ("(?i)a", "unsupported"),
            ("a" * 501, "unsupported"),
        ],
    )
    def test_what_cannot_be_run_safely_is_refused(self, pattern: str, reason: str) -> None:
        with pytest.raises(PatternRefused) as refused:
            compiled_pattern(pattern)
        assert refused.value.reason == reason

    def test_the_worst_accepted_patterns_stay_quick(self) -> None:
        started = time.process_time()
        for pattern in (r"^\d+(,\d+)*$", r"\s+$", r"^\w*\d+x$", r"(-\w*)*$"):
            compiled_pattern(pattern).search("1," * (PATTERN_MAX_CHARACTERS // 2))
            compiled_pattern(pattern).search(" " * PATTERN_MAX_CHARACTERS)
            compiled_pattern(pattern).search("-" * PATTERN_MAX_CHARACTERS + "!")
        assert time.process_time() - started < 2
