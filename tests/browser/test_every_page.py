"""Whoever follows every link meets every page of the site: each answers, and axe-core finds nothing on it.

The people of the demo company walk from the first page along the links, some in Chinese at a desk, some in English on
a phone, each where nobody was before. Pages that differ by what they show (a register, a start form, a dashboard) are
opened once for each. An address that nobody came to fails the test: a new page must be reachable, or stand in
``NOT_BY_LINKS`` with where it is tested.
"""

from __future__ import annotations

import io
import re
import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from argon2 import PasswordHasher
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import update
from werkzeug.exceptions import NotFound
from werkzeug.routing import MapAdapter, RequestRedirect, Rule

from engine import process_changes
from engine.bootstrap import Platform
from engine.simulation import prepare
from engine.store.tables import user
from tests.browser.conftest import DESKTOP, PHONE, Screens, assert_accessible, assert_fits
from tests.support.company import Company
from tests.support.demo import demo_platform
from tests.support.people import PASSWORD, People
from tests.support.ticket_system import TicketSystem
from tests.support.visitor import Visitor

pytestmark = pytest.mark.browser

IN_NOVEMBER = datetime(2026, 11, 23, 2, 45, tzinfo=UTC)  # the yearly survey is under way
# Who walks, in which language, and whether on a phone.
WALKERS = (("admin", "zh", False), ("wangqiang", "en", True), ("liuyang", "zh", False), ("xumei", "en", True))
# What these show differs by their key: one visit for each.
BY_KEY = ("register.index", "register.show", "dashboard.show", "start.fill_in", "master_data.new", "calendar.edit")
OFTEN = {"work_item.show": 4, "document.show": 3, "process_instance.show": 2, "incident.show": 2}  # by each walker
# What no reader should see: Markdown that stayed text, places that nobody filled.
LEFT_OVER = re.compile(r"\*\*|\{\{|\{%|%\(\w|\bundefined\b|\[object ")
_FILE = re.compile(r"\.\w+$|/attachments/|/numbers/")
NOT_BY_LINKS = {
    "static": "files of the pages themselves",
    "modeling_api.options": "read by the diagram editor (test_diagram_editor)",
    "modeling_api.rules": "read by the diagram editor (test_diagram_editor)",
    "process_change_api.show": "read by the editors (test_diagram_saving)",
    "process_change_api.read": "read by the editors (test_diagram_saving)",
    "process_change_api.problems": "read by the editors (test_diagram_saving)",
    "process_instance.diagram": "drawn on the page of a case (test_tasks)",
    "process.diagram": "drawn on the page of a process (test_process_library)",
    "register.diagram": "drawn on the page of a record (test_records)",
    "trial.diagram": "drawn on the page of a trial (test_trials)",
    "obligation.calendar": "subscribed to in a calendar (test_obligations)",
    "process_change.diagram": "drawn on the page of walks (test_trials)",
    "process_instance.attachment": "needs a file that somebody attached (test_tasks)",
    "register.attachment": "needs a file that somebody attached (tests/webapp/test_records)",
    "public_survey.show": "opened from a mail (test_survey)",
}


@pytest.fixture
def platform(sqlite_template: Path, tmp_path: Path) -> Iterator[Platform]:
    """The demo company, in which everybody has the password of the tests."""
    shutil.copyfile(sqlite_template, tmp_path / "yunzhi.sqlite3")
    platform = demo_platform(tmp_path, IN_NOVEMBER)
    assert prepare(platform)
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with platform.database.write() as connection:
        connection.execute(update(user).values(password_hash=cheap))
    yield platform
    platform.database.close()


@pytest.fixture
def company(platform: Platform, tmp_path: Path) -> Company:
    return Company(platform, People(platform), tmp_path, is_founded=True)


