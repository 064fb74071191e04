"""What a test told the fake hub to do wrong."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import List, Optional

from .refusal import Refusal, code_of


@dataclass
class RefuseOptions:
    status: int
    code: Optional[str] = None
    retry_after: Optional[float] = None
    transport: Optional[str] = None
    times: Optional[int] = None


class HeldConnections:
    """Upgrades that a test holds back, to let them through in an order of its own."""

    def __init__(self, changed: threading.Condition) -> None:
        self._changed = changed
        self._waiting: List[threading.Event] = []
        self.is_over = False

    @property
    def waiting(self) -> int:
        """How many wait."""
        with self._changed:
            return len(self._waiting)

    def admit(self, index: int = 0) -> None:
        """Lets one through: the first that came, or another one by its index."""
        with self._changed:
            self._waiting.pop(index).set()
            self._changed.notify_all()

    def release(self) -> None:
        """Lets all through in their order, and holds no more."""
        with self._changed:
            self.is_over = True
            for one in self._waiting:
                one.set()
            self._waiting.clear()
            self._changed.notify_all()

    def hold(self) -> None:
        """The fake hub's part: one more has come, and waits here."""
        admitted = threading.Event()
        with self._changed:
            if self.is_over:
                return
            self._waiting.append(admitted)
            self._changed.notify_all()
        admitted.wait()


class Faults:
    def __init__(self) -> None:
        self.refusal: Optional[RefuseOptions] = None
        self.held: Optional[HeldConnections] = None
        #: Reports that are taken, and whose answer never leaves.
        self.cut_at_reports = 0
        self.draining = False
        #: Everything that the hub says comes so much later, in seconds.
        self.delay = 0.0

    def check(self, transport: str) -> None:
        """Raises what the test asked for."""
        refusal = self.refusal
        if refusal is None or refusal.transport not in (None, transport):
            return
        if refusal.times is not None:
            refusal.times -= 1
            if refusal.times <= 0:
                self.refusal = None
        code = refusal.code or code_of(refusal.status)
        raise Refusal(code, status=refusal.status, retry_after=refusal.retry_after)
