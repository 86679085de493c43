"""A form with nothing in it yet."""

from __future__ import annotations

import json

SCHEMA_VERSION = 19


def blank_form(key: str, name_zh: str, name_en: str) -> bytes:
    """The file of a new form."""
    source = {
        "type": "default",
        "id": key,
        "name": name_zh,
        "properties": {"en": name_en},
        "schemaVersion": SCHEMA_VERSION,
        "components": [],
    }
    return (json.dumps(source, ensure_ascii=False, indent=2) + "\n").encode()
