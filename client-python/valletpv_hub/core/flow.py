"""How many instructions a client wants at once."""

from __future__ import annotations

from typing import Callable

#: At so many instructions in hand the hub is asked to pause, at so few to go on.
HIGH_WATER = 1_024
LOW_WATER = 512


class Flow:
    """Asks the hub to pause before the instructions in hand grow without bound: the hub's limit counts only what is not
    reported on yet, and a client reports ``delivered`` on all that wait."""

    def __init__(self, wanted: int, send: Callable[[int], bool]) -> None:
        self._wanted = wanted
        self._send = send
        #: What the hub goes by now.
        self._said = 0
        self._full = False
        self._paused = False
        self._stopped = False

    def restart(self, max_in_flight: int) -> None:
        """A new session: it starts with the hub's own limit, whatever the last one was told."""
        self._said = max_in_flight
        self._say()

    def changed(self, held: int) -> None:
        """So many instructions are in hand now."""
        if held >= HIGH_WATER:
            self._full = True
        elif held <= LOW_WATER:
            self._full = False
        else:
            return
        self._say()

    def pause(self) -> None:
        self._paused = True
        self._say()

    def resume(self) -> None:
        self._paused = False
        self._say()

    def stop(self) -> None:
        """Nothing more is wanted, on this session or any later one."""
        self._stopped = True
        self._say()

    def _say(self) -> None:
        wanted = 0 if self._full or self._paused or self._stopped else self._wanted
        # Where no connection takes it, it is said at the next change.
        if wanted != self._said and self._send(wanted):
            self._said = wanted
