"""Frames of the socket, as text and as what they say. Nothing that the hub sends raises."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple, Union

from ..codes import LARGEST_MAX_IN_FLIGHT
from ..instruction import Instruction, read_instruction
from ..service import ServiceNow, read_service
from .actions import Report


@dataclass(frozen=True)
class Welcome:
    session_id: str
    tpv: Dict[str, Any]
    heartbeat_interval: float
    max_in_flight: int
    service: Optional[ServiceNow] = None


@dataclass(frozen=True)
class InstructionFrame:
    instruction: Instruction


@dataclass(frozen=True)
class Result:
    ref: str
    ok: bool
    code: str = ""
    message: str = ""


@dataclass(frozen=True)
class Revoked:
    id: str
    reason: str


@dataclass(frozen=True)
class ServiceFrame:
    service: ServiceNow


@dataclass(frozen=True)
class ErrorFrame:
    code: str
    message: str


@dataclass(frozen=True)
class Drain:
    reconnect_after: float


Frame = Union[Welcome, InstructionFrame, Result, Revoked, ServiceFrame, ErrorFrame, Drain]


def read_frame(text: Union[str, bytes]) -> Union[Frame, str, None]:
    """The frame that came, a word on why it can't be read, or ``None`` for a type that this client does not know."""
    if isinstance(text, bytes):
        return "binary"
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return "not JSON"
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return "without a type"
    reader = _READERS.get(value["type"])
    if reader is None:
        return None
    return reader(value) or f"{value['type']} that lacks something"


def _welcome(value: Dict[str, Any]) -> Optional[Welcome]:
    tpv, interval, most = value.get("tpv"), _number(value, "heartbeat_interval_ms"), _number(value, "max_in_flight")
    session_id = value.get("session_id")
    if not isinstance(tpv, dict) or not isinstance(tpv.get("id"), str) or not isinstance(session_id, str):
        return None
    if interval is None or not 0 < interval <= 3_600_000 or most is None:
        return None
    return Welcome(
        session_id=session_id,
        tpv=tpv,
        heartbeat_interval=interval / 1_000,
        max_in_flight=int(min(max(most, 0), LARGEST_MAX_IN_FLIGHT)),
        service=read_service(value.get("service")),
    )


def _instruction(value: Dict[str, Any]) -> Optional[InstructionFrame]:
    instruction = read_instruction(value.get("instruction"))
    return None if instruction is None else InstructionFrame(instruction)


def _result(value: Dict[str, Any]) -> Optional[Result]:
    ref, ok = value.get("ref"), value.get("ok")
    if not isinstance(ref, str) or not isinstance(ok, bool):
        return None
    code, message = _error_of(value)
    return Result(ref, ok) if ok else Result(ref, ok, code, message)


def _revoked(value: Dict[str, Any]) -> Optional[Revoked]:
    id_, reason = value.get("id"), value.get("reason")
    return Revoked(id_, reason) if isinstance(id_, str) and isinstance(reason, str) else None


def _service(value: Dict[str, Any]) -> Optional[ServiceFrame]:
    service = read_service(value.get("service"))
    return None if service is None else ServiceFrame(service)


def _error(value: Dict[str, Any]) -> ErrorFrame:
    return ErrorFrame(*_error_of(value))


def _drain(value: Dict[str, Any]) -> Optional[Drain]:
    after = _number(value, "reconnect_after_ms")
    return None if after is None or after < 0 else Drain(min(after, 3_600_000.0) / 1_000)


_READERS: Dict[str, Any] = {
    "welcome": _welcome,
    "instruction": _instruction,
    "result": _result,
    "revoked": _revoked,
    "service": _service,
    "error": _error,
    "drain": _drain,
}


def _error_of(value: Dict[str, Any]) -> Tuple[str, str]:
    error = value.get("error")
    found = error if isinstance(error, dict) else {}
    return str(found.get("code", "unknown")), str(found.get("message", ""))


def _number(value: Dict[str, Any], name: str) -> Optional[float]:
    found = value.get(name)
    return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def report_body(report: Report) -> Dict[str, Any]:
    """A report as REST takes it."""
    return {"status": report.status} if report.outcome is None else dict(report.outcome)


def update_text(report: Report) -> str:
    """A report as a frame of the socket."""
    frame = {"type": "update", "ref": report.ref, "id": report.id, **report_body(report)}
    return json.dumps(frame, ensure_ascii=False)


def flow_text(max_in_flight: int) -> str:
    return json.dumps({"type": "flow", "max_in_flight": max_in_flight})
