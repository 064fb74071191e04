"""What a TPV says about an instruction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Optional

_STATUSES = ("delivered", "processing", "completed", "failed")
_MOST_OF_MESSAGE = 4_096
_MOST_OF_REF = 128


@dataclass
class ReportRecord:
    """A report as it came, and what it was answered with."""

    id: str
    status: str
    #: ``websocket`` or ``polling``.
    transport: str
    response: Any = None
    error_message: str = ""
    reply: Optional[Dict[str, Any]] = None
    #: ``ok``, or the refusal's code.
    answer: str = "ok"


def read_report(value: Dict[str, Any], transport: str) -> Optional[ReportRecord]:
    """The report that ``value`` is, or ``None`` if it is none."""
    message, reply = value.get("error_message"), value.get("reply")
    if not isinstance(value.get("id"), str) or value.get("status") not in _STATUSES:
        return None
    if message is not None and not (isinstance(message, str) and len(message) <= _MOST_OF_MESSAGE):
        return None
    if reply is not None and not isinstance(reply, dict):
        return None
    if "ref" in value and not is_ref(value["ref"]):
        return None
    return ReportRecord(value["id"], value["status"], transport, value.get("response"), message or "", reply)


def is_ref(value: Any) -> bool:
    """Whether a frame can be told apart by this; a push's idempotency key has the same form."""
    return isinstance(value, str) and 1 <= len(value) <= _MOST_OF_REF
