"""Which handler takes which command."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, TypeVar

from .codes import TEST_COMMAND
from .errors import error
from .instruction import Instruction

Handler = Callable[[Instruction, Any], Any]
H = TypeVar("H", bound=Callable[..., Any])


class Handlers:
    def __init__(self) -> None:
        self._by_command: Dict[str, Handler] = {}
        self._fallback: Optional[Handler] = None

    def on(self, command: str, handler: Handler) -> None:
        """:raises ConfigurationError: ``invalid_options``: it has one already"""
        if command in self._by_command:
            raise error("invalid_options", f'on: "{command}" has a handler already')
        self._by_command[command] = handler

    def otherwise(self, handler: Handler) -> None:
        if self._fallback is not None:
            raise error("invalid_options", "otherwise: there is such a handler already")
        self._fallback = handler

    def find(self, command: str) -> Handler:
        """The handler of a command; if there is none, one that fails the instruction and says so."""
        handler = self._by_command.get(command)
        if handler is not None:
            return handler
        return _answer_test if command == TEST_COMMAND else (self._fallback or _unhandled)


def _answer_test(instruction: Instruction, context: Any) -> None:
    """An administrator asks for a sign of life: being completed is all of it."""


def _unhandled(instruction: Instruction, context: Any) -> None:
    # It stands in the hub's administration, hence in Spanish.
    raise LookupError(f"Este TPV no atiende la orden «{instruction.command}»")
