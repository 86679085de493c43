"""Figures frozen with a report: what was said stays what was said; what the data say later is a revision beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select

from engine.actors import Actor
from engine.errors import Forbidden, NotFound
from engine.indicators.catalogue import indicator_of
from engine.indicators.counting import Counted
from engine.indicators.readings import Reading, compute
from engine.periods import Period, parse
from engine.runtime.library import Library
from engine.store import audit
from engine.store.tables import indicator_snapshot, project, report, user
from engine.store.types import Record

_EXCLUDED = "excluded"
_PROJECT = "project:"
_KEEPERS = frozenset({"quality", "management", "management_representative"})

# A record is known by its id; what has none (a duty of a period, a month without a meeting) by its number.
Identifier = int | str
# type of record → "numerator/denominator" (or "excluded") → records
Kept = Mapping[str, Mapping[str, list[Identifier]]]


class ScopeUnknown(NotFound):
    """Neither the organisation nor a project."""

    code = "scope_unknown"
    zh = "没有找到统计范围“{scope}”"
    en = "There is no scope “{scope}”"


@dataclass(frozen=True)
class Difference:
    """What changed between two states of the same figure: records by type that came, went, or count otherwise."""

    numerator: int
    denominator: int
    value: int | None
    added: tuple[tuple[str, Identifier], ...]
    removed: tuple[tuple[str, Identifier], ...]
    changed: tuple[tuple[str, Identifier], ...]

    @property
    def records(self) -> int:
        """How many records are concerned."""
        return len(self.added) + len(self.removed) + len(self.changed)


def take(
    connection: Connection,
    actor: Actor,
    period: Period,
    scope: str,
    now: datetime,
    *,
    zone: ZoneInfo,
    keys: Collection[str] | None = None,
    report_id: int | None = None,
    reason: str = "",
    library: Library | None = None,
    known: Sequence[Reading] | None = None,
) -> list[Record]:
    """Freeze the indicators of a period for a scope (empty: the organisation; else ``project:<code>``).

    ``known`` are readings of this very moment with their records, where they were computed already. What was frozen
    before and still holds stays as it is; where the data say otherwise now, the next revision is written. The latest
    revision of each, in the order of the catalogue. Raises ``ScopeUnknown``.
    """
    project_id = project_of(connection, scope)
    if known is None:
        known = compute(connection, period, zone, now, project_id, keys, library, with_records=True)
    return [_keep(connection, actor, one, scope, report_id, reason, now) for one in known]


def revise(
    connection: Connection,
    actor: Actor,
    key: str,
    period: Period,
    scope: str,
    reason: str,
    *,
    zone: ZoneInfo,
    now: datetime,
    library: Library | None = None,
) -> Record:
    """Write down what the data say now of a frozen figure (quality department, management). Raises ``Forbidden``."""
    if not may_revise(actor):
        raise Forbidden()
    keys = (indicator_of(key).key,)
    return take(connection, actor, period, scope, now, zone=zone, keys=keys, reason=reason, library=library)[0]


def may_revise(actor: Actor) -> bool:
    """Whether ``actor`` may add a revision by hand."""
    return actor.is_administrator or bool(_KEEPERS & set(actor.groups.values()))


def project_of(connection: Connection, scope: str) -> int | None:
    """The project of a scope, None for the organisation. Raises ``ScopeUnknown``."""
    if not scope:
        return None
    found = connection.execute(select(project.c.id).where(project.c.code == scope.removeprefix(_PROJECT))).scalar()
    if found is None or not scope.startswith(_PROJECT):
        raise ScopeUnknown(scope=scope)
    return int(found)


def _keep(
    connection: Connection,
    actor: Actor,
    reading: Reading,
    scope: str,
    report_id: int | None,
    reason: str,
    now: datetime,
) -> Record:
    latest = _latest(connection, reading.indicator.key, reading.period, scope)
    values = {
        "numerator": reading.totals.numerator,
        "denominator": reading.totals.denominator,
        "excluded": reading.totals.excluded,
        "value_hundredths": reading.value,
        "details": dict(reading.details),
        "records": kept_records(reading),
    }
    if latest is not None and all(getattr(latest, name) == value for name, value in values.items()):
        return latest
    more = {"scope": scope, "report_id": report_id, "reason": reason}
    revision = 1 if latest is None else latest.revision + 1
    return _insert(connection, actor, reading, {**values, **more, "revision": revision}, now)


def _insert(connection: Connection, actor: Actor, reading: Reading, values: Mapping[str, Any], now: datetime) -> Record:
    row = connection.execute(
        insert(indicator_snapshot)
        .values(
            **values,
            indicator=reading.indicator.key,
            period=reading.period.key,
            target_hundredths=None if reading.target is None else reading.target.target,
            warning_hundredths=None if reading.target is None else reading.target.warning,
            status=reading.status,
            taken_at=now,
            taken_by_id=actor.user_id,
        )
        .returning(indicator_snapshot)
    ).one()
    audit.record(
        connection,
        actor=actor.login,
        action="indicator.freeze" if row.revision == 1 else "indicator.revise",
        subject_type="indicator_snapshot",
        subject_id=row.id,
        now=now,
        details={
            "indicator": row.indicator,
            "period": row.period,
            "scope": row.scope,
            "revision": row.revision,
            "figure": f"{row.numerator}/{row.denominator}",
        },
    )
    return row


def kept_records(reading: Reading) -> dict[str, dict[str, list[Identifier]]]:
    """The records behind a figure as a snapshot keeps them."""
    found: dict[str, dict[str, list[Identifier]]] = defaultdict(lambda: defaultdict(list))
    for one in reading.records or ():
        found[one.record_type][_share(one)].append(one.number if one.record_id is None else one.record_id)
    return {kind: {share: sorted(ids, key=str) for share, ids in by.items()} for kind, by in found.items()}


def _share(one: Counted) -> str:
    return _EXCLUDED if one.excluded else f"{one.numerator}/{one.denominator}"


def _latest(connection: Connection, key: str, period: Period, scope: str) -> Record | None:
    return connection.execute(
        select(indicator_snapshot)
        .where(
            indicator_snapshot.c.indicator == key,
            indicator_snapshot.c.period == period.key,
            indicator_snapshot.c.scope == scope,
        )
        .order_by(indicator_snapshot.c.revision.desc())
        .limit(1)
    ).one_or_none()


def history(connection: Connection, key: str, period: Period, scope: str = "") -> list[Record]:
    """The revisions of a figure, latest first, with who took them and for which report."""
    query = (
        select(
            indicator_snapshot,
            user.c.name.label("taken_by"),
            report.c.number.label("report_number"),
            report.c.title.label("report_title"),
        )
        .join(user, user.c.id == indicator_snapshot.c.taken_by_id, isouter=True)
        .join(report, report.c.id == indicator_snapshot.c.report_id, isouter=True)
        .where(
            indicator_snapshot.c.indicator == key,
            indicator_snapshot.c.period == period.key,
            indicator_snapshot.c.scope == scope,
        )
        .order_by(indicator_snapshot.c.revision.desc())
    )
    return list(connection.execute(query))


def difference(earlier: Record, later: Record) -> Difference:
    """What one revision changed against the one before."""
    return _differ(earlier, later.numerator, later.denominator, later.value_hundredths, later.records)


def drift(
    connection: Connection, frozen: Record, *, zone: ZoneInfo, now: datetime, library: Library | None = None
) -> Difference | None:
    """What the data say now against a frozen figure; None where nothing changed."""
    period, project_id = parse(frozen.period), project_of(connection, frozen.scope)
    keys = (frozen.indicator,)
    (reading,) = compute(connection, period, zone, now, project_id, keys, library, with_records=True)
    totals = reading.totals
    found = _differ(frozen, totals.numerator, totals.denominator, reading.value, kept_records(reading))
    same_figure = (found.numerator, found.denominator) == (frozen.numerator, frozen.denominator)
    return None if same_figure and not found.records else found


def _differ(earlier: Record, numerator: int, denominator: int, value: int | None, counted: Kept) -> Difference:
    before, after = _shares(earlier.records), _shares(counted)
    return Difference(
        numerator,
        denominator,
        value,
        _ordered(after.keys() - before.keys()),
        _ordered(before.keys() - after.keys()),
        _ordered(one for one in before.keys() & after.keys() if before[one] != after[one]),
    )


def _ordered(found: Iterable[tuple[str, Identifier]]) -> tuple[tuple[str, Identifier], ...]:
    return tuple(sorted(found, key=str))


def _shares(counted: Kept) -> dict[tuple[str, Identifier], list[str]]:
    """What each record adds; one with several lines adds several times."""
    found: dict[tuple[str, Identifier], list[str]] = defaultdict(list)
    for kind, by in counted.items():
        for share, ids in sorted(by.items()):
            for one in ids:
                found[kind, one].append(share)
    return found
