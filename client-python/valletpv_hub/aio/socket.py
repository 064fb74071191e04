"""One WebSocket in an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from typing import Callable, Optional

from ..threads.socket_thread import CLOSE_TIMEOUT, CONNECT_TIMEOUT, MOST_UNSENT_BYTES
from ..wire import Failed, Target, Wire, WireEvent

_CHUNK = 64 * 1024


class AsyncSocket:
    """Tells ``event`` what came, and at last how it ended; in the loop, one event after the other."""

    def __init__(self, target: Target, api_key: str, user_agent: str, event: Callable[[WireEvent, bool], None]) -> None:
        """:param event: its second argument says of a ``Failed`` whether the dial may have reached the hub"""
        self._target = target
        self._event = event
        self._wire = Wire(target, api_key, user_agent)
        self._writer: Optional[asyncio.StreamWriter] = None
        self._closed = False
        #: Ends when nothing of the connection is left.
        self.task = asyncio.ensure_future(self._run())

    def send(self, text: str) -> None:
        writer = self._writer
        if writer is None or writer.transport.get_write_buffer_size() > MOST_UNSENT_BYTES:
            return
        if self._wire.send(text):
            self._flush(writer)

    def close(self) -> None:
        """Says goodbye; the connection is gone after 2 s at the latest."""
        if self._closed:
            return
        self._closed = True
        if self._writer is None:
            self.task.cancel()
            return
        self._wire.close()
        self._flush(self._writer)
        asyncio.get_running_loop().call_later(CLOSE_TIMEOUT, self._writer.transport.abort)

    async def _run(self) -> None:
        try:
            reader, writer = await asyncio.wait_for(self._connect(), CONNECT_TIMEOUT)
        except (OSError, asyncio.TimeoutError) as cause:
            arrived = not isinstance(cause, (ConnectionRefusedError, socket.gaierror))
            self._event(Failed(f"{type(cause).__name__}: {cause}"[:300]), arrived)
            return
        self._writer = writer
        try:
            self._flush(writer)
            await self._read_all(reader, writer)
        finally:
            writer.close()
        end = self._wire.ended()
        if end is not None:
            self._event(end, True)

    async def _connect(self) -> "tuple[asyncio.StreamReader, asyncio.StreamWriter]":
        context = ssl.create_default_context() if self._target.is_secure else None
        return await asyncio.open_connection(self._target.host, self._target.port, ssl=context, limit=_CHUNK)

    async def _read_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                data = await reader.read(_CHUNK)
            except OSError:
                data = b""
            events = self._wire.received(data)
            self._flush(writer)
            for event in events:
                self._event(event, True)
            if not data:
                return

    def _flush(self, writer: asyncio.StreamWriter) -> None:
        for data in self._wire.to_send():
            if data:
                writer.write(data)
            elif writer.can_write_eof():
                with contextlib.suppress(OSError):
                    writer.write_eof()
