"""How long a client waits before it tries again."""

from __future__ import annotations

import random
from typing import Callable


class Backoff:
    """Exponential backoff with full jitter: each wait is anywhere between 0 and the bound, so that TPVs which lost the
    hub together don't come back together. In seconds."""

    def __init__(self, base: float = 0.5, most: float = 20.0, rand: Callable[[], float] = random.random) -> None:
        self._base = base
        self._most = most
        self._rand = rand
        self._failures = 0

    def next(self) -> float:
        """How long to wait before the next attempt."""
        bound = min(self._most, self._base * 2.0**self._failures)
        if bound < self._most:
            self._failures += 1
        return self._rand() * bound

    def reset(self) -> None:
        self._failures = 0
