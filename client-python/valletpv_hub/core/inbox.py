"""The instructions in a client's hands, from their arrival to the hub's answer to their last report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Callable, Dict, Optional

from ..errors import HubClientError, error
from ..instruction import Instruction
from ..outcome import Outcome
from .actions import Job, Report
from .flow import Flow
from .frames import Result, Revoked
from .lanes import Lanes
from .reports import Reports
from .timers import Timers

#: What waits for longer is reported ``delivered``, what runs for longer ``processing``; both are said again this often,
#: well within the hub's lease of 300 s. In seconds.
DELIVERED_AFTER = 5.0
PROCESSING_AFTER = 3.0
REPEAT = 60.0


@dataclass
class Counters:
    received: int = 0
    done: int = 0
    failed: int = 0
    repeated: int = 0
    reconnects: int = 0


class Inbox:
    """Decides what runs when, and what the hub is told of it."""

    def __init__(
        self,
        timers: Timers,
        concurrency: int,
        run: Callable[[Job], None],
        send: Callable[[Report], bool],
        send_flow: Callable[[int], bool],
        warn: Callable[..., None],
        max_in_flight: int,
    ) -> None:
        self._timers = timers
        self._run_job = run
        self._held: Dict[str, Job] = {}
        self._lanes: Lanes[Job] = Lanes(concurrency, self._begin)
        self._flow = Flow(max_in_flight, send_flow)
        self._reports = Reports(timers, send, self._gone, self._check_settled, warn)
        self._taking = True
        self._settled: Optional[Callable[[], None]] = None
        self.counters = Counters()

    def online(self, max_in_flight: int) -> None:
        """A session has begun."""
        self._flow.restart(max_in_flight)
        self._reports.send_all()

    def offline(self) -> None:
        """The session has ended. What waits is let go: the hub hands all of it out again, in its order, on the next
        session, and may by then have given some of it to another TPV. What runs goes on."""
        self._release_waiting()

    def take(self, instruction: Instruction) -> None:
        """Takes an instruction; one that is known already is answered, not run again."""
        held = self._held.get(instruction.id)
        if held is not None:
            self.counters.repeated += 1
            self.tell(held)
            return
        if instruction.id in self._reports:
            # It is over, and the report that says so is on its way.
            self.counters.repeated += 1
            return
        # Not reported on: the hub gives it to the next session.
        if not self._taking:
            return
        job = Job(instruction, self._timers.now + life_left(instruction))
        self._held[instruction.id] = job
        self._lanes.add(instruction.telegram_user_id, job)
        if job.phase == "waiting":
            self._tell_after(job, DELIVERED_AFTER)
        self._flow.changed(len(self._held))

    def revoke(self, frame: Revoked) -> None:
        """The hub took an instruction back."""
        job = self._held.get(frame.id)
        if job is None:
            self._reports.drop(frame.id)
        else:
            self._abandon(job, error("revoked", frame.reason))

    def settle(self, result: Result) -> None:
        self._reports.settle(result)

    def ended(self, job: Job, outcome: Optional[Outcome]) -> None:
        """What is to be reported on a job, kept by the memory already; ``None`` if it was not run."""
        if not job.is_over:
            job.end()
            if outcome is not None:
                self._reports.put(job.instruction.id, outcome.status, outcome)
        self._let_go(job)
        self._lanes.done(job.instruction.telegram_user_id)

    def tell(self, job: Job) -> None:
        """Tells the hub where a job stands: it asked, by sending the instruction again, or there is progress."""
        if job.is_over or self._expired(job):
            return
        self._tell_after(job, REPEAT)
        # The hub takes no step back; ``processing`` again extends the lease.
        waits = job.phase == "waiting" and job.instruction.status != "processing"
        self._reports.put(job.instruction.id, "delivered" if waits else "processing")
        left = self._left(job)
        if left <= REPEAT:
            if job.expiry_timer is not None:
                job.expiry_timer.cancel()
            job.expiry_timer = self._timers.after(left, lambda: self._end_expired(job))

    def pause(self) -> None:
        """Begins nothing until ``resume``; what runs goes on."""
        self._lanes.pause()
        self._flow.pause()

    def resume(self) -> None:
        self._flow.resume()
        self._lanes.resume()

    def finish(self, settled: Callable[[], None]) -> None:
        """Begins nothing more; calls ``settled`` when all that runs has ended and every report is answered."""
        self._taking = False
        self._flow.stop()
        self._release_waiting()
        self._settled = settled
        self._check_settled()

    def abandon_all(self, reason: HubClientError) -> None:
        self._taking = False
        for job in list(self._held.values()):
            self._abandon(job, reason)
        self._reports.clear()

    def _begin(self, job: Job) -> None:
        job.phase = "running"
        self._tell_after(job, PROCESSING_AFTER)
        self._run_job(job)

    def _tell_after(self, job: Job, seconds: float) -> None:
        if job.tell_timer is not None:
            job.tell_timer.cancel()
        job.tell_timer = self._timers.after(seconds, lambda: self.tell(job))

    def _abandon(self, job: Job, reason: HubClientError) -> None:
        waited = job.phase == "waiting"
        self._lanes.remove(job.instruction.telegram_user_id, job)
        job.abandon(reason)
        self._reports.drop(job.instruction.id)
        # One that runs keeps its lane until its handler has ended.
        if waited:
            self._let_go(job)
        else:
            self._held.pop(job.instruction.id, None)
            self._flow.changed(len(self._held))
            self._check_settled()

    def _let_go(self, job: Job) -> None:
        if self._held.get(job.instruction.id) is job:
            del self._held[job.instruction.id]
        self._flow.changed(len(self._held))
        self._check_settled()

    def _expired(self, job: Job) -> bool:
        """Ends a job whose time is up: the hub has failed it by now, and told the person."""
        if job.is_over or self._left(job) > 0:
            return False
        self._abandon(job, error("revoked", "expired"))
        return True

    def _end_expired(self, job: Job) -> None:
        self._expired(job)

    def _left(self, job: Job) -> float:
        return job.expires_at - self._timers.now

    def _gone(self, id_: str) -> None:
        job = self._held.get(id_)
        if job is not None:
            self._abandon(job, error("revoked", "the hub refused its report"))

    def _release_waiting(self) -> None:
        for job in list(self._held.values()):
            if job.phase == "waiting":
                self._abandon(job, error("closed", "not begun"))

    def _check_settled(self) -> None:
        if self._settled is not None and not self._held and not len(self._reports):
            settled, self._settled = self._settled, None
            settled()


def life_left(instruction: Instruction) -> float:
    """How much of its life an instruction had left when the hub handed it out, in seconds; no end where its times
    can't be read. Both times are the hub's, whose clock may differ from this machine's and be corrected while it is
    connected."""
    expires = seconds_of(instruction.expires_at)
    handed_out = seconds_of(instruction.get("sent_at") or instruction.get("created_at"))
    return float("inf") if expires is None or handed_out is None else expires - handed_out


def seconds_of(time: Any) -> Optional[float]:
    """An ISO 8601 time in seconds since 1970; ``None`` if it is none."""
    if not isinstance(time, str):
        return None
    try:
        # Python before 3.11 does not read the Z.
        return datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()
    except ValueError:
        return None
