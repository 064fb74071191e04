"""What a handler gets beside its instruction."""

from __future__ import annotations

import threading
from typing import Any, Callable, Dict, Tuple

from .core.actions import Job


class ContextBase:
    """Tells a handler what it has to know, and the hub what the handler says."""

    def __init__(self, job: Job, interrupted: bool, progress: Callable[[Job], None]) -> None:
        self._job = job
        self._progress = progress
        self._replies = 0
        #: True if an earlier run of this instruction began and its end is unknown: the process was killed in the
        #: middle. Look whether its effect is there before doing it again. Only a memory that outlives the process
        #: knows.
        self.interrupted = interrupted

    def raise_if_stopped(self) -> None:
        """:raises HandlerError: ``revoked`` or ``closed``, if the handler is to stop"""
        if self._job.reason is not None:
            raise self._job.reason

    def progress(self) -> None:
        """Tells the hub that the work goes on. The client does it by itself after 3 s, and then every 60 s."""
        self._progress(self._job)

    def _next_reply(self, text: str, fields: Dict[str, Any]) -> Tuple[Dict[str, Any], str]:
        """A reply, and its idempotency key."""
        instruction = self._job.instruction
        self._replies += 1
        message = {"telegram_user_id": instruction.telegram_user_id, "text": text, **fields}
        return message, f"{instruction.id}:{self._replies}"


class Context(ContextBase):
    """The same, for a handler that runs in a thread."""

    def __init__(
        self, job: Job, interrupted: bool, progress: Callable[[Job], None], push: Callable[..., Dict[str, Any]]
    ) -> None:
        super().__init__(job, interrupted, progress)
        self._push = push
        self._stop = threading.Event()
        job.on_abandon = self._stop.set
        if job.is_over:
            self._stop.set()

    @property
    def is_stopped(self) -> bool:
        """Whether the hub took the instruction back, it expired, or the client ends. What the handler returns after
        that is remembered, so that the work is not done again, but not reported; one that stops raises, and its run
        does not count."""
        return self._stop.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleeps, but for no longer than the handler is to go on.

        :returns: whether it is to stop
        """
        return self._stop.wait(seconds)

    def reply(self, text: str, **fields: Any) -> Dict[str, Any]:
        """Sends the instruction's person a message. The first reply of a run has the idempotency key ``<instruction
        id>:1``, the second ``:2``, …: a handler that runs again after a crash, and replies the same, sends nothing
        twice. What a person should read when the instruction is completed, return with ``answer``."""
        message, key = self._next_reply(text, fields)
        return self._push(message, idempotency_key=key)
