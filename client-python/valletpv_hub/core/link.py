"""Keeps one connection to the hub."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Callable, Dict, List, Optional, Union

from ..backoff import Backoff
from ..codes import RESTART
from ..errors import HubClientError
from .actions import Report, Status
from .connection import Events, Session
from .dials import Dials
from .endings import Ending, Verdict, closed, judge
from .frames import Drain, Frame
from .polling import Polling
from .ports import Ports
from .socket import Socket
from .timers import Timer

#: How long past ``reconnect_after_ms`` a draining hub may keep the socket before this side leaves it, in seconds.
DRAIN_PATIENCE = 30.0

Connection = Union[Socket, Polling]


@dataclass(frozen=True)
class LinkEvents:
    #: A session began; also where it took the place of polls, without being offline.
    online: Callable[[Session], None]
    received: Callable[[Frame], None]
    offline: Callable[[], None]
    status: Callable[[Status], None]


class Link:
    """Dials, and dials again until it is stopped or the hub says to stop. Where no socket can be had, it polls, and
    tries the socket again every 60 s."""

    def __init__(self, ports: Ports, events: LinkEvents, backoff: Backoff) -> None:
        self._ports = ports
        self._events = events
        self._backoff = backoff
        self._dials = Dials(ports.timers)
        self._numbers = itertools.count(1)
        #: Sockets by their numbers, until they end.
        self.sockets: Dict[int, Socket] = {}
        #: What is welcomed, or dialing while nothing else is.
        self._connection: Optional[Connection] = None
        #: A socket that is tried while polls are the connection.
        self._candidate: Optional[Socket] = None
        self._online: Optional[Status] = None
        self._attempt = 0
        self._reconnect_after: Optional[float] = None
        self._timers: List[Timer] = []
        self._stopped = False

    def start(self) -> None:
        self._dial()

    def report(self, report: Report) -> bool:
        return self._connection is not None and self._connection.report(report)

    def flow(self, max_in_flight: int) -> bool:
        return self._connection is not None and self._connection.flow(max_in_flight)

    def stop(self) -> None:
        """Ends the connection and dials no more."""
        if self._stopped:
            return
        self._stopped = True
        self._cancel_timers()
        for connection in (self._connection, self._candidate):
            if connection is not None:
                connection.close()
        self._events.status(Status("closed"))

    def _dial(self) -> None:
        self._attempt += 1
        self._open("polling" if self._ports.transport == "polling" else "websocket")

    def _open(self, transport: str) -> None:
        self._events.status(Status("connecting", transport=transport, attempt=self._attempt))
        # A status listener may have closed the client just now.
        if self._stopped:
            return
        if transport == "polling":
            self._connection = self._open_polling()
        else:
            self._connection = self._open_socket(self._no_socket)

    def _open_socket(self, failed: Callable[[Ending], None]) -> Socket:
        """:param failed: called if the socket ends before its welcome"""
        number = next(self._numbers)
        was_welcomed = False

        def welcomed(session: Session) -> None:
            nonlocal was_welcomed
            was_welcomed = True
            self._dials.welcomed()
            self._welcomed(socket, session)

        def ended(ending: Ending) -> None:
            self.sockets.pop(number, None)
            if was_welcomed:
                self._ended(socket, ending)
            elif not self._stopped:
                self._dials.failed(ending)
                failed(ending)

        # Each event asks whether its own connection is still the current one: a late one of an old socket must not
        # touch the new one.
        socket = Socket(self._ports, number, Events(welcomed, lambda frame: self._received(socket, frame), ended))
        # Those that this side closed say nothing more.
        self.sockets = {one: open_ for one, open_ in self.sockets.items() if open_.phase != "ended"}
        self.sockets[number] = socket
        return socket

    def _open_polling(self) -> Polling:
        def welcomed(session: Session) -> None:
            self._welcomed(polling, session)

        events = Events(
            welcomed, lambda frame: self._received(polling, frame), lambda ending: self._ended(polling, ending)
        )
        polling = Polling(self._ports, events, self._try_socket if self._ports.transport == "auto" else None)
        return polling

    def _try_socket(self, tried: Callable[[], None]) -> None:
        """Dials while polls are the connection."""

        def failed(ending: Ending) -> None:
            self._candidate = None
            verdict = judge(ending)
            if verdict.redial:
                tried()
                return
            if self._connection is not None:
                self._connection.close()
            self._lose()
            self._give_up(verdict.error)

        self._candidate = self._open_socket(failed)

    def _welcomed(self, connection: Connection, session: Session) -> None:
        if self._stopped:
            return
        # A socket that takes the place of polls: the hub sends all that is not final over it, in order.
        if self._connection is not connection and self._connection is not None:
            self._connection.close()
        self._candidate = None
        self._connection = connection
        self._attempt = 0
        self._cancel_timers()
        self._timers.append(self._ports.timers.after(self._backoff.options.reset_after, self._backoff.reset))
        self._online = Status("online", transport=session.transport, tpv=session.tpv, session_id=session.id)
        self._events.status(self._online)
        if not self._stopped:
            self._events.online(session)

    def _received(self, connection: Connection, frame: Frame) -> None:
        if self._stopped or self._connection is not connection:
            return
        if isinstance(frame, Drain):
            self._drain(connection, frame)
        else:
            self._events.received(frame)

    def _drain(self, connection: Connection, frame: Drain) -> None:
        if self._online is None or self._online.draining:
            return
        self._reconnect_after = frame.reconnect_after

        def leave() -> None:
            connection.close()
            self._ended(connection, closed(RESTART, "drained"))

        # The hub closes; a hub that forgets to would leave this TPV without work for good.
        self._timers.append(self._ports.timers.after(frame.reconnect_after + DRAIN_PATIENCE, leave))
        self._online = replace(self._online, draining=True)
        self._events.status(self._online)

    def _no_socket(self, ending: Ending) -> None:
        """A dial without welcome, while there is no other connection."""
        verdict = judge(ending)
        self._lose()
        if not verdict.redial:
            self._give_up(verdict.error)
        elif self._ports.transport == "auto" and self._dials.suggest_polling(verdict):
            self._ports.log(
                "info",
                "no WebSocket to the hub can be opened: polling it instead, and trying the WebSocket every 60 s",
                error=str(verdict.error),
            )
            self._open("polling")
        else:
            self._wait_and_dial(verdict, None)

    def _ended(self, connection: Connection, ending: Ending) -> None:
        if self._stopped or self._connection is not connection:
            return
        drained = self._reconnect_after
        verdict = self._dials.replaced_by_own_dial(ending) or judge(ending)
        self._lose()
        if verdict.redial:
            self._wait_and_dial(verdict, drained)
        else:
            self._give_up(verdict.error)

    def _lose(self) -> None:
        """There is no connection any more."""
        was_online = self._online is not None
        self._cancel_timers()
        if self._candidate is not None:
            self._candidate.close()
        self._candidate = None
        self._connection = None
        self._online = None
        self._reconnect_after = None
        if was_online:
            self._events.offline()

    def _wait_and_dial(self, verdict: Verdict, drained: Optional[float]) -> None:
        if self._stopped:
            return
        # The hub's own moment after a drain; else its least wait, and the jitter on top.
        wait = drained if drained is not None else verdict.at_least + self._backoff.next()
        self._events.status(Status("offline", next_try_in=wait, error=verdict.error))
        if not self._stopped:
            self._timers.append(self._ports.timers.after(wait, self._dial))

    def _give_up(self, problem: HubClientError) -> None:
        self._stopped = True
        self._cancel_timers()
        self._events.status(Status("closed", error=problem))

    def _cancel_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers = []

    def socket(self, number: int) -> Optional[Socket]:
        """The socket with that number; ``None`` if it has ended."""
        return self.sockets.get(number)
