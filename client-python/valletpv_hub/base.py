"""What the clients for threads and for asyncio share."""

from __future__ import annotations

import logging
import time
from typing import Any, Callable, List, Optional, TypeVar

from .backoff import BackoffOptions
from .core.actions import (
    Action,
    Call,
    CloseSocket,
    Job,
    Log,
    OpenSocket,
    Run,
    SendText,
    ServiceChanged,
    Status,
    StatusChanged,
)
from .core.inbox import Counters
from .core.machine import Machine
from .errors import error
from .handlers import Handlers
from .http import Http, checked_key
from .memory.in_memory import InMemory
from .memory.memory import Memory
from .runner import Runner
from .service import ServiceNow
from .wire import Closed, Failed, Heard, Refused, Text, WireEvent, socket_target

H = TypeVar("H", bound=Callable[..., Any])
S = TypeVar("S", bound=Callable[[Status], None])
A = TypeVar("A", bound=Callable[[ServiceNow], None])
Event = Callable[[float], None]
_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
USER_AGENT = "valletpv-hub-python"
#: REST calls under way at once: reports, and a poll.
CALLS_AT_ONCE = 12


class ClientBase:
    """What a TPV sets, and how the machine's actions are done. A driver brings the loop, sockets and handlers' runs."""

    def __init__(
        self,
        url: str,
        api_key: str,
        memory: Optional[Memory],
        concurrency: int,
        transport: str,
        backoff: BackoffOptions,
        logger: Optional[logging.Logger],
    ) -> None:
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
        self._machine = Machine(time.monotonic(), transport, concurrency, backoff=backoff)
        self._runner = Runner(self._handlers, self._memory, self._machine.counters, self._logger)
        self._listeners: List[Callable[[Status], None]] = []
        self._service_listeners: List[Callable[[ServiceNow], None]] = []
        self._status = self._machine.status
        self._closing = False

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
        """Calls ``listener`` at every change of ``status``, in the client's own thread or loop."""
        self._listeners.append(listener)
        return listener

    def on_service(self, listener: A) -> A:
        """Calls ``listener`` with the restaurant's ``ServiceNow`` when a socket opens, and at every change that this
        TPV, an administrator or the timetable makes. While the client polls it hears nothing: ask ``service()``."""
        self._service_listeners.append(listener)
        return listener

    @property
    def status(self) -> Status:
        return self._status

    @property
    def counters(self) -> Counters:
        return self._machine.counters

    def pause(self) -> None:
        """Begins nothing more, and asks the hub for nothing, until ``resume()``; what runs goes on."""
        self._post(self._machine.pause)

    def resume(self) -> None:
        self._post(self._machine.resume)

    # What a driver brings.

    def _post(self, event: Event) -> None:
        """Has ``_take`` called with it soon, where nothing else touches the machine. Safe for threads."""
        raise NotImplementedError

    def _open(self, connection: int) -> None:
        raise NotImplementedError

    def _send(self, connection: int, text: str) -> None:
        raise NotImplementedError

    def _shut(self, connection: int) -> None:
        raise NotImplementedError

    def _run_job(self, job: Job) -> None:
        raise NotImplementedError

    def _call(self, call: Call) -> None:
        raise NotImplementedError

    def _became(self, status: Status) -> None:
        """After the listeners: who waits for it may end the program, and nothing may still be said then."""
        raise NotImplementedError

    # The one place that touches the machine.

    def _take(self, event: Event) -> None:
        try:
            event(time.monotonic())
        finally:
            for action in self._machine.actions():
                self._act(action)

    def _act(self, action: Action) -> None:
        if isinstance(action, SendText):
            self._send(action.connection, action.text)
        elif isinstance(action, Run):
            self._run_job(action.job)
        elif isinstance(action, Call):
            self._call(action)
        elif isinstance(action, OpenSocket):
            self._open(action.connection)
        elif isinstance(action, CloseSocket):
            self._shut(action.connection)
        elif isinstance(action, StatusChanged):
            self._become(action.status)
        elif isinstance(action, ServiceChanged):
            self._tell(self._service_listeners, action.service, "service")
        elif isinstance(action, Log):
            self._logger.log(_LEVELS[action.level], "%s %s", action.message, action.fields)

    def _become(self, status: Status) -> None:
        self._status = status
        self._tell(self._listeners, status, "status")
        self._became(status)

    def _tell(self, listeners: List[Callable[[Any], None]], what: Any, of: str) -> None:
        for listener in list(listeners):
            try:
                listener(what)
            except Exception:
                self._logger.exception("a %s listener raised", of)

    def _heard(self, connection: int, event: WireEvent, arrived: bool) -> None:
        """What came over a socket.

        :param arrived: of a ``Failed``: whether the dial may have reached the hub
        """
        machine = self._machine
        if isinstance(event, Text):
            text = event.text
            self._post(lambda now: machine.socket_frame(connection, text, now))
        elif isinstance(event, Heard):
            self._post(lambda now: machine.socket_heard(connection, now))
        elif isinstance(event, Refused):
            answer = event.answer
            self._post(lambda now: machine.socket_refused(connection, answer, now))
        elif isinstance(event, Failed):
            detail = event.detail
            self._post(lambda now: machine.socket_failed(connection, detail, arrived, now))
        elif isinstance(event, Closed):
            code, reason = event.code, event.reason
            self._post(lambda now: machine.socket_closed(connection, code, reason, now))

    def _make_call(self, call: Call) -> None:
        """Blocks until it is answered."""
        answer = self._http.call(call.method, call.path, call.query, call.body, call.timeout)
        self._post(lambda now: self._machine.answered(call.number, answer, now))

    def _progress(self, job: Job) -> None:
        self._post(lambda now: self._machine.progress(job, now))

    def _raise_if_ended(self) -> None:
        if self._status.state == "closed":
            raise self._status.error or error("closed")

    def _failed_step(self) -> None:
        """Nothing that the hub sends, and nothing that this package does wrong, ends the loop."""
        self._logger.exception("the client failed at one step, and goes on")

    def _close_memory(self) -> None:
        try:
            self._memory.close()
        except Exception:
            self._logger.exception("the memory could not be closed: look at the cause before the next start")
