"""How an instruction ended."""

from __future__ import annotations

import json
from typing import Any, Dict, Optional

from .answer import Answer

#: The contract's limit of a response, in bytes of JSON.
MAX_RESPONSE_BYTES = 65_536
#: The longest ``error_message`` of a report, in UTF-16 units.
MAX_MESSAGE_LENGTH = 4_096


class Outcome(Dict[str, Any]):
    """``{"status": "completed" | "failed", "response"?, "error_message"?, "reply"?}``: plain JSON, as it is
    reported."""

    @property
    def status(self) -> str:
        return str(self["status"])


def completed(returned: Any) -> Outcome:
    """What a handler's return value completes its instruction with.

    :raises ValueError: it is no JSON, or too large; the instruction is failed then, rather than refused for ever
    """
    outcome = Outcome(status="completed")
    if isinstance(returned, Answer):
        outcome["reply"] = checked_json(returned.reply, "El mensaje")
        returned = returned.response
    if returned is not None:
        outcome["response"] = checked_json(returned, "La respuesta")
    return outcome


def failed(exception: BaseException) -> Outcome:
    """What an instruction is failed with after its handler raised."""
    message = str(exception) or type(exception).__name__
    return Outcome(status="failed", error_message=_cut(message))


def checked_json(value: Any, what: str) -> Any:
    """``value`` as JSON reads it back."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        size = len(text.encode("utf-8"))
    except (TypeError, ValueError) as cause:
        raise ValueError(f"{what} del TPV no es JSON: {cause}") from cause
    if size > MAX_RESPONSE_BYTES:
        raise ValueError(f"{what} del TPV ocupa {size} bytes; el máximo es {MAX_RESPONSE_BYTES}")
    return json.loads(text)


def read_outcome(value: Any) -> Optional[Outcome]:
    """The outcome that ``value`` is; ``None`` if it is none."""
    if isinstance(value, dict) and value.get("status") in ("completed", "failed"):
        return Outcome(value)
    return None


def _cut(message: str) -> str:
    text = message.encode("utf-16-le", "replace")[: MAX_MESSAGE_LENGTH * 2]
    # Half a pair at the end is left out.
    return text.decode("utf-16-le", "ignore")
