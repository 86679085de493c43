"""Users, groups and signing in on both stores."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import audit_trail, groups, sign_in, users
from engine.audit_trail import AuditQuery
from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.store import audit
from tests.support.people import PASSWORD, People


def attempt(platform: Platform, login: str, password: str = PASSWORD, address: str = "10.0.0.1") -> str | None:
    """One attempt to sign in, as the entry point makes it; the login of who got in."""
    now = platform.clock.now()
    with platform.database.read() as connection:
        candidate = sign_in.look_up(connection, login, address, now=now)
    matches = candidate.matches(password)
    with platform.database.write() as connection:
        actor = sign_in.conclude(connection, candidate, matches=matches, now=now)
    return actor.login if actor else None


def test_a_user_is_created_changed_and_recorded(any_platform: Platform, people: People, clock: MovableClock) -> None:
    admin = people.administrator()
    with any_platform.database.write() as connection:
        user_id = users.create(
            connection, actor=admin, now=clock.now(), login="Li.Lei", name=" 李雷 ", password=PASSWORD, email="l@x"
        )
        desk = groups.create(
            connection, actor=admin, now=clock.now(), key="service_desk", name_zh="服务台", name_en="Service desk"
        )
        groups.set_groups(connection, actor=admin, user_id=user_id, group_ids=[desk], now=clock.now())
    assert attempt(any_platform, "li.lei") == "li.lei"
    assert people.actor("li.lei").groups == {desk: "service_desk"}

    with any_platform.database.write() as connection:
        users.change(
            connection, actor=admin, user_id=user_id, now=clock.now(), name="李磊", email="l@x", language="en",
            is_administrator=False, is_active=False,
        )  # fmt: skip
        groups.set_groups(connection, actor=admin, user_id=user_id, group_ids=[], now=clock.now())
    assert attempt(any_platform, "li.lei") is None
    with any_platform.database.read() as connection:
        assert users.load_actor(connection, user_id) is None
        assert [row.name for row in users.listed(connection, actor=admin, search="李磊")] == ["李磊"]
        assert users.listed(connection, actor=admin, search="李磊", only_active=True) == []
        assert [row.login for row in users.active(connection)] == ["admin"]
        assert groups.members(connection, desk) == []
        records = audit_trail.listed(connection, AuditQuery(subject_type="user", size=10), actor=admin)
        assert [row.action for row in records] == ["user.change", "sign_in.success", "user.create"]
        assert audit.verify(connection).broken_at is None


def test_a_new_password_ends_sessions_from_before(any_platform: Platform, people: People, clock: MovableClock) -> None:
    li_lei = people.user("li.lei")
    assert li_lei.user_id is not None
    before = clock.now()
    clock.move(timedelta(microseconds=1))
    with any_platform.database.write() as connection:
        after = users.change_own_password(
            connection, actor=li_lei, current=PASSWORD, password="a new password", now=clock.now()
        )
    with any_platform.database.read() as connection:
        assert users.load_actor(connection, li_lei.user_id, password_changed_at=before) is None
        assert users.load_actor(connection, li_lei.user_id, password_changed_at=after) is not None


def test_guessing_is_slowed_down_for_a_name_and_for_an_address(
    any_platform: Platform, people: People, clock: MovableClock
) -> None:
    for number in range(6):
        people.user(f"user{number}")
        for _ in range(5):
            assert attempt(any_platform, f"user{number}", "wrong") is None
    people.user("li.lei")
    with pytest.raises(sign_in.SignInThrottled):
        attempt(any_platform, "li.lei")
    assert attempt(any_platform, "li.lei", address="10.0.0.2") == "li.lei"
    with pytest.raises(sign_in.SignInThrottled) as throttled:
        attempt(any_platform, "user0", address="10.0.0.2")
    assert throttled.value.details == {"seconds": 900}
    clock.move(timedelta(minutes=15))
    assert attempt(any_platform, "user0") == "user0"


def test_whoever_was_faster_to_fail_decides(any_platform: Platform, people: People, clock: MovableClock) -> None:
    people.user("li.lei")
    with any_platform.database.read() as connection:
        slow = sign_in.look_up(connection, "li.lei", "10.0.0.1", now=clock.now())
    for _ in range(5):
        attempt(any_platform, "li.lei", "wrong", address="10.0.0.2")
    with any_platform.database.write() as connection, pytest.raises(sign_in.SignInThrottled):
        sign_in.conclude(connection, slow, matches=True, now=clock.now())


def test_unknown_things_are_named(any_platform: Platform, people: People, clock: MovableClock) -> None:
    admin, now = people.administrator(), clock.now()
    desk = people.group("service_desk")
    with any_platform.database.write() as connection:
        with pytest.raises(users.UserUnknown):
            users.get(connection, 99)
        with pytest.raises(groups.GroupUnknown):
            groups.get(connection, 99)
        with pytest.raises(users.UserUnknown):
            groups.add_member(connection, actor=admin, group_id=desk, user_id=99, now=now)
        with pytest.raises(users.UserUnknown):
            groups.change(connection, actor=admin, group_id=desk, now=now, name_zh="x", name_en="x", manager_id=99)


def test_a_hash_of_another_kind_matches_nothing() -> None:
    assert not users.password_matches("md5$abc", PASSWORD)
    assert not users.password_matches("", "")
