"""Masking: what people answered in a real case, without what nobody else needs to know.

Options, numbers, yes and no, and dates stay as they were: a process decides by them. Free text becomes as many stars as
its class of length has; a person becomes a colleague of the same groups; addresses, phone numbers and identifiers keep
their shape only; files keep their kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from sqlalchemy import Connection, select

from engine.forms import Component, Form, lookup
from engine.forms.model import scope_fields
from engine.forms.places import put
from engine.store.tables import group, membership, user
from engine.trials.acting import FILE_MARK

_ABSENT = object()
_STAR = "＊"
_CLASSES = ((10, 2), (50, 20), (200, 60))  # up to this many characters: so many stars
_LONG = 120
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DIGITS = re.compile(r"\d{7,}|\d[\d\s-]{8,}\d")
_CODE = re.compile(r"[A-Za-z0-9_.:+-]{1,64}")
_FREE = frozenset({"textfield", "textarea"})


class Mask:
    """Masks the answers of one case; a person who occurs twice becomes the same colleague."""

    def __init__(self, connection: Connection) -> None:
        names = {row.id: row.login for row in connection.execute(select(user.c.id, user.c.login).order_by(user.c.id))}
        query = select(membership.c.user_id, group.c.key).join(group, group.c.id == membership.c.group_id)
        self._groups: dict[str, set[str]] = {login: set() for login in names.values()}
        for row in connection.execute(query):
            self._groups[names[row.user_id]].add(row.key)
        active = select(user.c.login).where(user.c.is_active).order_by(user.c.id)
        self._active = list(connection.execute(active).scalars())
        self._colleagues: dict[str, str] = {}
        self._files = 0

    def answers(self, form: Form, given: Mapping[str, Any]) -> dict[str, Any]:
        """The answers somebody gave in a form; what the form computes or only shows is left out."""
        return self._scope(form.components, given)

    def data(self, given: Any) -> Any:
        """Data without a form, such as what a message brought."""
        if isinstance(given, str):
            return self._unknown(given)
        if isinstance(given, Mapping):
            return {key: self.data(value) for key, value in given.items()}
        if isinstance(given, list):
            return [self.data(value) for value in given]
        return given

    def _scope(self, components: Sequence[Component], given: Mapping[str, Any]) -> dict[str, Any]:
        masked: dict[str, Any] = {}
        for component in scope_fields(tuple(components)):
            value = lookup(given, component.path, _ABSENT)
            if value is _ABSENT or component.type == "expression" or component.always_readonly:
                continue
            if component.is_list:
                rows = value if isinstance(value, list) else []
                put(masked, component.path, [self._scope(component.components, row) for row in rows])
            else:
                put(masked, component.path, self._field(component, value))
        return masked

    def _field(self, component: Component, value: Any) -> Any:
        if isinstance(value, list):
            return [self._field(component, one) for one in value]
        if not isinstance(value, str) or not value:
            return value
        if component.type == "filepicker":
            return self._file(value)
        if component.type in _FREE:
            is_shaped = component.rules.get("pattern") or component.rules.get("validationType")
            return _shape(value) if is_shaped else _stars(value, component.rules.get("minLength"))
        return self._person(value) if value in self._groups else value

    def _unknown(self, text: str) -> str:
        if text in self._groups:
            return self._person(text)
        if text.startswith(FILE_MARK):
            return self._file(text)
        if _MAIL.search(text) or (_DIGITS.search(text) and not _is_moment(text)):
            return _shape(text)
        return text if _CODE.fullmatch(text) else _stars(text, None)

    def _person(self, login: str) -> str:
        """A colleague who belongs to the same groups, somebody else for everybody who occurs; else they themselves."""
        if login not in self._colleagues:
            own, taken = self._groups[login], set(self._colleagues.values())
            alike = [one for one in self._active if self._groups[one] == own and one not in taken]
            others = [one for one in alike if one != login]
            self._colleagues[login] = next(iter([*others, *alike]), login)
        return self._colleagues[login]

    def _file(self, mark: str) -> str:
        self._files += 1
        return f"{FILE_MARK}附件{self._files}{PurePath(mark).suffix[:10]}"


def _stars(text: str, shortest: Any) -> str:
    count = next((stars for limit, stars in _CLASSES if len(text) <= limit), _LONG)
    needed = shortest if isinstance(shortest, int) else 0
    return _STAR * min(max(count, needed), max(len(text), 2))


def _shape(text: str) -> str:
    """Each digit as 0, each Latin letter as x, the rest of letters as a star; signs stay."""

    def one(character: str) -> str:
        if character.isdigit():
            return "0"
        if character.isascii():
            return "x" if character.isalpha() else character
        return _STAR if character.isalpha() else character

    return "".join(map(one, text))


def _is_moment(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}(T[\d:.+Z-]+)?", text) is not None
