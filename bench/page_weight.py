"""What the first visit of a task page weighs over the wire, measured in Chromium with an empty cache.

    CHROMIUM=/path/to/chromium python -m bench.page_weight

Serves a company of one task on a free port and opens the task page in a browser that has seen nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import threading

from argon2 import PasswordHasher
from playwright.sync_api import sync_playwright
from sqlalchemy import update
from waitress.server import create_server

from bench.diagrams import callback
from bench.work_items import platform_with
from engine import instances
from engine.store.tables import user, work_item
from webapp.app import create_app

PASSWORD = "a password for the bench"


def main() -> None:
    platform, clerk = platform_with(callback())
    now = platform.clock.now()
    with platform.database.write() as connection:
        connection.execute(update(user).values(password_hash=PasswordHasher().hash(PASSWORD)))
        instances.start(platform.runtime, connection, actor=clerk, key="callback", variables={}, now=now)
    with platform.database.read() as connection:
        item_id = connection.execute(work_item.select().with_only_columns(work_item.c.id)).scalar_one()
    app = create_app(platform)
    app.config["SESSION_COOKIE_SECURE"] = False
    server = create_server(app, host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    base = f"http://127.0.0.1:{server.effective_port}"
    weights = measure(base, f"/work-items/{item_id}")
    for url, size in sorted(weights.items(), key=lambda one: -one[1]):
        print(f"{size:8d}  {url.removeprefix(base)}")
    total = sum(weights.values())
    print(f"{total:8d}  bytes in all, {len(weights)} requests")
    print(json.dumps({"page": "task", "bytes": total, "requests": len(weights)}))


def measure(base: str, path: str) -> dict[str, int]:
    """Bytes received per address: headers and compressed bodies."""
    browser_path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    weights: dict[str, int] = {}
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=browser_path, args=arguments)
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{base}/sign-in")
        page.locator("[name=login]").fill("clerk")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main button[type=submit]").click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.clearBrowserCache")
        addresses: dict[str, str] = {}
        session.on("Network.responseReceived", lambda e: addresses.update({e["requestId"]: e["response"]["url"]}))
        session.on(
            "Network.loadingFinished",
            lambda e: weights.update({addresses.get(e["requestId"], "?"): int(e["encodedDataLength"])}),
        )
        page.goto(base + path, wait_until="networkidle")
        browser.close()
    return weights


if __name__ == "__main__":
    main()
