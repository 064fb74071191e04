"""The hub's end of one socket."""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import threading
import time
import uuid
from typing import Any, Callable, Dict, Optional, Tuple, Union

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from ..codes import DEFAULT_MAX_IN_FLIGHT, MAX_FRAME_BYTES, SUBPROTOCOL
from ..wire import Fragments
from .faults import Faults

_BINARY_FRAME = 1003


class Session:
    """One thread reads (who calls ``serve``), one writes."""

    def __init__(self, connection: socket.socket, faults: Faults, heartbeat_interval: float) -> None:
        self.id = str(uuid.uuid4())
        self.max_in_flight = DEFAULT_MAX_IN_FLIGHT
        self.unreadable = 0
        self._connection = connection
        self._faults = faults
        self._heartbeat_interval = heartbeat_interval
        self._protocol = ServerProtocol(select_subprotocol=_select, max_size=MAX_FRAME_BYTES)
        self._fragments = Fragments()
        self._lock = threading.Lock()
        #: When, and what: a frame, or the code and the reason with which the socket closes.
        self._out: "queue.Queue[Optional[Tuple[float, Union[str, Tuple[int, str]]]]]" = queue.Queue()

    def accept(self, request: bytes) -> None:
        """:param request: the upgrade, as it came"""
        self._protocol.receive_data(request)
        (event,) = self._protocol.events_received()
        if isinstance(event, Request):
            self._protocol.send_response(self._protocol.accept(event))
        self._flush()
        threading.Thread(target=self._write, name="fake-hub-write", daemon=True).start()

    def serve(self, read: Callable[[], bytes], take: Callable[[Union[str, None]], None]) -> None:
        """Gives each message to ``take`` until the socket ends; ``None``: one that is no text."""
        while True:
            data = b""
            with contextlib.suppress(OSError):
                data = read()
            with self._lock:
                if data:
                    self._protocol.receive_data(data)
                else:
                    self._protocol.receive_eof()
                events = self._protocol.events_received()
                self._flush()
            for event in events:
                if isinstance(event, Frame) and event.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
                    message = self._fragments.take(event)
                    if message is not None:
                        take(message.text if isinstance(message.text, str) else None)
            if not data:
                self._out.put(None)
                return

    def say(self, frame: Dict[str, Any]) -> None:
        self._put(json.dumps(frame, ensure_ascii=False))

    def close(self, code: int, reason: str = "") -> None:
        """Closes after what was said."""
        self._put((code, reason))

    def _put(self, what: Union[str, Tuple[int, str]]) -> None:
        self._out.put((time.monotonic() + self._faults.delay, what))

    def close_binary(self) -> None:
        self.close(_BINARY_FRAME, "binary_frame")

    def _write(self) -> None:
        while True:
            try:
                said = self._out.get(timeout=self._heartbeat_interval)
            except queue.Empty:
                with self._lock:
                    if self._protocol.state is OPEN:
                        self._protocol.send_ping(b"")
                        self._flush()
                continue
            if said is None:
                return
            due, what = said
            time.sleep(max(0.0, due - time.monotonic()))
            with self._lock:
                if self._protocol.state is OPEN:
                    if isinstance(what, str):
                        self._protocol.send_text(what.encode("utf-8"))
                    else:
                        self._protocol.send_close(*what)
                    self._flush()

    def _flush(self) -> None:
        # Where it was cut, the reading thread ends it.
        with contextlib.suppress(OSError):
            for data in self._protocol.data_to_send():
                if data:
                    self._connection.sendall(data)
                else:
                    self._connection.shutdown(socket.SHUT_WR)


def _select(protocol: ServerProtocol, offered: Any) -> Any:
    return SUBPROTOCOL if SUBPROTOCOL in offered else None
