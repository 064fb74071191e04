"""What the hub asks a TPV to do."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional


class Payload(Dict[str, Any]):
    """An instruction's payload: a dict whose fields can be read as attributes too.

    A field that is not there is ``None`` as an attribute: the hub adds fields as it grows, and leaves out what a
    person did not send.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = self.get(name)
        return Payload(value) if type(value) is dict else value


class Instruction:
    """One thing to do, as docs/rest.md of the hub describes it."""

    __slots__ = ("_data", "command", "expires_at", "id", "payload", "priority", "status", "telegram_user_id")

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = dict(data)
        self.id: str = data["id"]
        self.command: str = data["command"]
        self.payload = Payload(data["payload"])
        #: Whom it is from; 0 where no person is behind it.
        self.telegram_user_id: int = data["telegram_user_id"]
        self.priority: int = data["priority"]
        self.status: str = data["status"]
        #: ISO 8601, by the hub's clock.
        self.expires_at: str = data["expires_at"]

    def __getitem__(self, name: str) -> Any:
        return self._data[name]

    def get(self, name: str, default: Any = None) -> Any:
        """A field by its name in the contract."""
        return self._data.get(name, default)

    def __repr__(self) -> str:
        # Without the payload: it is a person's.
        return f"<Instruction {self.id} {self.command}>"


def read_instruction(value: Any) -> Optional[Instruction]:
    """The instruction that ``value`` is, or ``None`` if it lacks what a client needs."""
    if not isinstance(value, dict):
        return None
    texts = ("id", "command", "status", "expires_at", "created_at")
    if not all(isinstance(value.get(name), str) and len(value[name]) <= 200 for name in texts):
        return None
    numbers = ("telegram_user_id", "priority")
    if not all(isinstance(value.get(name), int) and not isinstance(value[name], bool) for name in numbers):
        return None
    if not isinstance(value.get("payload"), dict):
        return None
    return Instruction(value)
