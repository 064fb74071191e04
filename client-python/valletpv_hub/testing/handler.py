"""One connection of the fake hub: calls one after the other, or a socket."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import time
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Dict, List

from .frames import take_frame
from .refusal import Refusal
from .rest import RestAnswer, RestRequest

if TYPE_CHECKING:
    from .server import HubServer

_CHUNK = 64 * 1024


class Handler(BaseHTTPRequestHandler):
    hub: "HubServer"
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        self.hub.opened(self.connection)
        # It may be cut at any moment.
        with contextlib.suppress(OSError, ValueError):
            super().handle()
        self.hub.gone(self.connection)

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().finish()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""

    def _serve(self) -> None:
        self.hub.called(self.command, self.path)
        if self.headers.get("upgrade", "").lower() == "websocket":
            self._upgrade()
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._say(self.hub.answer(RestRequest(self.command, self.path, headers, self._body(), self._is_gone)))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def _upgrade(self) -> None:
        self.close_connection = True
        held = self.hub.faults.held
        if held is not None:
            held.hold()
        try:
            self.hub.check_upgrade(self.path, self.headers)
        except Refusal as refusal:
            self._say((refusal.status, refusal.body, refusal.headers))
            return
        lines = [f"{self.requestline}\r\n", *(f"{name}: {value}\r\n" for name, value in self.headers.items()), "\r\n"]
        session = self.hub.begin(self.connection, "".join(lines).encode("latin-1"))
        try:
            session.serve(self._read, lambda text: take_frame(self.hub, session, text))
        finally:
            self.hub.ended(session)

    def _read(self) -> bytes:
        data: bytes = self.rfile.read1(_CHUNK)
        return data

    def _is_gone(self) -> bool:
        try:
            readable = select.select([self.connection], [], [], 0)[0]
            return bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""
        except (OSError, ValueError):
            return True

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        chunks: List[bytes] = []
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            chunk = self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return b"".join(chunks)
            chunks.append(chunk)

    def _say(self, answer: RestAnswer) -> None:
        status, body, headers = answer
        content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode("utf-8")
        all_headers: Dict[str, str] = {"content-type": "application/json; charset=utf-8", **headers}
        time.sleep(self.hub.faults.delay)
        self.send_response(status)
        for name, value in {**all_headers, "content-length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
