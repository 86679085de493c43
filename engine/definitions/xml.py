"""Reading XML that a stranger may have written: no DTD, no entities, no network, bounded in size and depth.

The bounds follow OWASP's advice on XML parsing; real diagrams stay far below them.
"""

from __future__ import annotations

import io
import re

from lxml import etree

from engine.definitions.problems import DefinitionInvalid, problem

LIMIT_BYTES = 5 * 1024 * 1024
LIMIT_ELEMENTS = 20_000
LIMIT_DEPTH = 100

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
NAMESPACES = {
    "bpmn": BPMN,
    "camunda": CAMUNDA,
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}

_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def parse_xml(source: bytes, file: str) -> etree._Element:
    """The root of ``source``.

    Raises ``DefinitionInvalid`` when the document is too large, declares a DOCTYPE or entities, or is not well-formed.
    """
    if len(source) > LIMIT_BYTES:
        raise DefinitionInvalid([problem("xml_too_large", file, limit_mib=LIMIT_BYTES // 1024 // 1024)])
    if _DECLARATION.search(source) or _DECLARATION.search(_as_ascii(source)):
        raise DefinitionInvalid([problem("xml_doctype", file)])
    _check_shape(source, file)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DefinitionInvalid([problem("xml_broken", file, reason=str(error)[:200])]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DefinitionInvalid([problem("xml_doctype", file)])
    return root


def _check_shape(source: bytes, file: str) -> None:
    """Count elements and depth while streaming, before a tree is built from a document made to be slow."""
    elements = depth = 0
    try:
        for event, _ in etree.iterparse(
            io.BytesIO(source), events=("start", "end"), resolve_entities=False, no_network=True, huge_tree=False
        ):
            if event == "end":
                depth -= 1
                continue
            elements += 1
            depth += 1
            if elements > LIMIT_ELEMENTS:
                raise DefinitionInvalid([problem("xml_too_many_elements", file, limit=LIMIT_ELEMENTS)])
            if depth > LIMIT_DEPTH:
                raise DefinitionInvalid([problem("xml_too_deep", file, limit=LIMIT_DEPTH)])
    except etree.XMLSyntaxError as error:
        raise DefinitionInvalid([problem("xml_broken", file, reason=str(error)[:200])]) from error


def _as_ascii(source: bytes) -> bytes:
    """UTF-16 hides a DOCTYPE from a byte search; dropping the zero bytes shows it."""
    return source.replace(b"\0", b"") if b"\0" in source[:4096] else b""
