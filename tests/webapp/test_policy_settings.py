"""Terms and thresholds: an administrator changes them, within limits, on the record; processes follow from then on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import policy_settings
from engine.bootstrap import Platform
from engine.store.tables import audit
from tests.support.house import House
from tests.support.people import People
from tests.support.visitor import Visitor

PAGE = "/admin/policy-settings"


@pytest.fixture
def admin(people: People, sign_in: Callable[[str], Visitor]) -> Visitor:
    people.administrator("admin", "林志远")
    people.user("li.lei", "李雷")
    return sign_in("admin")


def in_force(platform: Platform, key: str) -> int:
    with platform.database.read() as connection:
        return policy_settings.value(connection, key)


def test_a_changed_figure_is_in_force_and_on_the_record(admin: Visitor, platform: Platform) -> None:
    admin.visit(PAGE)
    assert admin.page.xpath("//input[@name='nonconformity.analysis_days']/@value") == ["5"]
    admin.submit(PAGE, **{"nonconformity.analysis_days": "3"})
    assert in_force(platform, "nonconformity.analysis_days") == 3
    (entry,) = [row for row in House(platform).rows(audit) if row.action == "setting.change"]
    assert (entry.actor, entry.subject_id) == ("admin", "nonconformity.analysis_days")
    assert '"from":5' in entry.details.replace(" ", "")


def test_a_figure_out_of_its_limits_is_refused_at_its_field_and_nothing_is_kept(
    admin: Visitor, platform: Platform
) -> None:
    admin.visit(PAGE)
    admin.submit(PAGE, **{"nonconformity.effectiveness_days": "7", "nonconformity.analysis_days": "3"})
    assert admin.status == 422
    assert "须为 30 到 90 之间的整数" in admin.text
    assert admin.page.xpath("//input[@name='nonconformity.analysis_days']/@value") == ["3"]
    assert in_force(platform, "nonconformity.analysis_days") == 5


def test_only_administrators_change_them(admin: Visitor, sign_in: Callable[[str], Visitor]) -> None:
    li = sign_in("li.lei")
    assert li.visit(PAGE).status == 403
    assert li.send(PAGE, **{"nonconformity.analysis_days": "3"}).status == 403


def test_every_figure_stands_on_the_page(admin: Visitor) -> None:
    admin.visit(PAGE)
    assert set(policy_settings.CATALOGUE) <= set(admin.page.xpath("//input/@name"))
