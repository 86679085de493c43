"""A real server process (``yunzhi serve``) and somebody who talks to it over HTTP with a kept connection."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from engine.settings import ROOT
from tests.support.people import PASSWORD

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
COMMAND = (sys.executable, "-c", "from webapp.cli import main; main()", "serve")
_TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """``yunzhi serve`` over the installation in ``folder``."""

    def __init__(self, folder: Path, *, command: Sequence[str] = COMMAND, **environment: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._environment = {
            **os.environ,
            "YUNZHI_DATA": str(folder),
            "YUNZHI_PORT": str(self.port),
            "YUNZHI_SECURE_COOKIES": "false",
            "YUNZHI_SECRET_KEY": "a key for tests",
            **environment,
        }
        self.log = folder / "server.log"
        self._command = command
        self.process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start the process."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    def wait_until_ready(self, seconds: float = 120) -> None:
        """Until it answers."""
        assert self.process is not None
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log.read_text()
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise TimeoutError(self.log.read_text())

    def kill(self) -> None:
        """SIGKILL: no handler, no cleaning up."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """Stop it as an operator does."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(20)

    @property
    def cpu_seconds(self) -> float:
        """User and system time the process has used so far (Linux)."""
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


class Caller:
    """One person's HTTP connection; answers are (status, body)."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookies: dict[str, str] = {}
        self.token = ""
        self._is_settled = False

    def sign_in(self, login: str, password: str = PASSWORD) -> Self:
        """Through the page; keeps the session and the form token."""
        self.get("/sign-in")
        status, body = self.post("/sign-in", login=login, password=password)
        assert status == 302, body[:500]
        self.get("/")
        # From here on the session stays as it is: notes for a next page nobody visits must not pile up in it.
        self._is_settled = True
        return self

    def get(self, path: str) -> tuple[int, str]:
        """Fetch a page and remember its form token."""
        status, body = self._ask("GET", path, None)
        found = _TOKEN.search(body)
        if found:
            self.token = found[1]
        return status, body

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """Send a form; redirects are not followed."""
        return self._ask("POST", path, urlencode({"csrf_token": self.token, **fields}))

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        for line in () if self._is_settled else answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
        return answer.status, answer.read().decode()
