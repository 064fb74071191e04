"""How a connection came to its end, and what a client does then."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Optional

from ..codes import STOPS, may_reconnect
from ..errors import HubClientError, error

#: The longest wait that is taken from a hub, in seconds; a slip there must not silence a TPV for days.
LONGEST_WAIT = 3_600.0

#: The codes with which a hub itself gives these statuses. A proxy, a captive portal, or a host that took the hub's
#: place gives them too: that is no word of the hub's on a key, and may pass.
_OWN_CODES = {
    401: ("unauthorized", "second_factor_required"),
    403: ("forbidden", "tpv_inactive", "registration_closed"),
    404: ("not_found",),
}


@dataclass(frozen=True)
class Ending:
    """``closed`` with a close code, ``refused`` with HTTP, or ``failed`` without an answer."""

    kind: str
    error: HubClientError
    close_code: int = 0
    #: Whether the hub may have got a dial that failed.
    may_have_arrived: bool = True


@dataclass(frozen=True)
class Verdict:
    redial: bool
    error: HubClientError
    #: The wait that the hub asked for, in seconds.
    at_least: float = 0.0


def closed(code: int, reason: str) -> Ending:
    detail = f"{code} {reason}".strip()
    if may_reconnect(code):
        return Ending("closed", error("disconnected", detail, close_code=code), code)
    return Ending("closed", error(STOPS.get(code, "stopped"), detail, close_code=code), code)


def judge(ending: Ending) -> Verdict:
    """Whether a client dials again after ``ending``."""
    problem = ending.error
    if ending.kind == "closed":
        return Verdict(may_reconnect(ending.close_code), problem)
    if ending.kind == "refused":
        # The hub's own word on the key: dialing again can't mend it, and would only fill the hub's log.
        stops = is_hubs_word(problem) and problem.http_status in (401, 403)
        return Verdict(not stops, problem, problem.retry_after or 0.0)
    return Verdict(True, problem)


def is_hubs_word(problem: HubClientError) -> bool:
    return problem.code != "unreachable"


def is_stripped(ending: Ending) -> bool:
    """Whether something between here and the hub does not let the upgrade through: dialing again would not help."""
    if ending.kind != "refused":
        return False
    status = ending.error.http_status
    if status is None or (is_hubs_word(ending.error) and status in (401, 403, 429)):
        return False
    return status < 500 or status in (501, 502)


def refusal_error(status: int, body: Optional[str], retry_after: Optional[float]) -> HubClientError:
    """The error that an HTTP answer stands for, the same for REST and for the socket's upgrade."""
    code, sentence, details = _read_body(body)
    wait = None if retry_after is None else min(max(retry_after, 0.0), LONGEST_WAIT)
    if status in _OWN_CODES and code not in _OWN_CODES[status]:
        return error("unreachable", f"HTTP {status}, and not from the hub", http_status=status, retry_after=wait)
    detail = f"HTTP {status}" if code is None else f"HTTP {status} {code}: {sentence}"
    name = "refused"
    if status == 401:
        name = "unauthorized"
    elif status == 403:
        name = "tpv_inactive" if code == "tpv_inactive" else "forbidden"
    return error(name, detail, hub_code=code, http_status=status, retry_after=wait, details=details)


def _read_body(body: Optional[str]) -> "tuple[Optional[str], str, object]":
    try:
        value = json.loads(body or "")
    except (ValueError, RecursionError):
        # A proxy's HTML page, most likely.
        return None, "", None
    if not isinstance(value, dict) or not isinstance(value.get("code"), str) or not isinstance(value.get("error"), str):
        return None, "", None
    return value["code"], value["error"], value.get("details")
