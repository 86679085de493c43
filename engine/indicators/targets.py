"""What is aimed at: the catalogue's targets, those the company set itself, those a project's agreement asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from engine.actors import Actor
from engine.errors import Forbidden, Invalid
from engine.indicators.catalogue import INDICATORS, Indicator, indicator_of
from engine.store import audit
from engine.store.tables import indicator_target, project_indicator, sla

HIGHEST = 10_000_000
_MANAGEMENT = frozenset({"management_representative", "management"})


class TargetInvalid(Invalid):
    """A target that no figure could be held against."""

    code = "target_invalid"
    zh = "“{name_zh}”的目标值须为不小于 0 的数字（最多两位小数），预警值不得比目标值更严"
    en = "The target of “{name_en}” must be a number from 0 with at most two decimals, its warning no stricter than it"


@dataclass(frozen=True)
class Target:
    """Target and warning threshold in hundredths of the indicator's unit."""

    target: int
    warning: int

    def status(self, indicator: Indicator, value: int | None) -> str:
        """How a figure stands: ``met``, ``warning``, ``missed``, or ``no_data``."""
        if value is None:
            return "no_data"
        sign = 1 if indicator.better == "up" else -1
        if sign * value >= sign * self.target:
            return "met"
        return "warning" if sign * value >= sign * self.warning else "missed"


def targets(connection: Connection, project_id: int | None = None) -> dict[str, Target]:
    """The targets in force, by indicator; a project's agreement comes before the company's own."""
    found = {key: Target(one.target, one.warning) for key, one in INDICATORS.items()}
    for row in connection.execute(select(indicator_target)):
        if row.indicator in found:
            found[row.indicator] = Target(row.target_hundredths, row.warning_hundredths)
    if project_id is not None:
        agreed = (
            select(project_indicator.c.indicator, project_indicator.c.target_basis_points)
            .join(sla, sla.c.id == project_indicator.c.sla_id)
            .where(project_indicator.c.project_id == project_id, sla.c.status == "active")
            .where(project_indicator.c.priority == "", project_indicator.c.target_basis_points.is_not(None))
        )
        for row in connection.execute(agreed):
            if row.indicator in found and INDICATORS[row.indicator].unit == "percent":
                warning = min(found[row.indicator].warning, row.target_basis_points)
                found[row.indicator] = Target(row.target_basis_points, warning)
    return found


def may_set(actor: Actor) -> bool:
    """Whether ``actor`` decides on targets: administrators, senior management, the management representative."""
    return actor.is_administrator or bool(_MANAGEMENT & set(actor.groups.values()))


def require_setter(actor: Actor) -> None:
    """Raise ``Forbidden`` to everybody else."""
    if not may_set(actor):
        raise Forbidden()


def checked(key: str, target: str, warning: str) -> Target:
    """The target that two texts write (``95``, ``97.5``). Raises ``TargetInvalid`` and ``IndicatorUnknown``."""
    indicator = indicator_of(key)
    first, second = _hundredths(target), _hundredths(warning)
    if first is None or second is None or (second > first if indicator.better == "up" else second < first):
        raise TargetInvalid(name_zh=indicator.zh, name_en=indicator.en, fields=[key])
    return Target(first, second)


def _hundredths(text: str) -> int | None:
    whole, _, rest = text.strip().partition(".")
    if not (whole.isascii() and whole.isdigit() and len(rest) <= 2 and (not rest or rest.isdigit()) and rest.isascii()):
        return None
    found = int(whole[:12]) * 100 + int(rest.ljust(2, "0"))
    return found if found <= HIGHEST else None


def change(connection: Connection, *, actor: Actor, key: str, wanted: Target, now: datetime) -> None:
    """Aim at something else from now on; frozen figures keep theirs. Raises ``Forbidden``, ``IndicatorUnknown``."""
    require_setter(actor)
    indicator_of(key)
    before = targets(connection)[key]
    if before == wanted:
        return
    values = {"target_hundredths": wanted.target, "warning_hundredths": wanted.warning}
    changed = connection.execute(update(indicator_target).where(indicator_target.c.indicator == key).values(**values))
    if changed.rowcount == 0:
        connection.execute(insert(indicator_target).values(indicator=key, **values))
    audit.record(
        connection,
        actor=actor.login,
        action="indicator.set_target",
        subject_type="indicator",
        subject_id=key,
        now=now,
        details={
            "from": [before.target, before.warning],
            "to": [wanted.target, wanted.warning],
        },
    )
