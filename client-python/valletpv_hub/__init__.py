"""A TPV's connection to ValleTPV Hub."""

from __future__ import annotations

from .answer import Answer, answer
from .api import HubApi, register_tpv
from .context import Context
from .core.actions import Status
from .errors import (
    ConfigurationError,
    HandlerError,
    HubClientError,
    HubUnavailableError,
    ProtocolError,
    RequestError,
)
from .instruction import Instruction, Payload
from .memory import FileMemory, InMemory, Memory
from .outcome import Outcome
from .threads.client import HubClient

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "ConfigurationError",
    "Context",
    "FileMemory",
    "HandlerError",
    "HubApi",
    "HubClient",
    "HubClientError",
    "HubUnavailableError",
    "InMemory",
    "Instruction",
    "Memory",
    "Outcome",
    "Payload",
    "ProtocolError",
    "RequestError",
    "Status",
    "answer",
    "register_tpv",
]
