"""The server and the worker as processes: they start, say so, answer, and stop when told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def start(arguments: list[str], directory: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "YUNZHI_DATA": str(directory), "YUNZHI_DATABASE_URL": "", "PYTHONUNBUFFERED": "1"}
    environment["YUNZHI_DATABASE_URL"] = f"sqlite:///{directory / 'yunzhi.sqlite3'}"
    with subprocess.Popen(
        [sys.executable, "-m", "webapp.cli", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()  # one that does not stop when told fails its test; it must not hold up the others


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    pytest.fail(f"the process ended with {process.wait()} and said: {said}")


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_works_until_it_is_told_to_stop(tmp_path: Path, asked: signal.Signals) -> None:
    with start(["worker"], tmp_path) as process:
        read_until(process, "Working")
        process.send_signal(asked)
        assert process.wait(timeout=60) == 0


def test_the_server_serves_the_demo_and_a_second_one_names_the_taken_port(tmp_path: Path) -> None:
    port = free_port()
    with start(["serve", "--demo", "--port", str(port)], tmp_path) as process:
        try:
            assert "password is" in read_until(process, "password is")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in") as answer:
                assert answer.status == 200
                assert "waitress" not in str(answer.headers).lower()
            with start(["serve", "--port", str(port)], tmp_path) as second:
                assert f"port {port} is taken" in read_until(second, "taken")
                assert second.wait(timeout=60) == 1
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
