"""What a fake hub says no with, over HTTP or in a frame."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

#: The status of each code; of those that share one, the first is what a status stands for.
_STATUSES = {
    "invalid_request": 400,
    "unauthorized": 401,
    "tpv_inactive": 403,
    "forbidden": 403,
    "not_found": 404,
    "invalid_transition": 409,
    "idempotency_conflict": 409,
    "payload_too_large": 413,
    "unsupported_media_type": 415,
    "too_many_requests": 429,
    "quota_exceeded": 429,
    "internal_error": 500,
    "telegram_error": 502,
    "unavailable": 503,
}


class Refusal(Exception):
    """One of the contract's errors."""

    def __init__(
        self,
        code: str,
        path: Optional[str] = None,
        *,
        status: Optional[int] = None,
        retry_after: Optional[float] = None,
        **extra: Any,
    ) -> None:
        """
        :param path: the field that can't be taken
        :param extra: more fields of the body
        """
        super().__init__(f"{code}, dice el hub de pruebas")
        self.code = code
        self.status = status or _STATUSES.get(code, 500)
        self._details: List[Dict[str, str]] = [] if path is None else [{"path": path, "message": "no es válido"}]
        self._extra = extra
        if retry_after is None and self.status in (429, 503):
            retry_after = 1
        self.headers = {} if retry_after is None else {"retry-after": f"{retry_after:g}"}

    @property
    def frame_error(self) -> Dict[str, Any]:
        """As a frame's ``error``."""
        return {"code": self.code, "message": str(self), **({"details": self._details} if self._details else {})}

    @property
    def body(self) -> Dict[str, Any]:
        """As an HTTP answer's body."""
        found = {"details": self._details} if self._details else {}
        return {"error": str(self), "code": self.code, **found, **self._extra}


def code_of(status: int) -> str:
    """The code that an HTTP status has if a test names none."""
    return next((code for code, of in _STATUSES.items() if of == status), "internal_error")
