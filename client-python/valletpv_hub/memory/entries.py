"""What runs, all of it, and how the newest of the others ended, within limits."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Iterator, Optional, Set, Tuple

from ..errors import error
from ..outcome import Outcome


class Entries:
    def __init__(self, max_entries: int, max_bytes: int) -> None:
        """:raises ConfigurationError: ``invalid_options``"""
        if max_entries < 1 or max_bytes < 1:
            raise error("invalid_options", "memory: max_entries and max_bytes are 1 at least")
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._bytes = 0
        #: JSON by id, the oldest first.
        self._ended: "OrderedDict[str, str]" = OrderedDict()
        self.running: Set[str] = set()

    def outcome_of(self, id_: str) -> Optional[Outcome]:
        text = self._ended.get(id_)
        return None if text is None else Outcome(json.loads(text))

    def finish(self, id_: str, outcome: Outcome) -> bool:
        """Keeps an outcome, and forgets the oldest that no longer fit. The first outcome of an id stays.

        :returns: whether it was new
        """
        self.running.discard(id_)
        if id_ in self._ended:
            return False
        text = json.dumps(outcome, ensure_ascii=False)
        self._ended[id_] = text
        self._bytes += len(text)
        while len(self._ended) > 1 and (len(self._ended) > self._max_entries or self._bytes > self._max_bytes):
            _, oldest = self._ended.popitem(last=False)
            self._bytes -= len(oldest)
        return True

    def ended(self) -> Iterator[Tuple[str, str]]:
        """The oldest first: id, and its outcome as JSON."""
        return iter(self._ended.items())
