"""A decision table with one input, one output and no rule yet."""

from __future__ import annotations

from lxml import etree

from engine.xml import CAMUNDA

_DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_DI = "https://www.omg.org/spec/DMN/20191111/DMNDI/"
_DC = "http://www.omg.org/spec/DMN/20180521/DC/"


def blank_table(key: str, name_zh: str, name_en: str) -> bytes:
    """The file of a new decision."""
    root = etree.Element(
        f"{{{_DMN}}}definitions",
        {"id": f"definitions_{key}", "name": key, "namespace": "http://camunda.org/schema/1.0/dmn"},
        nsmap={None: _DMN, "dmndi": _DI, "dc": _DC, "camunda": CAMUNDA},
    )
    decision = etree.SubElement(root, f"{{{_DMN}}}decision", {"id": key, "name": name_zh})
    _english(decision, name_en)
    table = etree.SubElement(decision, f"{{{_DMN}}}decisionTable", {"id": f"{key}_table", "hitPolicy": "UNIQUE"})
    column = etree.SubElement(table, f"{{{_DMN}}}input", {"id": f"{key}_input_1"})
    etree.SubElement(column, f"{{{_DMN}}}inputExpression", {"id": f"{key}_expression_1", "typeRef": "string"}).append(
        etree.Element(f"{{{_DMN}}}text")
    )
    etree.SubElement(table, f"{{{_DMN}}}output", {"id": f"{key}_output_1", "name": "result", "typeRef": "string"})
    shape = etree.SubElement(
        etree.SubElement(etree.SubElement(root, f"{{{_DI}}}DMNDI"), f"{{{_DI}}}DMNDiagram"),
        f"{{{_DI}}}DMNShape",
        {"dmnElementRef": key},
    )
    etree.SubElement(shape, f"{{{_DC}}}Bounds", {"x": "160", "y": "100", "width": "180", "height": "80"})
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _english(node: etree._Element, name: str) -> None:
    holder = etree.SubElement(node, f"{{{_DMN}}}extensionElements")
    properties = etree.SubElement(holder, f"{{{CAMUNDA}}}properties")
    etree.SubElement(properties, f"{{{CAMUNDA}}}property", {"name": "en", "value": name})
