"""The messages of the one TPV."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from typing import Any, Container, Dict, List, Optional, Tuple, Union

from .refusal import Refusal

_KINDS = ("text", "photo", "document", "location")

#: How Telegram takes what is pushed: ``sent``, ``pending``, ``unknown``, or refused with Telegram's code (403: the
#: person blocked the bot).
PushOutcome = Union[str, int]
#: A status of HTTP, and the body.
PushAnswer = Tuple[int, Dict[str, Any]]


@dataclass(frozen=True)
class PushedFile:
    #: ``photo`` or ``document``.
    kind: str
    name: str
    type: str
    content: bytes


@dataclass
class PushRecord:
    """A message that the TPV pushed, as the fake hub got it."""

    id: str
    #: The contract's: ``telegram_user_id``, ``text``, ``data``, ``buttons``, … After an edit, as edited.
    fields: Dict[str, Any]
    #: What came beside them.
    file: Optional[PushedFile] = None
    idempotency_key: Optional[str] = None
    status: str = "sent"
    telegram_message_id: Optional[int] = None
    #: It may have arrived, and was sent again, as ``if_unknown: "resend"`` asks for.
    sent_again: bool = False
    #: Telegram's own, where it refused.
    telegram_error_code: Optional[int] = None
    is_deleted: bool = False


class Pushes:
    def __init__(self) -> None:
        self.records: List[PushRecord] = []
        self.outcome: PushOutcome = "sent"
        self._by_key: Dict[str, Tuple[str, PushRecord]] = {}
        #: Ids of messages whose change waits for as long as the outcome is ``pending``.
        self._changing: List[str] = []
        self._message_id = 0

    def take(
        self, fields: Dict[str, Any], file: Optional[PushedFile], key: Optional[str], people: Container[int]
    ) -> PushAnswer:
        """Raises a ``Refusal``."""
        _check(fields, file)
        content = b"" if file is None else file.content
        digest = hashlib.sha256(json.dumps(fields, sort_keys=True).encode() + content).hexdigest()
        if key is not None and key in self._by_key:
            before, record = self._by_key[key]
            if before != digest:
                raise Refusal("idempotency_conflict")
            return self._answer(record)
        if fields["telegram_user_id"] not in people:
            raise Refusal("not_found")
        return self._answer(self._keep(fields, file, key, digest))

    def check_reply(self, reply: Dict[str, Any]) -> None:
        """Raises a ``Refusal`` where what a report brings can't be sent."""
        _check({**reply, "telegram_user_id": 0}, None, "reply.")

    def reply(self, key: str, fields: Optional[Dict[str, Any]]) -> Optional[str]:
        """The message that came with a report, under its key.

        :param fields: ``None``: none is made where there is none
        :returns: its id
        """
        if key in self._by_key:
            return self._by_key[key][1].id
        return None if fields is None else self._keep(fields, None, key, "").id

    def state(self, id_: str) -> Dict[str, Any]:
        record = self._record(id_)
        state: Dict[str, Any] = {"status": record.status, "push_message_id": id_}
        if record.telegram_message_id is not None:
            state["telegram_message_id"] = record.telegram_message_id
        if record.sent_again:
            state["sent_again"] = True
        if self.outcome == "pending" and id_ in self._changing:
            state["change_pending"] = True
        return state

    def edit(self, id_: str, changes: Dict[str, Any]) -> PushAnswer:
        self._record(id_).fields.update(changes)
        return self._changed(id_, self.state(id_))

    def delete(self, id_: str) -> PushAnswer:
        self._record(id_).is_deleted = True
        return self._changed(id_, {"status": "deleted", "push_message_id": id_})

    def resend(self, id_: str) -> PushAnswer:
        record = self._record(id_)
        self._send(record)
        return self._answer(record)

    def _keep(self, fields: Dict[str, Any], file: Optional[PushedFile], key: Optional[str], digest: str) -> PushRecord:
        record = PushRecord(str(uuid.uuid4()), dict(fields), file, key)
        if isinstance(self.outcome, int):
            record.status, record.telegram_error_code = "failed", self.outcome
        elif self.outcome == "unknown" and fields.get("if_unknown") == "resend":
            record.sent_again = True
            self._send(record)
        elif self.outcome == "sent":
            self._send(record)
        else:
            record.status = self.outcome
        self.records.append(record)
        if key is not None:
            self._by_key[key] = digest, record
        return record

    def _send(self, record: PushRecord) -> None:
        record.status = "sent"
        if record.telegram_message_id is None:
            self._message_id += 1
            record.telegram_message_id = self._message_id

    def _changed(self, id_: str, now: Dict[str, Any]) -> PushAnswer:
        """:param now: what is answered where Telegram takes it at once"""
        if self.outcome != "pending":
            return 200, now
        self._changing.append(id_)
        return 202, self.state(id_)

    def _record(self, id_: str) -> PushRecord:
        record = next((one for one in self.records if one.id == id_), None)
        if record is None:
            raise Refusal("not_found")
        return record

    def _answer(self, record: PushRecord) -> PushAnswer:
        if record.status == "sent":
            return 201, self.state(record.id)
        if record.status != "failed":
            return 202, {"status": record.status, "push_message_id": record.id}
        code = record.telegram_error_code
        raise Refusal("telegram_error", push_message_id=record.id, telegram_error_code=code)


def _check(fields: Dict[str, Any], file: Optional[PushedFile], at: str = "") -> None:
    """As far as a TPV's own tests need it; the hub checks all of it."""
    kind, text, data = fields.get("message_type", "text"), fields.get("text", ""), fields.get("data", {})
    if not isinstance(fields.get("telegram_user_id"), int):
        raise Refusal("invalid_request", f"{at}telegram_user_id")
    if kind not in _KINDS:
        raise Refusal("invalid_request", f"{at}message_type")
    if not isinstance(text, str) or len(text) > (4_096 if kind == "text" else 1_024) or (kind == "text" and not text):
        raise Refusal("invalid_request", f"{at}text")
    if not isinstance(data, dict) or (kind == "location" and not {"latitude", "longitude"} <= set(data)):
        raise Refusal("invalid_request", f"{at}data")
    if fields.get("keyboard") is not None and fields.get("buttons"):
        raise Refusal("invalid_request", f"{at}keyboard")
    is_named = any(isinstance(data.get(f"{kind}_{word}"), str) for word in ("url", "file_id"))
    if kind in ("photo", "document") and not is_named and (file is None or file.kind != kind):
        raise Refusal("invalid_request", f"{at}{kind}")
