"""The client for programs that use asyncio."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Callable, Dict, Optional, Set

from ..api import HubApi
from ..backoff import DEFAULT_BACKOFF, BackoffOptions
from ..base import CALLS_AT_ONCE, USER_AGENT, ClientBase, Event
from ..context import Context
from ..core.actions import Call, Job, Status
from ..errors import error
from ..memory.memory import Memory
from ..outcome import Outcome
from ..runner import AskMemory, CallHandler, Step, Steps
from ..threads.call_threads import CallThreads
from .api import AsyncHubApi
from .context import AsyncContext
from .socket import AsyncSocket


class AsyncHubClient(ClientBase):
    """As ``HubClient``, within an event loop: ``start`` and all that follows belong to one loop.

    A handler may be an ``async def``, which gets an ``AsyncContext``, or a plain function, which runs in a thread and
    gets a ``Context``.

    >>> async with AsyncHubClient("http://127.0.0.1:8100", api_key) as tpv:
    ...     await tpv.ended()
    """

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        memory: Optional[Memory] = None,
        concurrency: int = 16,
        transport: str = "auto",
        backoff: BackoffOptions = DEFAULT_BACKOFF,
        logger: Optional[logging.Logger] = None,
    ) -> None:
        """
        :param url: the hub's base; a path before the API is fine
        :param concurrency: handlers that run at once, each for another person
        :param transport: ``auto``, ``websocket`` or ``polling``
        :param backoff: the waits before it dials again
        :raises ConfigurationError: ``invalid_options``
        """
        super().__init__(url, api_key, memory, concurrency, transport, backoff, logger)
        self._blocking = ThreadPoolExecutor(concurrency, thread_name_prefix="valletpv-hub-handler")
        self._calling = CallThreads(CALLS_AT_ONCE)
        self.api = AsyncHubApi(url, api_key)
        self.service, self.set_service = self.api.service, self.api.set_service
        # For handlers that are plain functions.
        self._blocking_api = HubApi(url, api_key)
        self._sockets: Dict[int, AsyncSocket] = {}
        self._jobs: "Set[asyncio.Task[None]]" = set()
        self._dials: "Set[asyncio.Task[None]]" = set()
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._timer: Optional[asyncio.TimerHandle] = None

    async def start(self, timeout: Optional[float] = None) -> None:
        """Connects, and stays connected; returns when the first session begins, however many dials that takes.

        :param timeout: how long to wait for it, in seconds; the client goes on trying after that
        :raises HubClientError: trying again is useless, or the client was closed; TimeoutError
        """
        if self._closing:
            raise error("closed")
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._first, self._over = asyncio.Event(), asyncio.Event()
            try:
                await self._wait(self._memory.open)
            except BaseException:
                # Nothing has begun: the caller may try again, and `close` has no memory to close.
                self._loop = None
                raise
            self._post(self._machine.start)
        try:
            await asyncio.wait_for(self._first.wait(), timeout)
        except asyncio.TimeoutError:
            raise TimeoutError(f"no connection to the hub within {timeout} s; it goes on trying") from None
        self._raise_if_ended()

    async def ended(self) -> None:
        """Returns once the client was closed.

        :raises HubClientError: the hub ended it
        """
        await self._over.wait()
        if not self._closing:
            self._raise_if_ended()

    async def run(self) -> None:
        """Starts, and returns when the client ends: by Ctrl+C or SIGTERM, in good order.

        :raises HubClientError: the hub ended it
        """
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        held = []
        for number in (signal.SIGINT, signal.SIGTERM):
            # Windows has none of it: there Ctrl+C cancels this task.
            with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
                loop.add_signal_handler(number, stop.set)
                held.append(number)
        try:
            working, stopped = asyncio.ensure_future(self._work()), asyncio.ensure_future(stop.wait())
            done, pending = await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)
            if working in done:
                working.result()
        finally:
            await self.close()
            for number in held:
                loop.remove_signal_handler(number)

    async def close(self, deadline: float = 10.0) -> None:
        """Takes nothing more, lets what runs end and its reports be answered, and disconnects. After ``deadline``
        seconds handlers that still run are told to stop, and the hub gives their instructions to the next session;
        an ``async def`` that does not stop is cancelled."""
        first, self._closing = not self._closing, True
        if self._loop is None:
            self._blocking.shutdown(wait=False)
            self._calling.close()
            return
        if not first:
            await self._over.wait()
            return
        if self._status.state != "closed":
            settled = asyncio.Event()
            self._post(lambda now: self._machine.finish(settled.set, now))
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(settled.wait(), deadline)
            self._post(self._machine.stop)
            while self._status.state != "closed":
                await asyncio.sleep(0)
        # Those that were told to stop have this turn to do so.
        await asyncio.sleep(0)
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        await asyncio.gather(*self._dials, return_exceptions=True)
        await self._wait(self._close_memory)
        self._blocking.shutdown(wait=False)
        self._calling.close()
        self._first.set()
        self._over.set()

    async def __aenter__(self) -> "AsyncHubClient":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _post(self, event: Event) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._step, event)

    def _step(self, event: Event) -> None:
        try:
            self._take(event)
        except Exception:
            self._failed_step()
        if self._timer is not None:
            self._timer.cancel()
        next_at = self._machine.next_at()
        if self._loop is not None and next_at is not None:
            wait = max(0.0, next_at - time.monotonic())
            self._timer = self._loop.call_later(wait, self._step, self._machine.tick)

    def _open(self, connection: int) -> None:
        socket = AsyncSocket(self._target, self._key, USER_AGENT, partial(self._heard, connection))
        self._sockets[connection] = socket
        self._dials.add(socket.task)
        socket.task.add_done_callback(self._dials.discard)

    def _send(self, connection: int, text: str) -> None:
        if connection in self._sockets:
            self._sockets[connection].send(text)

    def _shut(self, connection: int) -> None:
        socket = self._sockets.pop(connection, None)
        if socket is not None:
            socket.close()

    def _run_job(self, job: Job) -> None:
        task = asyncio.ensure_future(self._run_and_tell(job))
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)

    async def _run_and_tell(self, job: Job) -> None:
        outcome = await self._drive(self._runner.steps(job))
        self._post(lambda now: self._machine.ended(job, outcome, now))

    async def _drive(self, steps: Steps) -> Optional[Outcome]:
        try:
            step = next(steps)
            while True:
                try:
                    result = await self._do(step)
                except Exception as cause:
                    step = steps.throw(cause)
                else:
                    step = steps.send(result)
        except StopIteration as end:
            outcome: Optional[Outcome] = end.value
            return outcome

    async def _do(self, step: Step) -> Any:
        if isinstance(step, AskMemory):
            return await self._wait(step.ask)
        if not isinstance(step, CallHandler):
            return await asyncio.sleep(step.seconds)
        job, instruction = step.job, step.job.instruction
        if inspect.iscoroutinefunction(step.handler):
            context = AsyncContext(job, step.interrupted, self._progress, self.api.push)
            return await step.handler(instruction, context)
        plain = Context(job, step.interrupted, self._progress, self._blocking_api.push)
        return await self._wait(partial(step.handler, instruction, plain))

    async def _wait(self, call: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._blocking, call)

    def _call(self, call: Call) -> None:
        self._calling.submit(self._make_call, call)

    def _became(self, status: Status) -> None:
        if status.state in ("online", "paused", "closed"):
            self._first.set()
        if status.state == "closed" and not self._closing:
            # The hub ended it: what it holds is let go.
            self._closer = asyncio.ensure_future(self.close())

    async def _work(self) -> None:
        await self.start()
        await self.ended()
