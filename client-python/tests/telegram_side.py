"""Telegram's side: takes every call of the hub's, and says yes."""

from __future__ import annotations

import itertools
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, List, Tuple


class TelegramSide:
    """A server on a free port; ``calls`` has what came, as method and length of its body; ``said`` the bodies that are
    JSON, with their method and the message's number as ``message_id``."""

    def __init__(self) -> None:
        self.calls: List[Tuple[str, int]] = []
        self.said: List[Dict[str, Any]] = []
        said = self.said
        numbers = itertools.count(1)
        calls = self.calls

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                chunked = self.headers.get("transfer-encoding") == "chunked"
                body = self._read_chunks() if chunked else self.rfile.read(length)
                method, number = self.path.rsplit("/", 1)[-1], next(numbers)
                calls.append((method, len(body)))
                if self.headers.get("content-type") == "application/json":
                    said.append({"method": method, "message_id": number, **json.loads(body)})
                self._answer(_result_of(method, number))

            do_GET = do_POST

            def _read_chunks(self) -> bytes:
                total = b""
                while True:
                    size = int(self.rfile.readline().split(b";")[0], 16)
                    total += self.rfile.read(size)
                    self.rfile.readline()
                    if size == 0:
                        return total

            def _answer(self, result: Any) -> None:
                body = json.dumps({"ok": True, "result": result}).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _result_of(method: str, number: int) -> Any:
    if method == "getMe":
        return {"id": 1, "is_bot": True, "first_name": "Bar", "username": "bar_bot"}
    if method == "getWebhookInfo":
        return {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
    if method.startswith("send"):
        return {"message_id": number, "date": 1_762_684_200, "chat": {"id": 1, "type": "private"}}
    return True
