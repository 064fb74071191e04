"""The sockets that brought no welcome, and what follows from them."""

from __future__ import annotations

from typing import Optional

from ..codes import REPLACED
from ..errors import error
from .endings import Ending, Verdict, is_stripped
from .timers import Timers

#: After so many dials without a welcome the client polls.
DIALS_BEFORE_POLLING = 3
#: A dial that got lost on the way may still reach the hub within this time, in seconds.
LOST_DIAL = 60.0


class Dials:
    def __init__(self, timers: Timers) -> None:
        self._timers = timers
        #: In a row.
        self._failed = 0
        self._lost_at: Optional[float] = None

    def welcomed(self) -> None:
        self._failed = 0

    def failed(self, ending: Ending) -> None:
        """A socket ended before its welcome."""
        self._failed = max(self._failed + 1, DIALS_BEFORE_POLLING if is_stripped(ending) else 0)
        if ending.may_have_arrived:
            self._lost_at = self._timers.now

    def suggest_polling(self, verdict: Verdict) -> bool:
        """Whether polling is worth a try after a failed dial."""
        # A hub that asks for a wait is there, and would say the same to a poll.
        busy = verdict.at_least > 0 or verdict.error.http_status in (429, 503)
        return self._failed >= DIALS_BEFORE_POLLING and not busy

    def replaced_by_own_dial(self, ending: Ending) -> Optional[Verdict]:
        """A dial that was given up here may arrive at the hub all the same, late, as the newest: it then replaces the
        socket that was dialed after it. That is no second process with the same key, and no reason to stop."""
        if ending.kind != "closed" or ending.close_code != REPLACED:
            return None
        lost_at, self._lost_at = self._lost_at, None
        if lost_at is None or self._timers.now - lost_at > LOST_DIAL:
            return None
        detail = "replaced by this client's own earlier dial"
        return Verdict(True, error("disconnected", detail, close_code=REPLACED))
