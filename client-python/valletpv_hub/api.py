"""The rest of the hub's REST API for a TPV."""

from __future__ import annotations

import re
import time
import uuid
from typing import Any, Callable, Dict, Iterator, Mapping, Optional, Tuple, TypeVar
from urllib.parse import quote

from .backoff import Backoff
from .core.endings import refusal_error
from .core.ports import Answer
from .download import HubFile, file_of, range_headers
from .errors import HubClientError, PushRefusedError, error
from .http import Http
from .upload import Upload

T = TypeVar("T")

#: Refusals that a later attempt may not meet; the hub's own ``telegram_error`` (502) is final.
_TRANSIENT = (408, 429, 500, 502, 503, 504)
#: A hub that asks for a longer wait is left to the caller, in seconds.
_LONGEST_WAIT = 60.0
#: The hub itself waits 10 s for Telegram before it answers ``pending``. In seconds.
_PUSH_TIMEOUT = 30.0
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?")


class HubApi:
    """Calls for what is no instruction. Safe for threads. Every method raises ``HubClientError``, which has the hub's
    own code in ``hub_code``. Calls that may be made twice are tried again where that may help."""

    def __init__(self, url: str, api_key: str, *, timeout: float = 10.0, max_attempts: int = 4) -> None:
        """
        :param timeout: how long a call may stand still, in seconds; calls that change messages have 30 s
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
        ``{"url": …}``, ``{"file_id": …}`` of what a person sent, a path, or ``(name, content)`` with bytes, an open
        file or a generator; a stream is read once, so its push is tried once.

        :returns: ``status`` (``sent``, ``pending``, ``unknown``), ``push_message_id``, ``telegram_message_id``
        :raises PushRefusedError: Telegram refused it for good
        """
        given = {**message, **fields}
        headers = {"idempotency-key": _checked_idempotency_key(idempotency_key or str(uuid.uuid4()))}
        location = given.pop("location", None)
        if location is not None:
            given.update(message_type="location", data=dict(location))
        for kind in ("photo", "document"):
            file = given.pop(kind, None)
            if file is None:
                continue
            given["message_type"] = kind
            if not isinstance(file, dict):
                return self._json("POST", "api/tpv/push/", body=Upload(given, kind, file), headers=headers)
            given["data"] = {f"{kind}_{word}": str(file[word]) for word in ("url", "file_id") if word in file}
        return self._json("POST", "api/tpv/push/", body=given, headers=headers)

    def push_state(self, id_: str) -> Dict[str, Any]:
        """Where a message stands."""
        return self._json("GET", f"api/tpv/push/{_part(id_)}/")

    def edit_push(self, id_: str, **edit: Any) -> Dict[str, Any]:
        """Changes a message that was sent: ``text``, ``parse_mode``, ``buttons`` (``[]`` removes them). Where Telegram
        can't be reached, it is made later."""
        return self._json("PATCH", f"api/tpv/push/{_part(id_)}/", body=edit, once=True)

    def delete_push(self, id_: str) -> Dict[str, Any]:
        """Deletes a message in Telegram."""
        return self._json("DELETE", f"api/tpv/push/{_part(id_)}/", once=True)

    def resend_push(self, id_: str) -> Dict[str, Any]:
        """Sends a message again whose state is ``unknown``: the person may get it twice, and this TPV decides that."""
        return self._json("POST", f"api/tpv/push/{_part(id_)}/resend/", once=True)

    def users(self, **query: Any) -> Dict[str, Any]:
        """A page of this TPV's people, by their Telegram ids: ``is_active``, ``limit``, ``after``."""
        return self._json("GET", "api/tpv/users/", query=query)

    def all_users(self, **query: Any) -> Iterator[Dict[str, Any]]:
        """All of them, page by page as they are read."""
        before = query.get("after") or 0
        while True:
            page = self.users(**query)
            yield from page.get("users", [])
            after = page.get("next")
            # A page that leads back would be read for ever.
            if not isinstance(after, int) or after <= before:
                return
            query["after"] = before = after

    def file(self, file_id: str, *, range_: Optional[Tuple[int, Optional[int]]] = None) -> HubFile:
        """What a person sent: the ``file_id`` of an instruction's attachment.

        :param range_: only these bytes, from the first, which counts from 0, to the last one; ``None``: to the end
        """
        path, headers = f"api/tpv/files/{_part(file_id)}/", range_headers(range_)
        opened = self._repeat(lambda: self._http.open("GET", path, headers=headers, timeout=self._timeout), once=False)
        return file_of(opened, range_)

    def service(self) -> Dict[str, Any]:
        """Whether the restaurant attends now, and its timetable."""
        return self._json("GET", "api/tpv/service/")

    def set_service(self, **change: Any) -> Dict[str, Any]:
        """Says that the restaurant is ``open``, ``busy`` (with ``minutes``) or ``paused`` (with ``reason``), ``until``
        when, and by its ``timetable`` when it is open at all. What is left out stays. Messages come in every state; it
        decides what people read, and who gets new people.

        >>> api.set_service(state="busy", minutes=30)
        """
        return self._json("PUT", "api/tpv/service/", body=change)

    def info(self) -> Dict[str, Any]:
        """The TPV as the hub knows it."""
        return self._json("GET", "api/tpv/info/")

    def stats(self) -> Dict[str, Any]:
        """Its people, instructions and messages in numbers."""
        return self._json("GET", "api/tpv/stats/")

    def heartbeat(self, version: Optional[str] = None) -> Dict[str, Any]:
        """Says that this TPV is alive. Not needed beside a client: an open socket, and every poll, say it too."""
        body = {} if version is None else {"version": version}
        return self._json("POST", "api/tpv/heartbeat/", body=body, once=True)

    def rotate_key(self) -> Dict[str, Any]:
        """A new key; the one before works 24 h more. It is shown this once."""
        return self._json("POST", "api/tpv/key/rotate/", once=True)

    def rotate_signing_secret(self) -> Dict[str, Any]:
        """A new secret for ``verify_call``; the hub signs with the one before, too, for 24 h. It is shown this once."""
        return self._json("POST", "api/tpv/signing-secret/rotate/", once=True)

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
        once: bool = False,
    ) -> Dict[str, Any]:
        timeout = max(self._timeout, _PUSH_TIMEOUT) if path.startswith("api/tpv/push/") else self._timeout
        once = once or (isinstance(body, Upload) and not body.is_repeatable)
        return self._repeat(lambda: _read(self._http.call(method, path, query, body, timeout, headers)), once)

    def _repeat(self, make: Callable[[], T], once: bool) -> T:
        backoff = Backoff()
        left = 1 if once else self._max_attempts
        while True:
            try:
                return make()
            except HubClientError as problem:
                left -= 1
                wait = (problem.retry_after or 0.0) + backoff.next()
                if left <= 0 or not _may_pass(problem) or wait > _LONGEST_WAIT:
                    raise
                self._sleep(wait)


