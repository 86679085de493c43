"""Where a form or a decision is used: a change of it reaches every process that has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Column, Connection, select

from engine.definitions.model import Element, ProcessModel
from engine.process_library.listing import version_of
from engine.store.tables import process_definition, process_definition_decision, process_definition_form
from engine.store.types import Record


@dataclass(frozen=True)
class Use:
    """A process in force that uses something, and the elements that do."""

    row: Record
    elements: tuple[Element, ...]


def uses_of_form(connection: Connection, key: str) -> list[Use]:
    """The processes in force that use a form, by key."""
    return _uses(connection, process_definition_form.c.form_key, key, elements_with_form)


def uses_of_decision(connection: Connection, key: str) -> list[Use]:
    """The processes in force that take a decision, by key."""
    return _uses(connection, process_definition_decision.c.decision_key, key, elements_with_decision)


def elements_with_form(model: ProcessModel, key: str) -> tuple[Element, ...]:
    """The tasks and start events where people fill in a form."""
    return tuple(one for one in model.elements.values() if one.form_key == key)


def elements_with_decision(model: ProcessModel, key: str) -> tuple[Element, ...]:
    """The business rule tasks that take a decision."""
    return tuple(one for one in model.elements.values() if one.decision_key == key)


def _uses(
    connection: Connection, column: Column[str], key: str, find: Callable[[ProcessModel, str], tuple[Element, ...]]
) -> list[Use]:
    links = column.table
    query = (
        select(process_definition.c.key)
        .join(links, links.c.process_definition_id == process_definition.c.id)
        .where(column == key, process_definition.c.is_latest)
    )
    versions = (version_of(connection, one) for one in connection.execute(query.order_by("key")).scalars())
    return [Use(version.row, find(version.model, key)) for version in versions]
