"""One WebSocket over a blocking socket: a thread that reads, and one that writes."""

from __future__ import annotations

import contextlib
import queue
import socket
import ssl
import threading
from typing import Callable, Optional

from ..wire import Failed, Target, Wire, WireEvent

CONNECT_TIMEOUT = 10.0
#: The other side may take so long to read what was written, and to answer this side's close. In seconds.
SEND_TIMEOUT = 20.0
CLOSE_TIMEOUT = 2.0
#: More than this unsent means that nothing gets through; what the core keeps for later needs no second copy here.
MOST_UNSENT_BYTES = 1024 * 1024
_CHUNK = 64 * 1024


class SocketThread:
    """Tells ``event`` what came, and at last how it ended; from its own threads, one event after the other."""

    def __init__(self, target: Target, api_key: str, user_agent: str, event: Callable[[WireEvent, bool], None]) -> None:
        """:param event: its second argument says of a ``Failed`` whether the dial may have reached the hub"""
        self._target = target
        self._event = event
        self._wire = Wire(target, api_key, user_agent)
        self._lock = threading.Lock()
        self._out: "queue.SimpleQueue[Optional[bytes]]" = queue.SimpleQueue()
        self._unsent = 0
        self._socket: Optional[socket.socket] = None
        self._closed = False
        threading.Thread(target=self._read, name="valletpv-hub-socket", daemon=True).start()

    def send(self, text: str) -> None:
        with self._lock:
            if self._unsent <= MOST_UNSENT_BYTES and self._wire.send(text):
                self._flush()

    def close(self) -> None:
        """Says goodbye; the connection is gone after 2 s at the latest."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._wire.close()
            self._flush()
        timer = threading.Timer(CLOSE_TIMEOUT, self._break)
        timer.daemon = True
        timer.start()

    def _read(self) -> None:
        try:
            connection = self._connect()
        except OSError as cause:
            arrived = not isinstance(cause, (ConnectionRefusedError, socket.gaierror))
            self._event(Failed(f"{type(cause).__name__}: {cause}"[:300]), arrived)
            return
        writer = threading.Thread(target=self._write, args=(connection,), name="valletpv-hub-write", daemon=True)
        writer.start()
        with self._lock:
            self._socket = connection
            # Closed while it was dialing.
            closed = self._closed
            self._flush()
        if closed:
            self._break()
        self._read_all(connection)
        self._out.put(None)
        writer.join()
        connection.close()
        with self._lock:
            end = self._wire.ended()
        if end is not None:
            self._event(end, True)

    def _read_all(self, connection: socket.socket) -> None:
        while True:
            try:
                data = connection.recv(_CHUNK)
            except OSError:
                data = b""
            with self._lock:
                events = self._wire.received(data)
                self._flush()
            for event in events:
                self._event(event, True)
            if not data:
                return

    def _write(self, connection: socket.socket) -> None:
        while True:
            data = self._out.get()
            if data is None:
                return
            try:
                if data:
                    connection.sendall(data)
                else:
                    connection.shutdown(socket.SHUT_WR)
            except OSError:
                # A hub that does not read for so long is gone; the reading thread says so.
                self._break()
            with self._lock:
                self._unsent -= len(data)

    def _flush(self) -> None:
        """With the lock: what is to be sent goes to the writing thread."""
        if self._socket is None:
            return
        for data in self._wire.to_send():
            self._unsent += len(data)
            self._out.put(data)

    def _break(self) -> None:
        connection = self._socket
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _connect(self) -> socket.socket:
        connection = socket.create_connection((self._target.host, self._target.port), CONNECT_TIMEOUT)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._target.is_secure:
                context = ssl.create_default_context()
                connection = context.wrap_socket(connection, server_hostname=self._target.host)
            # Reading waits for as long as it takes: the core knows what silence means, and closes.
            connection.settimeout(None)
            _set_send_timeout(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _set_send_timeout(connection: socket.socket) -> None:
    """Of the system, as Python's own timeout would end the reading thread's wait too."""
    import struct

    with contextlib.suppress(OSError, AttributeError):
        if hasattr(socket, "SO_SNDTIMEO"):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(SEND_TIMEOUT), 0))
