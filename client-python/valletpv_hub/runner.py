"""Runs a handler once: asks the memory before, and tells it after."""

from __future__ import annotations

import logging
from typing import Any, Callable, Optional

from .context import Context
from .core.actions import Job
from .core.inbox import Counters
from .handlers import Handlers
from .memory.memory import INTERRUPTED, NEW, RUNNING, Begun, Memory
from .outcome import Outcome, completed, failed, read_outcome

#: Another client on the same memory runs it: so often its end is looked for, in seconds.
RUNNING_ELSEWHERE = 1.0


class Runner:
    """Never raises: what a handler or a memory raises is logged, and becomes an outcome where it is one."""

    def __init__(
        self,
        handlers: Handlers,
        memory: Memory,
        counters: Counters,
        make_context: Callable[[Job, bool], Context],
        sleep: Callable[[float], Any],
        logger: logging.Logger,
    ) -> None:
        self._handlers = handlers
        self._memory = memory
        self._counters = counters
        self._make_context = make_context
        self._sleep = sleep
        self._logger = logger

    def run(self, job: Job) -> Optional[Outcome]:
        """What is to be reported on a job, kept by the memory before this returns: once the hub has it, or this
        process is gone, there is no second chance. ``None`` if it was not run, or was told to stop and did."""
        id_ = job.instruction.id
        begun = self._begin(id_)
        while begun == RUNNING:
            self._sleep(RUNNING_ELSEWHERE)
            if job.is_over:
                return None
            begun = self._begin(id_)
        if begun is None:
            return None
        if isinstance(begun, Outcome):
            self._counters.repeated += 1
            return begun
        if job.is_over:
            # Taken back while the memory was asked.
            self._mark(id_, lambda: self._memory.forget(id_))
            return None
        self._counters.received += 1
        outcome = self._handle(job, begun == INTERRUPTED)
        # Told to stop, and it did. One that finished its work all the same is remembered, so that it is not done again.
        if job.is_over and outcome.status == "failed":
            self._mark(id_, lambda: self._memory.forget(id_))
            return None
        if outcome.status == "completed":
            self._counters.done += 1
        else:
            self._counters.failed += 1
        self._mark(id_, lambda: self._memory.finish(id_, outcome))
        return outcome

    def _begin(self, id_: str) -> Optional[Begun]:
        try:
            begun = self._memory.begin(id_)
            if begun in (NEW, INTERRUPTED, RUNNING):
                return begun
            outcome = read_outcome(begun)
            if outcome is not None:
                return outcome
            raise TypeError("The memory's begin must answer new, interrupted, running, or what finish was given.")
        except Exception:
            self._logger.exception("the memory could not be read, so %s was not run: the hub sends it again", id_)
            return None

    def _handle(self, job: Job, interrupted: bool) -> Outcome:
        instruction = job.instruction
        try:
            handler = self._handlers.find(instruction.command)
            return completed(handler(instruction, self._make_context(job, interrupted)))
        except Exception as cause:
            # A handler that was told to stop, and raises for it, does as it should.
            if not job.is_over:
                self._logger.warning(
                    "a handler of %s raised; %s is reported failed", instruction.command, instruction.id, exc_info=True
                )
            return failed(cause)

    def _mark(self, id_: str, mark: Callable[[], None]) -> None:
        """A mark that fails is a second run at worst, and never no report."""
        try:
            mark()
        except Exception:
            self._logger.exception("the memory could not store how %s ended: it may run again after a restart", id_)
