"""What can go wrong, by who must react. Keys never stand in an error."""

from __future__ import annotations

from typing import Any, Optional


class HubClientError(Exception):
    """The root of all errors of this package.

    ``code`` is one of the words below; ``hub_code`` is the hub's own word, if the hub said one.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        hub_code: Optional[str] = None,
        http_status: Optional[int] = None,
        close_code: Optional[int] = None,
        retry_after: Optional[float] = None,
        details: Any = None,
    ) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.hub_code = hub_code
        self.http_status = http_status
        self.close_code = close_code
        #: Seconds that the hub asked to wait.
        self.retry_after = retry_after
        #: What the hub says of each field that it refused.
        self.details = details


class ConfigurationError(HubClientError):
    """For the person who installs the TPV: ``invalid_options``, ``unauthorized``, ``forbidden``, ``tpv_inactive``,
    ``replaced``, ``memory_locked``, ``stopped``."""


class HubUnavailableError(HubClientError):
    """Passes by itself: ``unreachable``, ``disconnected``, ``heartbeat_timeout``, ``closed``."""


class ProtocolError(HubClientError):
    """The TPV's developers need a newer client: ``protocol_error``, ``invalid_answer``."""


class RequestError(HubClientError):
    """The author of a call can mend it: ``refused``."""


class PushRefusedError(RequestError):
    """Telegram refused a message for good (``hub_code`` ``telegram_error``): pushing it again changes nothing."""

    def __init__(self, refusal: HubClientError, body: Any) -> None:
        """:param body: of the hub's answer"""
        sentence = str(refusal).partition(": ")[2]
        super().__init__(
            refusal.code, sentence, hub_code=refusal.hub_code, http_status=refusal.http_status, details=refusal.details
        )
        said = body if isinstance(body, dict) else {}
        #: Under which the hub keeps it, as ``failed``.
        self.push_message_id: Optional[str] = said.get("push_message_id")
        #: Telegram's own code: 403 where the person blocked the bot.
        self.telegram_error_code: Optional[int] = said.get("telegram_error_code")


class HandlerError(HubClientError):
    """Given to a handler that is to stop: ``revoked``, ``closed``."""


_CLASSES = {
    "invalid_options": ConfigurationError,
    "unauthorized": ConfigurationError,
    "forbidden": ConfigurationError,
    "tpv_inactive": ConfigurationError,
    "replaced": ConfigurationError,
    "memory_locked": ConfigurationError,
    "stopped": ConfigurationError,
    "unreachable": HubUnavailableError,
    "disconnected": HubUnavailableError,
    "heartbeat_timeout": HubUnavailableError,
    "closed": HubUnavailableError,
    "protocol_error": ProtocolError,
    "invalid_answer": ProtocolError,
    "refused": RequestError,
    "revoked": HandlerError,
}


def error(code: str, detail: str = "", **options: Any) -> HubClientError:
    """Makes the error whose class fits ``code``."""
    return _CLASSES.get(code, HubClientError)(code, detail, **options)
