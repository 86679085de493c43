"""Whatever is sent, a form answers with clean data or with messages: nothing else ever comes out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.forms import (
    Form,
    FormContext,
    FormInvalid,
    FormSourceInvalid,
    check_form,
    load,
    parse_form,
    prefill,
    settle,
    summary,
)

KINDS = (
    "textfield",
    "textarea",
    "number",
    "select",
    "radio",
    "checkbox",
    "checklist",
    "taglist",
    "datetime",
    "filepicker",
)
CONTEXT = FormContext("zh", datetime(2026, 11, 23, tzinfo=UTC), ZoneInfo("Asia/Shanghai"), variables={"v": [1, "a"]})

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        ["2026-11-25", "2026-11-25T10:00", "08:30", "1e999", "-0", "９", "\x00", "\ud800", "=1+1", "a" * 30_000]
    ),
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["k0", "k1", "rows", "_row", "x"]), inner, max_size=4),
    ),
    max_leaves=12,
)


def _fields(prefix: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [
        {
            "type": kind,
            "id": f"{prefix}{number}",
            "key": f"k{number}",
            "label": kind,
            "values": ["a", 1, True, {"label": "o", "value": {"x": 1}}],
            "subtype": ("date", "time", "datetime")[number % 3],
            "validate": {
                "required": number % 2 == 0,
                "min": 0,
                "max": "=k2",
                "maxLength": "=k3",
                "pattern": "^[a-z]+$",
            },
            "conditional": {"hide": "=k1 = this.k0 or count(v) > k2"},
            "disallowPassedDates": True,
        }
        for number, kind in enumerate(KINDS)
    ]
    return [*made, {"type": "expression", "id": f"{prefix}e", "key": "total", "expression": "=sum(rows.k2) + k2"}]


FORM = parse_form(
    {
        "id": "hostile",
        "components": [
            *_fields("f"),
            {"type": "group", "id": "g", "path": "group", "label": "g", "components": _fields("g")},
            {"type": "dynamiclist", "id": "l", "path": "rows", "label": "l", "components": _fields("l")},
        ],
    }
)


def _leads_to_an_answer(form: Form, submitted: dict[str, Any], initial: dict[str, Any]) -> None:
    settle(form, submitted, CONTEXT, initial)
    summary(form, submitted, "en", CONTEXT)
    prefill(form, submitted, CONTEXT)
    try:
        clean = load(form, submitted, initial, CONTEXT)
    except FormInvalid as refused:
        assert refused.details["fields"]
        assert all(messages for messages in refused.details["fields"].values())
        json.dumps(refused.details)
        return
    text = json.dumps(clean, allow_nan=False)
    assert "\\u0000" not in text
    assert load(form, json.loads(text), initial, CONTEXT) == clean


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(st.sampled_from([f"k{n}" for n in range(10)] + ["rows", "group", "x"]), anything, max_size=8),
    st.dictionaries(st.sampled_from(["k0", "k2", "rows", "group"]), anything, max_size=3),
)
def test_load_accepts_or_refuses(submitted: dict[str, Any], initial: dict[str, Any]) -> None:
    _leads_to_an_answer(FORM, submitted, initial)


def test_nesting_beyond_reason_is_refused_quietly() -> None:
    deep: Any = 1
    for _ in range(900):
        deep = [deep]
    for number in range(len(KINDS)):
        _leads_to_an_answer(FORM, {f"k{number}": deep, "rows": [{f"k{number}": deep}]}, {})


SETTINGS = [
    "type",
    "key",
    "path",
    "label",
    "validate",
    "values",
    "conditional",
    "components",
    "expression",
    "readonly",
    "increment",
    "properties",
    "appearance",
    "defaultValue",
    "subtype",
    "layout",
]
odd = st.one_of(anything, st.sampled_from([*KINDS, "group", "dynamiclist", "expression", "=a", "=)"]))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(SETTINGS), odd, max_size=8), max_size=4))
def test_any_source_is_read_and_checked_or_refused(components: list[dict[str, Any]]) -> None:
    try:
        form = parse_form({"id": "f", "components": components})
    except FormSourceInvalid:
        return
    assert all(problem.zh and problem.en for problem in check_form(form, ()))
