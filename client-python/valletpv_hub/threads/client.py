"""The client for programs that use threads, which most TPVs are."""

from __future__ import annotations

import contextlib
import logging
import queue
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Callable, Dict, Optional, Union

from ..api import HubApi
from ..backoff import DEFAULT_BACKOFF, BackoffOptions
from ..base import CALLS_AT_ONCE, USER_AGENT, ClientBase, Event
from ..context import Context
from ..core.actions import Call, Job, Status
from ..errors import HubClientError, error
from ..memory.memory import Memory
from ..runner import AskMemory, CallHandler, Step, drive
from .call_threads import CallThreads
from .socket_thread import SocketThread

#: A status listener that does not return keeps ``close`` no longer than this, in seconds.
_JOIN = 5.0


class HubClient(ClientBase):
    """A TPV's connection to the hub: receives instructions, runs their handlers, reports how they ended, and reconnects
    for as long as that makes sense. Used once: after ``close()``, or an error that ended it, make a new one.

    >>> tpv = HubClient("http://127.0.0.1:8100", api_key)
    >>> @tpv.on("process_message")
    ... def order(instruction, context):
    ...     return answer(f"Recibido: {instruction.payload.text}")
    >>> tpv.run()
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
        #: Everything else of the hub's REST API.
        self.api = HubApi(url, api_key)
        #: Whether the restaurant attends: over REST, whichever transport this client has. Unlike ``pause()``, it stops
        #: nothing.
        self.service, self.set_service = self.api.service, self.api.set_service
        self._events: "queue.SimpleQueue[Event]" = queue.SimpleQueue()
        self._sockets: Dict[int, SocketThread] = {}
        self._handling = ThreadPoolExecutor(concurrency, thread_name_prefix="valletpv-hub-handler")
        self._calling = CallThreads(CALLS_AT_ONCE)
        self._first = threading.Event()
        self._over = threading.Event()
        self._thread: Optional[threading.Thread] = None
        self._lock = threading.Lock()
        self._memory_is_open = False

    def start(self, timeout: Optional[float] = None) -> None:
        """Connects, and stays connected; returns when the first session begins, however many dials that takes.

        :param timeout: how long to wait for it, in seconds; the client goes on trying after that
        :raises HubClientError: trying again is useless, or the client was closed; TimeoutError
        """
        with self._lock:
            if self._closing:
                raise error("closed")
            if self._thread is None:
                self._memory.open()
                self._memory_is_open = True
                self._thread = threading.Thread(target=self._loop, name="valletpv-hub", daemon=True)
                self._thread.start()
                self._post(self._machine.start)
        if not self._first.wait(timeout):
            raise TimeoutError(f"no connection to the hub within {timeout} s; it goes on trying")
        self._raise_if_ended()

    def run(self) -> None:
        """Starts, and returns when the client ends: by Ctrl+C or SIGTERM, in good order.

        :raises HubClientError: the hub ended it
        """
        stop = threading.Event()
        before = {}
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                before[number] = signal.signal(number, lambda *_: stop.set())
        try:
            starting = threading.Thread(target=self._start_quietly, daemon=True)
            starting.start()
            # Short waits, as a signal on Windows does not end a long one.
            while not stop.wait(0.5) and not self._over.is_set():
                pass
        finally:
            self.close()
            for number, handler in before.items():
                signal.signal(number, handler)
        if not stop.is_set():
            self._raise_if_ended()

    def close(self, deadline: float = 10.0) -> None:
        """Takes nothing more, lets what runs end and its reports be answered, and disconnects. After ``deadline``
        seconds handlers that still run are told to stop, and the hub gives their instructions to the next
        session."""
        with self._lock:
            first, self._closing = not self._closing, True
        if not first:
            self._over.wait(deadline + 5)
            return
        if self._thread is not None and not self._over.is_set():
            settled = threading.Event()
            self._post(lambda now: self._machine.finish(settled.set, now))
            end = time.monotonic() + deadline
            while not settled.wait(0.05) and not self._over.is_set() and time.monotonic() < end:
                pass
            self._post(self._machine.stop)
            self._over.wait(5)
        self._over.set()
        self._first.set()
        self._join_loop()
        self._handling.shutdown(wait=False)
        self._calling.close()
        self._close_open_memory()

    def __enter__(self) -> "HubClient":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Its own thread: the only one that touches the machine.

    def _loop(self) -> None:
        while not self._over.is_set():
            try:
                next_at = self._machine.next_at()
                wait = None if next_at is None else max(0.0, next_at - time.monotonic())
                event: Event = self._machine.tick
                with contextlib.suppress(queue.Empty):
                    event = self._events.get(timeout=wait)
                self._take(event)
            except Exception:
                self._failed_step()

    def _post(self, event: Event) -> None:
        self._events.put(event)

    def _open(self, connection: int) -> None:
        heard = partial(self._heard, connection)
        self._sockets[connection] = SocketThread(self._target, self._key, USER_AGENT, heard)

    def _send(self, connection: int, text: str) -> None:
        socket = self._sockets.get(connection)
        if socket is not None:
            socket.send(text)

    def _shut(self, connection: int) -> None:
        socket = self._sockets.pop(connection, None)
        if socket is not None:
            socket.close()

    def _run_job(self, job: Job) -> None:
        self._submit(self._handling, self._run_and_tell, job)

    def _call(self, call: Call) -> None:
        self._submit(self._calling, self._make_call, call)

    def _submit(self, pool: Union[ThreadPoolExecutor, CallThreads], work: Callable[[Any], None], argument: Any) -> None:
        try:
            pool.submit(work, argument)
        except RuntimeError:
            # The client is closed: nothing more is to be done.
            self._logger.debug("left undone, as the client is closed")

    def _became(self, status: Status) -> None:
        if status.state in ("online", "paused", "closed"):
            self._first.set()
        if status.state == "closed":
            self._over.set()
        if status.state == "closed" and not self._closing:
            self._handling.shutdown(wait=False)
            self._calling.close()
            self._close_open_memory()

    # Other threads, which tell the loop what came of their work.

    def _run_and_tell(self, job: Job) -> None:
        outcome = drive(self._runner.steps(job), self._do)
        self._post(lambda now: self._machine.ended(job, outcome, now))

    def _do(self, step: Step) -> Any:
        if isinstance(step, AskMemory):
            return step.ask()
        if isinstance(step, CallHandler):
            context = Context(step.job, step.interrupted, self._progress, self.api.push)
            return step.handler(step.job.instruction, context)
        return time.sleep(step.seconds)

    def _join_loop(self) -> None:
        """A thread that still writes while Python ends would take the process down with it."""
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            # It may wait for its next timer.
            self._post(lambda now: None)
            thread.join(_JOIN)

    def _start_quietly(self) -> None:
        try:
            self.start()
        except HubClientError:
            # `run` says it.
            self._over.set()
        except Exception:
            self._logger.exception("the client could not start")
            self._over.set()

    def _close_open_memory(self) -> None:
        with self._lock:
            is_open, self._memory_is_open = self._memory_is_open, False
        if is_open:
            self._close_memory()
