"""Signing in: who gets in, who is slowed down, and what a session survives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import select

from engine import users
from engine.actors import Actor
from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.store.tables import audit, user
from tests.support.people import PASSWORD, People
from tests.support.visitor import Visitor

SignIn = Callable[[str], Visitor]


@pytest.fixture(autouse=True)
def li_lei(people: People) -> Actor:
    return people.user("li.lei", "李雷", groups=["service-desk"])


def actions(platform: Platform) -> list[str]:
    with platform.database.read() as connection:
        return list(connection.scalars(select(audit.c.action).order_by(audit.c.sequence)))


def session_cookies(visitor: Visitor) -> list[str]:
    assert visitor.answer is not None
    return [one for one in visitor.answer.headers.getlist("Set-Cookie") if one.startswith("yunzhi_session=")]


def signed_before(app: Flask, age: timedelta, session: dict[str, object]) -> str:
    """The cookie as it was signed some time ago."""

    class EarlierSigner(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - int(age.total_seconds())

    interface = SecureCookieSessionInterface()
    options = {"key_derivation": interface.key_derivation, "digest_method": interface.digest_method}
    serializer = URLSafeTimedSerializer(
        str(app.secret_key),
        salt=interface.salt,
        serializer=interface.serializer,
        signer=EarlierSigner,
        signer_kwargs=options,
    )
    return str(serializer.dumps(session))


class TestGettingIn:
    def test_nobody_sees_a_page_without_signing_in_and_then_arrives_where_they_wanted(self, visitor: Visitor) -> None:
        visitor.visit("/account?x=1")
        assert (visitor.path, visitor.status) == ("/sign-in", 200)
        visitor.submit("/sign-in", login="li.lei", password=PASSWORD)
        assert visitor.path == "/account"
        assert "李雷" in visitor.text

    def test_the_login_is_not_case_sensitive(self, visitor: Visitor) -> None:
        visitor.sign_in(" Li.Lei ").visit("/account")
        assert visitor.path == "/account"

    @pytest.mark.parametrize(("login", "password"), [("li.lei", "wrong password"), ("nobody", PASSWORD), ("", "")])
    def test_wrong_name_and_wrong_password_look_the_same(self, visitor: Visitor, login: str, password: str) -> None:
        visitor.sign_in(login, password)
        assert visitor.status == 422
        assert visitor.all("//*[@role='alert']") == ["登录名或密码不正确。"]

    def test_an_address_elsewhere_is_never_the_target(self, visitor: Visitor) -> None:
        for target in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
            visitor.visit("/sign-in")
            answer = visitor.client.post(
                "/sign-in",
                data={"csrf_token": visitor._token(), "login": "li.lei", "password": PASSWORD, "next": target},
            )
            assert answer.location == "/"

    def test_signing_out_ends_it(self, sign_in: SignIn) -> None:
        visitor = sign_in("li.lei").visit("/account")
        visitor.submit("/sign-out")
        assert visitor.path == "/sign-in"
        assert visitor.visit("/account").path == "/sign-in"

    def test_success_and_failure_are_in_the_audit_trail(self, platform: Platform, visitor: Visitor) -> None:
        visitor.sign_in("li.lei", "wrong password")
        visitor.sign_in("li.lei")
        assert actions(platform) == ["sign_in.failure", "sign_in.success"]


class TestGuessing:
    def test_after_five_wrong_passwords_even_the_right_one_waits(self, visitor: Visitor, clock: MovableClock) -> None:
        for _ in range(5):
            assert visitor.sign_in("li.lei", "wrong password").status == 422
            clock.move(timedelta(seconds=10))
        visitor.sign_in("li.lei")
        assert visitor.status == 429
        assert visitor.answer is not None
        assert visitor.answer.headers["Retry-After"] == str(15 * 60 - 50)
        clock.move(timedelta(minutes=15))
        assert visitor.sign_in("li.lei").visit("/account").path == "/account"

    def test_a_success_makes_good_for_earlier_mistakes(self, visitor: Visitor, clock: MovableClock) -> None:
        for _ in range(3):
            for _ in range(4):
                visitor.sign_in("li.lei", "wrong password")
                clock.move(timedelta(seconds=1))
            visitor.sign_in("li.lei").visit("/account").submit("/sign-out")
            clock.move(timedelta(seconds=1))
        assert visitor.status == 200

    def test_one_address_cannot_try_many_names(self, visitor: Visitor, people: People) -> None:
        for number in range(6):
            somebody = people.user(f"user{number}")
            for _ in range(5):
                assert visitor.sign_in(somebody.login, "wrong password").status == 422
        assert visitor.sign_in("li.lei").status == 429

    def test_unknown_names_are_slowed_down_like_known_ones(self, visitor: Visitor) -> None:
        statuses = [visitor.sign_in("nobody", "wrong password").status for _ in range(6)]
        assert statuses == [422] * 5 + [429]


class TestSessions:
    def test_a_new_password_ends_every_other_session(self, sign_in: SignIn, clock: MovableClock) -> None:
        at_work, at_home = sign_in("li.lei"), sign_in("li.lei")
        clock.move(timedelta(minutes=1))
        at_work.visit("/account").submit(
            "/account/password", current=PASSWORD, password="a new password", again="a new password"
        )
        assert at_work.path == "/account"
        assert "密码已修改" in at_work.text
        assert at_home.visit("/account").path == "/sign-in"
        assert at_home.sign_in("li.lei", "a new password").visit("/account").path == "/account"

    def test_the_cookie_is_not_signed_anew_with_every_answer(self, sign_in: SignIn) -> None:
        visitor = sign_in("li.lei").visit("/account").visit("/account")
        assert not session_cookies(visitor)

    @pytest.mark.parametrize(("age", "stays"), [(16, True), (11 * 60 + 59, True), (12 * 60 + 1, False)])
    def test_twelve_hours_count_from_the_last_visit(self, app: Flask, sign_in: SignIn, age: int, stays: bool) -> None:
        visitor = sign_in("li.lei")
        with visitor.client.session_transaction() as session:
            kept = dict(session)
        visitor.client.set_cookie("yunzhi_session", signed_before(app, timedelta(minutes=age), kept))
        visitor.visit("/account")
        assert visitor.path == ("/account" if stays else "/sign-in")
        if stays:
            assert len(session_cookies(visitor)) == 1
            visitor.visit("/account")
            assert visitor.path == "/account" and not session_cookies(visitor)

    @pytest.mark.parametrize(
        ("current", "password", "again", "message"),
        [
            ("wrong", "a new password", "a new password", "当前密码不正确"),
            (PASSWORD, "short", "short", "密码须为 10–200 位"),
            (PASSWORD, "a new password", "another password", "两次输入的密码不一致"),
        ],
    )
    def test_a_bad_change_is_refused_at_its_field(
        self, sign_in: SignIn, current: str, password: str, again: str, message: str
    ) -> None:
        visitor = sign_in("li.lei").visit("/account")
        visitor.submit("/account/password", current=current, password=password, again=again)
        assert visitor.status == 422
        assert [text for text in visitor.all("//*[@class='yz-field-error']") if message in text]

    def test_somebody_who_is_deactivated_is_out_at_once(
        self, platform: Platform, people: People, sign_in: SignIn, clock: MovableClock
    ) -> None:
        admin, visitor = people.administrator(), sign_in("li.lei")
        with platform.database.write() as connection:
            row = connection.execute(select(user).where(user.c.login == "li.lei")).one()
            users.change(
                connection,
                actor=admin,
                user_id=row.id,
                now=clock.now(),
                name=row.name,
                email="",
                language="zh",
                is_administrator=False,
                is_active=False,
            )
        assert visitor.visit("/account").path == "/sign-in"
        assert visitor.sign_in("li.lei").status == 422


class TestForgery:
    def test_a_post_without_the_token_changes_nothing_and_says_why(self, sign_in: SignIn) -> None:
        visitor = sign_in("li.lei")
        answer = visitor.client.post("/language", data={"language": "en"})
        assert answer.status_code == 400
        assert "会话" in answer.get_data(as_text=True)
        assert visitor.visit("/account").page.get("lang") == "zh-CN"


class TestHeaders:
    def test_every_answer_forbids_what_pages_do_not_need(self, visitor: Visitor) -> None:
        for path in ("/sign-in", "/nowhere", "/static/css/app.css"):
            headers = visitor.client.get(path).headers
            policy = headers["Content-Security-Policy"]
            assert "script-src 'self';" in policy
            assert "unsafe-eval" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "same-origin"

    def test_the_session_cookie_is_kept_from_scripts_and_other_sites(self, visitor: Visitor) -> None:
        cookie = visitor.client.get("/sign-in").headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie

    def test_static_files_are_named_by_their_content_and_kept(self, visitor: Visitor) -> None:
        address = visitor.visit("/sign-in").page.xpath("//link[@rel='stylesheet']/@href")[-1]
        answer = visitor.client.get(address, headers={"Accept-Encoding": "gzip"})
        assert "?v=" in address
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Encoding"] == "gzip"
        assert visitor.client.get("/static/css/app.css").headers["Cache-Control"] == "no-cache"
        assert visitor.client.get("/static/vendor/.stamp").status_code == 404
        assert visitor.client.get("/static/../app.py").status_code == 404


class TestErrors:
    def test_a_wrong_address_helps_on_in_both_languages(self, visitor: Visitor, sign_in: SignIn) -> None:
        assert "该地址没有内容" in visitor.visit("/nowhere").text
        assert "There is nothing at this address" in visitor.visit("/nowhere", **{"Accept-Language": "en"}).text
        assert sign_in("li.lei").visit("/nowhere").status == 404

    def test_under_api_errors_are_json(self, visitor: Visitor) -> None:
        answer = visitor.client.get("/api/nowhere")
        assert answer.status_code == 404
        assert answer.json is not None
        assert answer.json["code"] == "http_404"


class TestLanguage:
    def test_before_signing_in_the_browser_decides_and_chinese_is_the_rule(self, visitor: Visitor) -> None:
        assert visitor.visit("/sign-in").page.get("lang") == "zh-CN"
        assert visitor.visit("/sign-in", **{"Accept-Language": "en-GB,en;q=0.9"}).page.get("lang") == "en"
        assert visitor.visit("/sign-in", **{"Accept-Language": "fr"}).page.get("lang") == "zh-CN"

    def test_the_switch_is_remembered_by_the_browser_and_by_the_user(
        self, visitor: Visitor, sign_in: SignIn, app: Flask
    ) -> None:
        visitor.visit("/sign-in").submit("/language", language="en")
        assert (visitor.path, visitor.page.get("lang")) == ("/sign-in", "en")
        at_work = sign_in("li.lei").visit("/account")
        at_work.submit("/language", language="en")
        assert (at_work.path, at_work.page.get("lang")) == ("/account", "en")
        assert sign_in("li.lei").visit("/account").page.get("lang") == "en"
