"""What a connection tells its owner, and what the hub said when its session began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, Optional

from .endings import Ending
from .frames import Frame


@dataclass(frozen=True)
class Session:
    transport: str
    id: Optional[str]
    tpv: Dict[str, Any]
    #: The hub's limit of unreported instructions, until a ``flow`` frame says otherwise.
    max_in_flight: int


@dataclass(frozen=True)
class Events:
    """``welcomed`` at most once and first, ``ended`` exactly once and last, nothing after ``close``."""

    welcomed: Callable[[Session], None]
    received: Callable[[Frame], None]
    ended: Callable[[Ending], None]
