"""The namespaces of a diagram, and its file as a tree."""

from __future__ import annotations

from lxml import etree

from engine import xml
from engine.definitions.problems import DefinitionInvalid, Problem
from engine.xml import CAMUNDA

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
NAMESPACES = {
    "bpmn": BPMN,
    "camunda": CAMUNDA,
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}

__all__ = ["BPMN", "CAMUNDA", "NAMESPACES", "parse_xml"]


def parse_xml(source: bytes, file: str) -> etree._Element:
    """The root of ``source``. Raises ``DefinitionInvalid`` for a document that is hostile or not well-formed."""
    try:
        return xml.parse_xml(source)
    except xml.XmlRefused as refused:
        found = Problem(refused.code, file, "", refused.message("zh"), refused.message("en"))
        raise DefinitionInvalid([found]) from refused
