"""Figures frozen with a report stay as they were; what the data say later stands beside them as a revision."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine import periods
from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.errors import Forbidden
from engine.indicators import snapshots, targets
from engine.indicators.snapshots import ScopeUnknown
from engine.indicators.targets import Target, TargetInvalid
from engine.store.tables import incident, indicator_snapshot
from engine.store.types import Record
from tests.support.ledger import SHANGHAI, Ledger, at
from tests.support.people import People

MARCH = periods.parse("2026-03")


@pytest.fixture
def ledger(platform: Platform, people: People, clock: MovableClock) -> Ledger:
    clock.move_to(datetime(2026, 4, 2, tzinfo=UTC))
    return Ledger(platform, people)


def freeze(ledger: Ledger, scope: str = "", reason: str = "") -> Record:
    with ledger.platform.database.write() as connection:
        now = ledger.house.now
        (found,) = snapshots.take(
            connection, ledger.xu_mei, MARCH, scope, now, zone=SHANGHAI, keys=("I02",), reason=reason
        )
    return found


def test_what_was_frozen_stays_and_a_correction_becomes_a_revision(ledger: Ledger) -> None:
    first = ledger.incident(at("03-02"), made_sla=True)
    second = ledger.incident(at("03-03"), made_sla=False)
    frozen = freeze(ledger)
    assert (frozen.revision, frozen.numerator, frozen.denominator, frozen.value_hundredths) == (1, 1, 2, 5000)
    assert frozen.records == {"incident": {"0/1": [second], "1/1": [first]}}
    assert freeze(ledger).id == frozen.id, "nothing has changed"

    ledger.change(incident, second, made_sla=True)
    third = ledger.incident(at("03-31"), made_sla=False)
    with ledger.platform.database.read() as connection:
        drift = snapshots.drift(connection, frozen, zone=SHANGHAI, now=ledger.house.now)
    assert drift is not None
    assert (drift.numerator, drift.denominator, drift.value) == (2, 3, 6667)
    assert (drift.added, drift.changed, drift.removed) == ((("incident", third),), (("incident", second),), ())

    revised = freeze(ledger, reason="来源系统更正了一张工单")
    assert (revised.revision, revised.numerator, revised.denominator) == (2, 2, 3)
    with ledger.platform.database.read() as connection:
        latest, original = snapshots.history(connection, "I02", MARCH)
        assert (original.numerator, original.denominator, original.records) == (1, 2, frozen.records)
        assert (latest.reason, latest.taken_by) == ("来源系统更正了一张工单", "徐梅")
        assert snapshots.difference(original, latest).records == 2
        assert snapshots.drift(connection, latest, zone=SHANGHAI, now=ledger.house.now) is None
    assert ledger.house.verify().broken_at is None


def test_a_frozen_figure_keeps_the_target_it_was_judged_by(ledger: Ledger, people: People) -> None:
    ledger.incident(at("03-02"), made_sla=True)
    frozen = freeze(ledger)
    lin_fang = people.user("linfang", "林芳", groups=["management"])
    with ledger.platform.database.write() as connection:
        targets.change(connection, actor=lin_fang, key="I02", wanted=Target(9900, 9800), now=ledger.house.now)
        with pytest.raises(Forbidden):
            targets.change(connection, actor=ledger.xu_mei, key="I02", wanted=Target(1, 1), now=ledger.house.now)
    assert ledger.read("I02").target == Target(9900, 9800)
    assert freeze(ledger).id == frozen.id
    assert (frozen.target_hundredths, frozen.status) == (9500, "met")


def test_a_project_is_a_scope_of_its_own(ledger: Ledger) -> None:
    a01 = ledger.project("A01")
    ledger.incident(at("03-02"), made_sla=True, project_id=a01)
    ledger.incident(at("03-03"), made_sla=False)
    assert (freeze(ledger).denominator, freeze(ledger, "project:A01").denominator) == (2, 1)
    assert {row.scope for row in ledger.house.rows(indicator_snapshot)} == {"", "project:A01"}
    for unknown in ("project:X99", "A01"):
        with pytest.raises(ScopeUnknown):
            freeze(ledger, unknown)


def test_only_those_who_keep_the_figures_write_revisions(ledger: Ledger, people: People) -> None:
    ledger.incident(at("03-02"), made_sla=True)
    freeze(ledger)
    liu_yang = people.user("liuyang", "刘洋", groups=["service_desk"])
    with ledger.platform.database.write() as connection, pytest.raises(Forbidden):
        snapshots.revise(connection, liu_yang, "I02", MARCH, "", "", zone=SHANGHAI, now=ledger.house.now)


@pytest.mark.parametrize(("key", "target", "warning"), [("I02", "95.5", "90"), ("I05", "4", "8.25"), ("I11", "3", "3")])
def test_targets_as_people_write_them(key: str, target: str, warning: str) -> None:
    assert targets.checked(key, target, warning) == Target(round(float(target) * 100), round(float(warning) * 100))


@pytest.mark.parametrize(
    ("key", "target", "warning"),
    [("I02", "90", "95"), ("I05", "8", "4"), ("I02", "-1", "0"), ("I02", "9.555", "1")],
)
def test_targets_that_make_no_sense_are_refused(key: str, target: str, warning: str) -> None:
    with pytest.raises(TargetInvalid):
        targets.checked(key, target, warning)
