"""A hub within a TPV's own tests."""

from __future__ import annotations

import copy
import time
import uuid
from typing import Any, Callable, Dict, List, Optional

from ..codes import RESTART
from .faults import HeldConnections, RefuseOptions
from .ledger import FINAL
from .pushes import PushOutcome, PushRecord
from .report import ReportRecord
from .server import FakeFile, HubServer

_PRESS = "process_callback"
#: What a TPV tells a fake hub wakes those who wait; of what the TPV keeps for itself it hears nothing, so they look.
_LOOK = 0.02


class FakeHub:
    """For one TPV: a real HTTP and WebSocket server on a random port of this machine, which speaks the contract, keeps
    nothing on disk, and misbehaves when told to. It has no clock to move: no lease lapses and nothing expires unless a
    test says so.

    >>> with FakeHub() as hub, HubClient(**hub.access) as tpv:
    ...     hub.cut_at_report()  # the hub takes the report, and the TPV can't know
    ...     order = hub.say("2 cañas")
    ...     assert hub.ended(order["id"])["status"] == "completed"
    """

    def __init__(self, *, name: str = "TPV de prueba", heartbeat_interval: float = 25.0) -> None:
        """
        :param name: the TPV's
        :param heartbeat_interval: of the pings, in seconds
        """
        self._hub = HubServer(name, heartbeat_interval)
        #: Every report that came, in its order.
        self.reports: List[ReportRecord] = self._hub.reports
        #: What came over HTTP, in its order: ``GET /api/tpv/info/``, also for each upgrade.
        self.calls: List[str] = self._hub.calls

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._hub.port}"

    @property
    def access(self) -> Dict[str, str]:
        """What ``HubClient(**hub.access)`` and ``HubApi(**hub.access)`` need."""
        return {"url": self.url, "api_key": self._hub.account.api_key}

    @property
    def tpv(self) -> Dict[str, str]:
        """The TPV, as the hub names it."""
        return {"id": self._hub.account.id, "name": self._hub.account.name}

    # Instructions.

    def deliver(self, **fields: Any) -> Dict[str, Any]:
        """Hands out an instruction: ``command`` (``process_message``), ``payload``, ``telegram_user_id`` (1001),
        ``telegram_username``, ``priority``. Its person is one of the TPV's from then on."""
        with self._hub.changed:
            instruction = self._hub.ledger.add(fields)
            self._hub.account.add_user(instruction["telegram_user_id"])
            self._hub.hand_out()
            return copy.deepcopy(instruction)

    def say(self, text: str, person: int = 1001) -> Dict[str, Any]:
        """A person writes: hands out a ``process_message``."""
        user = self.add_user(person)
        about = {name: user[name] for name in ("first_name", "last_name", "username", "language_code")}
        number = len(self._hub.ledger.list()) + 1
        message = {"chat_id": person, "message_id": number, "date": int(time.time()), "text": text, "attachments": []}
        return self.deliver(payload={**message, **about}, telegram_user_id=person, telegram_username=user["username"])

    def press(self, action: str, data: Any = None, person: int = 1001) -> Dict[str, Any]:
        """A person presses a button of the newest message: hands out a ``process_callback``."""
        pushes = self._hub.pushes.records
        ids = {
            "push_message_id": pushes[-1].id if pushes else str(uuid.uuid4()),
            "callback_query_id": str(uuid.uuid4()),
        }
        payload = {"chat_id": person, "message_id": 1, "action": action, "data": data, **ids}
        return self.deliver(command=_PRESS, payload=payload, telegram_user_id=person)

    def instruction(self, id_: str) -> Optional[Dict[str, Any]]:
        """An instruction as it stands; ``None`` where it is not this TPV's (any more)."""
        with self._hub.changed:
            return copy.deepcopy(self._hub.ledger.get(id_))

    def sent(self, id_: str) -> int:
        """How often an instruction was sent over a socket, or fetched."""
        with self._hub.changed:
            return self._hub.sent[id_]

    def repeat(self, id_: str) -> None:
        """Sends an instruction over the open socket once more, whatever became of it; a client answers it from
        memory."""
        with self._hub.changed:
            instruction = self._hub.ledger.repeat(id_)
            if instruction is not None:
                self._hub.say(instruction)

    def revoke(self, id_: str, reason: str = "reassigned") -> None:
        """Takes an instruction back: ``reassigned`` to another TPV, or failed with any other reason."""
        self._hub.revoke(id_, reason)

    def ended(self, id_: str, timeout: float = 30.0) -> Dict[str, Any]:
        """Waits until an instruction is completed or failed, and gives it back.

        :raises TimeoutError: it did not end within ``timeout`` seconds
        """
        self.until(lambda: (self.instruction(id_) or {"status": FINAL[0]})["status"] in FINAL, timeout)
        found = self.instruction(id_)
        if found is None:
            raise LookupError(f"FakeHub.ended: there is no instruction {id_}: look whether it was revoked")
        return found

    def set_service(self, **change: Any) -> Dict[str, Any]:
        """An administrator says whether the restaurant attends: the TPV hears of it."""
        with self._hub.changed:
            return self._hub.account.change_service(change)

    # People, their files, and messages to them.

    def add_user(self, telegram_id: int, **fields: Any) -> Dict[str, Any]:
        """Makes a person one of the TPV's, or changes one; fields that are left out are made up."""
        with self._hub.changed:
            return dict(self._hub.account.add_user(telegram_id, **fields))

    def add_file(
        self, file_id: str, content: bytes, name: Optional[str] = None, type_: str = "application/octet-stream"
    ) -> None:
        """Makes a file that ``HubApi.file(file_id)`` gets."""
        with self._hub.changed:
            self._hub.files[file_id] = FakeFile(content, name, type_)

    @property
    def pushes(self) -> List[PushRecord]:
        """Every message that was pushed, in its order; one for all pushes with one idempotency key."""
        with self._hub.changed:
            return copy.deepcopy(self._hub.pushes.records)

    def answer_pushes(self, outcome: PushOutcome) -> None:
        """How Telegram takes what is pushed from now on: ``sent``, ``pending``, ``unknown``, or refused with its code
        (403: the person blocked the bot)."""
        with self._hub.changed:
            self._hub.pushes.outcome = outcome

    # Faults.

    @property
    def is_connected(self) -> bool:
        """Whether the TPV's socket is open."""
        return self._hub.session is not None

    def cut(self) -> None:
        """Cuts every connection without a word, as a network does. What was delayed is lost."""
        self._hub.cut()

    def cut_at_report(self, times: int = 1) -> None:
        """Takes the next report, or the next ``times``, and cuts the connection instead of answering."""
        self._hub.faults.cut_at_reports = times

    def delay(self, seconds: float) -> None:
        """Everything that the hub says comes so much later from now on, in its order; 0 ends it."""
        self._hub.faults.delay = seconds

    def hold_connections(self) -> HeldConnections:
        """Holds upgrades back from now on, to let them through in another order."""
        faults = self._hub.faults
        if faults.held is None or faults.held.is_over:
            faults.held = HeldConnections(self._hub.changed)
        return faults.held

    def close_socket(self, code: int, reason: str = "") -> None:
        """Closes the socket with a code of the contract (4501: another process took over)."""
        session = self._hub.session
        if session is not None:
            session.close(code, reason)

    def refuse(
        self,
        status: int,
        *,
        code: Optional[str] = None,
        retry_after: Optional[float] = None,
        transport: Optional[str] = None,
        times: Optional[int] = None,
    ) -> None:
        """Refuses upgrades and REST calls, until ``accept()`` or so many ``times``. What is open stays open.

        :param code: the hub's; ``None``: the contract's for that status (403: ``tpv_inactive``)
        :param transport: ``websocket`` (as a proxy that strips upgrades) or ``polling`` alone; ``None``: both
        """
        with self._hub.changed:
            self._hub.faults.refusal = RefuseOptions(status, code, retry_after, transport, times)

    def accept(self) -> None:
        """Refuses no more."""
        self._hub.faults.refusal = None

    def drain(self, reason: str = "restart", reconnect_after: float = 1.0) -> None:
        """Says that it is about to close: sends nothing new, and lets no socket in before ``restart()``."""
        with self._hub.changed:
            self._hub.faults.draining = True
            if self._hub.session is not None:
                after = int(reconnect_after * 1_000)
                self._hub.session.say({"type": "drain", "reason": reason, "reconnect_after_ms": after})
            self._hub.changed.notify_all()

    def restart(self) -> None:
        """Ends a drain as a restarted hub does: closes with 1012, and lets the TPV in again."""
        self.close_socket(RESTART, "restart")
        with self._hub.changed:
            self._hub.faults.draining = False
            self._hub.changed.notify_all()

    def until(self, condition: Callable[[], Any], timeout: float = 30.0) -> None:
        """Returns as soon as ``condition`` holds.

        :raises TimeoutError: it did not within ``timeout`` seconds
        """
        end = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"FakeHub.until: it did not come within {timeout:g} s")
            with self._hub.changed:
                self._hub.changed.wait(_LOOK)

    def close(self) -> None:
        """Cuts what is open and ends. A second call does nothing."""
        self._hub.close()

    def __enter__(self) -> "FakeHub":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
