"""A memory that lasts as long as its process."""

from __future__ import annotations

import threading

from ..outcome import Outcome
from .entries import Entries
from .memory import NEW, RUNNING, Begun, Memory


class InMemory(Memory):
    """Keeps nothing over a restart: an instruction whose process died comes again as a new one."""

    def __init__(self, max_entries: int = 10_000, max_bytes: int = 16 * 1024 * 1024) -> None:
        self._entries = Entries(max_entries, max_bytes)
        self._lock = threading.Lock()

    def begin(self, id_: str) -> Begun:
        with self._lock:
            known = self._entries.outcome_of(id_)
            if known is not None:
                return known
            if id_ in self._entries.running:
                return RUNNING
            self._entries.running.add(id_)
            return NEW

    def finish(self, id_: str, outcome: Outcome) -> None:
        with self._lock:
            self._entries.finish(id_, outcome)

    def forget(self, id_: str) -> None:
        with self._lock:
            self._entries.running.discard(id_)
