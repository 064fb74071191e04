"""A TPV's connection to ValleTPV Hub."""

from __future__ import annotations

from .answer import Answer, answer
from .api import HubApi, register_tpv
from .backoff import BackoffOptions
from .context import Context
from .core.actions import Status
from .download import HubFile
from .errors import (
    ConfigurationError,
    HandlerError,
    HubClientError,
    HubUnavailableError,
    ProtocolError,
    PushRefusedError,
    RequestError,
)
from .instruction import Instruction, Payload
from .memory import FileMemory, InMemory, Memory
from .outcome import Outcome
from .service import ServiceNow
from .threads.client import HubClient
from .verify_call import verify_call

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "BackoffOptions",
    "ConfigurationError",
    "Context",
    "FileMemory",
    "HandlerError",
    "HubApi",
    "HubClient",
    "HubClientError",
    "HubFile",
    "HubUnavailableError",
    "InMemory",
    "Instruction",
    "Memory",
    "Outcome",
    "Payload",
    "ProtocolError",
    "PushRefusedError",
    "RequestError",
    "ServiceNow",
    "Status",
    "answer",
    "register_tpv",
    "verify_call",
]
