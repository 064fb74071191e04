"""What a TPV remembers of the instructions that it did."""

from __future__ import annotations

from .file_memory import FileMemory
from .in_memory import InMemory
from .memory import INTERRUPTED, NEW, RUNNING, Begun, Memory

__all__ = ["INTERRUPTED", "NEW", "RUNNING", "Begun", "FileMemory", "InMemory", "Memory"]
