"""A WebSocket without I/O: bytes in, what they mean and bytes out. Both drivers use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Optional, Union
from urllib.parse import urlsplit

from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import OPEN
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from .codes import ABNORMAL, MAX_FRAME_BYTES, SUBPROTOCOL
from .core.ports import Answer
from .http import answer_of


@dataclass(frozen=True)
class Heard:
    """A ping or a pong."""


@dataclass(frozen=True)
class Text:
    text: Union[str, bytes]


@dataclass(frozen=True)
class Refused:
    answer: Answer


@dataclass(frozen=True)
class Failed:
    detail: str


@dataclass(frozen=True)
class Closed:
    code: int
    reason: str


WireEvent = Union[Heard, Text, Refused, Failed, Closed]


@dataclass(frozen=True)
class Target:
    """Where to connect to."""

    host: str
    port: int
    is_secure: bool
    url: str


def socket_target(base: str) -> Target:
    """The socket's address of a hub whose base ends in a slash."""
    parts = urlsplit(base)
    is_secure = parts.scheme == "https"
    url = f"{'wss' if is_secure else 'ws'}{base[len(parts.scheme) :]}api/tpv/ws/"
    return Target(parts.hostname or "", parts.port or (443 if is_secure else 80), is_secure, url)


class Wire:
    """One connection, after the bytes' way is open."""

    def __init__(self, target: Target, api_key: str, user_agent: str) -> None:
        self._protocol = ClientProtocol(
            parse_uri(target.url), subprotocols=[Subprotocol(SUBPROTOCOL)], max_size=MAX_FRAME_BYTES
        )
        request = self._protocol.connect()
        request.headers["Authorization"] = f"ApiKey {api_key}"
        request.headers["User-Agent"] = user_agent
        self._protocol.send_request(request)
        self._fragments = Fragments()
        self._told_end = False

    def received(self, data: bytes) -> List[WireEvent]:
        """Takes bytes; none at all: the other side has closed."""
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        events: List[WireEvent] = []
        for event in self._protocol.events_received():
            told = self._event(event)
            if told is not None:
                events.append(told)
        return events

    def to_send(self) -> List[bytes]:
        """Bytes that are to be sent; an empty one: this side sends nothing more."""
        return self._protocol.data_to_send()

    def send(self, text: str) -> bool:
        if self._protocol.state is not OPEN:
            return False
        try:
            self._protocol.send_text(text.encode("utf-8"))
        except ConnectionClosed:
            return False
        return True

    def close(self) -> None:
        if self._protocol.state is OPEN:
            self._protocol.send_close(1000)

    def ended(self) -> Optional[WireEvent]:
        """How it ended, once; ask when no more bytes come."""
        if self._told_end:
            return None
        self._told_end = True
        refused = self._protocol.handshake_exc
        if isinstance(refused, InvalidStatus):
            return Refused(_answer_of(refused.response))
        if refused is not None:
            return Failed(f"{type(refused).__name__}: {refused}"[:300])
        code = self._protocol.close_code
        return Closed(ABNORMAL if code is None else code, self._protocol.close_reason or "")

    def _event(self, event: object) -> Optional[WireEvent]:
        if not isinstance(event, Frame):
            # The answer to the upgrade: what follows from it, `ended` says.
            return None
        if event.opcode in (Opcode.PING, Opcode.PONG):
            return Heard()
        if event.opcode is Opcode.CLOSE:
            return None
        return self._fragments.take(event) or Heard()


class Fragments:
    """Puts the parts of a message together."""

    def __init__(self) -> None:
        self._parts: List[bytes] = []
        self._is_text = True

    def take(self, frame: Frame) -> Optional[Text]:
        """A frame of data; gives back the message that it ends."""
        if frame.opcode is not Opcode.CONT:
            self._is_text = frame.opcode is Opcode.TEXT
            self._parts = []
        self._parts.append(bytes(frame.data))
        if not frame.fin:
            return None
        whole = b"".join(self._parts)
        self._parts = []
        return Text(whole.decode("utf-8", "replace") if self._is_text else whole)


def _answer_of(response: Response) -> Answer:
    headers: Headers = response.headers
    body = response.body or b""
    return answer_of(response.status_code, bytes(body), headers.get("Retry-After"))
