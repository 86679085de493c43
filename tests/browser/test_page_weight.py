"""A task page on a slow line: what the first visit weighs over the wire, with an empty cache."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Screens
from tests.support.company import Company
from tests.support.complaints import register

pytestmark = pytest.mark.browser
LIMIT_BYTES = 100 * 1024


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_task_page_weighs_little_on_the_first_visit(company: Company, screen: Screens, phone: bool) -> None:
    register(company)
    item = company.item("zhaoqian", "acknowledge")
    page = screen("zhaoqian", phone=phone)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    addresses: dict[str, str] = {}
    weights: dict[str, int] = {}
    session.on("Network.responseReceived", lambda e: addresses.update({e["requestId"]: e["response"]["url"]}))
    session.on(
        "Network.loadingFinished",
        lambda e: weights.update({urlsplit(addresses[e["requestId"]]).path: int(e["encodedDataLength"])}),
    )
    page.goto(f"/work-items/{item.id}", wait_until="networkidle")
    assert f"/work-items/{item.id}" in weights
    assert sum(weights.values()) <= LIMIT_BYTES, weights
