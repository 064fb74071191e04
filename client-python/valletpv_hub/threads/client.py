"""The client for programs that use threads, which most TPVs are."""

from __future__ import annotations

import logging
import queue
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, List, Optional, TypeVar

from ..api import HubApi
from ..context import Context
from ..core.actions import Action, Call, CloseSocket, Job, Log, OpenSocket, Run, SendText, Status, StatusChanged
from ..core.inbox import Counters
from ..core.machine import Machine
from ..errors import HubClientError, error
from ..handlers import Handlers
from ..http import Http, checked_key
from ..memory.in_memory import InMemory
from ..memory.memory import Memory
from ..runner import Runner
from ..wire import Closed, Failed, Heard, Refused, Text, WireEvent, socket_target
from .socket_thread import SocketThread

H = TypeVar("H", bound=Callable[..., Any])
S = TypeVar("S", bound=Callable[[Status], None])
_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_USER_AGENT = "valletpv-hub-python"
#: REST calls under way at once: reports, and a poll.
_CALLS_AT_ONCE = 12
#: A status listener that does not return keeps ``close`` no longer than this, in seconds.
_JOIN = 5.0


class HubClient:
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
        logger: Optional[logging.Logger] = None,
    ) -> None:
        """
        :param url: the hub's base; a path before the API is fine
        :param concurrency: handlers that run at once, each for another person
        :param transport: ``auto``, ``websocket`` or ``polling``
        :raises ConfigurationError: ``invalid_options``
        """
        if transport not in ("auto", "websocket", "polling"):
            raise error("invalid_options", 'transport is "auto", "websocket" or "polling"')
        if not 1 <= concurrency <= 1_000:
            raise error("invalid_options", "concurrency is 1 to 1,000")
        self._key = checked_key(api_key)
        self._http = Http(url, api_key)
        self._target = socket_target(self._http.base)
        self._logger = logger or logging.getLogger("valletpv_hub")
        self._memory = memory or InMemory()
        self._handlers = Handlers()
        self._machine = Machine(time.monotonic(), time.time(), transport, concurrency)
        #: Everything else of the hub's REST API.
        self.api = HubApi(url, api_key)
        self._runner = Runner(
            self._handlers, self._memory, self._machine.counters, self._context, time.sleep, self._logger
        )
        self._events: "queue.SimpleQueue[Callable[[float], None]]" = queue.SimpleQueue()
        self._sockets: Dict[int, SocketThread] = {}
        self._listeners: List[Callable[[Status], None]] = []
        self._handling = ThreadPoolExecutor(concurrency, thread_name_prefix="valletpv-hub-handler")
        self._calling = ThreadPoolExecutor(_CALLS_AT_ONCE, thread_name_prefix="valletpv-hub-call")
        self._status = self._machine.status
        self._first = threading.Event()
        self._over = threading.Event()
        self._thread: Optional[threading.Thread] = None
        self._lock = threading.Lock()
        self._closing = False
        self._memory_is_open = False

    # What a TPV sets before it starts.

    def on(self, command: str) -> Callable[[H], H]:
        """Sets the handler of a command. One person's handlers run one after the other."""

        def register(handler: H) -> H:
            self._handlers.on(command, handler)
            return handler

        return register

    def otherwise(self, handler: H) -> H:
        """Sets the handler of every command that has none. Without it, such an instruction is failed."""
        self._handlers.otherwise(handler)
        return handler

    def on_status(self, listener: S) -> S:
        """Calls ``listener`` at every change of ``status``, in the client's own thread."""
        self._listeners.append(listener)
        return listener

    # Its life.

    @property
    def status(self) -> Status:
        return self._status

    @property
    def counters(self) -> Counters:
        return self._machine.counters

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

    def pause(self) -> None:
        """Begins nothing more, and asks the hub for nothing, until ``resume()``; what runs goes on."""
        self._post(self._machine.pause)

    def resume(self) -> None:
        self._post(self._machine.resume)

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
        self._calling.shutdown(wait=False)
        self._close_memory()

    def __enter__(self) -> "HubClient":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Its own thread: the only one that touches the machine.

    def _loop(self) -> None:
        while not self._over.is_set():
            try:
                self._step()
            except Exception:
                # Nothing that the hub sends, and nothing that this package does wrong, ends the loop.
                self._logger.exception("the client failed at one step, and goes on")

    def _step(self) -> None:
        next_at = self._machine.next_at()
        try:
            event = self._events.get(timeout=None if next_at is None else max(0.0, next_at - time.monotonic()))
        except queue.Empty:
            event = self._machine.tick
        try:
            event(time.monotonic())
        finally:
            # One action may cause others.
            for action in self._machine.actions():
                self._act(action)

    def _post(self, event: Callable[[float], None]) -> None:
        self._events.put(event)

    def _act(self, action: Action) -> None:
        if isinstance(action, SendText):
            socket = self._sockets.get(action.connection)
            if socket is not None:
                socket.send(action.text)
        elif isinstance(action, Run):
            self._submit(self._handling, self._run_job, action.job)
        elif isinstance(action, Call):
            self._submit(self._calling, self._call, action)
        elif isinstance(action, OpenSocket):
            number = action.connection
            self._sockets[number] = SocketThread(
                self._target, self._key, _USER_AGENT, lambda event, arrived: self._heard(number, event, arrived)
            )
        elif isinstance(action, CloseSocket):
            socket = self._sockets.pop(action.connection, None)
            if socket is not None:
                socket.close()
        elif isinstance(action, StatusChanged):
            self._become(action.status)
        elif isinstance(action, Log):
            self._logger.log(_LEVELS[action.level], "%s %s", action.message, action.fields)

    def _submit(self, pool: ThreadPoolExecutor, work: Callable[[Any], None], argument: Any) -> None:
        try:
            pool.submit(work, argument)
        except RuntimeError:
            # The client is closed: nothing more is to be done.
            self._logger.debug("left undone, as the client is closed")

    def _become(self, status: Status) -> None:
        self._status = status
        for listener in list(self._listeners):
            try:
                listener(status)
            except Exception:
                self._logger.exception("a status listener raised")
        # Only now: who waits for it may end the program, and nothing may still be said then.
        if status.state in ("online", "paused", "closed"):
            self._first.set()
        if status.state == "closed":
            self._over.set()
        if status.state == "closed" and not self._closing:
            self._handling.shutdown(wait=False)
            self._calling.shutdown(wait=False)
            self._close_memory()

    # Other threads, which tell the loop what came of their work.

    def _heard(self, number: int, event: WireEvent, arrived: bool) -> None:
        machine = self._machine
        if isinstance(event, Text):
            text = event.text
            self._post(lambda now: machine.socket_frame(number, text, now))
        elif isinstance(event, Heard):
            self._post(lambda now: machine.socket_heard(number, now))
        elif isinstance(event, Refused):
            answer = event.answer
            self._post(lambda now: machine.socket_refused(number, answer, now))
        elif isinstance(event, Failed):
            detail = event.detail
            self._post(lambda now: machine.socket_failed(number, detail, arrived, now))
        elif isinstance(event, Closed):
            code, reason = event.code, event.reason
            self._post(lambda now: machine.socket_closed(number, code, reason, now))

    def _run_job(self, job: Job) -> None:
        outcome = self._runner.run(job)
        self._post(lambda now: self._machine.ended(job, outcome, now))

    def _call(self, call: Call) -> None:
        answer = self._http.call(call.method, call.path, call.query, call.body, call.timeout)
        self._post(lambda now: self._machine.answered(call.number, answer, now))

    def _context(self, job: Job, interrupted: bool) -> Context:
        def progress(of: Job) -> None:
            self._post(lambda now: self._machine.progress(of, now))

        return Context(job, interrupted, progress, self.api.push)

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

    def _raise_if_ended(self) -> None:
        if self._status.state == "closed":
            raise self._status.error or error("closed")

    def _close_memory(self) -> None:
        with self._lock:
            is_open, self._memory_is_open = self._memory_is_open, False
        if is_open:
            try:
                self._memory.close()
            except Exception:
                self._logger.exception("the memory could not be closed: look at the cause before the next start")
