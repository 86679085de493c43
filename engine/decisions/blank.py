"""A decision table with one input, one output and no rule yet."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

_TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" \
xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" \
xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="definitions_{key}" name="{key}" \
namespace="http://camunda.org/schema/1.0/dmn">
  <decision id="{key}" name={name_zh}>
    <extensionElements><camunda:properties><camunda:property name="en" value={name_en} /></camunda:properties>\
</extensionElements>
    <decisionTable id="{key}_table" hitPolicy="UNIQUE">
      <input id="{key}_input_1">
        <inputExpression id="{key}_expression_1" typeRef="string"><text></text></inputExpression>
      </input>
      <output id="{key}_output_1" name="result" typeRef="string" />
    </decisionTable>
  </decision>
  <dmndi:DMNDI>
    <dmndi:DMNDiagram>
      <dmndi:DMNShape dmnElementRef="{key}"><dc:Bounds height="80" width="180" x="160" y="100" /></dmndi:DMNShape>
    </dmndi:DMNDiagram>
  </dmndi:DMNDI>
</definitions>
"""


def blank_table(key: str, name_zh: str, name_en: str) -> bytes:
    """The file of a new decision; ``key`` is a word of letters, digits and ``_``."""
    return _TABLE.format(key=key, name_zh=quoteattr(name_zh), name_en=quoteattr(name_en)).encode()
