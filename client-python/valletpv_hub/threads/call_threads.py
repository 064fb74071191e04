"""Threads that make calls."""

from __future__ import annotations

import queue
import threading
from functools import partial
from typing import Any, Callable, Optional


class CallThreads:
    """As a ``ThreadPoolExecutor``, whose threads keep no program from ending: a poll may wait for 25 s more."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._tasks: "queue.SimpleQueue[Optional[Callable[[], None]]]" = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, work: Callable[[Any], None], argument: Any) -> None:
        """Has a thread call it, which must not raise.

        :raises RuntimeError: it is closed
        """
        with self._lock:
            if self._closed:
                raise RuntimeError("closed")
            self._tasks.put(partial(work, argument))
            if not self._idle.acquire(blocking=False) and self._count < self._most:
                self._count += 1
                threading.Thread(target=self._run, name="valletpv-hub-call", daemon=True).start()

    def close(self) -> None:
        """Takes nothing more; what is under way ends by itself."""
        with self._lock:
            if not self._closed:
                self._closed = True
                for _ in range(self._count):
                    self._tasks.put(None)

    def _run(self) -> None:
        while True:
            try:
                task = self._tasks.get_nowait()
            except queue.Empty:
                self._idle.release()
                task = self._tasks.get()
            if task is None:
                return
            task()
