"""What an ``async def`` handler gets beside its instruction."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Awaitable, Callable, Dict

from ..context import ContextBase
from ..core.actions import Job


class AsyncContext(ContextBase):
    """As ``Context``, for a handler that runs in the client's event loop."""

    def __init__(
        self,
        job: Job,
        interrupted: bool,
        progress: Callable[[Job], None],
        push: Callable[..., Awaitable[Dict[str, Any]]],
    ) -> None:
        super().__init__(job, interrupted, progress)
        self._push = push
        self._stop = asyncio.Event()
        job.on_abandon = self._stop.set
        if job.is_over:
            self._stop.set()

    @property
    def is_stopped(self) -> bool:
        """Whether the hub took the instruction back, it expired, or the client ends. What the handler returns after
        that is remembered, so that the work is not done again, but not reported; one that stops raises, and its run
        does not count."""
        return self._stop.is_set()

    async def wait(self, seconds: float) -> bool:
        """Sleeps, but for no longer than the handler is to go on.

        :returns: whether it is to stop
        """
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)
        return self._stop.is_set()

    async def reply(self, text: str, **fields: Any) -> Dict[str, Any]:
        """Sends the instruction's person a message. The first reply of a run has the idempotency key ``<instruction
        id>:1``, the second ``:2``, …: a handler that runs again after a crash, and replies the same, sends nothing
        twice. What a person should read when the instruction is completed, return with ``answer``."""
        message, key = self._next_reply(text, fields)
        return await self._push(message, idempotency_key=key)