@pytest.fixture
def addresses(company: Company, sign_in: Callable[[str], Visitor]) -> list[str]:
    """What the demo lacks, made now: changes with a trial, refused rows, a customer's link; and where forms lead."""
    now = company.clock.now()
    with company.platform.database.write() as connection:
        feedback, complaint = (
            process_changes.open_change(connection, actor=company.actor("admin"), key=key, now=now)
            for key in ("customer_feedback", "complaint")
        )
    admin, begin = sign_in("admin"), f"/process-changes/{feedback}/trials/begin?by=liuyang&at=2026-03-02T09:00"
    said = {"customer": "清河水务集团", "received_through": "phone", "kind": "suggestion", "subject": "巡检"}
    admin.visit(begin).submit(begin, content="按站点汇总", **said)
    trial = admin.path
    keeper = sign_in("wangqiang").visit("/master-data/imports/template-customer.csv")
    customers = keeper.source + "K99,,,,,\n"
    keeper.visit("/master-data/imports")
    keeper.send("/master-data/imports", kind="customer", file=(io.BytesIO(customers.encode()), "客户.csv"))
    assert "拒绝 1 条" in keeper.text
    tickets = TicketSystem(company.platform, company.folder, importer=company.actor("liuyang"))
    tickets.import_rows({**tickets.row("INC9999999", "Resolved", 1), "opened_at": "yesterday"})
    desk = sign_in("liuyang").visit("/complaint-links")
    desk.submit("/complaint-links", customer="滨江市第一人民医院", days="7")
    link = urlsplit(str(desk.page.xpath('//input[@id="issued"]/@value')[0])).path
    done = desk.visit("/done").page.xpath('//td/a[starts-with(@href, "/work-items/")]/@href')[0]
    return [
        link,
        begin,
        f"{trial}/tasks/evaluate?by=operations",
        f"/process-changes/{complaint}/decisions",
        f"/process-changes/{complaint}/forms",
        "/processes/customer_feedback/migrations",
        "/processes/customer_feedback/as-of.zip?on=2026-11-23",
        "/search?q=INC",
        f"{done}/submitted",
        "/nowhere",
    ]


class Walk:
    """One walk through the site: what was opened, by its endpoint."""

    def __init__(self, app: Flask) -> None:
        self._routes: MapAdapter = app.url_map.bind("localhost")
        self.opened: Counter[str] = Counter()
        self.waiting: deque[str] = deque()
        self.problems: list[str] = []
        self._seen: set[str] = set()
        self._times: Counter[str] = Counter()
        self._refused: list[str] = []

    def begin(self, page: Page) -> None:
        """Somebody else walks on: from the first page, and to what was refused to those before."""
        self.waiting += ["/", *self._refused]
        self._refused = []
        for endpoint in OFTEN:
            del self._times[endpoint]
        self.follow(page)

    def offer(self, path: str) -> None:
        """A link to go along, unless there was one like it."""
        endpoint, arguments = self._match(path)
        if endpoint is None or path in self._seen:
            return
        self._seen.add(path)
        like = endpoint
        if endpoint.startswith(BY_KEY):
            like += f" {arguments.get('key')}"
        if self._times[like] < OFTEN.get(endpoint, 1):
            self._times[like] += 1
            self.waiting.append(path)

    def follow(self, page: Page) -> None:
        """Open what waits, and what is found on the way."""
        while self.waiting:
            path = self.waiting.popleft()
            endpoint, _ = self._match(path)
            is_file = _FILE.search(urlsplit(path).path) is not None
            answer = page.request.get(path) if is_file else page.goto(path)
            assert answer is not None
            if answer.status == 403:
                if not is_file and not self._refused:
                    self._look(page, path)
                self._refused.append(path)
                continue
            self.opened[str(endpoint)] += 1
            if answer.status != (404 if endpoint is None else 200):
                self.problems.append(f"{path}: {answer.status}")
            elif not is_file:
                self._look(page, path)

    def _look(self, page: Page, path: str) -> None:
        try:
            assert_accessible(page)
            if page.viewport_size == DESKTOP:
                page.set_viewport_size(PHONE)
                assert_fits(page)
                page.set_viewport_size(DESKTOP)
        except AssertionError as error:
            self.problems.append(f"{path}: {error}")
        left_over = LEFT_OVER.search(page.locator("main").inner_text())
        if left_over is not None:
            self.problems.append(f"{path}: shows {left_over.group()}")
        for link in page.eval_on_selector_all("a[href]", "found => found.map(one => one.getAttribute('href'))"):
            target = urlsplit(link)
            if not target.netloc and target.path.startswith("/"):
                self.offer(target.path + (f"?{target.query}" if target.query else ""))

    def _match(self, path: str) -> tuple[str | None, dict[str, object]]:
        try:
            rule, arguments = self._routes.match(urlsplit(path).path, return_rule=True)
        except (NotFound, RequestRedirect):
            return None, {}
        assert isinstance(rule, Rule)
        return rule.endpoint, dict(arguments)


@pytest.mark.long
def test_every_page_is_reached_answers_and_is_accessible(
    app: Flask, company: Company, addresses: list[str], screen: Screens
) -> None:
    walk = Walk(app)
    outside = screen()
    walk.waiting += ["/sign-in", addresses[0]]
    walk.follow(outside)
    walk.waiting += addresses[1:]
    for login, language, phone in WALKERS:
        with company.platform.database.write() as connection:
            connection.execute(update(user).where(user.c.login == login).values(language=language))
        walk.begin(screen(login, language=language, phone=phone))
    assert walk.problems == [], "\n".join(walk.problems)
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - walk.opened.keys() == NOT_BY_LINKS.keys()
