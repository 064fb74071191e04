"""The client without I/O: what happened goes in with the time, what is to be done comes out."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Callable, List, Optional, Union

from ..backoff import DEFAULT_BACKOFF, Backoff, BackoffOptions
from ..codes import LARGEST_MAX_IN_FLIGHT
from ..errors import HubClientError, error
from ..outcome import Outcome
from .actions import Action, Job, Run, ServiceChanged, Status, StatusChanged
from .connection import Session
from .frames import ErrorFrame, Frame, InstructionFrame, Result, Revoked, ServiceFrame
from .inbox import Counters, Inbox
from .link import Link, LinkEvents
from .ports import Answer, Ports
from .timers import Timers


class Machine:
    """One client. Not safe for threads: its driver calls it from one place at a time, takes ``actions`` after each
    call, and calls ``tick`` at ``next_at``. Times are seconds of a clock that only goes on."""

    def __init__(
        self,
        now: float,
        transport: str = "auto",
        concurrency: int = 16,
        rand: Callable[[], float] = random.random,
        backoff: BackoffOptions = DEFAULT_BACKOFF,
    ) -> None:
        self._timers = Timers(now)
        self._ports = Ports(self._timers, transport)
        self._paused = False
        self._was_online = False
        self.status = Status("idle")
        self.inbox = Inbox(
            self._timers,
            concurrency,
            run=lambda job: self._ports.act(Run(job)),
            send=lambda report: self._link.report(report),
            send_flow=lambda most: self._link.flow(most),
            warn=self._ports.warn,
            max_in_flight=min(4 * concurrency, LARGEST_MAX_IN_FLIGHT),
        )
        events = LinkEvents(self._online, self._received, self.inbox.offline, self._become)
        self._link = Link(self._ports, events, Backoff(backoff, rand))

    @property
    def counters(self) -> Counters:
        return self.inbox.counters

    def actions(self) -> List[Action]:
        """Takes what is to be done, in order."""
        taken, self._ports.actions = self._ports.actions, []
        return taken

    def next_at(self) -> Optional[float]:
        return self._timers.next_at()

    def tick(self, now: float) -> None:
        self._timers.run(now)

    def start(self, now: float) -> None:
        self.tick(now)
        self._link.start()

    def socket_frame(self, connection: int, text: Union[str, bytes], now: float) -> None:
        self.tick(now)
        socket = self._link.socket(connection)
        if socket is not None:
            socket.frame(text)

    def socket_heard(self, connection: int, now: float) -> None:
        """A ping or a pong came."""
        self.tick(now)
        socket = self._link.socket(connection)
        if socket is not None:
            socket.heard()

    def socket_closed(self, connection: int, code: int, reason: str, now: float) -> None:
        self.tick(now)
        socket = self._link.socket(connection)
        if socket is not None:
            socket.closed(code, reason)

    def socket_refused(self, connection: int, answer: Answer, now: float) -> None:
        self.tick(now)
        socket = self._link.socket(connection)
        if socket is not None:
            socket.refused(answer)

    def socket_failed(self, connection: int, detail: str, may_have_arrived: bool, now: float) -> None:
        self.tick(now)
        socket = self._link.socket(connection)
        if socket is not None:
            socket.failed(detail, may_have_arrived)

    def answered(self, number: int, answer: Answer, now: float) -> None:
        self.tick(now)
        done = self._ports.waiting.pop(number, None)
        if done is not None:
            done(answer)

    def ended(self, job: Job, outcome: Optional[Outcome], now: float) -> None:
        """What the memory keeps of a job; ``None`` if it was not run."""
        self.tick(now)
        self.inbox.ended(job, outcome)

    def progress(self, job: Job, now: float) -> None:
        self.tick(now)
        self.inbox.tell(job)

    def pause(self, now: float) -> None:
        self.tick(now)
        if not self._paused:
            self._paused = True
            self.inbox.pause()
            if self.status.state == "online":
                self._become(self.status)

    def resume(self, now: float) -> None:
        self.tick(now)
        if self._paused:
            self._paused = False
            self.inbox.resume()
            if self.status.state == "paused":
                self._become(replace(self.status, state="online"))

    def finish(self, settled: Callable[[], None], now: float) -> None:
        """Begins nothing more; calls ``settled`` when all that runs has ended and is answered."""
        self.tick(now)
        self.inbox.finish(settled)

    def stop(self, now: float) -> None:
        """Ends everything at once."""
        self.tick(now)
        self.inbox.abandon_all(error("closed"))
        self._link.stop()

    def _online(self, session: Session) -> None:
        self.inbox.online(session.max_in_flight)

    def _received(self, frame: Frame) -> None:
        if isinstance(frame, InstructionFrame):
            self.inbox.take(frame.instruction)
        elif isinstance(frame, Result):
            self.inbox.settle(frame)
        elif isinstance(frame, Revoked):
            self.inbox.revoke(frame)
        elif isinstance(frame, ServiceFrame):
            self._ports.act(ServiceChanged(frame.service))
        elif isinstance(frame, ErrorFrame):
            self._ports.warn("the hub could not take a frame", code=frame.code, error=frame.message)

    def _become(self, status: Status) -> None:
        if self._paused and status.state == "online":
            status = replace(status, state="paused")
        before, self.status = self.status.state, status
        if status.state in ("online", "paused"):
            if self._was_online and before in ("connecting", "offline"):
                self.inbox.counters.reconnects += 1
            self._was_online = True
        if status.state == "closed":
            self.inbox.abandon_all(status.error if isinstance(status.error, HubClientError) else error("closed"))
        self._ports.act(StatusChanged(status))
