"""What the core wants done: its driver does it, and says how it went."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Optional, Union

from ..errors import HubClientError
from ..instruction import Instruction
from ..outcome import Outcome
from ..service import ServiceNow


@dataclass(frozen=True)
class OpenSocket:
    """Dial the WebSocket; then call ``socket_frame``, ``socket_heard`` and one of ``socket_closed``,
    ``socket_refused``, ``socket_failed`` with the same ``connection``."""

    connection: int


@dataclass(frozen=True)
class CloseSocket:
    connection: int


@dataclass(frozen=True)
class SendText:
    """Give the socket a frame; one that can't be sent is dropped, the core sends it again."""

    connection: int
    text: str


@dataclass(frozen=True)
class Call:
    """Make a REST call; then call ``answered`` with its ``number``."""

    number: int
    method: str
    path: str
    query: Dict[str, Any] = field(default_factory=dict)
    body: Optional[Dict[str, Any]] = None
    timeout: float = 15.0


@dataclass(frozen=True)
class Run:
    """Ask the memory, run the handler, tell the memory; then call ``ended``."""

    job: "Job"


@dataclass(frozen=True)
class StatusChanged:
    status: "Status"


@dataclass(frozen=True)
class ServiceChanged:
    """The restaurant attends, or it does not, from now on."""

    service: ServiceNow


@dataclass(frozen=True)
class Log:
    level: str
    message: str
    fields: Dict[str, Any]


@dataclass(frozen=True)
class Status:
    """Where a client stands with the hub: ``idle``, ``connecting``, ``online``, ``paused``, ``offline``, ``closed``."""

    state: str
    transport: Optional[str] = None
    attempt: Optional[int] = None
    #: In seconds from the change of status on.
    next_try_in: Optional[float] = None
    #: Why it is offline, or closed.
    error: Optional[HubClientError] = None
    tpv: Optional[Dict[str, Any]] = None
    session_id: Optional[str] = None
    draining: bool = False


class Job:
    """One instruction in a client's hands: waiting, then running, then over."""

    __slots__ = ("expires_at", "expiry_timer", "instruction", "on_abandon", "phase", "reason", "tell_timer")

    def __init__(self, instruction: Instruction, expires_at: float) -> None:
        self.instruction = instruction
        #: When its time is up, by the timers of its machine.
        self.expires_at = expires_at
        self.phase = "waiting"
        #: Why its handler is to stop; ``None`` as long as it is not.
        self.reason: Optional[HubClientError] = None
        #: The driver's: called when the handler is to stop.
        self.on_abandon: Any = None
        self.tell_timer: Any = None
        self.expiry_timer: Any = None

    @property
    def is_over(self) -> bool:
        return self.phase == "over"

    def end(self) -> None:
        self.phase = "over"
        for timer in (self.tell_timer, self.expiry_timer):
            if timer is not None:
                timer.cancel()

    def abandon(self, reason: HubClientError) -> None:
        self.end()
        self.reason = reason
        if self.on_abandon is not None:
            self.on_abandon()


@dataclass
class Report:
    """What the hub is to be told of an instruction."""

    ref: str
    id: str
    status: str
    outcome: Optional[Outcome] = None


Action = Union[OpenSocket, CloseSocket, SendText, Call, Run, StatusChanged, ServiceChanged, Log]
