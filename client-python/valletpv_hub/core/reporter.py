"""Reports over REST."""

from __future__ import annotations

from typing import Callable, Dict, Optional, Set

from .actions import Report
from .endings import refusal_error
from .frames import Result, report_body
from .ports import Answer, Ports
from .timers import Timer

#: Reports under way at once.
AT_ONCE = 8
#: After a report that got no answer, in seconds.
AGAIN_AFTER = 1.0


class Reporter:
    """Sends reports, the newest per instruction, and again until the hub has answered."""

    def __init__(self, ports: Ports, answered: Callable[[Result], None]) -> None:
        self._ports = ports
        self._answered = answered
        self._waiting: Dict[str, Report] = {}
        #: Two reports on one instruction must not overtake each other.
        self._under_way: Set[str] = set()
        self._pause: Optional[Timer] = None
        self._stopped = False

    def put(self, report: Report) -> None:
        self._waiting[report.id] = report
        self._fill()

    def stop(self) -> None:
        self._stopped = True
        self._waiting.clear()
        if self._pause is not None:
            self._pause.cancel()

    def _fill(self) -> None:
        if self._pause is not None or self._stopped:
            return
        for report in list(self._waiting.values()):
            if len(self._under_way) >= AT_ONCE:
                return
            if report.id not in self._under_way:
                del self._waiting[report.id]
                self._under_way.add(report.id)
                self._send(report)

    def _send(self, report: Report) -> None:
        path = f"api/tpv/instructions/{report.id}/"
        self._ports.call("PATCH", path, lambda answer: self._sent(report, answer), body=report_body(report))

    def _sent(self, report: Report, answer: Answer) -> None:
        self._under_way.discard(report.id)
        if self._stopped:
            return
        result = _result_of(report, answer)
        if result is None:
            # A newer one on the same instruction says all that this one did.
            self._waiting.setdefault(report.id, report)
            if self._pause is None:
                self._pause = self._ports.timers.after(AGAIN_AFTER, self._go_on)
        else:
            self._answered(result)
            self._fill()

    def _go_on(self) -> None:
        self._pause = None
        self._fill()


def _result_of(report: Report, answer: Answer) -> Optional[Result]:
    """The frame with which a socket would have answered; ``None`` if the hub did not answer."""
    if answer.status is None:
        return None
    if answer.status == 200:
        return Result(report.ref, True)
    problem = refusal_error(answer.status, answer.text, answer.retry_after)
    # Whatever else comes with 401, 5xx and the like is no word on the report; the next poll meets it as well.
    if problem.hub_code is None or answer.status in (401, 403, 429) or answer.status >= 500:
        return None
    return Result(report.ref, False, problem.hub_code, str(problem))
