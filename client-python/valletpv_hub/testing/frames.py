"""What a TPV says over the socket."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, Dict, Optional

from ..codes import LARGEST_MAX_IN_FLIGHT
from .refusal import Refusal
from .report import is_ref, read_report
from .session import Session

if TYPE_CHECKING:
    from .server import HubServer

_PROTOCOL_ERROR = 4502
#: The frame that can't be read and ends the session.
_MOST_UNREADABLE = 3


def take_frame(hub: "HubServer", session: Session, text: Optional[str]) -> None:
    """Takes one that the TPV sent, and answers it; ``None``: it is no text."""
    if text is None:
        session.close_binary()
        return
    value: Any = None
    with contextlib.suppress(ValueError, RecursionError):
        value = json.loads(text)
    ref = value["ref"] if isinstance(value, dict) and is_ref(value.get("ref")) else None
    with hub.changed:
        try:
            data = _answer(hub, session, value, ref)
            if data is not None and ref is not None:
                session.say({"type": "result", "ref": ref, "ok": True, "data": data})
        except Refusal as refusal:
            said = {"error": refusal.frame_error}
            answer = {"type": "error"} if ref is None else {"type": "result", "ref": ref, "ok": False}
            session.say({**answer, **said})
            if session.unreadable >= _MOST_UNREADABLE:
                session.close(_PROTOCOL_ERROR, "protocol_error")
        hub.changed.notify_all()


def _answer(hub: "HubServer", session: Session, value: Any, ref: Optional[str]) -> Optional[Dict[str, Any]]:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "update":
        report = read_report(value, "websocket")
        if report is not None:
            return hub.report(report, session.id)
    elif kind == "flow":
        wanted = value.get("max_in_flight")
        if isinstance(wanted, int) and 0 <= wanted <= LARGEST_MAX_IN_FLIGHT:
            session.max_in_flight = wanted
            hub.hand_out()
            return None
    elif kind == "push" and ref is not None:
        fields = {name: one for name, one in value.items() if name not in ("type", "ref", "idempotency_key")}
        return hub.pushes.take(fields, None, value.get("idempotency_key"), hub.account.users)[1]
    elif kind == "service" and ref is not None:
        return hub.account.change_service(value)
    elif isinstance(kind, str) and kind not in ("push", "service"):
        # A newer client may know more types; that is no reason to cut it off.
        raise Refusal("unknown_type")
    session.unreadable += 1
    raise Refusal("invalid_request", "type")
