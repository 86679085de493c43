"""The figures the policy leaves to the company: terms and thresholds that an administrator may change.

Processes read them as ``setting("nonconformity.analysis_days")`` at the moment they need them, so that a change counts
from then on and running deadlines stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from engine.actors import Actor
from engine.errors import Forbidden, Invalid, Language, NotFound
from engine.store import audit, configuration
from engine.store.tables import setting
from engine.yaml_files import read_yaml


class SettingUnknown(NotFound):
    """No setting has this key."""

    code = "setting_unknown"
    zh = "没有名为“{key}”的设置"
    en = "There is no setting “{key}”"


class SettingOutOfRange(Invalid):
    """A value outside the limits."""

    code = "setting_out_of_range"
    zh = "“{name_zh}”须为 {minimum} 到 {maximum} 之间的整数"
    en = "“{name_en}” must be a whole number from {minimum} to {maximum}"


@dataclass(frozen=True)
class PolicySetting:
    """One figure: a whole number of ``unit`` (hours, days, working days, times) between two limits.

    ``source`` is the clause it belongs to, or the practice it was taken from where the policy is silent.
    """

    key: str
    zh: str
    en: str
    unit_zh: str
    unit_en: str
    default: int
    minimum: int
    maximum: int
    source: str

    def name(self, language: Language) -> str:
        """The name for a reader of ``language``."""
        return self.zh if language == "zh" else self.en

    def unit(self, language: Language) -> str:
        """The unit for a reader of ``language``."""
        return self.unit_zh if language == "zh" else self.unit_en


_FILE = Path(__file__).with_suffix(".yaml")
CATALOGUE: Mapping[str, PolicySetting] = {given["key"]: PolicySetting(**given) for given in read_yaml(_FILE)}


def value(connection: Connection, key: str) -> int:
    """The figure in force. Raises ``SettingUnknown``."""
    known = _known(key)
    stored = connection.execute(select(setting.c.value).where(setting.c.key == key)).scalar()
    return known.default if stored is None else int(stored)


def values(connection: Connection) -> dict[str, int]:
    """All figures in force, by key."""
    stored = {row.key: row.value for row in connection.execute(select(setting))}
    return {key: int(stored.get(key, one.default)) for key, one in CATALOGUE.items()}


def change(connection: Connection, *, actor: Actor, key: str, value: int, now: datetime) -> None:
    """Set a figure (administrators). Raises ``Forbidden``, ``SettingUnknown``, ``SettingOutOfRange``."""
    if not actor.is_administrator:
        raise Forbidden()
    checked(key, str(value))
    before = values(connection)[key]
    if before == value:
        return
    if connection.execute(update(setting).where(setting.c.key == key).values(value=value)).rowcount == 0:
        connection.execute(insert(setting).values(key=key, value=value))
    configuration.note(connection, "settings", now)
    audit.record(
        connection,
        actor=actor.login,
        action="setting.change",
        subject_type="setting",
        subject_id=key,
        now=now,
        details={"from": before, "to": value},
    )


def checked(key: str, text: str) -> int:
    """The figure that ``text`` writes. Raises ``SettingUnknown``, ``SettingOutOfRange``."""
    known = _known(key)
    if not (text.isascii() and text.isdigit() and known.minimum <= int(text) <= known.maximum):
        raise SettingOutOfRange(
            name_zh=known.zh, name_en=known.en, minimum=known.minimum, maximum=known.maximum, fields=[key]
        )
    return int(text)


def _known(key: str) -> PolicySetting:
    if key not in CATALOGUE:
        raise SettingUnknown(key=key)
    return CATALOGUE[key]
