"""A diagram in the reader's language: each element's ``en`` property takes the place of its name."""

from __future__ import annotations

import copy

from lxml import etree

from engine.definitions.model import ProcessModel
from engine.definitions.xml import NAMESPACES
from engine.errors import Language


def translated_xml(model: ProcessModel, language: Language) -> bytes:
    """The BPMN file of ``model``, its labels in ``language`` where a translation is given."""
    if language == "zh":
        return etree.tostring(model.root, xml_declaration=True, encoding="UTF-8")
    root = copy.deepcopy(model.root)
    path = "bpmn:extensionElements/camunda:properties/camunda:property[@name='en']"
    for node in root.iter():
        if node.get("name") is None:
            continue
        if node.get("processRef") == model.key and model.name_en:
            node.set("name", model.name_en)
        translation = node.find(path, NAMESPACES)
        if translation is not None and translation.get("value"):
            node.set("name", translation.get("value", ""))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
