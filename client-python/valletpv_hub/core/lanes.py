"""One lane per person."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Callable, Deque, Dict, Generic, Set, TypeVar

T = TypeVar("T")


class Lanes(Generic[T]):
    """The items of a lane run strictly one after the other, in order; different lanes run side by side, up to
    ``concurrency``, and take turns."""

    def __init__(self, concurrency: int, run: Callable[[T], None]) -> None:
        self._concurrency = concurrency
        self._run = run
        self._waiting: Dict[int, Deque[T]] = {}
        self._running: Set[int] = set()
        #: Lanes with something to run and nothing running, in the order in which their turn comes.
        self._ready: "OrderedDict[int, None]" = OrderedDict()
        self._paused = False

    def add(self, person: int, item: T) -> None:
        self._waiting.setdefault(person, deque()).append(item)
        if person not in self._running:
            self._ready[person] = None
        self._fill()

    def remove(self, person: int, item: T) -> None:
        """Takes a waiting item out."""
        lane = self._waiting.get(person)
        if lane is None or item not in lane:
            return
        lane.remove(item)
        if not lane:
            del self._waiting[person]
            self._ready.pop(person, None)

    def done(self, person: int) -> None:
        """What ran in this lane has ended."""
        self._running.discard(person)
        if person in self._waiting:
            self._ready[person] = None
        self._fill()

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False
        self._fill()

    def _fill(self) -> None:
        while self._ready and not self._paused and len(self._running) < self._concurrency:
            person, _ = self._ready.popitem(last=False)
            lane = self._waiting[person]
            item = lane.popleft()
            if not lane:
                del self._waiting[person]
            self._running.add(person)
            self._run(item)
