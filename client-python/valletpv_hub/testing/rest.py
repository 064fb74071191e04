"""The contract's REST interface, as far as a TPV meets it."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, Optional, Tuple
from urllib.parse import parse_qs, quote, unquote, urlsplit

from .ledger import FINAL, OPEN, POLL, iso
from .pushes import PushedFile
from .refusal import Refusal
from .report import is_ref, read_report

if TYPE_CHECKING:
    from .server import HubServer

#: Fields of a form that are text as they stand; every other one is JSON.
_TEXTS = ("text", "message_type", "parse_mode", "if_unknown", "placeholder")
#: So often a poll that waits looks whether its TPV is still there, in seconds.
_LOOK = 0.2
#: A status, what is answered (bytes, or what becomes JSON), and more headers.
RestAnswer = Tuple[int, Any, Dict[str, str]]


@dataclass
class RestRequest:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    #: Whether no one waits for the answer any more.
    is_gone: Callable[[], bool]

    @property
    def query(self) -> Dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    def json(self) -> Dict[str, Any]:
        if not self.headers.get("content-type", "").startswith("application/json"):
            raise Refusal("unsupported_media_type")
        return _record(self.body)

    def number(self, name: str, default: int, least: int, most: int) -> int:
        text = self.query.get(name, str(default))
        if not (text.isascii() and text.isdigit() and least <= int(text[:16]) <= most):
            raise Refusal("invalid_request", name)
        return int(text)


def answer_rest(hub: "HubServer", request: RestRequest) -> RestAnswer:
    """Answers a call; raises a ``Refusal``."""
    words = urlsplit(request.target).path.strip("/").split("/")
    if words[:2] != ["api", "tpv"] or len(words) < 3:
        raise Refusal("not_found")
    resource, id_, action = words[2], "/".join(words[3:4]), "/".join(words[4:])
    if resource != "register":
        hub.account.authenticate(request.headers.get("authorization"))
    is_named = id_ != "" and resource not in ("key", "signing-secret")
    name = "/".join(filter(None, [resource, "*" if is_named else id_, action]))
    route = _ROUTES.get(f"{request.method} {name}")
    if route is None:
        raise Refusal("not_found")
    status, body = route(hub, request, unquote(id_))[:2]
    return (status, body, {}) if not isinstance(body, _File) else (status, body.content, body.headers)


@dataclass
class _File:
    content: bytes
    headers: Dict[str, str]


def _poll(hub: "HubServer", request: RestRequest) -> Dict[str, Any]:
    status = request.query.get("status", "pending")
    limit, wait = request.number("limit", 10, 1, 100), request.number("wait", 0, 0, 30)
    if status not in (*OPEN, *FINAL):
        raise Refusal("invalid_request", "status")
    if status != "pending":
        found = hub.ledger.list(status)[:limit]
    else:
        end = time.monotonic() + wait
        found = []
        while not hub.is_closed and not hub.faults.draining and not request.is_gone():
            found = hub.ledger.claim(POLL, limit)
            left = end - time.monotonic()
            if found or left <= 0:
                break
            hub.changed.wait(min(left, _LOOK))
        for one in found:
            hub.count(one["id"])
    return {"count": len(found), "instructions": found}


def _report(hub: "HubServer", request: RestRequest, id_: str) -> Tuple[int, Any]:
    report = read_report({**request.json(), "id": id_}, "polling")
    if report is None:
        raise Refusal("invalid_request", "status")
    return 200, hub.report(report, POLL)


def _instruction(hub: "HubServer", request: RestRequest, id_: str) -> Tuple[int, Any]:
    found = hub.ledger.get(id_)
    if found is None:
        raise Refusal("not_found")
    return 200, found


def _push(hub: "HubServer", request: RestRequest, id_: str) -> Tuple[int, Any]:
    key = request.headers.get("idempotency-key")
    if key is not None and not is_ref(key):
        raise Refusal("invalid_request", "idempotency-key")
    fields, file = _form(request)
    return hub.pushes.take(fields, file, key, hub.account.users)


def _heartbeat(hub: "HubServer", request: RestRequest, id_: str) -> Tuple[int, Any]:
    version = request.json().get("version") if request.body else None
    if isinstance(version, str):
        hub.account.version = version
    return 200, {"status": "ok", "timestamp": iso()}


def _users(hub: "HubServer", request: RestRequest, id_: str) -> Tuple[int, Any]:
    limit, after = request.number("limit", 100, 1, 1_000), request.number("after", 0, 0, 2**53)
    active = request.query.get("is_active")
    found = [one for id_, one in sorted(hub.account.users.items()) if id_ > after]
    page = [one for one in found if active in (None, str(one["is_active"]).lower())][:limit]
    return 200, {"count": len(page), "users": page, "next": page[-1]["telegram_id"] if len(page) == limit else None}


def _file(hub: "HubServer", request: RestRequest, id_: str) -> Tuple[int, Any]:
    if id_ not in hub.files:
        raise Refusal("not_found")
    file = hub.files[id_]
    name = {"content-disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"} if file.name else {}
    return 200, _File(file.content, {"content-type": file.type, **name})


Route = Callable[["HubServer", RestRequest, str], Tuple[int, Any]]
_ROUTES: Dict[str, Route] = {
    "POST register": lambda hub, request, _: (201, hub.account.register(request.json())),
    "GET info": lambda hub, request, _: (200, hub.account.info()),
    "GET stats": lambda hub, request, _: (200, hub.account.stats(hub.ledger.list(), hub.pushes.records)),
    "GET service": lambda hub, request, _: (200, hub.account.service()),
    "PUT service": lambda hub, request, _: (200, hub.account.change_service(request.json())),
    "POST key/rotate": lambda hub, request, _: (201, hub.account.rotate_key()),
    "POST signing-secret/rotate": lambda hub, request, _: (201, hub.account.rotate_secret()),
    "POST heartbeat": _heartbeat,
    "GET instructions": lambda hub, request, _: (200, _poll(hub, request)),
    "GET instructions/*": _instruction,
    "PUT instructions/*": _report,
    "PATCH instructions/*": _report,
    "POST push": _push,
    "GET push/*": lambda hub, request, id_: (200, hub.pushes.state(id_)),
    "PATCH push/*": lambda hub, request, id_: hub.pushes.edit(id_, request.json()),
    "DELETE push/*": lambda hub, request, id_: hub.pushes.delete(id_),
    "POST push/*/resend": lambda hub, request, id_: hub.pushes.resend(id_),
    "GET users": _users,
    "GET files/*": _file,
}


def _form(request: RestRequest) -> Tuple[Dict[str, Any], Optional[PushedFile]]:
    """The fields of a push, and the file beside them."""
    type_ = request.headers.get("content-type", "")
    boundary = re.search(r'boundary="?([^";]+)', type_)
    if not type_.startswith("multipart/") or boundary is None:
        return request.json(), None
    fields: Dict[str, Any] = {}
    file: Optional[PushedFile] = None
    for part in request.body.split(b"--" + boundary[1].encode("ascii"))[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        content, about = content[:-2], head.decode("utf-8", "replace")
        name = re.search(r'\bname="([^"]*)"', about)
        file_name = re.search(r'filename="([^"]*)"', about)
        if name is None:
            raise Refusal("invalid_request")
        if file_name is not None:
            kind = re.search(r"content-type: *(\S+)", about, re.IGNORECASE)
            file = PushedFile(name[1], unquote(file_name[1]), kind[1] if kind else "", content)
        else:
            text = content.decode("utf-8", "replace")
            fields[name[1]] = text if name[1] in _TEXTS else _parsed(text)
    return fields, file


def _record(body: bytes) -> Dict[str, Any]:
    value = _parsed(body.decode("utf-8", "replace"))
    if not isinstance(value, dict):
        raise Refusal("invalid_request")
    return value


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Refusal("invalid_request") from None
