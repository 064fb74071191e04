"""Whether a restaurant attends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

_STATES = ("open", "busy", "paused", "closed")
_TEXTS = ("until", "reason", "opens_at", "closes_at")


@dataclass(frozen=True)
class ServiceNow:
    """What a TPV's service is now. Times are ISO 8601, by the hub's clock."""

    #: ``open``, ``busy``, ``paused``, or ``closed``, which follows from the timetable.
    state: str
    #: How long a person waits, of ``busy``.
    minutes: Optional[int] = None
    #: When ``busy`` or ``paused`` ends by itself.
    until: Optional[str] = None
    #: Why it is ``paused``.
    reason: Optional[str] = None
    #: Of ``closed``: when it opens next; ``None``: not within a year.
    opens_at: Optional[str] = None
    #: Of ``open`` and ``busy`` with a timetable: when it closes next; ``None``: not within a week.
    closes_at: Optional[str] = None


def read_service(value: Any) -> Optional[ServiceNow]:
    """The service that ``value`` is, or ``None`` if it is none."""
    if not isinstance(value, dict) or value.get("state") not in _STATES:
        return None
    minutes = value.get("minutes")
    if minutes is not None and (not isinstance(minutes, int) or isinstance(minutes, bool)):
        return None
    texts = {name: value.get(name) for name in _TEXTS}
    if not all(text is None or isinstance(text, str) for text in texts.values()):
        return None
    return ServiceNow(state=value["state"], minutes=minutes, **texts)