def register_tpv(
    url: str, name: str, endpoint_url: str, *, registration_token: Optional[str] = None, **fields: Any
) -> Dict[str, Any]:
    """Registers a TPV; the answer has its ``api_key`` and ``signing_secret``, which are shown this one time.

    :param registration_token: needed where the hub's ``TPV_REGISTRATION`` is ``token``
    """
    http = Http(url, None)
    headers = {} if registration_token is None else {"x-registration-token": registration_token}
    try:
        body = {"name": name, "endpoint_url": endpoint_url, **fields}
        return _read(http.call("POST", "api/tpv/register/", body=body, headers=headers))
    finally:
        http.close()


def _read(answer: Answer) -> Dict[str, Any]:
    if answer.status is None:
        raise error("unreachable", answer.fault)
    if not 200 <= answer.status < 300:
        problem = refusal_error(answer.status, answer.text, answer.retry_after)
        raise PushRefusedError(problem, answer.json) if problem.hub_code == "telegram_error" else problem
    if answer.status == 204:
        return {}
    if not isinstance(answer.json, dict):
        raise error("invalid_answer", "the hub's answer is no JSON object", http_status=answer.status)
    return answer.json


def _may_pass(problem: HubClientError) -> bool:
    if problem.code == "unreachable":
        return True
    return problem.http_status in _TRANSIENT and problem.hub_code != "telegram_error"


def _checked_idempotency_key(key: str) -> str:
    if _IDEMPOTENCY_KEY.fullmatch(key) is None:
        raise error("invalid_options", "idempotency_key is 1 to 128 characters of ASCII")
    return key


def _part(id_: str) -> str:
    """An id as a part of a path: whatever it holds, it stays one part."""
    return quote(id_, safe="")
