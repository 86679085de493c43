"""Reading XML that a stranger may have written: no DTD, no entities, no network, bounded in size and depth.

The bounds follow OWASP's advice on XML parsing; real diagrams and tables stay far below them.
"""

from __future__ import annotations

import io
import re

from lxml import etree

from engine.errors import Invalid

LIMIT_BYTES = 5 * 1024 * 1024
LIMIT_ELEMENTS = 20_000
LIMIT_DEPTH = 100

CAMUNDA = "http://camunda.org/schema/1.0/bpmn"

_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


class XmlRefused(Invalid):
    """Base of the reasons why a document is not read."""

    code = "xml_refused"


class XmlTooLarge(XmlRefused):
    """More bytes than any real file has."""

    code = "xml_too_large"
    zh = "文件超过 {limit_mib} MiB"
    en = "The file is larger than {limit_mib} MiB"


class XmlDoctype(XmlRefused):
    """Entities and external files are the classic attacks."""

    code = "xml_doctype"
    zh = "文件含有 DOCTYPE 或实体声明，出于安全考虑不予接受"
    en = "The file declares a DOCTYPE or entities"


class XmlBroken(XmlRefused):
    """Not well-formed."""

    code = "xml_broken"
    zh = "不是有效的 XML：{reason}"
    en = "This is not well-formed XML: {reason}"


class XmlTooManyElements(XmlRefused):
    """A document made to be slow."""

    code = "xml_too_many_elements"
    zh = "元素多于 {limit} 个"
    en = "More than {limit} XML elements"


class XmlTooDeep(XmlRefused):
    """A document made to exhaust the stack."""

    code = "xml_too_deep"
    zh = "XML 嵌套超过 {limit} 层"
    en = "XML nested deeper than {limit} levels"


def parse_xml(source: bytes) -> etree._Element:
    """The root of ``source``.

    Raises a subclass of ``XmlRefused`` when the document is too large, declares a DOCTYPE or entities, or is not
    well-formed.
    """
    if len(source) > LIMIT_BYTES:
        raise XmlTooLarge(limit_mib=LIMIT_BYTES // 1024 // 1024)
    if _DECLARATION.search(source) or _DECLARATION.search(_as_ascii(source)):
        raise XmlDoctype()
    _check_shape(source)
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
        raise XmlBroken(reason=str(error)[:200]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlDoctype()
    return root


def _check_shape(source: bytes) -> None:
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
                raise XmlTooManyElements(limit=LIMIT_ELEMENTS)
            if depth > LIMIT_DEPTH:
                raise XmlTooDeep(limit=LIMIT_DEPTH)
    except etree.XMLSyntaxError as error:
        raise XmlBroken(reason=str(error)[:200]) from error


def _as_ascii(source: bytes) -> bytes:
    """UTF-16 hides a DOCTYPE from a byte search; dropping the zero bytes shows it."""
    return source.replace(b"\0", b"") if b"\0" in source[:4096] else b""
