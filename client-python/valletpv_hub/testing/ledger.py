"""The instructions of the one TPV, as the hub's table has them."""

from __future__ import annotations

import copy
import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, Dict, List, Optional

from ..outcome import MAX_RESPONSE_BYTES
from .refusal import Refusal
from .report import ReportRecord

FINAL = ("completed", "failed")
OPEN = ("pending", "sent", "delivered", "processing")
#: From where a report may move an instruction; ``pending`` is no obstacle, being final is.
_FROM = {
    "delivered": ("pending", "sent"),
    "processing": ("pending", "sent", "delivered"),
    "completed": OPEN,
    "failed": OPEN,
}
#: Who has an instruction that was fetched over REST; a session's id otherwise.
POLL = "poll"
_LIFE, _PRESS_LIFE = timedelta(hours=24), timedelta(seconds=150)
_PRESS = "process_callback"

Instruction = Dict[str, Any]


@dataclass
class _Row:
    number: int
    instruction: Instruction
    holder: Optional[str] = None


class Ledger:
    """No lease lapses here, and nothing expires: a test says when (``repeat``, ``revoke``)."""

    def __init__(self) -> None:
        self._rows: Dict[str, _Row] = {}
        self._count = 0

    def add(self, fields: Dict[str, Any]) -> Instruction:
        command = fields.get("command", "process_message")
        is_press = command == _PRESS
        instruction = {
            "id": str(uuid.uuid4()),
            "command": command,
            "payload": copy.deepcopy(fields.get("payload", {})),
            "status": "pending",
            "priority": fields.get("priority", 1 if is_press else 5),
            "telegram_user_id": fields.get("telegram_user_id", 1001),
            "telegram_username": fields.get("telegram_username"),
            "created_at": iso(),
            "sent_at": None,
            "delivered_at": None,
            "completed_at": None,
            "expires_at": iso(_PRESS_LIFE if is_press else _LIFE),
            "response": None,
            "error_message": "",
            "retry_count": 0,
        }
        self._count += 1
        self._rows[instruction["id"]] = _Row(self._count, instruction)
        return instruction

    def get(self, id_: str) -> Optional[Instruction]:
        row = self._rows.get(id_.lower())
        return None if row is None else row.instruction

    def list(self, status: Optional[str] = None) -> List[Instruction]:
        """Those in ``status``, or all, in the order in which they go out."""
        rows = self._in_order(lambda row: status is None or row.instruction["status"] == status)
        return [row.instruction for row in rows]

    def open(self) -> int:
        return sum(one["status"] not in FINAL for one in self.list())

    def unreported(self, holder: str) -> int:
        """How many ``holder`` was given and has not reported on."""
        return len(self._in_order(lambda row: row.holder == holder and row.instruction["status"] == "sent"))

    def claim(self, holder: str, limit: int) -> List[Instruction]:
        """Hands the next pending ones out."""
        rows = self._in_order(lambda row: row.instruction["status"] == "pending")[: max(0, limit)]
        for row in rows:
            row.holder = holder
            row.instruction.update(status="sent", sent_at=iso())
        return [row.instruction for row in rows]

    def repeat(self, id_: str) -> Optional[Instruction]:
        """Counts one more attempt on the holder that has it."""
        instruction = self.get(id_)
        if instruction is None:
            return None
        if instruction["status"] not in FINAL:
            instruction["retry_count"] += 1
        return {**instruction, "status": "sent"}

    def release(self, holder: Optional[str] = None) -> None:
        """Puts back in line what ``holder`` has, or anybody: being offline costs no attempt."""
        for row in self._rows.values():
            is_held = row.holder is not None and row.instruction["status"] not in FINAL
            if is_held and holder in (None, row.holder):
                row.holder = None
                row.instruction["status"] = "pending"

    def report(self, report: ReportRecord, holder: str) -> bool:
        """Takes a report; raises a ``Refusal``.

        :returns: ``False``: it ended so before, and nothing changed
        """
        row = self._rows.get(report.id.lower())
        if row is None:
            raise Refusal("not_found")
        if len(json.dumps(report.response, ensure_ascii=False).encode("utf-8")) > MAX_RESPONSE_BYTES:
            raise Refusal("payload_too_large", "response")
        instruction, before = row.instruction, row.instruction["status"]
        if before == report.status and before in FINAL:
            return False
        if before not in (report.status, *_FROM[report.status]):
            raise Refusal("invalid_transition", "status")
        instruction["status"] = report.status
        if report.response is not None:
            instruction["response"] = report.response
        if report.status in FINAL:
            instruction.update(completed_at=iso(), error_message=report.error_message)
            row.holder = None
        else:
            instruction["delivered_at"] = instruction["delivered_at"] or iso()
            row.holder = holder
        return True

    def revoke(self, id_: str, reason: str) -> bool:
        """Takes one back from the TPV: another TPV has it from now on, or it is failed with ``reason``.

        :returns: whether it was open
        """
        row = self._rows.get(id_)
        if row is None or row.instruction["status"] in FINAL:
            return False
        row.holder = None
        if reason == "reassigned":
            del self._rows[id_]
        else:
            row.instruction.update(status="failed", error_message=reason, completed_at=iso())
        return True

    def _in_order(self, wanted: Callable[[_Row], bool]) -> List[_Row]:
        return sorted(filter(wanted, self._rows.values()), key=lambda row: (row.instruction["priority"], row.number))


def iso(after: timedelta = timedelta()) -> str:
    """A time from now on, as the contract writes it."""
    now = datetime.now(timezone.utc) + after
    return f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1_000:03}Z"
