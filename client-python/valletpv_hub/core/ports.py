"""What the parts of the core share."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional

from .actions import Action, Call, Log
from .timers import Timers


@dataclass(frozen=True)
class Answer:
    """How a REST call went: an HTTP status with its body, or no answer at all."""

    #: ``None``: no answer came.
    status: Optional[int]
    #: The body as JSON; ``None`` if it is none.
    json: Any = None
    text: str = ""
    retry_after: Optional[float] = None
    fault: str = ""


@dataclass
class Ports:
    """The way out: actions, calls with who waits for their answers, and timers."""

    timers: Timers
    transport: str
    actions: List[Action] = field(default_factory=list)
    waiting: Dict[int, Callable[[Answer], None]] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def act(self, action: Action) -> None:
        self.actions.append(action)

    def call(self, method: str, path: str, done: Callable[[Answer], None], **options: Any) -> None:
        number = next(self.numbers)
        self.waiting[number] = done
        self.act(Call(number, method, path, **options))

    def log(self, level: str, message: str, **fields: Any) -> None:
        self.act(Log(level, message, fields))

    def warn(self, message: str, **fields: Any) -> None:
        self.log("warning", message, **fields)
