"""How long a client waits before it tries again."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class BackoffOptions:
    """In seconds."""

    #: Upper bound of the first wait; it doubles with every failed attempt.
    base: float = 0.5
    #: The most that the bound grows to.
    most: float = 20.0
    #: The bound is ``base`` again once a connection has held for so long.
    reset_after: float = 60.0


DEFAULT_BACKOFF = BackoffOptions()


class Backoff:
    """Exponential backoff with full jitter: each wait is anywhere between 0 and the bound, so that TPVs which lost the
    hub together don't come back together."""

    def __init__(self, options: BackoffOptions = DEFAULT_BACKOFF, rand: Callable[[], float] = random.random) -> None:
        self.options = options
        self._rand = rand
        self._failures = 0

    def next(self) -> float:
        """How long to wait before the next attempt, in seconds."""
        bound = min(self.options.most, self.options.base * 2.0**self._failures)
        if bound < self.options.most:
            self._failures += 1
        return self._rand() * bound

    def reset(self) -> None:
        self._failures = 0
