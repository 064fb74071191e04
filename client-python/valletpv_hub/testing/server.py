"""The server behind a ``FakeHub``: puts its parts together, and does by itself what a hub does."""

from __future__ import annotations

import contextlib
import copy
import socket
import threading
from collections import Counter
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from typing import Any, Dict, List, Optional, Set
from urllib.parse import urlsplit

from ..codes import REPLACED, SUBPROTOCOL
from .account import Account
from .faults import Faults
from .handler import Handler
from .ledger import Ledger, iso
from .pushes import Pushes
from .refusal import Refusal
from .report import ReportRecord
from .rest import RestAnswer, RestRequest, answer_rest
from .session import Session

_KEY_SUBPROTOCOL = "valletpv.apikey."


@dataclass(frozen=True)
class FakeFile:
    content: bytes
    name: Optional[str]
    type: str


class HubServer:
    """Everything is read and changed with ``changed`` held, which is told of every change."""

    def __init__(self, name: str, heartbeat_interval: float) -> None:
        self.changed = threading.Condition()
        self.account: Account = Account(name, self._service_changed)
        self.ledger: Ledger = Ledger()
        self.pushes: Pushes = Pushes()
        self.files: Dict[str, FakeFile] = {}
        self.faults = Faults()
        self.reports: List[ReportRecord] = []
        self.calls: List[str] = []
        #: How often each instruction was handed out.
        self.sent: "Counter[str]" = Counter()
        self.session: Optional[Session] = None
        self.is_closed = False
        self._heartbeat_interval = heartbeat_interval
        self._connections: Set[socket.socket] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"hub": self}))
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="fake-hub", daemon=True)
        self._thread.start()

    def close(self) -> None:
        with self.changed:
            was_closed, self.is_closed = self.is_closed, True
            if self.faults.held is not None:
                self.faults.held.release()
            self.changed.notify_all()
        if not was_closed:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self.cut()

    def cut(self) -> None:
        """Cuts every connection."""
        with self.changed:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            # It is open no more, though its own thread sees that only a moment later.
            if self.session is not None:
                self.ended(self.session)

    def opened(self, connection: socket.socket) -> None:
        with self.changed:
            self._connections.add(connection)

    def gone(self, connection: socket.socket) -> None:
        with self.changed:
            self._connections.discard(connection)

    def called(self, method: str, target: str) -> None:
        with self.changed:
            self.calls.append(f"{method} {target}")
            self.changed.notify_all()

    def hand_out(self) -> None:
        """Hands out what waits, as far as the socket has room for it."""
        with self.changed:
            session = self.session
            if session is not None and not self.faults.draining:
                room = session.max_in_flight - self.ledger.unreported(session.id)
                for instruction in self.ledger.claim(session.id, room):
                    self.say(instruction)
            self.changed.notify_all()

    def say(self, instruction: Dict[str, Any]) -> None:
        """Sends an instruction over the open socket."""
        if self.session is not None:
            self.count(instruction["id"])
            self.session.say({"type": "instruction", "instruction": copy.deepcopy(instruction)})

    def count(self, id_: str) -> None:
        self.sent[id_] += 1
        self.changed.notify_all()

    def revoke(self, id_: str, reason: str) -> None:
        with self.changed:
            if self.ledger.revoke(id_, reason) and self.session is not None:
                self.session.say({"type": "revoked", "id": id_, "reason": reason})
            self.hand_out()

    def report(self, report: ReportRecord, holder: str) -> Dict[str, Any]:
        """Takes a report; raises a ``Refusal``."""
        self.reports.append(report)
        message_id: Optional[str] = None
        try:
            if report.reply is not None:
                self.pushes.check_reply(report.reply)
            person = (self.ledger.get(report.id) or {}).get("telegram_user_id", 0)
            is_news = self.ledger.report(report, holder) and person != 0
            if report.reply is not None:
                fields = {**report.reply, "telegram_user_id": person} if is_news else None
                message_id = self.pushes.reply(f"{report.id}:reply:{report.status}", fields)
        except Refusal as refusal:
            report.answer = refusal.code
            raise
        finally:
            if self.faults.cut_at_reports > 0:
                self.faults.cut_at_reports -= 1
                self.cut()
            self.hand_out()
        said = {"status": "ok", "instruction_id": report.id, "new_status": report.status}
        return said if message_id is None else {**said, "push_message_id": message_id}

    # Sockets: one at a time, the newest wins.

    def check_upgrade(self, target: str, headers: Any) -> None:
        """Raises a ``Refusal``."""
        with self.changed:
            self.faults.check("websocket")
            if self.faults.draining:
                raise Refusal("unavailable", retry_after=2)
            parts = urlsplit(target)
            if parts.path.rstrip("/") != "/api/tpv/ws":
                raise Refusal("not_found")
            if headers.get("origin") is not None:
                raise Refusal("forbidden")
            offered = [one.strip() for one in headers.get("sec-websocket-protocol", "").split(",")]
            if offered != [""] and SUBPROTOCOL not in offered:
                raise Refusal("invalid_request")
            carried = next((one for one in offered if one.startswith(_KEY_SUBPROTOCOL)), None)
            key = None if carried is None else f"ApiKey {carried[len(_KEY_SUBPROTOCOL) :]}"
            # A key in the URL is refused, even beside a good one.
            self.account.authenticate(None if parts.query else headers.get("authorization", key))

    def begin(self, connection: socket.socket, request: bytes) -> Session:
        session = Session(connection, self.faults, self._heartbeat_interval)
        session.accept(request)
        with self.changed:
            before, self.session = self.session, session
            self.ledger.release()
            session.say(
                {
                    "type": "welcome",
                    "protocol": 1,
                    "session_id": session.id,
                    "tpv": {"id": self.account.id, "name": self.account.name},
                    "heartbeat_interval_ms": int(self._heartbeat_interval * 1_000),
                    "max_in_flight": session.max_in_flight,
                    "pending": self.ledger.open(),
                    "server_time": iso(),
                    "service": self.account.service_now(),
                }
            )
            if before is not None:
                before.close(REPLACED, "replaced")
            self.hand_out()
        return session

    def ended(self, session: Session) -> None:
        with self.changed:
            if self.session is session:
                self.session = None
            self.ledger.release(session.id)
            self.hand_out()

    # Calls.

    def answer(self, request: RestRequest) -> RestAnswer:
        with self.changed:
            try:
                self.faults.check("polling")
                return answer_rest(self, request)
            except Refusal as refusal:
                return refusal.status, refusal.body, refusal.headers
            finally:
                self.changed.notify_all()

    def _service_changed(self, service: Dict[str, Any]) -> None:
        if self.session is not None:
            self.session.say({"type": "service", "service": service})
