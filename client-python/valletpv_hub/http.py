"""HTTP as this package needs it: one pool, bounded answers, no redirects."""

from __future__ import annotations

import json
import time
from email.utils import parsedate_to_datetime
from typing import Any, Dict, Mapping, Optional
from urllib.parse import urlencode

import urllib3

from .core.endings import refusal_error
from .core.ports import Answer
from .errors import error
from .upload import Upload

#: The largest answer that is read as JSON, in bytes: a full page of instructions, and some.
MAX_ANSWER_BYTES = 32 * 1024 * 1024
#: Of an answer that is no JSON so much is kept.
KEPT_CHARS = 16 * 1024
CONNECT_TIMEOUT = 10.0


class Http:
    """Calls to one hub. Safe for threads."""

    def __init__(self, url: str, api_key: Optional[str], connections: int = 32) -> None:
        self.base = checked_url(url)
        self._headers: Dict[str, str] = {"user-agent": "valletpv-hub-python"}
        if api_key is not None:
            self._headers["authorization"] = f"ApiKey {checked_key(api_key)}"
        self._pool = urllib3.PoolManager(maxsize=connections, retries=False)

    @property
    def headers(self) -> Mapping[str, str]:
        return self._headers

    def call(
        self,
        method: str,
        path: str,
        query: Optional[Mapping[str, Any]] = None,
        body: Any = None,
        timeout: float = 15.0,
        headers: Optional[Mapping[str, str]] = None,
    ) -> Answer:
        """Makes one call; whatever happens is an answer.

        :param body: becomes JSON; an ``Upload`` is read as it goes
        :param timeout: how long it may stand still, in seconds
        """
        data, kind = _data_of(body)
        sent = {**self._headers, **({"content-type": kind} if kind else {}), **(headers or {})}
        try:
            response = self._request(method, self.url_of(path, query), data, sent, timeout)
        except (urllib3.exceptions.HTTPError, OSError) as cause:
            return Answer(None, fault=_words(cause))
        return self._read(response)

    def open(
        self, method: str, path: str, timeout: float = 15.0, headers: Optional[Mapping[str, str]] = None
    ) -> urllib3.BaseHTTPResponse:
        """Makes one call whose good answer is read as it comes; close it.

        :raises HubClientError: any other answer, or none
        """
        try:
            response = self._request(method, self.url_of(path), None, {**self._headers, **(headers or {})}, timeout)
        except (urllib3.exceptions.HTTPError, OSError) as cause:
            raise error("unreachable", _words(cause)) from cause
        if 200 <= response.status < 300:
            return response
        answer = self._read(response)
        if answer.status is None:
            raise error("unreachable", answer.fault)
        raise refusal_error(answer.status, answer.text, answer.retry_after)

    def _request(
        self, method: str, url: str, body: Any, headers: Mapping[str, str], timeout: float
    ) -> urllib3.BaseHTTPResponse:
        return self._pool.request(
            method,
            url,
            body=body,
            headers=headers,
            redirect=False,
            preload_content=False,
            timeout=urllib3.Timeout(connect=min(CONNECT_TIMEOUT, timeout), read=timeout),
        )

    def _read(self, response: Any) -> Answer:
        try:
            content = response.read(MAX_ANSWER_BYTES + 1, decode_content=True)
            if len(content) > MAX_ANSWER_BYTES:
                response.close()
                return Answer(None, fault=f"an answer of more than {MAX_ANSWER_BYTES} bytes")
        except (urllib3.exceptions.HTTPError, OSError) as cause:
            response.close()
            return Answer(None, fault=_words(cause))
        response.release_conn()
        return answer_of(response.status, content, response.headers.get("retry-after"))

    def url_of(self, path: str, query: Optional[Mapping[str, Any]] = None) -> str:
        given = {name: _word(value) for name, value in (query or {}).items() if value is not None}
        return f"{self.base}{path}" + (f"?{urlencode(given)}" if given else "")

    def close(self) -> None:
        self._pool.clear()


def answer_of(status: int, content: bytes, retry_after: Optional[str]) -> Answer:
    """What an HTTP answer says, as the core takes it."""
    text = content.decode("utf-8", "replace")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    kept = text if value is not None else text[:KEPT_CHARS]
    return Answer(status, json=value, text=kept, retry_after=seconds_to_wait(retry_after))


def seconds_to_wait(header: Optional[str]) -> Optional[float]:
    """``Retry-After``: whole seconds, or a date."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def checked_url(url: str) -> str:
    """The hub's base, with a slash at its end.

    :raises ConfigurationError: ``invalid_options``
    """
    parsed = urllib3.util.parse_url(url)
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.query or parsed.fragment or parsed.auth:
        raise error("invalid_options", "url is the hub's base, such as http://127.0.0.1:8100")
    return url if url.endswith("/") else f"{url}/"


def checked_key(key: str) -> str:
    """:raises ConfigurationError: ``invalid_options``; the key itself is not said"""
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise error("invalid_options", "api_key is what the registration gave, a word without spaces")
    return key


def _data_of(body: Any) -> "tuple[Any, Optional[str]]":
    """A body as it is sent, and its type."""
    if body is None:
        return None, None
    if isinstance(body, Upload):
        return body.chunks(), body.content_type
    return json.dumps(body, ensure_ascii=False, allow_nan=False).encode("utf-8"), "application/json"


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _words(cause: BaseException) -> str:
    # The URL stands in the library's sentence, and is no secret: the key travels in a header.
    return f"{type(cause).__name__}: {cause}"[:300]
