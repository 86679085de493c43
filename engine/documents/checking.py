"""Whether an uploaded Word file is safe to open: bounded, without macros, nothing in it that reaches outside."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from lxml import etree

from engine.documents.rendering import TemplateInvalid

LIMIT_BYTES = 5 * 1024 * 1024
LIMIT_UNPACKED_BYTES = 40 * 1024 * 1024
LIMIT_PARTS = 300
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_ACTIVE = re.compile(r"vbaproject|activex|embeddings/|oleobject|\.bin$|\.exe$|\.js$", re.IGNORECASE)
_OUTSIDE = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT)\b", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"


def check_package(content: bytes) -> None:
    """Raise ``TemplateInvalid`` with what is wrong with the file."""
    if len(content) > LIMIT_BYTES:
        raise TemplateInvalid(zh="文件超过 5 MB", en="the file is larger than 5 MB")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _unpacked(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as broken:
        raise TemplateInvalid(zh="不是 Word 文件（.docx）", en="it is no Word file (.docx)") from broken
    if "[Content_Types].xml" not in parts or "word/document.xml" not in parts:
        raise TemplateInvalid(zh="不是 Word 文件（.docx）", en="it is no Word file (.docx)")
    for name, part in parts.items():
        _check_part(name, part)


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """All parts, read no further than the limit whatever the directory of the archive says of their size."""
    if len(archive.infolist()) > LIMIT_PARTS:
        raise TemplateInvalid(zh=f"文件含有超过 {LIMIT_PARTS} 个部分", en=f"it has more than {LIMIT_PARTS} parts")
    left, parts = LIMIT_UNPACKED_BYTES, dict[str, bytes]()
    for info in archive.infolist():
        if info.filename.startswith("/") or ".." in info.filename.split("/") or info.filename in parts:
            raise TemplateInvalid(zh="压缩包结构异常", en="its archive is malformed")
        with archive.open(info) as opened:
            parts[info.filename] = opened.read(left + 1)
        left -= len(parts[info.filename])
        if left < 0:
            raise TemplateInvalid(zh="解压后过大", en="it is too large when unpacked")
    return parts


def _check_part(name: str, part: bytes) -> None:
    if _ACTIVE.search(name):
        raise TemplateInvalid(zh=f"含有宏或嵌入对象：{name}", en=f"it has macros or embedded objects: {name}")
    if not name.endswith((".xml", ".rels")):
        return
    root = _parsed(name, part)
    if name.endswith(".rels"):
        for relationship in root:
            if relationship.get("TargetMode", "").lower() == "external":
                target = relationship.get("Target", "")[:100]
                raise TemplateInvalid(zh=f"含有外部链接：{target}", en=f"it refers to something outside: {target}")
            if relationship.get("Type", "").lower().endswith(("/afchunk", "/oleobject", "/vbaproject", "/subdocument")):
                raise TemplateInvalid(zh="含有宏或嵌入对象", en="it has macros or embedded objects")
    if name == "[Content_Types].xml":
        main = [
            one.get("ContentType")
            for one in root.iter(f"{_TYPES}Override")
            if one.get("PartName") == "/word/document.xml"
        ]
        if main != [MAIN_TYPE]:
            raise TemplateInvalid(zh="请保存为不含宏的 .docx", en="save it as .docx without macros")
    fields = [one.text or "" for one in root.iter(f"{_WORD}instrText")]
    fields += [one.get(f"{_WORD}instr", "") for one in root.iter(f"{_WORD}fldSimple")]
    if _OUTSIDE.search(" ".join(fields)) or _OUTSIDE.search("".join(fields)):
        raise TemplateInvalid(zh="含有读取外部内容的域", en="it has a field that reads from outside")


def _parsed(name: str, part: bytes) -> etree._Element:
    if _DOCTYPE.search(part) or _DOCTYPE.search(part.replace(b"\0", b"")):
        raise TemplateInvalid(zh=f"{name} 含有 DOCTYPE", en=f"{name} has a DOCTYPE")
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        return etree.fromstring(part, parser)
    except etree.XMLSyntaxError as broken:
        raise TemplateInvalid(zh=f"{name} 已损坏：{broken}", en=f"{name} is broken: {broken}") from broken
