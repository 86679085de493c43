"""What an author can choose in a diagram: groups, people, forms, decisions, processes, topics, duties, calendars."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select

from engine import policy_settings, process_changes, working_calendars
from engine.decisions import DecisionSourceInvalid, read_decisions
from engine.errors import Language
from engine.forms import FormSourceInvalid, parse_form
from engine.handlers import HandlerRegistry
from engine.obligations.catalogue import OBLIGATIONS
from engine.process_changes import ChangeFile
from engine.store.tables import decision_definition, form_definition, group, user
from engine.store.types import Record
from webapp.processes import process_names

Option = dict[str, Any]
_UNITS = ("working days", "days", "hours")


def modeler_options(
    connection: Connection, handlers: HandlerRegistry, change: Record, language: Language
) -> dict[str, Any]:
    """All choices by kind, each with its value and what it is called in ``language``."""
    files = list(process_changes.files(connection, change.id).values())
    calendars, default = working_calendars.load_calendars(connection)
    names = process_names(connection, language)
    people = select(user.c.login, user.c.name).where(user.c.is_active).order_by(user.c.name, user.c.login)
    return {
        "groups": _groups(connection, language),
        "people": [_option(row.login, row.name) for row in connection.execute(people)],
        "forms": _forms(connection, files, language),
        "decisions": _decisions(connection, files, language),
        "processes": [_option(key, f"{name} ({key})") for key, name in names.items() if key != change.process_key],
        "topics": _topics(handlers, language),
        "obligations": [_option(one.id, f"{one.id} {one.text(language)}") for one in OBLIGATIONS.values()],
        "calendars": [_option(key, one.name_zh if language == "zh" else one.name_en) for key, one in calendars.items()],
        "default_calendar": default,
        "settings": _settings(connection, language),
    }


def _option(value: str, label: str) -> Option:
    return {"value": value, "label": label}


def _groups(connection: Connection, language: Language) -> list[Option]:
    name = group.c.name_zh if language == "zh" else group.c.name_en
    rows = connection.execute(select(group.c.key, name.label("name")).order_by(group.c.id))
    return [_option(row.key, row.name or row.key) for row in rows]


def _forms(connection: Connection, files: list[ChangeFile], language: Language) -> list[Option]:
    """The forms of the change, then those published with other processes."""
    found = {
        one.key: {**_option(one.key, _form_label(one.key, one.content, language)), "in_change": True}
        for one in files
        if one.kind == "form"
    }
    latest = select(form_definition.c.key, form_definition.c.source).where(form_definition.c.is_latest)
    for row in connection.execute(latest.order_by(form_definition.c.key)):
        found.setdefault(row.key, {**_option(row.key, _form_label(row.key, row.source, language)), "in_change": False})
    return list(found.values())


@lru_cache(512)
def _form_label(key: str, source: bytes, language: Language) -> str:
    try:
        return f"{parse_form(source, file=key).title(language)} ({key})"
    except FormSourceInvalid:
        return key


def _decisions(connection: Connection, files: list[ChangeFile], language: Language) -> list[Option]:
    """The decisions of the change with their file, then those published with other processes."""
    found: dict[str, Option] = {}
    for file in files:
        if file.kind == "decisions":
            for key, label in _decisions_in(file, language).items():
                found[key] = {**_option(key, label), "file": file.name}
    columns = decision_definition.c
    name = columns.name_zh if language == "zh" else columns.name_en
    for row in connection.execute(
        select(columns.key, name.label("name")).where(columns.is_latest).order_by(columns.key)
    ):
        found.setdefault(row.key, _option(row.key, f"{row.name} ({row.key})"))
    return list(found.values())


def _decisions_in(file: ChangeFile, language: Language) -> dict[str, str]:
    try:
        model = read_decisions(file.content, file.name)
    except DecisionSourceInvalid:
        return {}
    return {key: f"{one.label.text(language) or key} ({key})" for key, one in model.decisions.items()}


def _topics(handlers: HandlerRegistry, language: Language) -> list[Option]:
    return [
        {
            **_option(topic.name, topic.name),
            "description": topic.description(language),
            "required": sorted(topic.required),
            "optional": sorted(topic.optional),
        }
        for topic in sorted(handlers.topics.values(), key=lambda one: one.name)
    ]


def _settings(connection: Connection, language: Language) -> list[Option]:
    """The settings that are lengths of time, with the figure of today."""
    figures = policy_settings.values(connection)
    return [
        {
            **_option(one.key, f"{one.name(language)}: {figures[one.key]} {one.unit(language)}"),
            "unit": one.unit_en,
        }
        for one in policy_settings.CATALOGUE.values()
        if one.unit_en in _UNITS
    ]
