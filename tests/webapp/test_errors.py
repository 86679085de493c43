"""When the ground itself gives way, people still get a page that helps."""

from __future__ import annotations

from flask import Flask

from engine.bootstrap import Platform
from tests.support.people import People
from tests.support.visitor import Visitor


def test_a_broken_database_answers_with_a_page_and_not_with_a_trace(
    app: Flask, platform: Platform, people: People
) -> None:
    people.user("liuyang")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    visitor = Visitor(app.test_client())
    visitor.sign_in("liuyang")
    with platform.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE inbox_entry RENAME TO lost")
    visitor.visit("/")
    assert visitor.status == 500
    assert "请" in visitor.source
    assert "<h1>" in visitor.source
    assert "sqlite3" not in visitor.source


def test_a_page_somebody_may_not_see_says_what_to_do_about_it(app: Flask, people: People) -> None:
    people.user("liuyang")
    people.user("emily", language="en")
    for login, sentence in (("liuyang", "权限由所在用户组决定"), ("emily", "ask an administrator")):
        visitor = Visitor(app.test_client())
        visitor.sign_in(login).visit("/admin/users")
        assert visitor.status == 403
        assert sentence in visitor.text
        assert visitor.page.xpath('//main//a[@href="/"]')
