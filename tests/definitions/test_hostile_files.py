"""Files a stranger made: refused in under two seconds, with a reason, and nothing of them is run or read."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definitions.model import read_process
from engine.definitions.problems import DefinitionInvalid
from tests.support.diagrams import Diagram

SOUND = Diagram("case").start().user("work").end().flow("begin", "work", "done").xml()
BPMN = b'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'


def laughs() -> bytes:
    entities = b'<!ENTITY a0 "ha">' + b"".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">'.encode() for n in range(1, 12))
    return b"<!DOCTYPE d [" + entities + b"]><d>&a11;</d>"


def quadratic() -> bytes:
    return b'<!DOCTYPE d [<!ENTITY a "' + b"x" * 50_000 + b'">]><d>' + b"&a;" * 5_000 + b"</d>"


def external(tmp_path: Path) -> bytes:
    secret = tmp_path / "secret"
    secret.write_text("top-secret")
    return f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]><d>&x;</d>'.encode()


HOSTILE: list[tuple[str, str, Callable[[Path], bytes]]] = [
    ("billion laughs", "xml_doctype", lambda _: laughs()),
    ("quadratic blow-up", "xml_doctype", lambda _: quadratic()),
    ("external entity", "xml_doctype", external),
    ("external DTD", "xml_doctype", lambda _: b'<!DOCTYPE d SYSTEM "http://example.invalid/x.dtd"><d/>'),
    ("doctype in UTF-16", "xml_doctype", lambda _: '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d []><d/>'.encode(
        "utf-16")),
    ("ten megabytes", "xml_too_large", lambda _: b"<d>" + b"x" * 10_000_000 + b"</d>"),
    ("four megabytes of elements", "xml_too_many_elements", lambda _: b"<d>" + b"<e/>" * 1_000_000 + b"</d>"),
    ("deep nesting", "xml_too_deep", lambda _: b"<d>" * 5_000 + b"</d>" * 5_000),
    ("a million attributes", "xml_broken", lambda _: b"<d " + b"".join(b'a%d="" ' % n for n in range(90_000)) + b"/"),
    ("cut short", "xml_broken", lambda _: SOUND[:-40]),
    ("empty", "xml_broken", lambda _: b""),
    ("a picture", "xml_broken", lambda _: b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
    ("some other XML", "not_bpmn", lambda _: b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("no process", "process_count", lambda _: b"<bpmn:definitions " + BPMN + b"/>"),
    ("two processes", "process_count", lambda _: b"<bpmn:definitions " + BPMN + b"><bpmn:process id='a'/>"
     b"<bpmn:process id='b'/></bpmn:definitions>"),
    ("one id twice", "id_duplicate", lambda _: b"<bpmn:definitions " + BPMN + b"><bpmn:process id='a'>"
     b"<bpmn:userTask id='t'/><bpmn:userTask id='t'/></bpmn:process></bpmn:definitions>"),
    ("no id", "id_missing", lambda _: b"<bpmn:definitions " + BPMN + b"><bpmn:process id='a'><bpmn:userTask/>"
     b"</bpmn:process></bpmn:definitions>"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "code", "build"), HOSTILE, ids=[name for name, _, _ in HOSTILE])
def test_it_is_refused_with_its_reason_in_under_two_seconds(
    name: str, code: str, build: Callable[[Path], bytes], tmp_path: Path
) -> None:
    source = build(tmp_path)
    began = time.process_time()
    with pytest.raises(DefinitionInvalid) as refused:
        read_process(source, "hostile.bpmn")
    assert time.process_time() - began < 2
    assert refused.value.problems[0].code == code
    assert "top-secret" not in str(refused.value.details)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_but_never_crashes(data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(SOUND) - 1))
    length = data.draw(st.integers(0, 60))
    damaged = SOUND[:position] + data.draw(st.binary(max_size=40)) + SOUND[position + length :]
    try:
        read_process(damaged, "damaged.bpmn")
    except DefinitionInvalid as refused:
        assert refused.details["problems"]
