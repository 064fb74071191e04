"""Timers of a core that has no clock of its own: the driver says what time it is."""

from __future__ import annotations

import heapq
import itertools
from typing import Callable, List, Optional, Tuple


class Timer:
    """One call that is due; ``cancel`` takes it back."""

    __slots__ = ("_call",)

    def __init__(self, call: Callable[[], None]) -> None:
        self._call: Optional[Callable[[], None]] = call

    def cancel(self) -> None:
        self._call = None

    @property
    def is_cancelled(self) -> bool:
        return self._call is None

    def fire(self) -> None:
        call, self._call = self._call, None
        if call is not None:
            call()


class Timers:
    """All timers of one client, and the time as it was last told. In seconds of a clock that only goes on."""

    def __init__(self, now: float) -> None:
        self.now = now
        self._due: List[Tuple[float, int, Timer]] = []
        self._count = itertools.count()

    def after(self, seconds: float, call: Callable[[], None]) -> Timer:
        timer = Timer(call)
        heapq.heappush(self._due, (self.now + max(0.0, seconds), next(self._count), timer))
        return timer

    def run(self, now: float) -> None:
        """Calls what is due by ``now``, the earliest first."""
        self.now = max(self.now, now)
        while self._due and self._due[0][0] <= self.now:
            heapq.heappop(self._due)[2].fire()

    def next_at(self) -> Optional[float]:
        """When the next timer is due; ``None`` if there is none."""
        while self._due and self._due[0][2].is_cancelled:
            heapq.heappop(self._due)
        return self._due[0][0] if self._due else None
