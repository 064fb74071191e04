"""Long polls that look like a socket."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Set

from ..codes import DEFAULT_MAX_IN_FLIGHT
from ..errors import HubClientError, error
from ..instruction import Instruction, read_instruction
from .actions import Report
from .connection import Events, Session
from .endings import Ending, refusal_error
from .frames import InstructionFrame
from .inbox import seconds_of
from .ports import Answer, Ports
from .reporter import Reporter
from .timers import Timer

#: How long the hub may hold a poll, and how much longer its answer may take. In seconds.
WAIT = 25
GRACE = 10.0
#: The most that one poll brings.
MOST_AT_ONCE = 50
#: The most that the hub lists.
MOST_LISTED = 100
#: While what an earlier connection was given may come to light (the hub's lease of 60 s, and some), polls are short,
#: and what was handed out is asked for as well.
SUSPICIOUS_WAIT = 2
SUSPICION = 75.0
#: A hub that answers long polls at once, with nothing, drains or has too many of them.
EMPTY_AT_ONCE = 1.0
#: How often the socket is tried.
SOCKET_EVERY = 60.0


class Polling:
    """Brings instructions, answers reports with results, and keeps to the last ``flow``. As on a socket,
    instructions that are reported on no longer count."""

    def __init__(
        self, ports: Ports, events: Events, try_socket: Optional[Callable[[Callable[[], None]], None]]
    ) -> None:
        """:param try_socket: called every 60 s between two polls, none of them under way: what a poll brings while a
        socket opens could overtake what comes over the socket. Polling goes on when its argument is called."""
        now = ports.timers.now
        self._ports = ports
        self._events = events
        self._try_socket = try_socket
        self._reporter = Reporter(ports, events.received)
        #: Handed over and not yet reported on.
        self._in_flight: Set[str] = set()
        self._max_in_flight = DEFAULT_MAX_IN_FLIGHT
        self.phase = "dialing"
        self._suspicious_until = now + SUSPICION
        self._try_socket_at = now + SOCKET_EVERY
        self._rest: Optional[Timer] = None
        self._get("api/tpv/info/", {}, self._hello)

    def report(self, report: Report) -> bool:
        if self.phase != "welcomed":
            return False
        if report.id in self._in_flight:
            self._in_flight.discard(report.id)
            self._wake()
        self._reporter.put(report)
        return True

    def flow(self, max_in_flight: int) -> bool:
        if self.phase != "welcomed":
            return False
        self._max_in_flight = max_in_flight
        self._wake()
        return True

    def close(self) -> None:
        self.phase = "ended"
        self._reporter.stop()
        if self._rest is not None:
            self._rest.cancel()

    # The beginning: who am I, and what did I have in hand?

    def _hello(self, body: Any) -> None:
        tpv = {"id": str(body.get("id", "")), "name": str(body.get("name", ""))}
        found: List[Instruction] = []
        statuses = ["processing", "delivered", "sent"]

        def next_list(body: Any = None) -> None:
            if body is not None:
                found.extend(_instructions(body))
            if statuses:
                self._list(statuses.pop(0), {}, next_list)
                return
            self.phase = "welcomed"
            self._events.welcomed(Session("polling", None, tpv, DEFAULT_MAX_IN_FLIGHT))
            # Waiting for the leases to lapse would take minutes, and bring later ones first.
            self._hand_over(_in_order(found))
            self._next()

        next_list()

    # One poll after the other.

    def _next(self) -> None:
        if self.phase != "welcomed":
            return
        now = self._ports.timers.now
        if self._try_socket is not None and now >= self._try_socket_at:
            self._try_socket(self._socket_tried)
            return
        room = min(self._max_in_flight - len(self._in_flight), MOST_AT_ONCE)
        if room <= 0:
            self._pause(self._until_socket(now), self._say_hello)
            return
        suspicious = now < self._suspicious_until
        wait = min(SUSPICIOUS_WAIT if suspicious else WAIT, max(0, int(self._until_socket(now) + 0.999)))
        self._list(
            "pending", {"limit": room, "wait": wait}, lambda body: self._polled(body, suspicious, now, wait), wait
        )

    def _polled(self, body: Any, suspicious: bool, started: float, wait: float) -> None:
        fresh = _instructions(body)

        def go_on() -> None:
            took = self._ports.timers.now - started
            if not fresh and took < min(EMPTY_AT_ONCE, wait):
                self._pause(EMPTY_AT_ONCE, self._next)
            else:
                self._next()

        def handed_out(body: Any) -> None:
            # What a lost answer carried is older than what this one does, and has to go first.
            self._hand_over(_in_order(_instructions(body) + fresh))
            go_on()

        if suspicious:
            self._list("sent", {}, handed_out)
        else:
            self._hand_over(fresh)
            go_on()

    def _socket_tried(self) -> None:
        self._try_socket_at = self._ports.timers.now + SOCKET_EVERY
        self._next()

    def _say_hello(self) -> None:
        """The hub hears from this TPV while nothing is wanted, and this TPV whether the hub is there."""
        self._get("api/tpv/info/", {}, lambda body: self._next())

    def _until_socket(self, now: float) -> float:
        return SOCKET_EVERY if self._try_socket is None else self._try_socket_at - now

    def _hand_over(self, instructions: List[Instruction]) -> None:
        for instruction in instructions:
            if self.phase != "welcomed":
                return
            if instruction.id not in self._in_flight:
                self._in_flight.add(instruction.id)
                self._events.received(InstructionFrame(instruction))

    def _pause(self, seconds: float, then: Callable[[], None]) -> None:
        def over() -> None:
            self._rest = None
            then()

        self._rest = self._ports.timers.after(seconds, over)

    def _wake(self) -> None:
        """Something changed: a rest ends at once."""
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
            self._rest = self._ports.timers.after(0, self._woken)

    def _woken(self) -> None:
        self._rest = None
        self._next()

    def _list(self, status: str, query: Dict[str, Any], then: Callable[[Any], None], wait: float = 0) -> None:
        # Unless it is asked for more, the hub lists 10: the others would come after what is newer.
        whole = {"status": status, "limit": MOST_LISTED, **query}
        self._get("api/tpv/instructions/", whole, then, wait + GRACE)

    def _get(self, path: str, query: Dict[str, Any], then: Callable[[Any], None], timeout: float = GRACE) -> None:
        def done(answer: Answer) -> None:
            if self.phase == "ended":
                return
            if answer.status == 200 and isinstance(answer.json, dict):
                then(answer.json)
            else:
                self._fail(_problem(answer))

        self._ports.call("GET", path, done, query=query, timeout=timeout)

    def _fail(self, problem: HubClientError) -> None:
        self.close()
        self._events.ended(Ending("failed" if problem.http_status is None else "refused", problem))


def _problem(answer: Answer) -> HubClientError:
    if answer.status is None:
        return error("unreachable", answer.fault)
    if answer.status == 200:
        return error("unreachable", "an answer that is not the hub's")
    return refusal_error(answer.status, answer.text, answer.retry_after)


def _instructions(body: Any) -> List[Instruction]:
    listed = body.get("instructions")
    read = [read_instruction(one) for one in listed] if isinstance(listed, list) else []
    return [one for one in read if one is not None]


def _in_order(instructions: List[Instruction]) -> List[Instruction]:
    """As the hub hands them out. Ids grow with time, but not within a millisecond: the sort keeps that order."""
    return sorted(instructions, key=lambda one: (one.priority, seconds_of(one.get("created_at")) or 0.0))
