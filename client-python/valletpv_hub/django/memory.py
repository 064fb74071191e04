"""The client's memory in the project's own database."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import Any, Iterator, Set

from django.db import close_old_connections, transaction
from django.db.models import QuerySet
from django.utils import timezone

from ..codes import ERASURE_COMMAND
from ..handlers import Handler
from ..instruction import Instruction
from ..memory.memory import INTERRUPTED, NEW, RUNNING, Begun, Memory
from ..outcome import Outcome, completed
from .models import HubInstruction

#: Characters.
_MOST_OF_TIME = 32


class TakenOver(Exception):
    """Another process has this instruction now."""


class DjangoMemory(Memory):
    """One row for each instruction. A row that is marked as running by a process that is gone was interrupted."""

    def __init__(self) -> None:
        self._run = str(uuid.uuid4())
        self._running: Set[str] = set()

    def begin(self, id_: str) -> Begun:
        with database():
            row, is_new = HubInstruction.objects.get_or_create(id=id_, defaults={"run": self._run})
            if row.outcome is not None:
                return Outcome(row.outcome)
            if id_ in self._running:
                return RUNNING
            if not is_new and self._take_over(id_, row.run) == 0:
                # It ended, or another process was faster.
                return RUNNING
            self._running.add(id_)
            return NEW if is_new else INTERRUPTED

    def _take_over(self, id_: str, run: str) -> int:
        rows = HubInstruction.objects.filter(id=id_, run=run, status=HubInstruction.Status.RUNNING)
        return int(rows.update(run=self._run))

    def finish(self, id_: str, outcome: Outcome) -> None:
        with database():
            self._end(id_, outcome)
            self._running.discard(id_)

    def forget(self, id_: str) -> None:
        with database():
            self._mine(id_).delete()
            self._running.discard(id_)

    def within_transaction(self, handler: Handler) -> Handler:
        """The same handler, whose effect in the database is there together with the mark of its end, or not at all."""

        def run(instruction: Instruction, context: Any) -> Any:
            with database():
                self._describe(instruction)
                with transaction.atomic():
                    # Locks the row until the commit: a process that takes over waits, and then reads how it ended.
                    if self._hold(instruction.id) == 0:
                        raise TakenOver(f"{instruction.id} was given to another process")
                    returned = handler(instruction, context)
                    self._end(instruction.id, completed(returned))
                return returned

        return run

    def erasing(self, handler: Handler) -> Handler:
        """
        The handler of ``process_erasure``: what these rows hold of the person goes first, and for good. What was made
        after the erasure was asked for is of a person who came back, and stays.
        """

        def run(instruction: Instruction, context: Any) -> Any:
            with database():
                rows = HubInstruction.objects.filter(telegram_user_id=instruction.telegram_user_id)
                asked_at = instruction.payload.asked_at
                if isinstance(asked_at, str):
                    # The hub writes its times in one way, so that they have their order as texts.
                    rows = rows.filter(created_at__lte=asked_at)
                rows.filter(status=HubInstruction.Status.RUNNING).update(telegram_user_id=None, text="")
                for status in (HubInstruction.Status.COMPLETED, HubInstruction.Status.FAILED):
                    ended = rows.filter(status=status)
                    ended.update(telegram_user_id=None, text="", outcome={"status": str(status)})
            return handler(instruction, context)

        return run

    def _hold(self, id_: str) -> int:
        return int(self._mine(id_).update(run=self._run))

    def _describe(self, instruction: Instruction) -> None:
        """For those who look at the rows in the administration."""
        text = instruction.payload.text
        self._mine(instruction.id).update(
            command=instruction.command,
            telegram_user_id=None if instruction.command == ERASURE_COMMAND else instruction.telegram_user_id,
            text=storable(text) if isinstance(text, str) else "",
            created_at=storable(instruction["created_at"])[:_MOST_OF_TIME],
        )

    def _end(self, id_: str, outcome: Outcome) -> None:
        self._mine(id_).update(status=outcome.status, outcome=outcome, ended_at=timezone.now())

    def _mine(self, id_: str) -> "QuerySet[HubInstruction]":
        return HubInstruction.objects.filter(id=id_, run=self._run, status=HubInstruction.Status.RUNNING)


def storable(text: str) -> str:
    """What every database takes: no NUL, and no half of a pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


@contextmanager
def database() -> Iterator[None]:
    """For work outside a request: a connection that the server closed meanwhile is opened anew."""
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()
