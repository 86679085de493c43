"""An administrator looks after users and groups; nobody else can."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from engine import groups, users
from engine.bootstrap import Platform
from engine.errors import Forbidden
from tests.support.people import PASSWORD, People
from tests.support.visitor import Visitor

SignIn = Callable[[str], Visitor]


@pytest.fixture
def admin(people: People, sign_in: SignIn) -> Visitor:
    people.administrator("admin", "林志远")
    return sign_in("admin")


class TestUsers:
    def test_a_new_colleague_can_sign_in_and_works_in_the_chosen_groups(
        self, admin: Visitor, people: People, sign_in: SignIn, visitor: Visitor
    ) -> None:
        desk, quality = people.group("service_desk", "服务台"), people.group("quality", "质量部")
        admin.visit("/admin/users/new").submit(
            "/admin/users/new", login="Han.Mei", name="韩梅梅", email="han@example.com", password=PASSWORD,
            group=[str(desk), str(quality)],
        )  # fmt: skip
        assert (admin.path, admin.status) == ("/admin/users", 200)
        assert "韩梅梅" in admin.text
        assert visitor.sign_in("han.mei").visit("/account").all("//dd")[:4] == [
            "韩梅梅",
            "han.mei",
            "han@example.com",
            "质量部、服务台",
        ]

    @pytest.mark.parametrize(
        ("fields", "status", "message"),
        [
            ({"login": "has space"}, 422, "登录名须为"),
            ({"login": "admin"}, 409, "登录名 admin 已被使用"),
            ({"name": " "}, 422, "请填写名称"),
            ({"email": "not an address"}, 422, "电子邮箱格式不正确"),
            ({"password": "short"}, 422, "密码须为"),
            ({"login": "han.meimei", "password": "Han.Meimei"}, 422, "密码须为"),
        ],
    )
    def test_a_mistake_comes_back_at_its_field_with_everything_else_kept(
        self, admin: Visitor, fields: dict[str, str], status: int, message: str
    ) -> None:
        given = {"login": "han.mei", "name": "韩梅梅", "email": "han@example.com", "password": PASSWORD, **fields}
        admin.visit("/admin/users/new").submit("/admin/users/new", **given)
        assert admin.status == status
        assert message in "".join(admin.all("//p[@class='yz-field-error']"))
        shown = {one.get("name"): one.get("value") for one in admin.page.xpath("//main//input[@type!='hidden']")}
        assert {key: shown[key] for key in ("login", "name", "email")} == {
            key: given[key] for key in ("login", "name", "email")
        }
        assert shown["password"] == ""

    def test_search_finds_by_name_login_or_address_and_pages(self, admin: Visitor, people: People) -> None:
        for number in range(55):
            people.user(f"user{number:02}", f"员工{number:02}")
        admin.visit("/admin/users?q=员工07")
        assert admin.all("//tbody/tr/td[1]/a") == ["员工07"]
        admin.visit("/admin/users")
        following = admin.page.xpath("//a[@rel='next']/@href")[0]
        assert len(admin.all("//tbody/tr")) == 50
        assert len(admin.visit(following).all("//tbody/tr")) == 6
        assert "没有匹配的用户" in admin.visit("/admin/users?q=%25").text

    def test_the_last_administrator_stays(self, admin: Visitor, people: People) -> None:
        own = f"/admin/users/{people.actor('admin').user_id}"
        admin.visit(own).submit(own, is_active=None)
        assert admin.status == 409
        assert "至少须保留一名启用的管理员" in admin.text
        people.administrator("second")
        admin.visit(own).submit(own, is_administrator=None)
        assert admin.status == 403

    def test_a_lost_password_is_set_anew_and_old_sessions_end(
        self, admin: Visitor, people: People, sign_in: SignIn, clock: object
    ) -> None:
        li_lei = people.user("li.lei", "李雷")
        before = sign_in("li.lei")
        clock.move_to(clock.now().replace(minute=30))  # type: ignore[attr-defined]
        page = f"/admin/users/{li_lei.user_id}"
        admin.visit(page).submit(f"{page}/password", password="short")
        assert admin.status == 422
        admin.submit(f"{page}/password", password="something new")
        assert admin.path == page
        assert before.visit("/account").path == "/sign-in"
        assert before.sign_in("li.lei", "something new").visit("/account").path == "/account"


class TestGroups:
    def test_a_group_gets_members_and_a_manager(self, admin: Visitor, people: People, platform: Platform) -> None:
        li_lei = people.user("li.lei", "李雷")
        admin.visit("/admin/groups/new").submit(
            "/admin/groups/new", key="service_desk", name_zh="服务台", name_en="Service desk"
        )
        page = admin.path
        admin.submit(f"{page}/members", user_id=str(li_lei.user_id))
        admin.submit(page, manager_id=str(li_lei.user_id))
        assert admin.all("//tbody/tr/td[position()<3]") == ["李雷li.lei", "负责人"]
        assert list(people.actor("li.lei").groups.values()) == ["service_desk"]
        admin.submit(f"{page}/members/{li_lei.user_id}/remove")
        assert people.actor("li.lei").groups == {}
        with platform.database.read() as connection:
            assert [(row.manager_name, row.members) for row in groups.listed(connection)] == [("李雷", 0)]

    @pytest.mark.parametrize(
        ("fields", "status", "message"),
        [
            ({"key": "1st"}, 422, "标识须为"),
            ({"key": "quality"}, 409, "标识 quality 已被使用"),
            ({"name_en": ""}, 422, "请填写名称"),
        ],
    )
    def test_a_bad_group_is_refused(
        self, admin: Visitor, people: People, fields: dict[str, str], status: int, message: str
    ) -> None:
        people.group("quality")
        given = {"key": "desk", "name_zh": "服务台", "name_en": "Service desk", **fields}
        admin.visit("/admin/groups/new").submit("/admin/groups/new", **given)
        assert admin.status == status
        assert message in "".join(admin.all("//p[@class='yz-field-error']"))


class TestAuditTrail:
    def test_changes_can_be_found_by_who_and_what(self, admin: Visitor, people: People) -> None:
        page = f"/admin/groups/{people.group('quality')}"
        admin.visit(page).submit(page, name_zh="质量管理部")
        admin.visit("/admin/audit?subject_type=group")
        assert admin.all("//tbody/tr/td[4]/code") == ["group.change"]
        assert "name_zh 质量管理部" in admin.text
        assert "没有匹配的记录" in admin.visit("/admin/audit?actor=nobody").text

    def test_an_altered_record_is_named(self, admin: Visitor, platform: Platform) -> None:
        admin.visit("/admin/audit").submit("/admin/audit/verify")
        assert "全部 1 条记录完好" in admin.text
        with platform.database.write() as connection:
            connection.execute(text("UPDATE audit SET actor = 'somebody' WHERE sequence = 1"))
        admin.submit("/admin/audit/verify")
        assert "第 1 条记录处断开：内容被篡改" in admin.text


class TestRights:
    @pytest.mark.parametrize(
        "path",
        [f"/admin/{page}" for page in ("users", "users/new", "users/1", "groups", "groups/new", "groups/1", "audit")],
    )
    def test_others_neither_see_the_pages_nor_the_menu(self, people: People, sign_in: SignIn, path: str) -> None:
        people.administrator()
        people.user("li.lei", "李雷", groups=["service_desk"])
        visitor = sign_in("li.lei").visit(path)
        assert visitor.status == 403
        assert "您没有权限" in visitor.text
        assert [link for link in visitor.page.xpath("//nav//a/@href") if link.startswith("/admin")] == []

    def test_the_use_cases_guard_themselves(self, people: People, platform: Platform) -> None:
        li_lei, now = people.user("li.lei"), platform.clock.now()
        with platform.database.write() as connection:
            with pytest.raises(Forbidden):
                users.create(connection, actor=li_lei, now=now, login="x1", name="X", password=PASSWORD)
            with pytest.raises(Forbidden):
                users.set_password(connection, actor=li_lei, user_id=1, password=PASSWORD, now=now)
            with pytest.raises(Forbidden):
                groups.create(connection, actor=li_lei, now=now, key="mine", name_zh="我", name_en="Mine")
