"""The rest of the hub's REST API for a TPV."""

from __future__ import annotations

import os
import time
import uuid
from typing import Any, Callable, Dict, Iterator, Mapping, Optional, Tuple, Union

from urllib3.filepost import encode_multipart_formdata

from .backoff import Backoff
from .core.endings import refusal_error
from .core.ports import Answer
from .errors import HubClientError, error
from .http import Http

#: Refusals that a later attempt may not meet; the hub's own ``telegram_error`` (502) is final.
_TRANSIENT = (408, 429, 500, 502, 503, 504)
#: A hub that asks for a longer wait is left to the caller, in seconds.
_LONGEST_WAIT = 60.0

#: A file of a push: its URL, a path, or its content with a name.
FileOf = Union[str, "os.PathLike[str]", Tuple[str, bytes], Dict[str, str]]


class HubApi:
    """Calls for what is no instruction. Safe for threads. Every method raises ``HubClientError``."""

    def __init__(self, url: str, api_key: str, *, timeout: float = 10.0, max_attempts: int = 4) -> None:
        """
        :param timeout: how long a call may stand still, in seconds
        :param max_attempts: for what may be made twice: reading, and a push, which goes out with the same key each time
        """
        self._http = Http(url, api_key)
        self._timeout = timeout
        self._max_attempts = max_attempts
        self._sleep: Callable[[float], None] = time.sleep

    def push(
        self, message: Mapping[str, Any], *, idempotency_key: Optional[str] = None, **fields: Any
    ) -> Dict[str, Any]:
        """Sends a person a message: the fields of ``POST /api/tpv/push/``. ``photo`` and ``document`` take
        ``{"url": …}``, a path, or ``(name, content)``.

        :returns: ``status`` (``sent``, ``pending``, ``unknown``), ``push_message_id``, ``telegram_message_id``
        """
        given = {**message, **fields}
        headers = {"idempotency-key": idempotency_key or str(uuid.uuid4())}
        for kind in ("photo", "document"):
            file = given.pop(kind, None)
            if file is None:
                continue
            given["message_type"] = kind
            if isinstance(file, dict):
                given["data"] = {f"{kind}_url": file["url"]}
            else:
                body, content_type = _multipart(given, kind, file)
                return self._json(
                    "POST", "api/tpv/push/", body=body, headers={**headers, "content-type": content_type}, timeout=60.0
                )
        location = given.pop("location", None)
        if location is not None:
            given.update(message_type="location", data=dict(location))
        return self._json("POST", "api/tpv/push/", body=given, headers=headers, timeout=30.0)

    def push_state(self, id_: str) -> Dict[str, Any]:
        return self._json("GET", f"api/tpv/push/{_part(id_)}/")

    def edit_push(self, id_: str, **edit: Any) -> Dict[str, Any]:
        """Changes a message that was sent: ``text``, ``parse_mode``, ``buttons``."""
        return self._json("PATCH", f"api/tpv/push/{_part(id_)}/", body=edit, timeout=30.0)

    def delete_push(self, id_: str) -> Dict[str, Any]:
        return self._json("DELETE", f"api/tpv/push/{_part(id_)}/", timeout=30.0)

    def resend_push(self, id_: str) -> Dict[str, Any]:
        return self._json("POST", f"api/tpv/push/{_part(id_)}/resend/", once=True, timeout=30.0)

    def users(self, **query: Any) -> Dict[str, Any]:
        """A page of this TPV's people."""
        return self._json("GET", "api/tpv/users/", query=query)

    def all_users(self, **query: Any) -> Iterator[Dict[str, Any]]:
        """All of them, page by page as they are read."""
        page = self.users(**query)
        while True:
            yield from page.get("users", [])
            after = page.get("next")
            if after is None:
                return
            page = self.users(**{**query, "after": after})

    def info(self) -> Dict[str, Any]:
        return self._json("GET", "api/tpv/info/")

    def stats(self) -> Dict[str, Any]:
        return self._json("GET", "api/tpv/stats/")

    def heartbeat(self) -> Dict[str, Any]:
        return self._json("POST", "api/tpv/heartbeat/", body={})

    def rotate_key(self) -> Dict[str, Any]:
        """A new key; the one before works 24 h more."""
        return self._json("POST", "api/tpv/key/rotate/", once=True)

    def rotate_signing_secret(self) -> Dict[str, Any]:
        return self._json("POST", "api/tpv/signing-secret/rotate", once=True)

    def close(self) -> None:
        self._http.close()

    def _json(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Mapping[str, Any]] = None,
        body: Any = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Optional[float] = None,
        once: bool = False,
    ) -> Dict[str, Any]:
        backoff = Backoff()
        left = 1 if once else self._max_attempts
        while True:
            answer = self._http.call(method, path, query, body, timeout or self._timeout, headers)
            try:
                return _read(answer)
            except HubClientError as problem:
                left -= 1
                wait = (problem.retry_after or 0.0) + backoff.next()
                if left <= 0 or not _may_pass(problem) or wait > _LONGEST_WAIT:
                    raise
                self._sleep(wait)


def register_tpv(url: str, name: str, endpoint_url: str, **fields: Any) -> Dict[str, Any]:
    """Registers a TPV; the answer has its ``api_key``, which is shown this one time."""
    http = Http(url, None)
    try:
        body = {"name": name, "endpoint_url": endpoint_url, **fields}
        return _read(http.call("POST", "api/tpv/register/", body=body))
    finally:
        http.close()


def _read(answer: Answer) -> Dict[str, Any]:
    if answer.status is None:
        raise error("unreachable", answer.fault)
    if not 200 <= answer.status < 300:
        raise refusal_error(answer.status, answer.text, answer.retry_after)
    if answer.status == 204:
        return {}
    if not isinstance(answer.json, dict):
        raise error("invalid_answer", "the hub's answer is no JSON object", http_status=answer.status)
    return answer.json


def _may_pass(problem: HubClientError) -> bool:
    if problem.code == "unreachable":
        return True
    return problem.http_status in _TRANSIENT and problem.hub_code != "telegram_error"


def _multipart(fields: Mapping[str, Any], kind: str, file: Any) -> Tuple[bytes, str]:
    if isinstance(file, tuple):
        name, content = file
    else:
        name = os.path.basename(os.fspath(file))
        with open(file, "rb") as opened:
            content = opened.read()
    parts: Dict[str, Any] = {kind: (name, content)}
    for key, value in fields.items():
        parts[key] = value if isinstance(value, str) else _json_text(value)
    return encode_multipart_formdata(parts)


def _json_text(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def _part(id_: str) -> str:
    """An id as a part of a path: whatever it holds, it stays one part."""
    from urllib.parse import quote

    return quote(id_, safe="")
