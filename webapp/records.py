"""Addresses of records, whatever register they are in: for links from one record to another."""

from __future__ import annotations

from collections.abc import Mapping

from flask import url_for

from engine.registers.catalogue import REGISTERS

_PAGES = {
    "incident": ("incident.show", "incident_id"),
    "callback": ("callback.show", "callback_id"),
    "document": ("document.show", "document_id"),
    "survey": ("survey.show", "survey_id"),
}

_INDICATOR = "indicator:"


def register_link(record_type: str, filters: Mapping[str, str]) -> str:
    """The list of a register with these filters, or an indicator's page; empty for a type without either."""
    if record_type.startswith(_INDICATOR):
        return url_for("indicator.show", key=record_type.removeprefix(_INDICATOR), **filters)
    return url_for("register.index", key=record_type, **filters) if record_type in REGISTERS else ""


def record_link(record_type: str, record: int | str) -> str:
    """The page of a record by its id, of one in a register also by its number; empty for a type without pages."""
    text = str(record)
    if record_type in _PAGES and text.isdecimal():
        endpoint, argument = _PAGES[record_type]
        return url_for(endpoint, **{argument: int(text)})
    if record_type == "obligation":
        duty, _, period = text.partition(" ")
        return url_for("obligation.show", key=duty, year=period[:4] or None)
    if record_type not in REGISTERS or not text:
        return ""
    if text.isdecimal():
        return url_for("register.show", key=record_type, record_id=int(text))
    return url_for("register.find", key=record_type, number=text)
