"""Reports that the hub has not answered yet."""

from __future__ import annotations

import itertools
from typing import Any, Callable, Dict, Optional

from ..outcome import Outcome
from .actions import Report
from .frames import Result
from .timers import Timer, Timers

#: A report whose ``result`` has not come by then is sent again; in seconds.
RESULT_TIMEOUT = 10.0
#: Refusals that a later attempt may not meet; every other ``result`` settles its report.
TRANSIENT = ("internal_error", "quota_exceeded", "request_timeout", "too_many_requests", "unavailable")
#: Refusals that mean that the instruction is no longer this TPV's, or over.
GONE = ("not_found", "invalid_transition")


class Reports:
    """The newest report per instruction. A connection may be cut at any moment between a report and its ``result``,
    so a report stays here, over as many connections as it takes, until the hub has answered it."""

    def __init__(
        self,
        timers: Timers,
        send: Callable[[Report], bool],
        gone: Callable[[str], None],
        emptied: Callable[[], None],
        warn: Callable[..., None],
    ) -> None:
        self._timers = timers
        self._send_out = send
        self._gone = gone
        self._emptied = emptied
        self._warn = warn
        self._by_id: Dict[str, Report] = {}
        self._again: Dict[str, Timer] = {}
        self._refs = itertools.count(1)

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, id_: Any) -> bool:
        return id_ in self._by_id

    def put(self, id_: str, status: str, outcome: Optional[Outcome] = None) -> None:
        """Sends a report, and keeps it until it is answered. It replaces an older one on the same instruction."""
        self._by_id.pop(id_, None)
        report = Report(ref=f"{next(self._refs)}:{id_}", id=id_, status=status, outcome=outcome)
        self._by_id[id_] = report
        self._send(report)

    def send_all(self) -> None:
        """Sends everything again, oldest first: what the last connection still carried may be lost."""
        for report in list(self._by_id.values()):
            self._send(report)

    def settle(self, result: Result) -> None:
        """Takes the hub's answer."""
        id_ = result.ref.partition(":")[2]
        report = self._by_id.get(id_)
        # An answer to a report that a newer one has replaced meanwhile, or to one sent twice.
        if report is None or report.ref != result.ref:
            return
        if not result.ok:
            self._warn("the hub refused a report", id=id_, code=result.code, error=result.message)
            if result.code in TRANSIENT:
                return
            if report.outcome is not None and "reply" in report.outcome and result.code not in GONE:
                # What the person should have read can't be sent, and would be refused for ever.
                message = f"El hub no ha aceptado el mensaje (reply): {result.message}"
                self.put(id_, "failed", Outcome(status="failed", error_message=message[:1_000]))
                return
        self.drop(id_)
        if not result.ok and report.status == "processing" and result.code in GONE:
            self._gone(id_)

    def drop(self, id_: str) -> None:
        """Forgets the report on an instruction: it is not needed any more."""
        timer = self._again.pop(id_, None)
        if timer is not None:
            timer.cancel()
        if self._by_id.pop(id_, None) is not None and not self._by_id:
            self._emptied()

    def clear(self) -> None:
        for id_ in list(self._by_id):
            self.drop(id_)

    def _send(self, report: Report) -> None:
        self._send_out(report)
        older = self._again.pop(report.id, None)
        if older is not None:
            older.cancel()

        def again() -> None:
            if self._by_id.get(report.id) is report:
                self._send(report)

        # Also where no connection took it: one that is merely clogged will not say that it flows again.
        self._again[report.id] = self._timers.after(RESULT_TIMEOUT, again)
