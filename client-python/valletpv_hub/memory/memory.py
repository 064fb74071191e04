"""The port behind which a client remembers."""

from __future__ import annotations

from typing import Union

from ..outcome import Outcome

#: It was never run.
NEW = "new"
#: A run began, and its process is gone; whether its effect is there is the handler's to find out.
INTERRUPTED = "interrupted"
#: Another client on this memory runs it now, and will end it.
RUNNING = "running"

#: One of the three words, or the outcome of one that is done: it is answered, not run.
Begun = Union[str, Outcome]


class Memory:
    """Remembers which instructions run and how they ended, so that none is done twice.

    A TPV with a database may bring its own: a table ``(id primary key, outcome json)`` whose ``finish`` is called a
    second time by the handler itself, within the transaction of its effect. Then effect and mark are there together, or
    neither is. Its methods are called from the threads that run handlers.
    """

    def open(self) -> None:
        """Called once before the client dials."""

    def begin(self, id_: str) -> Begun:
        """The instruction is about to be run. If this raises, it is not run; the hub sends it again."""
        raise NotImplementedError

    def finish(self, id_: str, outcome: Outcome) -> None:
        """Its handler ended. When this returns, the outcome is kept for good: the report follows. The same
        instruction may be finished twice; the first outcome counts."""
        raise NotImplementedError

    def forget(self, id_: str) -> None:
        """Its handler was told to stop, and did: should the instruction come again, it is new."""
        raise NotImplementedError

    def close(self) -> None:
        """Called once, when the client has closed."""
