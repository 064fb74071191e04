"""A hub within a TPV's own tests."""

from __future__ import annotations

from .fake_hub import FakeHub
from .faults import HeldConnections
from .pushes import PushRecord
from .report import ReportRecord

__all__ = ["FakeHub", "HeldConnections", "PushRecord", "ReportRecord"]
