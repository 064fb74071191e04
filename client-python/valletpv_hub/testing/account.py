"""The one TPV: its keys, its people, its service, and what the hub knows of it."""

from __future__ import annotations

import base64
import os
import re
import uuid
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, Dict, List, Optional

from .ledger import FINAL, OPEN, iso
from .pushes import PushRecord
from .refusal import Refusal

_MOST_USERS = 100
_DAY = timedelta(days=1)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Which states a field of a service belongs to.
_STATES_OF = {"minutes": ("busy",), "until": ("busy", "paused"), "reason": ("paused",)}


class Account:
    def __init__(self, name: str, service_changed: Callable[[Dict[str, Any]], None]) -> None:
        """:param service_changed: hears what the service is from now on"""
        self.id = str(uuid.uuid4())
        self.name = name
        self.api_key = _new_key()
        self.users: Dict[int, Dict[str, Any]] = {}
        self.version = ""
        self._service_changed = service_changed
        self._keys = {self.api_key}
        self._created_at = iso()
        self._heard_at: Optional[str] = None
        self._set: Dict[str, Any] = {"state": "open", "minutes": None, "until": None, "reason": None}
        self._timetable: Optional[Dict[str, Any]] = None

    def authenticate(self, authorization: Optional[str]) -> None:
        """Raises a ``Refusal`` where the header carries none of its keys."""
        found = re.fullmatch(r"(?:apikey|bearer) +(\S+)", authorization or "", re.IGNORECASE)
        if found is None or found[1] not in self._keys:
            raise Refusal("unauthorized")
        self._heard_at = iso()

    def add_user(self, telegram_id: int, **fields: Any) -> Dict[str, Any]:
        made = {
            "telegram_id": telegram_id,
            "username": f"persona_{telegram_id}",
            "first_name": "Persona",
            "last_name": "",
            "is_active": True,
            "language_code": "es",
            "created_at": iso(),
            "last_interaction": iso(),
        }
        self.users[telegram_id] = {**made, **self.users.get(telegram_id, {}), **fields}
        return self.users[telegram_id]

    def register(self, fields: Dict[str, Any]) -> Dict[str, Any]:
        for name in ("name", "endpoint_url"):
            if not isinstance(fields.get(name), str) or not fields[name]:
                raise Refusal("invalid_request", name)
        secret = {"api_key": self.api_key, "signing_secret": _new_secret()}
        return {"id": self.id, "name": fields["name"], **secret, "message": "TPV registrado.", "is_active": True}

    def rotate_key(self) -> Dict[str, Any]:
        key = _new_key()
        self._keys.add(key)
        return {"api_key": key, "previous_valid_until": iso(_DAY)}

    def rotate_secret(self) -> Dict[str, Any]:
        return {"signing_secret": _new_secret(), "previous_valid_until": iso(_DAY)}

    def info(self) -> Dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "endpoint_url": "http://127.0.0.1:9",
            "is_active": True,
            "max_users": _MOST_USERS,
            "version": self.version,
            "metadata": {},
            "created_at": self._created_at,
            "last_heartbeat": self._heard_at,
            "user_count": len(self.users),
            "is_online": True,
            "service": self.service_now(),
        }

    def stats(self, instructions: List[Dict[str, Any]], pushes: List[PushRecord]) -> Dict[str, Any]:
        people = len(self.users)
        found = [one["status"] for one in instructions], [one.status for one in pushes]
        return {
            "tpv_id": self.id,
            "tpv_name": self.name,
            "is_online": True,
            "last_heartbeat": self._heard_at,
            "users": {"total": people, "max": _MOST_USERS, "available_slots": max(0, _MOST_USERS - people)},
            "instructions": _counted((*OPEN, *FINAL), found[0]),
            "push_messages": _counted(("pending", "sent", "failed", "unknown"), found[1]),
            "service": self.service_now(),
        }

    def service_now(self) -> Dict[str, Any]:
        return {**self._set, "opens_at": None, "closes_at": None}

    def service(self) -> Dict[str, Any]:
        """Of a timetable it keeps what it got, and is never closed by it; nor does a state end by itself."""
        return {**self.service_now(), "set": dict(self._set), "timetable": self._timetable}

    def change_service(self, fields: Dict[str, Any]) -> Dict[str, Any]:
        """Takes a change; raises a ``Refusal``. Checked as far as a TPV's own tests need it."""
        state, timetable = fields.get("state"), fields.get("timetable")
        if state not in ("open", "busy", "paused") and (state is not None or "timetable" not in fields):
            raise Refusal("invalid_request", "state")
        if state == "busy" and fields.get("minutes") is None:
            raise Refusal("invalid_request", "minutes")
        for name, states in _STATES_OF.items():
            if fields.get(name) is not None and state not in states:
                raise Refusal("invalid_request", name)
        if fields.get("until") is not None and not _is_to_come(fields["until"]):
            raise Refusal("invalid_request", "until")
        if "timetable" in fields:
            self._timetable = None if timetable is None else _complete(timetable)
        if state is not None:
            self._set = {"state": state, **{name: fields.get(name) for name in _STATES_OF}}
        self._service_changed(self.service_now())
        return self.service()


def _is_to_come(time: str) -> bool:
    try:
        return datetime.fromisoformat(time.replace("Z", "+00:00")) > datetime.now(timezone.utc)
    except (TypeError, ValueError):
        return False


def _complete(timetable: Dict[str, Any]) -> Dict[str, Any]:
    weekly = {**{day: [] for day in _DAYS}, **timetable.get("weekly", {})}
    zone, exceptions = timetable.get("zone", "Europe/Madrid"), timetable.get("exceptions", [])
    return {"zone": zone, "weekly": weekly, "exceptions": exceptions}


def _counted(statuses: Any, found: List[str]) -> Dict[str, int]:
    return {**{status: found.count(status) for status in statuses}, "total": len(found)}


def _new_key() -> str:
    return f"tpv_{uuid.uuid4().hex}"


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(os.urandom(32)).decode('ascii')}"
