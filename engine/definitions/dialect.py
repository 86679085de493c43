"""From the Camunda 7 dialect to the BPMN that SpiffWorkflow runs: a pass over a copy of the tree.

What is ours to evaluate (assignees, deadlines, forms, topics) is read from the model and never reaches SpiffWorkflow.
"""

from __future__ import annotations

import copy
import re

from lxml import etree

from engine.definitions.xml import BPMN, CAMUNDA

_WRAPPED = re.compile(r"^\s*[$#]\{(.*)\}\s*$", re.DOTALL)


def expression_in(text: str) -> str | None:
    """The FEEL expression in an attribute value, or None when the value is meant literally.

    ``=due`` is FEEL's own notation; ``${due}`` is what the desktop modeler's users write.
    """
    stripped = text.strip()
    if stripped.startswith("="):
        return stripped[1:].strip()
    wrapped = _WRAPPED.match(stripped)
    return wrapped.group(1).strip() if wrapped else None


def condition_text(text: str) -> str:
    """The FEEL text of a place that always holds an expression (a flow's condition, a script)."""
    found = expression_in(text)
    return text.strip() if found is None else found


def results_variable(element_id: str) -> str:
    """Where a multi-instance activity gathers what its instances submitted."""
    return f"{element_id}_results"


def result_variable(element_id: str) -> str:
    """Where one instance of a multi-instance activity keeps what was submitted."""
    return f"{element_id}_result"


def adapt(root: etree._Element) -> etree._Element:
    """A copy of ``root`` in which multi-instance loops carry the standard's own elements."""
    adapted = copy.deepcopy(root)
    for loop in adapted.iter(f"{{{BPMN}}}multiInstanceLoopCharacteristics"):
        _adapt_loop(loop)
    for condition in adapted.iter(f"{{{BPMN}}}conditionExpression", f"{{{BPMN}}}completionCondition"):
        condition.text = condition_text(condition.text or "")
    return adapted


def _adapt_loop(loop: etree._Element) -> None:
    activity = loop.getparent()
    identifier = activity.get("id", "") if activity is not None else ""
    collection = loop.get(f"{{{CAMUNDA}}}collection") or loop.findtext(f"{{{BPMN}}}loopDataInputRef") or ""
    variable = loop.get(f"{{{CAMUNDA}}}elementVariable") or _id_of(loop, "inputDataItem") or "item"
    for tag in ("loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem"):
        for stale in loop.findall(f"{{{BPMN}}}{tag}"):
            loop.remove(stale)
    parts: list[tuple[str, str | None, dict[str, str]]] = [
        ("loopDataInputRef", collection, {}),
        ("loopDataOutputRef", results_variable(identifier), {}),
        ("inputDataItem", None, {"id": variable, "name": variable}),
        ("outputDataItem", None, {"id": result_variable(identifier), "name": result_variable(identifier)}),
    ]
    for position, (tag, text, attributes) in enumerate(parts):
        part = etree.Element(f"{{{BPMN}}}{tag}", attributes)
        part.text = text
        loop.insert(position, part)


def _id_of(loop: etree._Element, tag: str) -> str | None:
    found = loop.find(f"{{{BPMN}}}{tag}")
    return found.get("id") if found is not None else None
