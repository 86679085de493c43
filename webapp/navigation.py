"""The menu: page modules list their entries in ``NAVIGATION``, this module puts them in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flask import Flask, request, url_for
from flask_babel import LazyString, lazy_gettext
from sqlalchemy import Connection

from engine.actors import Actor
from webapp.context import actor_or_none, current_time, reading

Section = Literal["work", "registers", "service", "administration"]
SECTIONS: dict[Section, LazyString | str] = {
    "work": "",
    "registers": lazy_gettext("Registers"),
    "service": lazy_gettext("Customers and service"),
    "administration": lazy_gettext("Administration"),
}


def everybody(actor: Actor) -> bool:
    """Any signed-in person may follow the entry."""
    return actor.user_id is not None


def administrators(actor: Actor) -> bool:
    """Only administrators see the entry."""
    return actor.is_administrator


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the menu.

    ``order`` sorts within the section; ``on_phone`` puts it into the bottom bar, under this short name (four at most);
    ``count`` gives the number in its badge; ``includes`` names further endpoints or whole blueprints whose pages count
    as "in here"; ``arguments`` belong to the endpoint's address.
    """

    endpoint: str
    label: LazyString
    icon: str
    section: Section = "work"
    order: int = 50
    shown_to: Callable[[Actor], bool] = everybody
    on_phone: LazyString | None = None
    includes: tuple[str, ...] = ()
    count: Callable[[Connection, Actor, Any], int] | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)

    def is_current(self) -> bool:
        """Whether the page shown belongs to it."""
        names = {request.endpoint, request.blueprint}
        given = (request.view_args or {}).items()
        return not names.isdisjoint({self.endpoint, *self.includes}) and self.arguments.items() <= given


@dataclass(frozen=True)
class ShownItem:
    """An entry as this reader sees it, finished: pages show the menu two or three times."""

    section: Section
    label: str
    url: str
    icon: str
    badge: str
    is_current: bool
    on_phone: str


def install(app: Flask, items: Iterable[NavigationItem]) -> None:
    """Offer ``navigation()`` to the templates: sections with their entries."""
    ordered = sorted(items, key=lambda item: (list(SECTIONS).index(item.section), item.order))

    def navigation() -> list[tuple[str, list[ShownItem]]]:
        actor = actor_or_none()
        if actor is None:
            return []
        with reading() as connection:
            shown = [
                _show(item, item.count(connection, actor, current_time()) if item.count else 0)
                for item in ordered
                if item.shown_to(actor)
            ]
        found = [(str(title), [one for one in shown if one.section == section]) for section, title in SECTIONS.items()]
        return [(title, entries) for title, entries in found if entries]

    app.jinja_env.globals["navigation"] = navigation


def _show(item: NavigationItem, number: int) -> ShownItem:
    return ShownItem(
        section=item.section,
        label=str(item.label),
        url=url_for(item.endpoint, **item.arguments),
        icon=item.icon,
        badge="99+" if number > 99 else str(number or ""),
        is_current=item.is_current(),
        on_phone=str(item.on_phone or ""),
    )
