"""An asyncio client as the tests for both kinds use it: its loop runs in a thread."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, Coroutine, Optional, TypeVar

from valletpv_hub import Status
from valletpv_hub.aio.client import AsyncHubClient

T = TypeVar("T")


class InALoop:
    """``HubClient``'s ways over an ``AsyncHubClient``."""

    def __init__(self, url: str, api_key: str, **options: Any) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.client = AsyncHubClient(url, api_key, **options)
        self.on, self.otherwise = self.client.on, self.client.otherwise
        self.on_service = self.client.on_service
        self.pause, self.resume = self.client.pause, self.client.resume
        self.counters = self.client.counters

    @property
    def status(self) -> Status:
        return self.client.status

    def start(self, timeout: Optional[float] = None) -> None:
        self._wait(self.client.start(timeout))

    def close(self, deadline: float = 10.0) -> None:
        if self._loop.is_closed():
            return
        self._wait(self.client.close(deadline))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        # What is left here would be destroyed while it is pending.
        assert asyncio.all_tasks(self._loop) == set()
        self._loop.close()

    def _wait(self, work: "Coroutine[Any, Any, T]") -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(120)
