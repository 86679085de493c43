"""Values as text for people: no codes of the data format, times in the reader's zone."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from engine.errors import Language
from engine.forms.model import FormContext

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?")
_YES_NO: dict[Language, tuple[str, str]] = {"zh": ("是", "否"), "en": ("Yes", "No")}
_LIST_JOIN: dict[Language, str] = {"zh": "、", "en": ", "}


def shown(value: Any, context: FormContext, language: Language | None = None) -> str:
    """Any JSON value in ``language`` (else the context's); mappings, which no component makes, are not spelled out."""
    language = language or context.language
    if isinstance(value, bool):
        return _YES_NO[language][0 if value else 1]
    if isinstance(value, list):
        return joined([shown(one, context, language) for one in value if not isinstance(one, list)], language)
    if isinstance(value, str):
        return local_time(value, context)
    return str(value) if isinstance(value, (int, float)) else ""


def joined(texts: list[str], language: Language) -> str:
    """Several answers as one text."""
    return _LIST_JOIN[language].join(texts)


def local_time(value: str, context: FormContext) -> str:
    """A stored moment as ``2026-11-25 10:00`` in the reader's zone; any other text as it is."""
    if not _MOMENT.fullmatch(value):
        return value
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
        return (moment.astimezone(context.zone) if moment.tzinfo else moment).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return value
