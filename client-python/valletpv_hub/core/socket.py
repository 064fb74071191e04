"""One WebSocket, from its dial to its end."""

from __future__ import annotations

from typing import Union

from ..errors import error
from .actions import CloseSocket, OpenSocket, Report, SendText
from .connection import Events, Session
from .endings import Ending, closed, refusal_error
from .frames import ServiceFrame, Welcome, flow_text, read_frame, update_text
from .ports import Answer, Ports
from .timers import Timer

#: From the first packet to the hub's welcome, in seconds.
WELCOME_TIMEOUT = 10.0


class Socket:
    """Knows what a session is; the driver knows how bytes travel."""

    def __init__(self, ports: Ports, connection: int, events: Events) -> None:
        self._ports = ports
        self._events = events
        self.connection = connection
        self.phase = "dialing"
        self._silence_limit = WELCOME_TIMEOUT
        self._heard_at = ports.timers.now
        self._silence: Timer = ports.timers.after(WELCOME_TIMEOUT, self._check_silence)
        ports.act(OpenSocket(connection))

    def report(self, report: Report) -> bool:
        return self._send(update_text(report))

    def flow(self, max_in_flight: int) -> bool:
        return self._send(flow_text(max_in_flight))

    def close(self) -> None:
        """After this it tells nothing more."""
        if self.phase != "ended":
            self.phase = "ended"
            self._silence.cancel()
            self._ports.act(CloseSocket(self.connection))

    # What the driver says.

    def heard(self) -> None:
        """A ping, a pong or a frame. Before the welcome only the welcome counts: pings alone are no session."""
        if self.phase == "welcomed":
            self._heard_at = self._ports.timers.now

    def frame(self, text: Union[str, bytes]) -> None:
        if self.phase == "ended":
            return
        self.heard()
        frame = read_frame(text)
        if frame is None:
            return
        if isinstance(frame, str):
            # Never its content, which is a person's.
            self._ports.warn("a frame from the hub was left out: it could not be read", problem=frame)
        elif not isinstance(frame, Welcome):
            if self.phase == "welcomed":
                self._events.received(frame)
            else:
                self._ports.warn("a frame from the hub was left out: it came before the welcome")
        elif self.phase == "dialing":
            self._welcome(frame)

    def closed(self, code: int, reason: str) -> None:
        self._end(closed(code, reason))

    def refused(self, answer: Answer) -> None:
        """The hub, or something before it, answered the upgrade with HTTP."""
        problem = refusal_error(answer.status or 0, answer.text, answer.retry_after)
        self._end(Ending("refused", problem, may_have_arrived=False))

    def failed(self, detail: str, may_have_arrived: bool) -> None:
        """No answer came to the dial."""
        self._end(Ending("failed", error("unreachable", detail), may_have_arrived=may_have_arrived))

    def _welcome(self, frame: Welcome) -> None:
        self.phase = "welcomed"
        self._silence_limit = 2 * frame.heartbeat_interval
        self.heard()
        self._silence.cancel()
        self._silence = self._ports.timers.after(self._silence_limit, self._check_silence)
        self._events.welcomed(Session("websocket", frame.session_id, frame.tpv, frame.max_in_flight))
        if frame.service is not None:
            self._events.received(ServiceFrame(frame.service))

    def _check_silence(self) -> None:
        """One timer for many frames: it looks when the last one came, and begins anew for what is left."""
        left = self._heard_at + self._silence_limit - self._ports.timers.now
        if left > 0:
            self._silence = self._ports.timers.after(left, self._check_silence)
        elif self.phase == "dialing":
            self._end(Ending("failed", error("unreachable", f"no welcome within {WELCOME_TIMEOUT:g} s")))
        else:
            self._end(Ending("failed", error("heartbeat_timeout", f"{self._silence_limit:g} s")))

    def _send(self, text: str) -> bool:
        if self.phase != "welcomed":
            return False
        self._ports.act(SendText(self.connection, text))
        return True

    def _end(self, ending: Ending) -> None:
        if self.phase == "ended":
            return
        self.phase = "ended"
        self._silence.cancel()
        self._ports.act(CloseSocket(self.connection))
        self._events.ended(ending)
