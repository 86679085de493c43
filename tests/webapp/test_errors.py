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
