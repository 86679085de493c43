"""The sampling plan: how many of which stratum, drawn with a stored seed so that an auditor can draw again."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from engine.actors import Actor
from engine.errors import Invalid
from engine.store.tables import survey, survey_frame, survey_invitation, survey_stratum
from engine.store.types import Record
from engine.surveys import frame, sampling
from engine.surveys.frame import Frame
from engine.surveys.wording import ALLOCATIONS, STRATIFICATIONS

_EQUAL = 0.5


class PlanInvalid(Invalid):
    """Parameters out of range."""

    code = "survey_plan_invalid"
    zh = "抽样参数不合理：请检查 {fields}"
    en = "These parameters make no sampling plan: check {fields}"


@dataclass(frozen=True)
class Plan:
    """The parameters, shares in per cent: what an auditor needs to compute the sizes again."""

    stratify_by: str = "customer"
    allocation: str = "proportional"
    confidence: int = 95
    margin: int = 5
    share: int = 50
    minimum: int = 5
    response: int = 60

    def __post_init__(self) -> None:
        wrong = [
            name
            for name, good in (
                ("stratify_by", self.stratify_by in STRATIFICATIONS),
                ("allocation", self.allocation in ALLOCATIONS),
                ("confidence", 80 <= self.confidence <= 99),
                ("margin", 1 <= self.margin <= 20),
                ("share", 1 <= self.share <= 99),
                ("minimum", 0 <= self.minimum <= 500),
                ("response", 10 <= self.response <= 100),
            )
            if not good
        ]
        if wrong:
            raise PlanInvalid(fields=wrong)


@dataclass(frozen=True)
class Redraw:
    """What drawing again with the stored seed gives for one stratum, beside the list that was kept."""

    code: str
    name: str
    seed: int
    drawn: Sequence[int]
    kept: Sequence[int]

    @property
    def is_same(self) -> bool:
        """Whether the list is the one the seed gives."""
        return list(self.drawn) == list(self.kept)


def seed_of(number: str) -> int:
    """The seed of a survey: from its number, so that nobody can try seeds until they like the list."""
    return int.from_bytes(hashlib.sha256(number.encode()).digest()[:4], "big") >> 1


def make(connection: Connection, *, actor: Actor, found: Record, plan: Plan, on: date, now: Any) -> dict[str, Any]:
    """Take the frame, compute the sizes, draw; in place of an earlier plan. The plan as the process shows it."""
    taken = frame.take(connection, on, plan.stratify_by)
    needed = sampling.size(taken.size, plan.margin / 100, confidence=plan.confidence / 100, share=plan.share / 100)
    deviations = _deviations(connection, found, plan, taken)
    strata = _allocate(plan, needed, taken, deviations)
    seed = seed_of(found.number)
    _forget(connection, found.id)
    connection.execute(
        update(survey)
        .where(survey.c.id == found.id)
        .values(
            plan=asdict(plan),
            seed=seed,
            frame_on=on,
            frame_size=taken.size,
            size_needed=needed,
            planned_at=now,
            planned_by_id=actor.user_id,
        )
    )
    _keep(connection, found.id, taken, strata, seed)
    return shown(connection, found.id)


def shown(connection: Connection, survey_id: int) -> dict[str, Any]:
    """The plan in figures, for forms: strata with their sizes, and the totals."""
    found = connection.execute(select(survey).where(survey.c.id == survey_id)).one()
    strata = strata_of(connection, survey_id)
    invited = sum(one.invited for one in strata)
    return {
        **(found.plan or {}),
        "frame_size": found.frame_size,
        "frame_on": None if found.frame_on is None else found.frame_on.isoformat(),
        "size_needed": found.size_needed,
        "needed": sum(one.needed for one in strata),
        "invited": invited,
        "ratio": "" if not found.frame_size else f"{100 * invited / found.frame_size:.1f}%",
        "excluded": len(excluded_of(connection, survey_id)),
        "falls_short": any(one.falls_short for one in strata),
        "seed": found.seed,
        "strata": [
            {
                "code": one.code,
                "name": one.name,
                "population": one.population,
                "proportional": one.proportional,
                "neyman": one.neyman,
                "needed": one.needed,
                "invited": one.invited,
            }
            for one in strata
        ],
    }


def strata_of(connection: Connection, survey_id: int) -> list[Record]:
    """The strata of a survey in the order of their codes."""
    query = select(survey_stratum).where(survey_stratum.c.survey_id == survey_id)
    return list(connection.execute(query.order_by(survey_stratum.c.code)))


def excluded_of(connection: Connection, survey_id: int) -> list[Record]:
    """Who was left out of the frame, and why."""
    query = select(survey_frame).where(survey_frame.c.survey_id == survey_id, survey_frame.c.excluded != "")
    return list(connection.execute(query.order_by(survey_frame.c.contact_id)))


def redraw(connection: Connection, survey_id: int) -> list[Redraw]:
    """Draw every stratum again from the stored frame with the stored seed."""
    seed = connection.execute(select(survey.c.seed).where(survey.c.id == survey_id)).scalar_one()
    members, kept = (
        _by_stratum(connection, survey_frame, survey_id),
        _by_stratum(connection, survey_invitation, survey_id),
    )
    found = []
    for ordinal, one in enumerate(strata_of(connection, survey_id)):
        own = sampling.stratum_seed(seed, ordinal)
        drawn = sampling.draw(own, members.get(one.code, []), one.invited)
        found.append(Redraw(one.code, one.name, own, drawn, sorted(kept.get(one.code, []))))
    return found


def _allocate(plan: Plan, needed: int, taken: Frame, deviations: Mapping[str, float]) -> list[dict[str, Any]]:
    populations = taken.populations
    proportional = sampling.proportional(needed, populations)
    neyman = sampling.neyman(needed, populations, deviations)
    chosen = neyman if plan.allocation == "neyman" else proportional
    sizes = sampling.with_minimum(chosen, populations, plan.minimum)
    rows = []
    for code, population in populations.items():
        invited = sampling.invitations(sizes[code], population, plan.response / 100)
        rows.append(
            {
                "code": code,
                "name": taken.names[code],
                "population": population,
                "deviation": f"{deviations[code]:.4f}",
                "proportional": proportional[code],
                "neyman": neyman[code],
                "needed": sizes[code],
                "invited": invited.count,
                "is_census": invited.is_census,
                "falls_short": invited.falls_short,
            }
        )
    return rows


def _deviations(connection: Connection, found: Record, plan: Plan, taken: Frame) -> dict[str, float]:
    """The deviation of each stratum's answers: from the last survey by the same strata, else the largest there is.

    A share is taken as (satisfied + 1) ÷ (answered + 2), so that a stratum of which all were satisfied is asked too.
    """
    latest = connection.execute(
        select(survey.c.results, survey.c.plan)
        .where(survey.c.year < found.year, survey.c.results.is_not(None))
        .order_by(survey.c.year.desc(), survey.c.id.desc())
        .limit(1)
    ).one_or_none()
    known: dict[str, float] = {}
    if latest is not None and latest.plan["stratify_by"] == plan.stratify_by:
        for one in latest.results["strata"]:
            share = (one["satisfied"] + 1) / (one["answered"] + 2)
            known[one["code"]] = math.sqrt(share * (1 - share))
    return {code: known.get(code, _EQUAL) for code in taken.populations}


def _forget(connection: Connection, survey_id: int) -> None:
    for table in (survey_invitation, survey_frame, survey_stratum):
        connection.execute(delete(table).where(table.c.survey_id == survey_id))


def _keep(connection: Connection, survey_id: int, taken: Frame, strata: Sequence[Mapping[str, Any]], seed: int) -> None:
    listed = [
        {"survey_id": survey_id, "contact_id": one, "stratum": code, "excluded": ""}
        for code, ids in taken.members.items()
        for one in ids
    ]
    listed += [
        {"survey_id": survey_id, "contact_id": one, "stratum": "", "excluded": reason}
        for one, reason in taken.excluded.items()
    ]
    invited = [
        {"survey_id": survey_id, "contact_id": one, "stratum": stratum["code"], "status": "drawn"}
        for ordinal, stratum in enumerate(strata)
        for one in sampling.draw(
            sampling.stratum_seed(seed, ordinal), list(taken.members[stratum["code"]]), stratum["invited"]
        )
    ]
    for table, rows in (
        (survey_stratum, [{"survey_id": survey_id, **one} for one in strata]),
        (survey_frame, listed),
        (survey_invitation, invited),
    ):
        if rows:
            connection.execute(insert(table), rows)


def _by_stratum(connection: Connection, table: Any, survey_id: int) -> dict[str, list[int]]:
    query = select(table.c.stratum, table.c.contact_id).where(table.c.survey_id == survey_id, table.c.stratum != "")
    found: dict[str, list[int]] = {}
    for row in connection.execute(query):
        found.setdefault(row.stratum, []).append(row.contact_id)
    return found
