"""How an instruction is run once: the memory is asked before, and told after. Without I/O: a driver does each step."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Callable, Generator, Optional, Union

from .core.actions import Job
from .core.inbox import Counters
from .handlers import Handler, Handlers
from .memory.memory import INTERRUPTED, NEW, RUNNING, Begun, Memory
from .outcome import Outcome, completed, failed, read_outcome

#: Another client on the same memory runs it: so often its end is looked for, in seconds.
RUNNING_ELSEWHERE = 1.0


@dataclass(frozen=True)
class AskMemory:
    """Call ``ask``, which may block; give back what it returns, or throw what it raises."""

    ask: Callable[[], Any]


@dataclass(frozen=True)
class CallHandler:
    """Call the handler; give back what it returns, or throw what it raises."""

    handler: Handler
    job: Job
    interrupted: bool


@dataclass(frozen=True)
class Sleep:
    seconds: float


Step = Union[AskMemory, CallHandler, Sleep]
Steps = Generator[Step, Any, Optional[Outcome]]


class Runner:
    """Its steps never raise: what a handler or a memory raises is logged, and becomes an outcome where it is one."""

    def __init__(self, handlers: Handlers, memory: Memory, counters: Counters, logger: logging.Logger) -> None:
        self._handlers = handlers
        self._memory = memory
        self._counters = counters
        self._logger = logger

    def steps(self, job: Job) -> Steps:
        """What is to be reported on a job, kept by the memory before this returns: once the hub has it, or this
        process is gone, there is no second chance. ``None`` if it was not run, or was told to stop and did."""
        id_ = job.instruction.id
        begun = yield from self._begin(id_)
        while begun == RUNNING:
            yield Sleep(RUNNING_ELSEWHERE)
            if job.is_over:
                return None
            begun = yield from self._begin(id_)
        if begun is None:
            return None
        if isinstance(begun, Outcome):
            self._counters.repeated += 1
            return begun
        if job.is_over:
            # Taken back while the memory was asked.
            yield from self._mark(id_, lambda: self._memory.forget(id_))
            return None
        self._counters.received += 1
        outcome = yield from self._handle(job, begun == INTERRUPTED)
        # Told to stop, and it did. One that finished its work all the same is remembered, so that it is not done again.
        if job.is_over and outcome.status == "failed":
            yield from self._mark(id_, lambda: self._memory.forget(id_))
            return None
        if outcome.status == "completed":
            self._counters.done += 1
        else:
            self._counters.failed += 1
        yield from self._mark(id_, lambda: self._memory.finish(id_, outcome))
        return outcome

    def _begin(self, id_: str) -> Generator[Step, Any, Optional[Begun]]:
        try:
            begun = yield AskMemory(lambda: self._memory.begin(id_))
            if begun in (NEW, INTERRUPTED, RUNNING):
                return str(begun)
            outcome = read_outcome(begun)
            if outcome is not None:
                return outcome
            raise TypeError("The memory's begin must answer new, interrupted, running, or what finish was given.")
        except Exception:
            self._logger.exception("the memory could not be read, so %s was not run: the hub sends it again", id_)
            return None

    def _handle(self, job: Job, interrupted: bool) -> Generator[Step, Any, Outcome]:
        instruction = job.instruction
        try:
            handler = self._handlers.find(instruction.command)
            returned = yield CallHandler(handler, job, interrupted)
            return completed(returned)
        except Exception as cause:
            # A handler that was told to stop, and raises for it, does as it should.
            if not job.is_over:
                self._logger.warning(
                    "a handler of %s raised; %s is reported failed", instruction.command, instruction.id, exc_info=True
                )
            return failed(cause)

    def _mark(self, id_: str, mark: Callable[[], None]) -> Generator[Step, Any, None]:
        """A mark that fails is a second run at worst, and never no report."""
        try:
            yield AskMemory(mark)
        except Exception:
            self._logger.exception("the memory could not store how %s ended: it may run again after a restart", id_)


def drive(steps: Steps, do: Callable[[Step], Any]) -> Optional[Outcome]:
    """Does one step after the other, and blocks meanwhile."""
    try:
        step = next(steps)
        while True:
            try:
                result = do(step)
            except Exception as cause:
                step = steps.throw(cause)
            else:
                step = steps.send(result)
    except StopIteration as end:
        outcome: Optional[Outcome] = end.value
        return outcome
